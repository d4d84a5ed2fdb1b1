/** Node's `querystring`: own, because no kept npm package has Node 20's behaviour. */
import { Buffer, type Buffer as Bytes } from 'socket:buffer';
import { coded } from 'socket:internal/args';

export interface StringifyOptions { encodeURIComponent?: (text: string) => string }
export interface ParseOptions { decodeURIComponent?: (text: string) => string; maxKeys?: number }
export type ParsedQuery = Record<string, string | string[]>;
const MOST_PAIRS = 1000;
const TWO_ESCAPES = /%[0-9a-f]{2}.*%[0-9a-f]{2}/is;

/** Bytes of percent-encoded text; what is no escape stays as it is. */
export function unescapeBuffer(text: string, decodeSpaces = false): Bytes {
  const out = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const hex = text[i] === '%' ? text.slice(i + 1, i + 3) : '';
    if (/^[0-9a-f]{2}$/i.test(hex)) {
      out[length++] = parseInt(hex, 16);
      i += 2;
    } else out[length++] = decodeSpaces && text[i] === '+' ? 0x20 : text.charCodeAt(i);
  }
  return out.subarray(0, length);
}
export function unescape(text: string, decodeSpaces = false): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return unescapeBuffer(String(text), decodeSpaces).toString();
  }
}
export function escape(value: unknown): string {
  const text = typeof value === 'string' ? value : typeof value === 'object' ? String(value) : (value as string) + '';
  try {
    return encodeURIComponent(text);
  } catch {
    throw coded(new URIError('URI malformed'), 'ERR_INVALID_URI');
  }
}
function primitive(value: unknown): string {
  if (typeof value === 'string') return value;
  return (typeof value === 'number' && Number.isFinite(value)) || typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : '';
}
export function stringify(object: unknown, separator?: string | null, equals?: string | null, options?: StringifyOptions | null): string {
  const sep = separator || '&', eq = equals || '=';
  if (object === null || typeof object !== 'object') return '';
  const encode = typeof options?.encodeURIComponent === 'function' ? options.encodeURIComponent : qs.escape;
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(object)) {
    const key = encode(primitive(name)) + eq;
    for (const one of Array.isArray(value) ? value : [value]) pairs.push(key + encode(primitive(one)));
  }
  return pairs.join(sep);
}
export function parse(text: unknown, separator?: string | null, equals?: string | null, options?: ParseOptions | null): ParsedQuery {
  const found = Object.create(null) as ParsedQuery;
  if (typeof text !== 'string' || text.length === 0) return found;
  const sep = separator ? String(separator) : '&', eq = equals ? String(equals) : '=';
  const custom = typeof options?.decodeURIComponent === 'function' ? options.decodeURIComponent : qs.unescape;
  const escaped = (part: string): boolean => custom !== unescape || /%[0-9a-f]{2}/i.test(part);
  const decode = (part: string, needed: boolean): string => {
    const spaced = part.replaceAll('+', custom === unescape ? ' ' : '%20');
    if (!needed) return spaced;
    try {
      return custom(spaced);
    } catch {
      return unescape(spaced, true);
    }
  };
  const most = typeof options?.maxKeys === 'number' ? (options.maxKeys > 0 ? options.maxKeys : Infinity) : MOST_PAIRS;
  let count = 0, start = 0;
  while (start < text.length && count < most) {
    const end = text.indexOf(sep, start), stop = end < 0 ? text.length : end;
    const pair = text.slice(start, stop);
    start = stop + sep.length;
    // As in Node, an empty pair counts too.
    count++;
    if (pair === '') continue;
    const at = pair.indexOf(eq);
    const left = at < 0 ? pair : pair.slice(0, at), right = at < 0 ? '' : pair.slice(at + eq.length);
    // As in Node, what has no escape is not decoded; but a value is if its key has two, which shows where it has a lone % and letters beyond ASCII.
    const key = left === '' ? '' : decode(left, escaped(left)), value = right === '' ? '' : decode(right, escaped(right) || TWO_ESCAPES.test(left));
    const before = found[key];
    if (before === undefined) found[key] = value;
    else if (typeof before === 'string') found[key] = [before, value];
    else before.push(value);
  }
  return found;
}
export { parse as decode, stringify as encode };
const qs = { unescapeBuffer, unescape, escape, stringify, encode: stringify, parse, decode: parse };
export default qs;
