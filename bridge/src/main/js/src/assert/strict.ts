/** Node's `assert/strict`. */
import assert, { type Assert } from 'socket:assert';
const strict: Assert = assert.strict;
export const { AssertionError, ok, fail, equal, notEqual, strictEqual, notStrictEqual, deepEqual, notDeepEqual, deepStrictEqual, notDeepStrictEqual, throws, doesNotThrow, rejects, doesNotReject, ifError, match, doesNotMatch }: Assert = strict;
export { strict };
export default strict;
