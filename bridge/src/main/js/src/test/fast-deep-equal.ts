/** The npm package of that name. */
import npm from 'fast-deep-equal/es6/index.js';
export const equal: (a: unknown, b: unknown) => boolean = npm;
export default equal;
