/** Node's `events`: the npm package `events`, and the DOM's event classes. */
import npm from 'events';

export type EventName = string | symbol;
export type EventListener = (...args: any[]) => void;

/** Node's event emitter. */
export interface EventEmitter {
  setMaxListeners(n: number): this;
  getMaxListeners(): number;
  emit(name: EventName, ...args: any[]): boolean;
  addListener(name: EventName, listener: EventListener): this;
  on(name: EventName, listener: EventListener): this;
  prependListener(name: EventName, listener: EventListener): this;
  once(name: EventName, listener: EventListener): this;
  prependOnceListener(name: EventName, listener: EventListener): this;
  removeListener(name: EventName, listener: EventListener): this;
  off(name: EventName, listener: EventListener): this;
  removeAllListeners(name?: EventName): this;
  listeners(name: EventName): Function[];
  rawListeners(name: EventName): Function[];
  listenerCount(name: EventName): number;
  eventNames(): EventName[];
}
export interface EventEmitterConstructor {
  new (): EventEmitter;
  readonly prototype: EventEmitter;
  readonly EventEmitter: EventEmitterConstructor;
  defaultMaxListeners: number;
  listenerCount(emitter: EventEmitter, name: EventName): number;
  once(emitter: EventEmitter | EventTarget, name: EventName): Promise<any[]>;
}

export const EventEmitter: EventEmitterConstructor = npm as never;
/** The first arguments of the next event `name`; rejects if `error` comes before. */
export const once: EventEmitterConstructor['once'] = EventEmitter.once;
export const defaultMaxListeners: number = EventEmitter.defaultMaxListeners;
export const Event: typeof globalThis.Event = globalThis.Event;
export const EventTarget: typeof globalThis.EventTarget = globalThis.EventTarget;
export const CustomEvent: typeof globalThis.CustomEvent = globalThis.CustomEvent;
export const MessageEvent: typeof globalThis.MessageEvent = globalThis.MessageEvent;
export const ErrorEvent: typeof globalThis.ErrorEvent = globalThis.ErrorEvent;
export default EventEmitter;
