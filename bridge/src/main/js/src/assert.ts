/** Node's `assert`: the npm package `assert`. */
import npm from 'assert/build/assert.js';
import { inspect } from 'socket:internal/inspect';

type Message = string | Error;
type Expected = RegExp | Function | object | Error;
export interface AssertionFailure extends Error { actual: unknown; expected: unknown; operator: string; generatedMessage: boolean; code: 'ERR_ASSERTION' }
export interface Assert {
  (value: unknown, message?: Message): asserts value;
  readonly AssertionError: new (options: { message?: string; actual?: unknown; expected?: unknown; operator?: string; stackStartFn?: Function }) => AssertionFailure;
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
const npm_: Assert = npm as never;
// Where an error is not the one expected, the package throws that error; Node, since 13, an AssertionError.
function unexpected(caught: unknown, expected: unknown, message: unknown, operator: string): Error {
  const text = inspect(caught), generated = message === undefined;
  const why = expected instanceof RegExp ? `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(String(caught))}\n`
    : (expected as Function).prototype !== undefined && /^class\b|native code/.test(Function.prototype.toString.call(expected)) ? `The error is expected to be an instance of "${(expected as Function).name}". Received "${(caught as Error)?.constructor?.name ?? text}"${caught instanceof Error ? `\n\nError message:\n\n${caught.message}` : ''}`
      : `The ${(expected as Function).name ? `"${(expected as Function).name}" ` : ''}validation function is expected to return "true". Received false\n\nCaught error:\n\n${text}`;
  return Object.assign(new npm_.AssertionError({ message: generated ? why : String(message), actual: caught, expected, operator }), { generatedMessage: generated });
}
const judged = (expected: unknown): boolean => typeof expected === 'function' || expected instanceof RegExp;
for (const one of [npm_, npm_.strict] as unknown as Record<string, any>[]) {
  const { throws: ownThrows, rejects: ownRejects } = one;
  one.throws = function throws(block: () => unknown, expected?: unknown, message?: unknown): void {
    if (typeof block !== 'function' || !judged(expected)) { ownThrows(block, expected, ...(message === undefined ? [] : [message])); return; }
    let caught: unknown = one;
    try {
      ownThrows(() => { try { block(); } catch (error) { caught = error; throw error; } }, expected, message);
    } catch (error) {
      throw error === caught && error !== message ? unexpected(error, expected, message, 'throws') : error;
    }
  };
  one.rejects = async function rejects(block: unknown, expected?: unknown, message?: unknown): Promise<void> {
    let caught: unknown = one;
    const watched = (promise: unknown): unknown => (judged(expected) && typeof (promise as Promise<unknown> | null)?.then === 'function' ? Promise.resolve(promise as Promise<unknown>).catch((error: unknown) => { caught = error; throw error; }) : promise);
    try {
      await ownRejects(typeof block === 'function' ? () => watched(block()) : watched(block), expected, ...(message === undefined ? [] : [message]));
    } catch (error) {
      throw error === caught && error !== message ? unexpected(error, expected, message, 'rejects') : error;
    }
  };
}
const loose = npm_ as unknown as Record<string, any>, { equal: ownEqual, notEqual: ownNotEqual } = loose;
// Since Node 14, NaN is equal to NaN.
loose.equal = function equal(...args: unknown[]): void { if (!(args.length >= 2 && Number.isNaN(args[0]) && Number.isNaN(args[1]))) ownEqual(...args); };
loose.notEqual = function notEqual(...args: unknown[]): void {
  if (args.length >= 2 && Number.isNaN(args[0]) && Number.isNaN(args[1])) throw args[2] instanceof Error ? args[2] : new npm_.AssertionError({ ...(args[2] === undefined ? {} : { message: String(args[2]) }), actual: args[0], expected: args[1], operator: '!=' });
  ownNotEqual(...args);
};

// Other names inside: the bundler would rename the package's functions, whose names its errors tell.
const { AssertionError: AssertionError_, strict: strict_, ok: ok_, fail: fail_, equal: equal_, notEqual: notEqual_, strictEqual: strictEqual_, notStrictEqual: notStrictEqual_, deepEqual: deepEqual_, notDeepEqual: notDeepEqual_, deepStrictEqual: deepStrictEqual_, notDeepStrictEqual: notDeepStrictEqual_, throws: throws_, doesNotThrow: doesNotThrow_, rejects: rejects_, doesNotReject: doesNotReject_, ifError: ifError_, match: match_, doesNotMatch: doesNotMatch_ }: Assert = npm_;
export { AssertionError_ as AssertionError, strict_ as strict, ok_ as ok, fail_ as fail, equal_ as equal, notEqual_ as notEqual, strictEqual_ as strictEqual, notStrictEqual_ as notStrictEqual, deepEqual_ as deepEqual, notDeepEqual_ as notDeepEqual, deepStrictEqual_ as deepStrictEqual, notDeepStrictEqual_ as notDeepStrictEqual, throws_ as throws, doesNotThrow_ as doesNotThrow, rejects_ as rejects, doesNotReject_ as doesNotReject, ifError_ as ifError, match_ as match, doesNotMatch_ as doesNotMatch, npm_ as assert };
export default npm_;
