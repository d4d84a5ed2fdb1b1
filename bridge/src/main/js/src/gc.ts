/** Cleaning up after objects that nobody holds any more: an object names its work with a method `[gc.finalizer]`. */
export const kFinalizer: unique symbol = Symbol.for('gc.finalizer');
export const finalizer: typeof kFinalizer = kFinalizer;
type Handle = (...args: any[]) => unknown;
export class Finalizer {
  readonly args: unknown[];
  readonly handle: Handle;
  constructor(args: readonly unknown[], handle: Handle) { this.args = [...args]; this.handle = handle; }
  static from(handler: Finalizer | Handle | { args?: unknown[]; handle: Handle }): Finalizer {
    return handler instanceof Finalizer ? handler : typeof handler === 'function' ? new Finalizer([], handler) : new Finalizer(handler.args ?? [], handler.handle);
  }
}
export const finalizers: WeakMap<object, Finalizer> = new WeakMap();
/** Objects that live until `release`. */
export const pool: Set<WeakRef<object>> = new Set();
const kept = new Set<object>();
export const registry: FinalizationRegistry<Finalizer> = new FinalizationRegistry(finalizer => {
  Promise.resolve().then(() => finalizer.handle(...finalizer.args)).catch((error: unknown) => globalThis.console.error(error));
});
/** Watches an object; its finalizer runs when it is gone. */
export function ref(object: object, ...args: unknown[]): boolean {
  const make = (object as Record<symbol, unknown>)[kFinalizer];
  if (typeof make !== 'function' || finalizers.has(object)) return false;
  const made = Finalizer.from(make.call(object, ...args) as Finalizer);
  finalizers.set(object, made);
  pool.add(new WeakRef(object));
  registry.register(object, made, object);
  return true;
}
export function unref(object: object): boolean {
  if (!finalizers.delete(object)) return false;
  kept.delete(object);
  for (const weak of pool) if (weak.deref() === object || weak.deref() === undefined) pool.delete(weak);
  return registry.unregister(object);
}
/** Keeps an object from being collected. */
export function retain(object: object): boolean { kept.add(object); return finalizers.has(object); }
/** Runs the finalizer now. */
export async function finalize(object: object): Promise<boolean> {
  const made = finalizers.get(object);
  if (made === undefined) return false;
  unref(object);
  await made.handle(...made.args);
  return true;
}
/** Runs every finalizer now. */
export async function release(): Promise<void> {
  const objects = [...pool].map(weak => weak.deref()).filter(object => object !== undefined);
  for (const object of objects) await finalize(object);
  pool.clear();
}
export const gc = Object.freeze({ finalize, finalizer, finalizers, kFinalizer, pool, ref, registry, release, retain, unref });
export default gc;
