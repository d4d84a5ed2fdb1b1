/** Node's `assert`: the npm package `assert`. */
import npm from 'assert/build/assert.js';

type Message = string | Error;
type Expected = RegExp | Function | object | Error;
export interface AssertionError extends Error { actual: unknown; expected: unknown; operator: string; generatedMessage: boolean; code: 'ERR_ASSERTION' }
export interface Assert {
  (value: unknown, message?: Message): asserts value;
  readonly AssertionError: new (options: { message?: string; actual?: unknown; expected?: unknown; operator?: string; stackStartFn?: Function }) => AssertionError;
  readonly strict: Assert;
  ok(value: unknown, message?: Message): asserts value;
  fail(message?: Message): never;
  equal(actual: unknown, expected: unknown, message?: Message): void;
  notEqual(actual: unknown, expected: unknown, message?: Message): void;
  strictEqual(actual: unknown, expected: unknown, message?: Message): void;
  notStrictEqual(actual: unknown, expected: unknown, message?: Message): void;
  deepEqual(actual: unknown, expected: unknown, message?: Message): void;
  notDeepEqual(actual: unknown, expected: unknown, message?: Message): void;
  deepStrictEqual(actual: unknown, expected: unknown, message?: Message): void;
  notDeepStrictEqual(actual: unknown, expected: unknown, message?: Message): void;
  throws(block: () => unknown, expected?: Expected | string, message?: Message): void;
  doesNotThrow(block: () => unknown, expected?: Expected | string, message?: Message): void;
  rejects(block: (() => Promise<unknown>) | Promise<unknown>, expected?: Expected | string, message?: Message): Promise<void>;
  doesNotReject(block: (() => Promise<unknown>) | Promise<unknown>, expected?: Expected | string, message?: Message): Promise<void>;
  ifError(value: unknown): void;
  match(text: string, pattern: RegExp, message?: Message): void;
  doesNotMatch(text: string, pattern: RegExp, message?: Message): void;
}
export const assert: Assert = npm as never;
export const { AssertionError, strict, ok, fail, equal, notEqual, strictEqual, notStrictEqual, deepEqual, notDeepEqual, deepStrictEqual, notDeepStrictEqual, throws, doesNotThrow, rejects, doesNotReject, ifError, match, doesNotMatch }: Assert = assert;
export default assert;
