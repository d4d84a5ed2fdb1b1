/** Node's `createHook`, for resources made with `AsyncResource`: a page has no hook into the engine's own. */
import { fn } from 'socket:internal/args';
export interface AsyncHookCallbackOptions {
  init?(asyncId: number, type: string, triggerAsyncId: number, resource: object): void;
  before?(asyncId: number): void; after?(asyncId: number): void; destroy?(asyncId: number): void; promiseResolve?(asyncId: number): void;
}
const active = new Set<AsyncHookCallbacks>();
const root = {};
const stack: { id: number; trigger: number; resource: object }[] = [{ id: 1, trigger: 0, resource: root }];
let last = 1;
export class AsyncHookCallbacks implements AsyncHookCallbackOptions {
  init: AsyncHookCallbackOptions['init']; before: AsyncHookCallbackOptions['before']; after: AsyncHookCallbackOptions['after']; destroy: AsyncHookCallbackOptions['destroy']; promiseResolve: AsyncHookCallbackOptions['promiseResolve'];
  constructor(options: AsyncHookCallbackOptions = {}) {
    for (const name of ['init', 'before', 'after', 'destroy', 'promiseResolve'] as const) {
      if (options[name] !== undefined) this[name] = fn(options[name], `hook.${name}`) as never;
    }
  }
}
export class AsyncHook {
  readonly #callbacks: AsyncHookCallbacks;
  constructor(callbacks?: AsyncHookCallbackOptions) { this.#callbacks = new AsyncHookCallbacks(callbacks); }
  get enabled(): boolean { return active.has(this.#callbacks); }
  enable(): this { active.add(this.#callbacks); return this; }
  disable(): this { active.delete(this.#callbacks); return this; }
}
export function createHook(callbacks?: AsyncHookCallbackOptions): AsyncHook { return new AsyncHook(callbacks); }
export const executionAsyncId = (): number => stack.at(-1)!.id;
export const triggerAsyncId = (): number => stack.at(-1)!.trigger;
export const executionAsyncResource = (): object => stack.at(-1)!.resource;
/** @internal */
export function _begin(type: string, trigger: number, resource: object): number {
  const id = ++last;
  for (const hook of active) hook.init?.(id, type, trigger, resource);
  return id;
}
/** @internal */
export function _within<R>(id: number, trigger: number, resource: object, run: () => R): R {
  stack.push({ id, trigger, resource });
  for (const hook of active) hook.before?.(id);
  try {
    return run();
  } finally {
    for (const hook of active) hook.after?.(id);
    stack.pop();
  }
}
/** @internal */
export function _destroy(id: number): void { queueMicrotask(() => { for (const hook of active) hook.destroy?.(id); }); }
export default createHook;
