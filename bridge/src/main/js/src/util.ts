/** Node's `util`: inspect, parseArgs and deep equality from npm packages, the rest our own. */
import { parseArgs as npmParseArgs } from '@pkgjs/parseargs';
import host from 'socket:internal/host';
import { Buffer, type Buffer as Bytes, type BufferEncoding } from 'socket:buffer';
import { fn, number, object, signal as checkSignal, string, wrongType, wrongValue, coded, outOfRange } from 'socket:internal/args';
import { format, formatWithOptions, inspect, stripVTControlCharacters } from 'socket:internal/inspect';
import { isDeepStrictEqual } from 'socket:internal/comparisons';
import { MIMEParams } from 'socket:mime/params';
import { MIMEType } from 'socket:mime/type';
import types from 'socket:util/types';

export { format, formatWithOptions, inspect, isDeepStrictEqual, MIMEParams, MIMEType, stripVTControlCharacters, types };
export const TextDecoder: typeof globalThis.TextDecoder = globalThis.TextDecoder;
export const TextEncoder: typeof globalThis.TextEncoder = globalThis.TextEncoder;
type Callback = (error: any, ...values: any[]) => void;
type Anything = (...args: any[]) => any;

const promisified = Symbol.for('nodejs.util.promisify.custom');
/** A function that takes a callback last, as one that answers with a promise. */
export const promisify: ((original: Anything) => (...args: any[]) => Promise<any>) & { readonly custom: symbol } = Object.assign((original: Anything) => {
  fn(original, 'original');
  const own = (original as unknown as Record<symbol, unknown>)[promisified];
  const made = own ? fn(own as Anything, 'util.promisify.custom') : function promised(this: unknown, ...args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => { Reflect.apply(original, this, [...args, (error: unknown, value: unknown) => (error ? reject(error) : resolve(value))]); });
  };
  if (own) return Object.defineProperty(made, promisified, { value: made, enumerable: false, writable: false, configurable: true });
  Object.setPrototypeOf(made, Object.getPrototypeOf(original) as object);
  Object.defineProperty(made, promisified, { value: made, enumerable: false, writable: false, configurable: true });
  return Object.defineProperties(made, Object.getOwnPropertyDescriptors(original));
}, { custom: promisified });

/** An async function as one that takes a callback last. */
export function callbackify(original: (...args: any[]) => Promise<any>): Anything {
  fn(original, 'original');
  function callbackified(this: unknown, ...args: unknown[]): void {
    const callback = fn(args.pop() as Callback, 'last argument');
    Reflect.apply(original, this, args).then(
      (value: unknown) => queueMicrotask(() => callback.call(this, null, value)),
      (reason: unknown) => queueMicrotask(() => callback.call(this, reason || Object.assign(coded(new Error('Promise was rejected with falsy value'), 'ERR_FALSY_VALUE_REJECTION'), { reason }))),
    );
  }
  const descriptors = Object.getOwnPropertyDescriptors(original) as PropertyDescriptorMap;
  if (typeof descriptors.length?.value === 'number') descriptors.length.value++;
  if (typeof descriptors.name?.value === 'string') descriptors.name.value += 'Callbackified';
  return Object.defineProperties(callbackified, descriptors);
}

