/** Node's `util.inspect` and `util.format`: the npm package `node-inspect-extracted`. */
import npm from 'node-inspect-extracted';
export const format: (...args: unknown[]) => string = npm.format as never;
export const inspect: (value: unknown, options?: { depth?: number | null; colors?: boolean; compact?: number | boolean; breakLength?: number }) => string = npm.inspect as never;
export default { format, inspect };
