/** Node's `events`: own, because the npm package of that name has Node 11's behaviour; and the DOM's event classes. */
import { aborted, coded, object, outOfRange, signal as checkSignal, wrongType } from 'socket:internal/args';

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
  listenerCount(name: EventName, listener?: EventListener): number;
  eventNames(): EventName[];
}
export interface EventEmitterOptions { captureRejections?: boolean }
export interface OnOptions { signal?: AbortSignal; close?: readonly EventName[] }
export interface EventEmitterConstructor {
  new (options?: EventEmitterOptions): EventEmitter;
  readonly prototype: EventEmitter;
  readonly EventEmitter: EventEmitterConstructor;
  readonly errorMonitor: unique symbol;
  readonly captureRejectionSymbol: unique symbol;
  captureRejections: boolean;
  defaultMaxListeners: number;
  init(this: EventEmitter, options?: EventEmitterOptions): void;
  listenerCount(emitter: EventEmitter, name: EventName): number;
  getEventListeners(emitter: EventEmitter | EventTarget, name: EventName): Function[];
  getMaxListeners(emitter: EventEmitter | EventTarget): number;
  setMaxListeners(n?: number, ...emitters: (EventEmitter | EventTarget)[]): void;
  once(emitter: EventEmitter | EventTarget, name: EventName, options?: { signal?: AbortSignal }): Promise<any[]>;
  on(emitter: EventEmitter | EventTarget, name: EventName, options?: OnOptions): AsyncIterableIterator<any[]>;
  addAbortListener(signal: AbortSignal, listener: (event: Event) => void): Disposable;
}
type Listener = Function & { listener?: Function; warned?: boolean };
type State = EventEmitter & { _events?: Record<EventName, Listener | Listener[]>; _eventsCount: number; _maxListeners?: number; [kCapture]?: boolean };

export const errorMonitor: EventEmitterConstructor['errorMonitor'] = Symbol('events.errorMonitor') as never;
export const captureRejectionSymbol: EventEmitterConstructor['captureRejectionSymbol'] = Symbol.for('nodejs.rejection') as never;
const kCapture = Symbol('kCapture');
let most = 10, capture = false;
const targetMost = new WeakMap<object, number>();

function Emitter(this: State, options?: EventEmitterOptions): void { Emitter.init.call(this, options); }
function checked(listener: unknown): Listener {
  if (typeof listener !== 'function') throw wrongType('listener', 'function', listener);
  return listener as Listener;
}
function count(n: unknown, name: string): number {
  if (typeof n !== 'number') throw wrongType(name, 'number', n);
  if (!(n >= 0)) throw outOfRange(name, '>= 0', n);
  return n;
}
const listOf = (held: Listener | Listener[] | undefined): Listener[] => (held === undefined ? [] : typeof held === 'function' ? [held] : held);
function add(emitter: State, name: EventName, given: unknown, first: boolean): State {
  const listener = checked(given);
  let events = emitter._events;
  if (events === undefined) {
    events = emitter._events = Object.create(null) as Record<EventName, Listener>;
    emitter._eventsCount = 0;
  } else if (events['newListener'] !== undefined) {
    emitter.emit('newListener', name, listener.listener ?? listener);
    events = emitter._events!;
  }
  const held = events[name];
  if (held === undefined) {
    events[name] = listener;
    emitter._eventsCount++;
    return emitter;
  }
  const list = typeof held === 'function' ? (events[name] = first ? [listener, held] : [held, listener]) : held;
  if (list === held) first ? list.unshift(listener) : list.push(listener);
  const limit = emitter.getMaxListeners();
  if (limit > 0 && list.length > limit && !(list as { warned?: boolean }).warned) {
    (list as { warned?: boolean }).warned = true;
    globalThis.console.warn(`MaxListenersExceededWarning: Possible EventEmitter memory leak detected. ${list.length} ${String(name)} listeners added to [${emitter.constructor?.name ?? 'EventEmitter'}]. MaxListeners is ${limit}. Use emitter.setMaxListeners() to increase limit`);
  }
  return emitter;
}
function onceWrapper(emitter: State, name: EventName, given: unknown): Listener {
  const listener = checked(given);
  let fired = false;
  const wrapped: Listener = function wrapper(...args: unknown[]): unknown {
    if (fired) return undefined;
    // The wrapper goes, and is what `removeListener` is told: that is Node's way.
    emitter.removeListener(name, wrapped as EventListener);
    fired = true;
    return Reflect.apply(listener, emitter, args);
  };
  wrapped.listener = listener;
  return wrapped;
}
function captured(emitter: State, result: unknown, name: EventName, args: unknown[]): void {
  if (!emitter[kCapture] || result === null || result === undefined || typeof (result as PromiseLike<unknown>).then !== 'function') return;
  (result as PromiseLike<unknown>).then(undefined, (error: unknown) => queueMicrotask(() => {
    const own = (emitter as unknown as Record<symbol, unknown>)[captureRejectionSymbol];
    if (typeof own === 'function') { own.call(emitter, error, name, ...args); return; }
    const before = emitter[kCapture]!;
    try {
      emitter[kCapture] = false;
      emitter.emit('error', error);
    } finally {
      emitter[kCapture] = before;
    }
  }));
}
function unhandled(value: unknown): Error {
  if (value instanceof Error) return value;
  let text: string;
  try {
    text = typeof value === 'string' ? `'${value}'` : String(value);
  } catch {
    text = Object.prototype.toString.call(value);
  }
  return Object.assign(coded(new Error(`Unhandled error. (${text})`), 'ERR_UNHANDLED_ERROR'), { context: value });
}

