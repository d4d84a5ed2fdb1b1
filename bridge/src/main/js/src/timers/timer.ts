/** Timers as Node's objects: they turn into the engine's number where one is asked for. */
import { AsyncResource } from 'socket:async/resource';
/** A timer that can be renewed. `ref` and `unref` are kept, but nothing waits for a page's timers. */
export class Timer extends AsyncResource {
  #id: number | undefined;
  #ref = true;
  #stop: (id: number) => void;
  #start: () => number;
  constructor(type: string, start: (fire: () => void) => number, stop: (id: number) => void, fire: () => void = () => {}) {
    super(type);
    this.#start = () => start(() => this.runInAsyncScope(fire));
    this.#stop = stop;
    this.#id = this.#start();
  }
  get id(): number { return this.#id ?? 0; }
  ref(): this { this.#ref = true; return this; }
  unref(): this { this.#ref = false; return this; }
  hasRef(): boolean { return this.#ref; }
  refresh(): this {
    if (this.#id !== undefined) {
      this.#stop(this.#id);
      this.#id = this.#start();
    }
    return this;
  }
  close(): this {
    if (this.#id !== undefined) {
      this.#stop(this.#id);
      this.#id = undefined;
      this.emitDestroy();
    }
    return this;
  }
  [Symbol.toPrimitive](): number { return this.id; }
  [Symbol.dispose](): void { this.close(); }
}
const engine = { setTimeout: globalThis.setTimeout.bind(globalThis) as (fn: () => void, ms: number) => any, clearTimeout: globalThis.clearTimeout.bind(globalThis), setInterval: globalThis.setInterval.bind(globalThis) as (fn: () => void, ms: number) => any, clearInterval: globalThis.clearInterval.bind(globalThis) };
const LONGEST = 2 ** 31 - 1;
/** Node's rule: what is no delay is 1 ms. */
const milliseconds = (delay: unknown): number => { const ms = Number(delay); return ms >= 1 && ms <= LONGEST ? Math.trunc(ms) : 1; };
export class Timeout extends Timer {
  constructor(fire: () => void, delay?: unknown) { super('Timeout', fn => engine.setTimeout(fn, milliseconds(delay)), id => engine.clearTimeout(id), fire); }
}
export class Interval extends Timer {
  constructor(fire: () => void, delay?: unknown) { super('Timeout', fn => engine.setInterval(fn, milliseconds(delay)), id => engine.clearInterval(id), fire); }
}
// A message comes before any timer, and is not slowed down in a page that is not seen.
const immediates = new Map<number, () => void>();
let lastImmediate = 0, port: MessagePort | undefined;
function immediate(fire: () => void): number {
  if (port === undefined) {
    const channel = new MessageChannel();
    channel.port1.onmessage = event => {
      const due = immediates.get(event.data as number);
      immediates.delete(event.data as number);
      if (immediates.size === 0) (channel.port1 as { unref?(): void }).unref?.();
      due?.();
    };
    port = channel.port2;
    (channel.port1 as { unref?(): void }).unref?.();
    reference = channel.port1;
  }
  const id = ++lastImmediate;
  immediates.set(id, fire);
  (reference as { ref?(): void }).ref?.();
  port.postMessage(id);
  return id;
}
let reference: MessagePort;
export class Immediate extends Timer {
  constructor(fire: () => void) { super('Immediate', immediate, id => immediates.delete(id), fire); }
}
export default { Immediate, Interval, Timeout, Timer };
