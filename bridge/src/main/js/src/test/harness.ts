/** Tests with something that is started before each, and stopped after. */
import type { Test, TestFn } from 'socket:test';
export interface Harness { bootstrap(): Promise<void> | void; close(): Promise<void> | void }
interface Runner { test(name: string, fn: TestFn): void; only(name: string, fn: TestFn): void; skip(name: string, fn?: TestFn): void }
export type TestCase<T> = (harness: T, test: Test) => void | Promise<void>;
type Adding<T> = { (name: string, fn: TestCase<T>): void; (name: string, options: object, fn: TestCase<T>): void };
export type TapeTestFn<T> = Adding<T> & { only: Adding<T>; skip: Adding<T> };
export class TapeHarness<T extends Harness> {
  constructor(readonly tapzero: Runner, readonly harnessClass: new (options: any) => T) {}
  #add(add: (name: string, fn: TestFn) => void, name: string, options: object | TestCase<T>, fn?: TestCase<T>): void {
    const run = typeof options === 'function' ? (options as TestCase<T>) : fn;
    if (run === undefined) throw new TypeError(`Test '${name}' has no function`);
    add(name, async test => {
      const harness = new this.harnessClass({ ...(typeof options === 'object' ? options : {}), assert: test });
      await harness.bootstrap();
      try {
        await run(harness, test);
      } finally {
        await harness.close();
      }
    });
  }
  test(name: string, options: object | TestCase<T>, fn?: TestCase<T>): void { this.#add(this.tapzero.test, name, options, fn); }
  only(name: string, options: object | TestCase<T>, fn?: TestCase<T>): void { this.#add(this.tapzero.only, name, options, fn); }
  skip(name: string, _options?: object | TestCase<T>, _fn?: TestCase<T>): void { this.tapzero.skip(name); }
}
export function wrapHarness<T extends Harness>(tapzero: Runner, harnessClass: new (options: any) => T): TapeTestFn<T> {
  const harness = new TapeHarness(tapzero, harnessClass);
  return Object.assign(harness.test.bind(harness), { only: harness.only.bind(harness), skip: harness.skip.bind(harness) }) as TapeTestFn<T>;
}
export default wrapHarness;