Object.assign(Emitter.prototype as object, { _events: undefined, _eventsCount: 0, _maxListeners: undefined });
const methods: Record<string, (this: State, ...args: any[]) => unknown> = {
  setMaxListeners(n) {
    this._maxListeners = count(n, 'setMaxListeners');
    return this;
  },
  getMaxListeners() { return this._maxListeners ?? most; },
  emit(name: EventName, ...args) {
    const events = this._events;
    if (name === 'error') {
      if (events?.[errorMonitor] !== undefined) this.emit(errorMonitor, ...args);
      if (events?.['error'] === undefined) throw unhandled(args[0]);
    }
    const held = events?.[name];
    if (held === undefined) return false;
    if (typeof held === 'function') captured(this, Reflect.apply(held, this, args), name, args);
    else for (const listener of [...held]) captured(this, Reflect.apply(listener, this, args), name, args);
    return true;
  },
  addListener(name: EventName, listener) { return add(this, name, listener, false); },
  prependListener(name: EventName, listener) { return add(this, name, listener, true); },
  once(name: EventName, listener) { return this.on(name, onceWrapper(this, name, listener) as EventListener); },
  prependOnceListener(name: EventName, listener) { return this.prependListener(name, onceWrapper(this, name, listener) as EventListener); },
  removeListener(name: EventName, given) {
    const listener = checked(given), events = this._events, held = events?.[name];
    if (events === undefined || held === undefined) return this;
    const list = listOf(held);
    const at = list.findLastIndex(one => one === listener || one.listener === listener);
    if (at < 0) return this;
    const gone = list[at]!;
    const alone = list.length === 1;
    if (alone) {
      if (--this._eventsCount === 0) this._events = Object.create(null) as Record<EventName, Listener>;
      else delete events[name];
    } else {
      list.splice(at, 1);
      if (list.length === 1) events[name] = list[0]!;
    }
    if (events['removeListener'] !== undefined) this.emit('removeListener', name, alone ? (gone.listener ?? gone) : listener);
    return this;
  },
  removeAllListeners(...names: EventName[]) {
    const events = this._events;
    if (events === undefined) return this;
    if (names.length === 0) {
      if (events['removeListener'] !== undefined) {
        for (const name of Reflect.ownKeys(events)) if (name !== 'removeListener') this.removeAllListeners(name);
        this.removeAllListeners('removeListener');
      }
      this._events = Object.create(null) as Record<EventName, Listener>;
      this._eventsCount = 0;
      return this;
    }
    const name = names[0]!;
    if (events['removeListener'] === undefined) {
      if (events[name] !== undefined) {
        if (--this._eventsCount === 0) this._events = Object.create(null) as Record<EventName, Listener>;
        else delete events[name];
      }
      return this;
    }
    for (const listener of [...listOf(events[name])].reverse()) this.removeListener(name, listener as EventListener);
    return this;
  },
  listeners(name: EventName) { return listOf(this._events?.[name]).map(listener => listener.listener ?? listener); },
  rawListeners(name: EventName) { return [...listOf(this._events?.[name])]; },
  listenerCount(name: EventName, listener?: Function) {
    const list = listOf(this._events?.[name]);
    return listener === undefined || listener === null ? list.length : list.filter(one => one === listener || one.listener === listener).length;
  },
  eventNames() { return this._eventsCount > 0 ? Reflect.ownKeys(this._events!) : []; },
};
Object.assign(Emitter.prototype as object, methods, { on: methods.addListener, off: methods.removeListener });

