/** Node's deep equality: that of the npm package `assert`. */
import npm from 'assert/build/internal/util/comparisons.js';
const { isDeepEqual, isDeepStrictEqual } = npm as { isDeepEqual(a: unknown, b: unknown): boolean; isDeepStrictEqual(a: unknown, b: unknown): boolean };
export { isDeepEqual, isDeepStrictEqual };
export default { isDeepEqual, isDeepStrictEqual };
