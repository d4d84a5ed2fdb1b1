/** How Node refuses an argument: the same classes, codes and words. */

/** Shows a value as `util.inspect` does; that comes with `socket:internal/inspect`, which is too big to be loaded for a message. */
let inspect: (value: unknown, options?: object) => string = value =>
  typeof value === 'string' ? (value.includes("'") ? JSON.stringify(value) : `'${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}'`)
    : typeof value === 'bigint' ? `${value}n`
      : Object.is(value, -0) ? '-0'
        : typeof value === 'function' ? `[Function: ${value.name}]`
          : typeof value === 'object' && value !== null ? (Array.isArray(value) ? JSON.stringify(value) : `[Object]`) : String(value);
export function useInspect(own: typeof inspect): void { inspect = own; }

export function coded<E extends Error>(error: E, code: string): E & { code: string } {
  // Node's own errors show their code in the stack, and as a member of their own.
  const name = error.name;
  Object.defineProperty(error, 'name', { value: `${name} [${code}]`, enumerable: false, writable: true, configurable: true });
  void error.stack;
  delete (error as { name?: string }).name;
  return Object.assign(error, { code });
}
export function received(value: unknown): string {
  if (value === null || value === undefined) return ` Received ${value as null}`;
  if (typeof value === 'function') return value.name ? ` Received function ${value.name}` : ` Received ${inspect(value)}`;
  if (typeof value === 'object') return value.constructor?.name ? ` Received an instance of ${value.constructor.name}` : ` Received ${inspect(value, { depth: -1 })}`;
  let text = inspect(value, { colors: false });
  if (text.length > 28) text = text.slice(0, 25) + '...';
  return ` Received type ${typeof value} (${text})`;
}
const kinds = new Set(['string', 'function', 'number', 'object', 'Function', 'Object', 'boolean', 'bigint', 'symbol']);
function list(words: string[], type: string): string {
  return words.length > 2 ? `${words.slice(0, -1).join(', ')}, ${type} ${words.at(-1)}` : words.join(` ${type} `);
}
export function wrongType(name: string, expected: string | string[], value: unknown): TypeError & { code: string } {
  const all = Array.isArray(expected) ? expected : [expected];
  const types = all.filter(word => kinds.has(word)).map(word => word.toLowerCase()), classes = all.filter(word => !kinds.has(word) && /^[A-Z][A-Za-z0-9]*$/.test(word)), others = all.filter(word => !kinds.has(word) && !/^[A-Z][A-Za-z0-9]*$/.test(word));
  const parts = [];
  if (types.length > 0) parts.push(`${types.length > 1 ? 'one of type' : 'of type'} ${list(types, 'or')}`);
  if (classes.length > 0) parts.push(`an instance of ${list(classes, 'or')}`);
  if (others.length > 0) parts.push(others.length > 1 ? `one of ${list(others, 'or')}` : others[0]!.toLowerCase() !== others[0] ? `an ${others[0]}` : others[0]!);
  const subject = name.endsWith(' argument') ? `The ${name}` : `The "${name}" ${name.includes('.') ? 'property' : 'argument'}`;
  return coded(new TypeError(`${subject} must be ${parts.join(' or ')}.${received(value)}`), 'ERR_INVALID_ARG_TYPE');
}
export function wrongValue(name: string, value: unknown, reason = 'is invalid'): TypeError & { code: string } {
  let text = inspect(value);
  if (text.length > 128) text = text.slice(0, 128) + '...';
  return coded(new TypeError(`The ${name.includes('.') ? 'property' : 'argument'} '${name}' ${reason}. Received ${text}`), 'ERR_INVALID_ARG_VALUE');
}
function grouped(digits: string): string {
  return digits.replace(/(?<=\d)(?=(\d{3})+$)/g, '_');
}
export function outOfRange(name: string, range: string, value: unknown): RangeError & { code: string } {
  let text: string;
  if (Number.isInteger(value) && Math.abs(value as number) > 2 ** 32) text = grouped(String(value));
  else if (typeof value === 'bigint') text = (value > 2n ** 32n || value < -(2n ** 32n) ? grouped(String(value)) : String(value)) + 'n';
  else text = inspect(value);
  return coded(new RangeError(`The value of "${name}" is out of range. It must be ${range}. Received ${text}`), 'ERR_OUT_OF_RANGE');
}
export function string(value: unknown, name: string): string {
  if (typeof value !== 'string') throw wrongType(name, 'string', value);
  return value;
}
export function fn<F extends Function>(value: F, name: string): F {
  if (typeof value !== 'function') throw wrongType(name, 'function', value);
  return value;
}
export function object<O>(value: O, name: string): O {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw wrongType(name, 'Object', value);
  return value;
}
export function number(value: unknown, name: string, least?: number, most?: number): number {
  if (typeof value !== 'number') throw wrongType(name, 'number', value);
  if ((least !== undefined && value < least) || (most !== undefined && value > most) || ((least !== undefined || most !== undefined) && Number.isNaN(value))) {
    throw outOfRange(name, `${least === undefined ? '' : `>= ${least}`}${least !== undefined && most !== undefined ? ' && ' : ''}${most === undefined ? '' : `<= ${most}`}`, value);
  }
  return value;
}
export function integer(value: unknown, name: string, least = Number.MIN_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number') throw wrongType(name, 'number', value);
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
  if (value < least || value > most) throw outOfRange(name, `>= ${least} && <= ${most}`, value);
  return value;
}
export function signal(value: AbortSignal | undefined, name = 'options.signal'): AbortSignal | undefined {
  if (value !== undefined && (value === null || typeof value !== 'object' || !('aborted' in value))) throw wrongType(name, 'AbortSignal', value);
  return value;
}
export function aborted(signal: AbortSignal): Error & { code: string } {
  const error = new Error('The operation was aborted', { cause: signal.reason });
  error.name = 'AbortError';
  return Object.assign(error, { code: 'ABORT_ERR' });
}
export default { coded, useInspect, received, wrongType, wrongValue, outOfRange, string, fn, object, number, integer, signal, aborted };