export function inherits(constructor: Function, superConstructor: Function): void {
  if (constructor === undefined || constructor === null) throw wrongType('ctor', 'Function', constructor);
  if (superConstructor === undefined || superConstructor === null) throw wrongType('superCtor', 'Function', superConstructor);
  if (superConstructor.prototype === undefined) throw wrongType('superCtor.prototype', 'Object', superConstructor.prototype);
  Object.defineProperty(constructor, 'super_', { value: superConstructor, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype as object, superConstructor.prototype as object);
}

const told = new Set<string>();
/** Warns at the first call. */
export function deprecate<F extends Anything>(original: F, message: string, code?: string): F {
  if (code !== undefined) string(code, 'code');
  let warned = false;
  function deprecated(this: unknown, ...args: unknown[]): unknown {
    if (!warned) {
      warned = true;
      if (code === undefined || !told.has(code)) {
        if (code !== undefined) told.add(code);
        globalThis.console.warn(`${code === undefined ? '' : `[${code}] `}DeprecationWarning: ${message}`);
      }
    }
    return new.target ? Reflect.construct(original, args, new.target) : Reflect.apply(original, this, args);
  }
  Object.setPrototypeOf(deprecated, original);
  if (original.prototype) deprecated.prototype = original.prototype;
  return deprecated as unknown as F;
}

export interface DebugLogger { (...args: unknown[]): void; readonly enabled: boolean }
/** Writes to the console when `NODE_DEBUG` (or `SOCKET_DEBUG`) names the section. */
export function debuglog(section: string, callback?: (logger: DebugLogger) => void): DebugLogger {
  const wanted = `${host.env.NODE_DEBUG ?? ''},${host.env.SOCKET_DEBUG ?? ''}`.split(/[\s,]+/).filter(Boolean);
  const name = String(section).toUpperCase();
  const enabled = wanted.some(pattern => new RegExp(`^${pattern.replace(/[|\\{}()[\]^$+?.]/g, '\\$&').replaceAll('*', '.*')}$`, 'i').test(name));
  const logger = Object.defineProperty((...args: unknown[]) => { if (enabled) globalThis.console.error(`${name}: ${format(...args)}`); }, 'enabled', { value: enabled, enumerable: true, configurable: true }) as DebugLogger;
  callback?.(logger);
  return logger;
}
export const debug: typeof debuglog = debuglog;
export function log(...args: unknown[]): void {
  const now = new Date(), two = (value: number) => String(value).padStart(2, '0');
  globalThis.console.log(`${now.getDate()} ${now.toLocaleString('en', { month: 'short' })} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())} - ${format(...args)}`);
}

/** Text with every lone surrogate replaced. */
export function toUSVString(text: unknown): string {
  return String(text).replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}
export function styleText(style: string | readonly string[], text: string): string {
  string(text, 'text');
  let left = '', right = '';
  for (const name of Array.isArray(style) ? (style as string[]) : [style as string]) {
    const codes = inspect.colors[name];
    if (codes === undefined) throw wrongValue('format', name, `must be one of: ${Object.keys(inspect.colors).map(key => inspect(key)).join(', ')}`);
    left += `\u001b[${codes[0]}m`;
    right = `\u001b[${codes[1]}m${right}`;
  }
  return left + text + right;
}
export function parseEnv(content: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const match of string(content, 'content').matchAll(/^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*(?:"((?:[^"])*)"|'([^']*)'|`([^`]*)`|([^#\r\n]*))/gm)) {
    found[match[1]!] = match[2]?.replaceAll('\\n', '\n') ?? match[3] ?? match[4] ?? match[5]!.trim();
  }
  return found;
}
export function parseArgs(config: Record<string, any> = {}): { values: Record<string, any>; positionals: string[]; tokens?: Record<string, any>[] } {
  try {
    return npmParseArgs({ args: host.argv.slice(1), ...config } as never) as never;
  } catch (error) {
    // Node's are TypeErrors.
    if (!(error instanceof Error) || error instanceof TypeError) throw error;
    throw coded(new TypeError(error.message), String((error as { code?: string }).code));
  }
}
/** Resolves when the signal aborts. */
export async function aborted(signal: AbortSignal, resource: object): Promise<void> {
  checkSignal(signal, 'signal');
  object(resource, 'resource');
  if (!signal.aborted) await new Promise<void>(resolve => { signal.addEventListener('abort', () => resolve(), { once: true }); });
}
const numbers = new Map(Object.entries(host.constants.errno).map(([name, value]) => [-value, name]));
export function getSystemErrorName(errno: number): string | undefined {
  number(errno, 'err');
  if (errno >= 0 || !Number.isSafeInteger(errno)) throw outOfRange('err', 'a negative integer', errno);
  return numbers.get(errno);
}
export function getSystemErrorMap(): Map<number, [string, string]> { return new Map([...numbers].map(([errno, name]) => [errno, [name, name]])); }
export function transferableAbortController(): AbortController { return new AbortController(); }
export function transferableAbortSignal(signal: AbortSignal): AbortSignal { return signal; }

// ---- what a value is