Emitter.init = function init(this: State, options?: EventEmitterOptions): void {
  if (this._events === undefined || this._events === (Object.getPrototypeOf(this) as State)._events) {
    this._events = Object.create(null) as Record<EventName, Listener>;
    this._eventsCount = 0;
  }
  this._maxListeners ??= undefined;
  if (options?.captureRejections !== undefined && typeof options.captureRejections !== 'boolean') throw wrongType('options.captureRejections', 'boolean', options.captureRejections);
  if (options?.captureRejections ?? capture) this[kCapture] = true;
};
export const EventEmitter: EventEmitterConstructor = Object.defineProperty(Emitter, 'name', { value: 'EventEmitter' }) as never;
Object.defineProperties(Emitter, {
  defaultMaxListeners: { enumerable: true, get: () => most, set: (n: unknown) => { most = count(n, 'defaultMaxListeners'); } },
  captureRejections: { enumerable: true, get: () => capture, set: (on: unknown) => { if (typeof on !== 'boolean') throw wrongType('EventEmitter.captureRejections', 'boolean', on); capture = on; } },
});

const isEmitter = (value: unknown): value is EventEmitter => typeof (value as Partial<EventEmitter> | null)?.on === 'function';
const isTarget = (value: unknown): value is EventTarget => typeof (value as Partial<EventTarget> | null)?.addEventListener === 'function';
function listen(emitter: EventEmitter | EventTarget, name: EventName, listener: EventListener, isOnce: boolean): () => void {
  if (isEmitter(emitter)) {
    isOnce ? emitter.once(name, listener) : emitter.on(name, listener);
    return () => emitter.removeListener(name, listener);
  }
  if (!isTarget(emitter)) throw wrongType('emitter', 'EventEmitter', emitter);
  emitter.addEventListener(name as string, listener, { once: isOnce });
  return () => emitter.removeEventListener(name as string, listener);
}
/** The arguments of the next event `name`; rejects if `error` comes before. */
export const once: EventEmitterConstructor['once'] = async (emitter, name, options = {}) => {
  object(options, 'options');
  const signal = checkSignal(options.signal);
  if (signal?.aborted) throw aborted(signal);
  return new Promise((resolve, reject) => {
    const undo: (() => void)[] = [];
    const done = (): void => { for (const one of undo) one(); };
    undo.push(listen(emitter, name, (...args: unknown[]) => { done(); resolve(args); }, true));
    if (name !== 'error' && isEmitter(emitter)) undo.push(listen(emitter, 'error', (error: unknown) => { done(); reject(error); }, true));
    if (signal !== undefined) undo.push(listen(signal, 'abort', () => { done(); reject(aborted(signal)); }, true));
  });
};
/** The arguments of each event `name`, as they come. */
export const on: EventEmitterConstructor['on'] = (emitter, name, options = {}) => {
  object(options, 'options');
  const signal = checkSignal(options.signal);
  if (signal?.aborted) throw aborted(signal);
  const events: unknown[][] = [], waiting: { resolve(result: IteratorResult<any[]>): void; reject(error: unknown): void }[] = [];
  let failed: { error: unknown } | undefined, over = false;
  const undo: (() => void)[] = [];
  const end = (): Promise<IteratorResult<any[]>> => {
    for (const one of undo) one();
    over = true;
    for (const one of waiting.splice(0)) one.resolve({ value: undefined, done: true });
    return Promise.resolve({ value: undefined, done: true });
  };
  const fail = (error: unknown): void => {
    const first = waiting.shift();
    if (first === undefined) failed = { error };
    else first.reject(error);
    void end();
  };
  undo.push(listen(emitter, name, (...args: unknown[]) => {
    const first = waiting.shift();
    if (first === undefined) events.push(args);
    else first.resolve({ value: args, done: false });
  }, false));
  if (name !== 'error' && isEmitter(emitter)) undo.push(listen(emitter, 'error', fail, false));
  for (const close of options.close ?? []) undo.push(listen(emitter, close, () => void end(), false));
  if (signal !== undefined) undo.push(listen(signal, 'abort', () => fail(aborted(signal)), true));
  return {
    next() {
      if (events.length > 0) return Promise.resolve({ value: events.shift()!, done: false });
      if (failed !== undefined) {
        const { error } = failed;
        failed = undefined;
        return Promise.reject(error);
      }
      if (over) return Promise.resolve({ value: undefined, done: true });
      return new Promise((resolve, reject) => { waiting.push({ resolve, reject }); });
    },
    return: end,
    throw(error) {
      if (!(error instanceof Error)) throw wrongType('EventEmitter.AsyncIterator', 'Error', error);
      fail(error);
      return Promise.resolve({ value: undefined, done: true });
    },
    [Symbol.asyncIterator]() { return this; },
  };
};
export const listenerCount: EventEmitterConstructor['listenerCount'] = (emitter, name) => emitter.listenerCount(name);
/** An EventTarget does not tell its listeners: of one, the list is empty. */
export const getEventListeners: EventEmitterConstructor['getEventListeners'] = (emitter, name) => {
  if (isEmitter(emitter)) return emitter.listeners(name);
  if (isTarget(emitter)) return [];
  throw wrongType('emitter', ['EventEmitter', 'EventTarget'], emitter);
};
export const getMaxListeners: EventEmitterConstructor['getMaxListeners'] = emitter => {
  if (typeof (emitter as Partial<EventEmitter>)?.getMaxListeners === 'function') return (emitter as EventEmitter).getMaxListeners();
  if (isTarget(emitter)) return targetMost.get(emitter) ?? most;
  throw wrongType('emitter', ['EventEmitter', 'EventTarget'], emitter);
};
export const setMaxListeners: EventEmitterConstructor['setMaxListeners'] = (n = most, ...emitters) => {
  count(n, 'setMaxListeners');
  if (emitters.length === 0) most = n;
  for (const emitter of emitters) {
    if (isEmitter(emitter)) emitter.setMaxListeners(n);
    else if (isTarget(emitter)) targetMost.set(emitter, n);
    else throw wrongType('eventTargets', ['EventEmitter', 'EventTarget'], emitter);
  }
};
export const addAbortListener: EventEmitterConstructor['addAbortListener'] = (signal, listener) => {
  if (signal === undefined) throw wrongType('signal', 'AbortSignal', signal);
  checkSignal(signal, 'signal');
  checked(listener);
  if (signal.aborted) queueMicrotask(() => listener(new globalThis.Event('abort')));
  else signal.addEventListener('abort', listener, { once: true });
  return { [Symbol.dispose ?? Symbol.for('nodejs.dispose')]: () => signal.removeEventListener('abort', listener) } as Disposable;
};
export const usingDomains = false;
export const init: EventEmitterConstructor['init'] = Emitter.init as never;
export const captureRejections: boolean = false;
Object.assign(Emitter, { EventEmitter: Emitter, errorMonitor, captureRejectionSymbol, usingDomains, once, on, listenerCount, getEventListeners, getMaxListeners, setMaxListeners, addAbortListener });
export const defaultMaxListeners: number = most;
export const Event: typeof globalThis.Event = globalThis.Event;
export const EventTarget: typeof globalThis.EventTarget = globalThis.EventTarget;
export const CustomEvent: typeof globalThis.CustomEvent = globalThis.CustomEvent;
export const MessageEvent: typeof globalThis.MessageEvent = globalThis.MessageEvent;
export const ErrorEvent: typeof globalThis.ErrorEvent = globalThis.ErrorEvent;
export default EventEmitter;
