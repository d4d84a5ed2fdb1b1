/** Node's `assert/strict`. */
import assert, { type Assert } from 'socket:assert';
const strict: Assert = assert.strict;
export const AssertionError: Assert['AssertionError'] = strict.AssertionError;
export const { ok, fail, equal, notEqual, strictEqual, notStrictEqual, deepEqual, notDeepEqual, deepStrictEqual, notDeepStrictEqual, throws, doesNotThrow, rejects, doesNotReject, ifError, match, doesNotMatch }: Omit<Assert, 'AssertionError'> = strict;
export { strict };
export default strict;
