/** Node's `diagnostics_channel`. */
import type { AsyncLocalStorage } from 'socket:async/storage';
import { fn as checked, wrongType } from 'socket:internal/args';
export type ChannelListener = (message: any, name: string | symbol) => void;
/** Messages by name, from who knows something to who wants to know. */
export class Channel {
  readonly name: string | symbol;
  #listeners: ChannelListener[] = [];
  readonly #stores = new Map<AsyncLocalStorage, ((data: any) => any) | undefined>();
  constructor(name: string | symbol) { this.name = name; }
  get hasSubscribers(): boolean { return this.#listeners.length > 0 || this.#stores.size > 0; }
  subscribe(listener: ChannelListener): void { this.#listeners = [...this.#listeners, checked(listener, 'subscription')]; }
  unsubscribe(listener: ChannelListener): boolean {
    const at = this.#listeners.indexOf(listener);
    if (at < 0) return false;
    this.#listeners = this.#listeners.toSpliced(at, 1);
    return true;
  }
  bindStore(store: AsyncLocalStorage, transform?: (data: any) => any): void { this.#stores.set(store, transform); }
  unbindStore(store: AsyncLocalStorage): boolean { return this.#stores.delete(store); }
  publish(message: unknown): void {
    for (const listener of this.#listeners) {
      try {
        listener(message, this.name);
      } catch (error) {
        // One that fails must not keep the rest from hearing, nor the publisher from going on.
        queueMicrotask(() => { throw error; });
      }
    }
  }
  runStores<R>(data: any, fn: (...args: any[]) => R, self?: unknown, ...args: any[]): R {
    let run = (): R => { this.publish(data); return Reflect.apply(fn, self, args) as R; };
    for (const [store, transform] of this.#stores) {
      const inner = run;
      run = () => store.run(transform === undefined ? data : transform(data), inner);
    }
    return run();
  }
}
const channels = new Map<string | symbol, Channel>();
export function channel(name: string | symbol): Channel {
  if (typeof name !== 'string' && typeof name !== 'symbol') throw wrongType('channel', ['string', 'symbol'], name);
  const held = channels.get(name);
  if (held !== undefined) return held;
  const made = new Channel(name);
  channels.set(name, made);
  return made;
}
export const subscribe = (name: string | symbol, listener: ChannelListener): void => channel(name).subscribe(listener);
export const unsubscribe = (name: string | symbol, listener: ChannelListener): boolean => channel(name).unsubscribe(listener);
export const hasSubscribers = (name: string | symbol): boolean => channels.get(name)?.hasSubscribers ?? false;

const EVENTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const;
type TracingEvents = Record<(typeof EVENTS)[number], Channel>;
export type TracingListeners = Partial<Record<(typeof EVENTS)[number], (message: any) => void>>;
/** The five channels of one traced operation. */
export class TracingChannel {
  readonly start: Channel; readonly end: Channel; readonly asyncStart: Channel; readonly asyncEnd: Channel; readonly error: Channel;
  constructor(from: string | TracingEvents) {
    const of = (event: (typeof EVENTS)[number]): Channel => (typeof from === 'string' ? channel(`tracing:${from}:${event}`) : from[event]);
    this.start = of('start'); this.end = of('end'); this.asyncStart = of('asyncStart'); this.asyncEnd = of('asyncEnd'); this.error = of('error');
  }
  get hasSubscribers(): boolean { return EVENTS.some(event => this[event].hasSubscribers); }
  subscribe(listeners: TracingListeners): void { for (const event of EVENTS) if (listeners[event]) this[event].subscribe(listeners[event]); }
  unsubscribe(listeners: TracingListeners): boolean { return EVENTS.map(event => listeners[event] === undefined || this[event].unsubscribe(listeners[event])).every(Boolean); }
  traceSync<R>(fn: (...args: any[]) => R, context: Record<string, any> = {}, self?: unknown, ...args: any[]): R {
    return this.start.runStores(context, () => {
      try {
        return (context.result = Reflect.apply(fn, self, args) as R);
      } catch (error) {
        context.error = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }
  tracePromise<R>(fn: (...args: any[]) => PromiseLike<R>, context: Record<string, any> = {}, self?: unknown, ...args: any[]): Promise<R> {
    const settle = (): void => { this.asyncStart.publish(context); this.asyncEnd.publish(context); };
    return this.start.runStores(context, () => {
      try {
        return Promise.resolve(Reflect.apply(fn, self, args) as PromiseLike<R>).then(
          result => { context.result = result; settle(); return result; },
          (error: unknown) => { context.error = error; this.error.publish(context); settle(); throw error; },
        );
      } catch (error) {
        context.error = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }
  traceCallback<R>(fn: (...args: any[]) => R, position = -1, context: Record<string, any> = {}, self?: unknown, ...args: any[]): R {
    const callback = checked(args.at(position) as (...values: any[]) => any, 'callback'), { asyncStart, asyncEnd, error: failed } = this;
    args.splice(position, 1, function (this: unknown, error: unknown, result: unknown, ...rest: unknown[]): void {
      if (error) { context.error = error; failed.publish(context); } else context.result = result;
      asyncStart.runStores(context, () => {
        try {
          Reflect.apply(callback, this, [error, result, ...rest]);
        } finally {
          asyncEnd.publish(context);
        }
      });
    });
    return this.start.runStores(context, () => {
      try {
        return Reflect.apply(fn, self, args) as R;
      } catch (error) {
        context.error = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }
}
export const tracingChannel = (from: string | TracingEvents): TracingChannel => new TracingChannel(from);
export default { Channel, channel, hasSubscribers, subscribe, tracingChannel, unsubscribe };
