/** Node's `AsyncResource`. */
import { Snapshot } from 'socket:async/context';
import { _begin, _destroy, _within, executionAsyncId, executionAsyncResource, triggerAsyncId } from 'socket:async/hooks';
import { fn as checked, string, coded } from 'socket:internal/args';
export interface AsyncResourceOptions { triggerAsyncId?: number; requireManualDestroy?: boolean }
type Anything = (...args: any[]) => any;
export class AsyncResource {
  readonly #id: number;
  readonly #trigger: number;
  readonly #type: string;
  readonly #snapshot = new Snapshot();
  #destroyed = false;
  constructor(type: string, options: AsyncResourceOptions | number = {}) {
    this.#type = string(type, 'type');
    const trigger = typeof options === 'number' ? options : (options.triggerAsyncId ?? executionAsyncId());
    if (!Number.isSafeInteger(trigger) || trigger < -1) throw coded(new RangeError(`Invalid triggerAsyncId value: ${String(trigger)}`), 'ERR_INVALID_ASYNC_ID');
    this.#trigger = trigger;
    this.#id = _begin(type, trigger, this);
  }
  static bind<F extends Anything>(fn: F, type?: string, self?: unknown): F {
    return new AsyncResource(type ?? (checked(fn, 'fn').name || 'bound-anonymous-fn')).bind(fn, self);
  }
  get type(): string { return this.#type; }
  get destroyed(): boolean { return this.#destroyed; }
  asyncId(): number { return this.#id; }
  triggerAsyncId(): number { return this.#trigger; }
  runInAsyncScope<R>(fn: (...args: any[]) => R, self?: unknown, ...args: any[]): R {
    return this.#snapshot.run(() => _within(this.#id, this.#trigger, this, () => Reflect.apply(fn, self, args) as R));
  }
  bind<F extends Anything>(fn: F, self?: unknown): F {
    checked(fn, 'fn');
    const resource = this;
    return Object.defineProperty(function (this: unknown, ...args: unknown[]): unknown { return resource.runInAsyncScope(fn, self ?? this, ...args); }, 'length', { configurable: true, value: fn.length }) as unknown as F;
  }
  emitDestroy(): this {
    this.#destroyed = true;
    _destroy(this.#id);
    return this;
  }
}
export { executionAsyncId, executionAsyncResource, triggerAsyncId };
export default AsyncResource;
