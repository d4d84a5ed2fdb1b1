/** Node's `util.inspect` and `util.format`: the npm package `node-inspect-extracted`. */
import npm from 'node-inspect-extracted';
import { useInspect } from 'socket:internal/args';
export interface InspectOptions {
  depth?: number | null; colors?: boolean; compact?: number | boolean; breakLength?: number; showHidden?: boolean; customInspect?: boolean; showProxy?: boolean;
  maxArrayLength?: number | null; maxStringLength?: number | null; sorted?: boolean | ((a: string, b: string) => number); getters?: 'get' | 'set' | boolean; numericSeparator?: boolean;
}
export interface Inspect {
  (value: unknown, options?: InspectOptions): string;
  (value: unknown, showHidden?: boolean, depth?: number | null, colors?: boolean): string;
  readonly custom: symbol;
  colors: Record<string, [number, number]>;
  styles: Record<string, string>;
  defaultOptions: InspectOptions;
}
export const format: (...args: unknown[]) => string = npm.format as never;
export const formatWithOptions: (options: InspectOptions, ...args: unknown[]) => string = npm.formatWithOptions as never;
export const stripVTControlCharacters: (text: string) => string = npm.stripVTControlCharacters as never;
export const inspect: Inspect = npm.inspect as never;
useInspect(inspect as never);

// The engine's own classes show nothing of themselves; Node's do.
const { custom } = inspect;
if (!(custom in URLSearchParams.prototype)) {
  const value = function (this: URLSearchParams, depth: number | null, options: InspectOptions & { stylize(text: string, style: string): string }): string {
    if (depth !== null && depth < 0) return options.stylize('[Object]', 'special');
    const inner = { ...options, depth: depth === null ? null : depth - 1 }, name = this.constructor.name;
    const pairs = [...this].map(([key, one]) => `${inspect(key, inner)} => ${inspect(one, inner)}`);
    if (pairs.length === 0) return `${name} {}`;
    const length = pairs.reduce((sum, pair) => sum + stripVTControlCharacters(pair).length + 2, -2);
    return length > (options.breakLength ?? 80) ? `${name} {\n  ${pairs.join(',\n  ')} }` : `${name} { ${pairs.join(', ')} }`;
  };
  Object.defineProperty(URLSearchParams.prototype, custom, { value, configurable: true, writable: true });
}
export default { format, formatWithOptions, inspect, stripVTControlCharacters };
