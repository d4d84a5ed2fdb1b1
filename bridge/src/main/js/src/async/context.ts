/**
 * Values that follow a call into what it starts: timers, microtasks, promises' callbacks, listeners bound with `AsyncResource`. What a
 * page can't have is a hook into `await`: after the first `await` of a native async function the value is the default one, unless the
 * function was wrapped with `Snapshot.wrap` or runs its next step through a promise's `then`.
 */
type Values = ReadonlyMap<Variable<any>, unknown>;
let current: Values = new Map();
let watching = false;

function within<F extends (...args: any[]) => any>(values: Values, fn: F): F {
  return function (this: unknown, ...args: unknown[]): unknown {
    const before = current;
    current = values;
    try {
      return Reflect.apply(fn, this, args);
    } finally {
      current = before;
    }
  } as F;
}
/** Takes over the globals that start something later: at the first use, so a page without contexts pays nothing. */
function watch(): void {
  if (watching) return;
  watching = true;
  const scope = globalThis as unknown as Record<string, unknown>;
  for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'requestAnimationFrame', 'requestIdleCallback']) {
    const own = scope[name];
    if (typeof own === 'function') {
      scope[name] = (callback: unknown, ...rest: unknown[]) => Reflect.apply(own, globalThis, [typeof callback === 'function' && current.size > 0 ? within(current, callback as never) : callback, ...rest]);
    }
  }
  const { then } = Promise.prototype;
  Promise.prototype.then = function (this: Promise<unknown>, done?: unknown, failed?: unknown): Promise<any> {
    const keep = (callback: unknown) => (typeof callback === 'function' && current.size > 0 ? within(current, callback as never) : callback);
    return Reflect.apply(then, this, [keep(done), keep(failed)]);
  };
}

export interface VariableOptions<T> { name?: string; defaultValue?: T }
export type AnyFunc = (...args: any[]) => any;
/** A value of its own in every chain of calls. */
export class Variable<T = unknown> {
  readonly name: string;
  defaultValue: T | undefined;
  constructor(options: VariableOptions<T> = {}) {
    this.name = options.name ?? '';
    this.defaultValue = options.defaultValue;
  }
  run<F extends AnyFunc>(value: T, fn: F, ...args: Parameters<F>): ReturnType<F> {
    watch();
    return within(new Map([...current, [this, value]]), fn)(...args);
  }
  get(): T | undefined { return current.has(this) ? (current.get(this) as T) : this.defaultValue; }
  /** @internal for the rest of the task, as AsyncLocalStorage.enterWith */
  _enter(value: T | undefined): void {
    watch();
    current = new Map([...current, [this, value]]);
  }
  /** @internal */
  _leave(): void { current = new Map([...current].filter(([variable]) => variable !== this)); }
}
/** The values of all variables, as they are now. */
export class Snapshot {
  readonly #values: Values = current;
  static wrap<F extends AnyFunc>(fn: F): F { return within(current, fn); }
  run<F extends AnyFunc>(fn: F, ...args: Parameters<F>): ReturnType<F> { return within(this.#values, fn)(...args); }
}
export class AsyncContext {
  static readonly Variable: typeof Variable = Variable;
  static readonly Snapshot: typeof Snapshot = Snapshot;
}
export default AsyncContext;