export const isArray: typeof Array.isArray = Array.isArray;
export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
export const isNull = (value: unknown): value is null => value === null;
export const isNullOrUndefined = (value: unknown): value is null | undefined => value === null || value === undefined;
export const isNumber = (value: unknown): value is number => typeof value === 'number';
export const isString = (value: unknown): value is string => typeof value === 'string';
export const isSymbol = (value: unknown): value is symbol => typeof value === 'symbol';
export const isUndefined = (value: unknown): value is undefined => value === undefined;
export const isRegExp: (value: unknown) => boolean = types.isRegExp;
export const isObject = (value: unknown): value is object => value !== null && typeof value === 'object';
export const isDate: (value: unknown) => boolean = types.isDate;
export const isError = (value: unknown): value is Error => types.isNativeError(value) || value instanceof Error;
export const isFunction = (value: unknown): value is Function => typeof value === 'function';
export const isPrimitive = (value: unknown): boolean => value === null || (typeof value !== 'object' && typeof value !== 'function');
export const isBuffer = (value: unknown): value is Bytes => Buffer.isBuffer(value);
export const isTypedArray: (value: unknown) => boolean = types.isTypedArray;
export const isArrayBuffer: (value: unknown) => boolean = types.isArrayBuffer;
export const isArrayBufferView = (value: unknown): value is ArrayBufferView => ArrayBuffer.isView(value);
export const isAsyncFunction: (value: unknown) => boolean = types.isAsyncFunction;
export const isArgumentsObject: (value: unknown) => boolean = types.isArgumentsObject;
export const isPlainObject: (value: unknown) => boolean = types.isPlainObject;
export const isEmptyObject = (value: unknown): boolean => isObject(value) && Object.keys(value).length === 0;
export const isArrayLike = (value: unknown): boolean => isObject(value) && Number.isInteger((value as { length?: unknown }).length) && ((value as { length: number }).length) >= 0;
export const isBufferLike = (value: unknown): boolean => isBuffer(value) || types.isTypedArray(value);
export const isErrorLike = (value: unknown): boolean => isError(value) || (isObject(value) && 'name' in value && 'message' in value);
export const isClass = (value: unknown): boolean => typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
export const isPromiseLike = (value: unknown): value is PromiseLike<unknown> => value !== null && (typeof value === 'object' || typeof value === 'function') && typeof (value as PromiseLike<unknown>).then === 'function';
export const hasOwnProperty = (value: object, name: PropertyKey): boolean => Object.hasOwn(value, name);
export const isValidPercentageValue = (value: unknown): boolean => typeof value === 'string' && /^(100|\d{1,2})(\.\d+)?%$/.test(value.trim());
/** What tells source of a module from a script's. */
export const ESM_TEST_REGEX = /(^|[;}\n])\s*(import\s*(["'{*]|[\w$]+\s*(,|from))|export\s*(default\b|[{*]|(async\s+)?(function|class)\b|(const|let|var)\b))|\bimport\.meta\b/;
export const isESMSource = (source: string): boolean => ESM_TEST_REGEX.test(source.replace(/\/\*[^]*?\*\/|(^|[^:])\/\/[^\n]*/g, '$1'));

// ---- the reference's own helpers

export const toString = (value: unknown): string => Object.prototype.toString.call(value);
export function toBuffer(value: unknown, encoding?: BufferEncoding): Bytes {
  return Buffer.isBuffer(value) ? value : ArrayBuffer.isView(value) ? Buffer.from(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength) : Buffer.from(value as string, encoding);
}
export const toProperCase = (text: string): string => (text ? text[0]!.toUpperCase() + text.slice(1) : '');
export function splitBuffer(buffer: Bytes, highWaterMark: number): Bytes[] {
  if (!Number.isInteger(highWaterMark) || highWaterMark < 1) throw outOfRange('highWaterMark', '>= 1', highWaterMark);
  const parts: Bytes[] = [];
  for (let at = 0; at < buffer.length; at += highWaterMark) parts.push(buffer.subarray(at, at + highWaterMark));
  return parts;
}
export const clamp = (value: number, least: number, most: number): number => (Number.isFinite(value) ? Math.min(Math.max(value, least), most) : least);
export const compareBuffers = (a: Uint8Array, b: Uint8Array): number => Buffer.compare(a, b);
export const noop = (): void => {};
/** The value of JSON text, or null if it is none. */
export function parseJSON(text: unknown): any {
  try {
    return JSON.parse(String(text));
  } catch {
    return null;
  }
}
/** `name: value` lines as pairs. */
export function parseHeaders(headers: string | readonly string[]): [string, string][] {
  return (typeof headers === 'string' ? headers.split(/\r?\n/) : headers).map(line => line.trim()).filter(line => line.includes(':')).map(line => [line.slice(0, line.indexOf(':')).trim().toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]);
}
export const inspectSymbols: symbol[] = [Symbol.for('socket.runtime.util.inspect.custom'), inspect.custom];
export class IllegalConstructor { constructor() { throw new TypeError('Illegal constructor'); } }
export function _extend<T extends object>(target: T, source: unknown): T { return source !== null && typeof source === 'object' ? Object.assign(target, source) : target; }

export default {
  _extend, aborted, callbackify, clamp, compareBuffers, debug, debuglog, deprecate, ESM_TEST_REGEX, format, formatWithOptions, getSystemErrorMap, getSystemErrorName, hasOwnProperty, IllegalConstructor, inherits, inspect, inspectSymbols,
  isArgumentsObject, isArray, isArrayBuffer, isArrayBufferView, isArrayLike, isAsyncFunction, isBoolean, isBuffer, isBufferLike, isClass, isDate, isDeepStrictEqual, isEmptyObject, isError, isErrorLike, isESMSource, isFunction, isNull,
  isNullOrUndefined, isNumber, isObject, isPlainObject, isPrimitive, isPromiseLike, isRegExp, isString, isSymbol, isTypedArray, isUndefined, isValidPercentageValue, log, MIMEParams, MIMEType, noop, parseArgs, parseEnv, parseHeaders,
  parseJSON, promisify, splitBuffer, stripVTControlCharacters, styleText, TextDecoder, TextEncoder, toBuffer, toProperCase, toString, toUSVString, transferableAbortController, transferableAbortSignal, types,
};
