/** A promise that is settled from outside. */
export class DeferredResolveEvent extends Event { constructor(type: string, readonly result: unknown) { super(type); } }
export class DeferredRejectEvent extends Event { constructor(type: string, readonly error: unknown) { super(type); } }
export class Deferred<T = any> extends EventTarget {
  readonly #promise: Promise<T>;
  resolve!: (value: T | PromiseLike<T>) => void;
  reject!: (error?: unknown) => void;
  constructor(promise?: Deferred<T> | Promise<T> | null) {
    super();
    this.#promise = new Promise<T>((resolve, reject) => { this.resolve = resolve; this.reject = reject; });
    this.#promise.then(result => this.dispatchEvent(new DeferredResolveEvent('resolve', result)), error => this.dispatchEvent(new DeferredRejectEvent('reject', error)));
    if (promise) promise.then(this.resolve, this.reject);
  }
  then<A = T, B = never>(resolve?: ((value: T) => A | PromiseLike<A>) | null, reject?: ((error: any) => B | PromiseLike<B>) | null): Promise<A | B> { return this.#promise.then(resolve, reject); }
  catch<B = never>(reject?: ((error: any) => B | PromiseLike<B>) | null): Promise<T | B> { return this.#promise.catch(reject); }
  finally(callback?: (() => void) | null): Promise<T> { return this.#promise.finally(callback); }
  get promise(): Promise<T> { return this.#promise; }
}
export default Deferred;
