/** Node's `AsyncLocalStorage`, on {@link Variable}. */
import { Snapshot, Variable } from 'socket:async/context';
import { fn as checked } from 'socket:internal/args';
export class AsyncLocalStorage<T = any> {
  readonly #variable = new Variable<{ store: T | undefined }>();
  #enabled = false;
  static bind<F extends (...args: any[]) => any>(fn: F): F { return Snapshot.wrap(checked(fn, 'fn')); }
  static snapshot(): <R>(fn: (...args: any[]) => R, ...args: any[]) => R {
    const snapshot = new Snapshot();
    return (fn, ...args) => snapshot.run(fn, ...args);
  }
  get enabled(): boolean { return this.#enabled; }
  enable(): void { this.#enabled = true; }
  disable(): void {
    this.#enabled = false;
    this.#variable._leave();
  }
  enterWith(store: T): void {
    this.#enabled = true;
    this.#variable._enter({ store });
  }
  run<R>(store: T, fn: (...args: any[]) => R, ...args: any[]): R {
    this.#enabled = true;
    return this.#variable.run({ store }, fn, ...args);
  }
  exit<R>(fn: (...args: any[]) => R, ...args: any[]): R { return this.#variable.run({ store: undefined }, fn, ...args); }
  getStore(): T | undefined { return this.#enabled ? this.#variable.get()?.store : undefined; }
}
export default AsyncLocalStorage;
