/**
 * Node's `fs` for the commands of the bridge, in its three forms. Each operation is written once, as a generator of calls; the forms
 * differ in who drives it: promises, a callback, or synchronous requests.
 */
import host from 'socket:internal/host';
import { call, callBytes, callSync, commandUrl, onPush, pathResource, readyForPush, upload, type Params, type UploadSource } from 'socket:ipc';
import { Buffer, type BufferEncoding } from 'socket:buffer';
import { EventEmitter } from 'socket:events';
import { basename, dirname, resolve, sep } from 'socket:path';
import { Readable, Writable as WritableBase, type StreamCallback } from 'socket:stream';
import { AbortError } from 'socket:errors';
import constants from './fs/constants.js';
import { copyTree, type CopyOptions } from './parts/cp.js';
import { globOf } from './parts/glob.js';

export type PathLike = string | Uint8Array | URL;
/** What takes a path or something open. */
export type PathOrHandle = PathLike | FileHandle;
export type Data = string | ArrayBufferView;
export type Encoding = BufferEncoding | 'buffer';
export interface ErrnoException extends Error { code?: string; errno?: number; syscall?: string; path?: string; dest?: string }
export type NoParamCallback = (error: ErrnoException | null) => void;
export type ResultCallback<T> = (error: ErrnoException | null, result: T) => void;
export interface ReadFileOptions { encoding?: Encoding | null | undefined; flag?: OpenFlags | undefined; signal?: AbortSignal | undefined }
export interface WriteFileOptions {
  encoding?: Encoding | null | undefined; mode?: Mode | undefined; flag?: OpenFlags | undefined; signal?: AbortSignal | undefined;
  /** Write a new file beside the old one and put it in its place at once. */
  atomic?: boolean | undefined;
}
export interface ReaddirOptions { encoding?: Encoding | null | undefined; withFileTypes?: boolean | undefined; recursive?: boolean | undefined }
export interface StatOptions { bigint?: boolean | undefined; throwIfNoEntry?: boolean | undefined }
export interface MkdirOptions { recursive?: boolean | undefined; mode?: Mode | undefined }
export interface RmOptions { recursive?: boolean | undefined; force?: boolean | undefined }
export interface ReadOptions { buffer?: ArrayBufferView | undefined; offset?: number | null | undefined; length?: number | null | undefined; position?: number | bigint | null | undefined }
export type OpenFlags = string | number;
export type Mode = number | string;

// ---- arguments, refused with Node's codes

function argError(Type: typeof TypeError | typeof RangeError, code: string, message: string): Error {
  const error = new Type(message);
  Object.defineProperty(error, 'code', { value: code, enumerable: true, configurable: true, writable: true });
  return error;
}
function received(value: unknown): string {
  if (value === null || value === undefined) return ` Received ${value as null}`;
  if (typeof value === 'function') return ` Received function ${value.name}`;
  if (typeof value === 'object') return ` Received an instance of ${value.constructor?.name ?? 'Object'}`;
  return ` Received type ${typeof value} (${typeof value === 'string' ? `'${value.slice(0, 25)}'` : String(value)})`;
}
function wrongType(name: string, expected: string, value: unknown): Error {
  return argError(TypeError, 'ERR_INVALID_ARG_TYPE', `The "${name}" ${name.includes('.') ? 'property' : 'argument'} must be ${expected}.${received(value)}`);
}
function outOfRange(name: string, range: string, value: unknown): Error {
  return argError(RangeError, 'ERR_OUT_OF_RANGE', `The value of "${name}" is out of range. It must be ${range}. Received ${String(value)}`);
}
function integer(value: unknown, name: string, least = 0, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number') throw wrongType(name, 'of type number', value);
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
  if (value < least || value > most) throw outOfRange(name, `>= ${least} && <= ${most}`, value);
  return value;
}

/** The absolute path that `path` names, as text; nothing where it is empty. */
function toPath(path: unknown, name = 'path'): string {
  const text = toText(path, name);
  return text === '' ? '' : resolve(text);
}
function toText(path: unknown, name: string): string {
  let text: string;
  if (typeof path === 'string') text = path;
  else if (path instanceof URL) text = fileUrlToPath(path);
  else if (path instanceof Uint8Array) text = bytesToPath(path, name);
  else throw wrongType(name, 'of type string or an instance of Buffer or URL', path);
  if (text.includes('\0')) throw argError(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument '${name}' must be a string, Uint8Array, or URL without null bytes.${received(text)}`);
  if (!wellFormed(text)) throw argError(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument '${name}' has half a surrogate pair, which no file name of the bridge can have.`);
  return text;
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Policies name paths in UTF-8: another one can be listed (encoding `buffer`), and not be used. */
function bytesToPath(path: Uint8Array, name: string): string {
  try {
    return strictDecoder.decode(path);
  } catch {
    throw argError(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument '${name}' is not UTF-8, and no policy can name such a path: rename the file with another tool.`);
  }
}

function fileUrlToPath(url: URL): string {
  if (url.protocol !== 'file:') throw argError(TypeError, 'ERR_INVALID_URL_SCHEME', `The URL must be of scheme file, not ${url.protocol.slice(0, -1)}`);
  const windows = host.platform === 'win32';
  if (windows ? /%2f|%5c/i.test(url.pathname) : /%2f/i.test(url.pathname)) {
    throw argError(TypeError, 'ERR_INVALID_FILE_URL_PATH', `File URL path must not include encoded ${windows ? '\\ or ' : ''}/ characters`);
  }
  const path = decodeURIComponent(url.pathname);
  if (!windows) {
    if (url.hostname !== '') throw argError(TypeError, 'ERR_INVALID_FILE_URL_HOST', `File URL host must be "localhost" or empty on ${host.platform}`);
    return path;
  }
  if (url.hostname !== '') return `\\\\${url.hostname}${path.replaceAll('/', '\\')}`;
  if (!/^\/[a-z]:/i.test(path)) throw argError(TypeError, 'ERR_INVALID_FILE_URL_PATH', 'File URL path must be absolute');
  return path.slice(1).replaceAll('/', '\\');
}

function wellFormed(text: string): boolean {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}

function toMode(mode: unknown, name = 'mode'): number {
  if (typeof mode === 'string') {
    if (!/^[0-7]+$/.test(mode)) throw argError(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument '${name}' must be a 32-bit unsigned integer or an octal string.${received(mode)}`);
    return parseInt(mode, 8);
  }
  return integer(mode, name, 0, 0xffff_ffff);
}

const FLAGS = new Set(['r', 'rs', 'sr', 'r+', 'rs+', 'sr+', 'w', 'wx', 'xw', 'w+', 'wx+', 'xw+', 'a', 'ax', 'xa', 'as', 'sa', 'a+', 'ax+', 'xa+', 'as+', 'sa+']);
function toFlags(flags: unknown): OpenFlags {
  if (typeof flags === 'number') return integer(flags, 'flags', 0, 0x7fff_ffff);
  if (typeof flags !== 'string' || !FLAGS.has(flags)) throw argError(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument 'flags' is invalid.${received(flags)}`);
  return flags;
}

/** The number of a flag such as `r+`. */
export function normalizeFlags(flags?: unknown): number {
  const text = toFlags(flags ?? 'r');
  if (typeof text === 'number') return text;
  const { O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0, O_EXCL = 0, O_TRUNC = 0, O_APPEND = 0, O_SYNC = 0 } = constants;
  const plus = text.includes('+');
  return (text.includes('r') ? (plus ? O_RDWR : O_RDONLY) : (plus ? O_RDWR : O_WRONLY) | O_CREAT | (text.includes('w') ? O_TRUNC : O_APPEND)) | (text.includes('x') ? O_EXCL : 0) | (text.includes('s') ? O_SYNC : 0);
}
function optionsOf<O extends object>(options: unknown, defaults: O): O & { encoding?: Encoding | null } {
  if (options === null || options === undefined) return defaults;
  if (typeof options === 'string') options = { encoding: options };
  if (typeof options !== 'object') throw wrongType('options', 'of type string or an instance of Object', options);
  const all = { ...defaults, ...options } as O & { encoding?: Encoding | null; signal?: unknown };
  const encoding = all.encoding;
  if (encoding !== undefined && encoding !== null && encoding !== 'buffer' && !Buffer.isEncoding(encoding)) {
    throw argError(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument 'encoding' is invalid encoding.${received(encoding)}`);
  }
  if (all.signal !== undefined && !(all.signal instanceof AbortSignal)) throw wrongType('options.signal', 'an instance of AbortSignal', all.signal);
  return all;
}
function isUtf8(encoding: unknown): boolean {
  return typeof encoding === 'string' && /^utf-?8$/i.test(encoding);
}
/** The longest text V8 can hold, and so the longest file read as one. */
const TEXT_BYTES = 0x1fff_ffe8;
const utf8Decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const utf8Encoder = new TextEncoder();
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
}
function decode(bytes: Uint8Array, encoding: Encoding | null | undefined): string | Buffer {
  if (isUtf8(encoding)) {
    if (bytes.byteLength > TEXT_BYTES) throw argError(Error as never, 'ERR_STRING_TOO_LONG', `Cannot create a string longer than ${TEXT_BYTES} characters: read it as bytes`);
    return utf8Decoder.decode(bytes);
  }
  const buffer = asBuffer(bytes);
  return encoding === undefined || encoding === null || encoding === 'buffer' ? buffer : buffer.toString(encoding);
}
function viewOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength);
}
function encodeData(data: unknown, encoding: Encoding | null | undefined, name = 'data'): Uint8Array {
  if (typeof data === 'string') return encoding === undefined || encoding === null || encoding === 'buffer' || isUtf8(encoding) ? utf8Encoder.encode(data) : Buffer.from(data, encoding);
  if (ArrayBuffer.isView(data)) return viewOf(data);
  throw wrongType(name, 'of type string or an instance of Buffer, TypedArray, or DataView', data);
}

// ---- operations and who drives them

/** One call of the bridge. */
interface Step { wait?: unknown; url: string; params?: Params | undefined; body?: UploadSource | undefined; bytes?: boolean; signal?: AbortSignal | undefined }
type Op<T> = Generator<Step, T, any>;
type Operation<A extends unknown[], T> = (...args: A) => Op<T>;

/** What Node calls the system call of a command, where it is not the command's name. */
const SYSCALLS: { readonly [command: string]: string | undefined } = { readFile: 'open', writeFile: 'open', appendFile: 'open', readdir: 'scandir', copyFile: 'copyfile', utimes: 'utime', lutimes: 'lutime' };
function systemError(code: string, words: string, syscall: string, more: Record<string, string> = {}): Error {
  const shown = 'path' in more ? ` '${more.path}'` + ('dest' in more ? ` -> '${more.dest}'` : '') : '';
  return Object.assign(new Error(`${code}: ${words}, ${syscall}${shown}`), { code, errno: -(host.constants.errno[code] ?? 1), syscall, ...more });
}
function step(command: string, path: string, params?: Params, signal?: AbortSignal): Step {
  const dest = params?.dest as string | undefined;
  if (path === '' || dest === '') throw systemError('ENOENT', 'no such file or directory', SYSCALLS[command] ?? command, dest === undefined ? { path } : { path, dest });
  return { url: commandUrl('fs', command, pathResource(path)), params, signal };
}
function take(step: Step): Promise<unknown> {
  if ('wait' in step) return Promise.resolve(step.wait);
  const options = step.signal === undefined ? undefined : { signal: step.signal };
  return step.body !== undefined ? upload(step.url, step.body, step.params, options) : step.bytes ? callBytes(step.url, step.params, options) : call(step.url, step.params, options);
}
function takeSync(step: Step): unknown {
  if ('wait' in step) {
    if (step.wait instanceof Promise) throw argError(TypeError, 'ERR_INVALID_RETURN_VALUE', 'Expected boolean to be returned from the "options.filter" function but got an instance of Promise.');
    return step.wait;
  }
  const body = step.body;
  if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)) throw wrongType('data', 'of type string or an instance of Buffer, TypedArray, or DataView', body);
  const { data, bytes } = callSync(step.url, step.params, body);
  return bytes ?? data;
}
async function drive<T>(op: Op<T>, next: IteratorResult<Step, T>): Promise<T> {
  while (next.done !== true) {
    let value: unknown;
    try {
      value = await take(next.value);
    } catch (error) {
      next = op.throw(error);
      continue;
    }
    next = op.next(value);
  }
  return next.value;
}
function driveSync<T>(op: Op<T>): T {
  let next = op.next();
  while (next.done !== true) {
    let value: unknown;
    try {
      value = takeSync(next.value);
    } catch (error) {
      next = op.throw(error);
      continue;
    }
    next = op.next(value);
  }
  return next.value;
}
function promised<A extends unknown[], T>(operation: Operation<A, T>): (...args: A) => Promise<T> {
  return async (...args) => {
    const op = operation(...args);
    return drive(op, op.next());
  };
}
function synchronous<A extends unknown[], T>(operation: Operation<A, T>): (...args: A) => T {
  return (...args) => driveSync(operation(...args));
}
/** The last argument is the callback. Bad arguments throw at once, as in Node. */
function calledBack(operation: Operation<any[], unknown>, spread?: (value: any) => unknown[]): (...args: any[]) => void {
  return (...args) => {
    const callback = args.pop() as unknown;
    if (typeof callback !== 'function') throw wrongType('callback', 'of type function', callback);
    const op = operation(...args);
    let started: Promise<unknown>;
    try {
      started = drive(op, op.next());
    } catch (error) {
      // What the system would have said of an empty path or a closed descriptor comes by the callback.
      if ((error as ErrnoException).syscall === undefined) throw error;
      started = Promise.reject(error);
    }
    started.then(
      // Out of the promise, so that what the callback throws is an uncaught error and not a rejection.
      value => queueMicrotask(() => callback(null, ...(spread === undefined ? (value === undefined ? [] : [value]) : spread(value)))),
      error => queueMicrotask(() => callback(error)),
    );
  };
}

// ---- what is known of a file

interface WireStat {
  dev: string; mode: number | string; nlink: string; uid: string; gid: string; rdev: string; blksize: string; ino: string; size: string; blocks: string;
  atimeNs: string; mtimeNs: string; ctimeNs: string; birthtimeNs: string;
}
const S_IFMT = 0o170000;
abstract class StatsBase<N extends number | bigint> {
  dev!: N; mode!: N; nlink!: N; uid!: N; gid!: N; rdev!: N; blksize!: N; ino!: N; size!: N; blocks!: N;
  atimeMs!: N; mtimeMs!: N; ctimeMs!: N; birthtimeMs!: N;
  atime!: Date; mtime!: Date; ctime!: Date; birthtime!: Date;
  #is(type: number): boolean { return (Number(this.mode) & S_IFMT) === type; }
  isFile(): boolean { return this.#is(0o100000); }
  isDirectory(): boolean { return this.#is(0o040000); }
  isSymbolicLink(): boolean { return this.#is(0o120000); }
  isFIFO(): boolean { return this.#is(0o010000); }
  isSocket(): boolean { return this.#is(0o140000); }
  isCharacterDevice(): boolean { return this.#is(0o020000); }
  isBlockDevice(): boolean { return this.#is(0o060000); }
}
const NUMBERS = ['dev', 'mode', 'nlink', 'uid', 'gid', 'rdev', 'blksize', 'ino', 'size', 'blocks'] as const;
const TIMES = ['atime', 'mtime', 'ctime', 'birthtime'] as const;

/** What `stat` gives; times in milliseconds. */
export class Stats extends StatsBase<number> {
  /** @internal */
  static _of(wire: WireStat): Stats {
    const stats = new Stats();
    for (const name of NUMBERS) stats[name] = Number(wire[name]);
    for (const name of TIMES) {
      const ns = BigInt(wire[`${name}Ns`]);
      stats[`${name}Ms`] = Number(ns / 1_000_000n) + Number(ns % 1_000_000n) / 1e6;
    }
    for (const name of TIMES) stats[name] = new Date(Math.round(stats[`${name}Ms`]));
    return stats;
  }
}
/** What `stat` gives with `bigint: true`; nanoseconds too. */
export class BigIntStats extends StatsBase<bigint> {
  atimeNs!: bigint; mtimeNs!: bigint; ctimeNs!: bigint; birthtimeNs!: bigint;
  /** @internal */
  static _of(wire: WireStat): BigIntStats {
    const stats = new BigIntStats();
    for (const name of NUMBERS) stats[name] = BigInt(wire[name]);
    for (const name of TIMES) {
      const ns = BigInt(wire[`${name}Ns`]);
      stats[`${name}Ns`] = ns;
      stats[`${name}Ms`] = ns / 1_000_000n;
      stats[name] = new Date(Number(ns / 1_000_000n));
    }
    return stats;
  }
}
const toStats = (wire: WireStat, options: StatOptions): Stats | BigIntStats => (options.bigint === true ? BigIntStats._of(wire) : Stats._of(wire));

/** An entry of a folder. */
export class Dirent<Name extends string | Buffer = string> {
  static readonly UNKNOWN = 0;
  static readonly FILE = 1;
  static readonly DIR = 2;
  static readonly LINK = 3;
  static readonly FIFO = 4;
  static readonly SOCKET = 5;
  static readonly CHAR = 6;
  static readonly BLOCK = 7;
  static from(name: string | { name: string; type?: number }, type?: number): Dirent {
    return typeof name === 'string' ? new Dirent(name, type ?? 0, '') : new Dirent(name.name, type ?? name.type ?? 0, '');
  }
  readonly #type: number;
  /** @param parentPath the folder it is in */
  constructor(readonly name: Name, type: number, readonly parentPath: string) { this.#type = type; }
  get path(): string { return this.parentPath; }
  get type(): number { return this.#type; }
  isFile(): boolean { return this.#type === 1; }
  isDirectory(): boolean { return this.#type === 2; }
  isSymbolicLink(): boolean { return this.#type === 3; }
  isFIFO(): boolean { return this.#type === 4; }
  isSocket(): boolean { return this.#type === 5; }
  isCharacterDevice(): boolean { return this.#type === 6; }
  isBlockDevice(): boolean { return this.#type === 7; }
}

// ---- operations on paths

function* accessOp(path: PathLike, mode: number = constants.F_OK!): Op<true> {
  const file = toPath(path);
  yield step('access', file, { mode: integer(mode, 'mode', 0, 7) });
  return true;
}
function* existsOp(path: PathLike): Op<boolean> {
  try {
    yield step('access', toPath(path), { mode: 0 });
    return true;
  } catch {
    // Node's exists says false for whatever goes wrong, bad arguments included.
    return false;
  }
}
function statOperation(command: 'stat' | 'lstat'): Operation<[PathLike, (StatOptions | null)?], Stats | BigIntStats | undefined> {
  return function* (path, options) {
    const chosen = optionsOf<StatOptions>(options, {});
    try {
      return toStats(yield step(command, toPath(path)), chosen);
    } catch (error) {
      const code = (error as ErrnoException).code;
      if (chosen.throwIfNoEntry === false && (code === 'ENOENT' || (code === 'ENOTDIR' && host.platform === 'win32'))) return undefined;
      throw error;
    }
  };
}
const statOp = statOperation('stat'), lstatOp = statOperation('lstat');

function* readFileOp(path: PathOrHandle | number, options?: ReadFileOptions | Encoding | null): Op<string | Buffer> {
  const { encoding, flag, signal } = optionsOf<ReadFileOptions>(options, { flag: 'r' });
  const open = opened(path);
  if (open !== undefined) return decode(yield* readRestOp(open, signal), encoding);
  const file = toPath(path);
  const flags = toFlags(flag);
  if (flags !== 'r' && flags !== 'rs' && flags !== constants.O_RDONLY) {
    const handle = yield* openOp(file, flags);
    try {
      return decode(yield* readRestOp(handle, signal), encoding);
    } finally {
      yield* closeOp(handle);
    }
  }
  // Where the call lane takes no bytes, short text by it is quicker than bytes by the stream lane.
  if (isUtf8(encoding) && !(host.limits.callBytes > 0)) return yield step('readFile', file, { encoding: 'utf8' }, signal);
  return decode(yield { ...step('readFile', file, undefined, signal), bytes: true }, encoding);
}

/** Text up to this many UTF-16 units is written by the call lane, which is quicker for short ones. */
const SHORT_TEXT_LENGTH = 64 << 10;
function writing(command: 'writeFile' | 'appendFile', usualFlag: 'w' | 'a') {
  return function* (path: PathOrHandle | number, data: Data | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array> | ReadableStream<Uint8Array>, options?: WriteFileOptions | Encoding | null): Op<void> {
    const { encoding, mode, flag, signal, atomic } = optionsOf<WriteFileOptions>(options, { encoding: 'utf8', mode: 0o666, flag: usualFlag });
    const body = typeof data === 'string' || ArrayBuffer.isView(data) ? encodeData(data, encoding) : chunks(data, encoding);
    const open = opened(path);
    if (open !== undefined) {
      yield { url: open._url('write'), params: { position: -1 }, body, signal };
      return;
    }
    const file = toPath(path);
    const params: Record<string, unknown> = { flag: toFlags(flag), mode: toMode(mode) };
    if (atomic !== undefined) params.atomic = atomic;
    if (typeof data === 'string' && data.length <= SHORT_TEXT_LENGTH && (encoding === null || isUtf8(encoding)) && wellFormed(data)) {
      params.data = data;
      yield step(command, file, params, signal);
    } else {
      yield { ...step(command, file, params, signal), body };
    }
  };
}
function chunks(data: unknown, encoding: Encoding | null | undefined): UploadSource {
  if (data instanceof ReadableStream) return data;
  const source = data as { [Symbol.iterator]?: unknown; [Symbol.asyncIterator]?: unknown } | null | undefined;
  if (typeof source?.[Symbol.asyncIterator] !== 'function' && typeof source?.[Symbol.iterator] !== 'function') {
    throw wrongType('data', 'of type string or an instance of Buffer, TypedArray, DataView, Iterable, AsyncIterable, or ReadableStream', data);
  }
  return (async function* () {
    for await (const chunk of source as AsyncIterable<unknown>) yield encodeData(chunk, encoding);
  })();
}
const writeFileOp = writing('writeFile', 'w'), appendFileOp = writing('appendFile', 'a');

function* readdirOp(path: PathLike, options?: ReaddirOptions | Encoding | null): Op<(string | Buffer | Dirent<any>)[]> {
  const { encoding, withFileTypes, recursive } = optionsOf<ReaddirOptions>(options, { encoding: 'utf8' });
  const top = toPath(path);
  // Asked for as bytes: the names that are not UTF-8 too.
  const raw = encoding === 'buffer' && host.platform === 'linux' ? { bytes: true } : undefined;
  const name = (text: string) => (encoding === 'buffer' ? Buffer.from(text) : encoding === null || isUtf8(encoding) ? text : Buffer.from(text).toString(encoding));
  const found: (string | Buffer | Dirent<any>)[] = [];
  const folders = [''];
  for (let at = 0; at < folders.length; at++) {
    const below = folders[at]!;
    const folder = below === '' ? top : resolve(top, raw ? ofBytes(below) : below);
    for (const [listed, type] of (yield raw && !isText(below) ? step('readdir', top, { ...raw, below }) : step('readdir', folder, raw)) as [string, number][]) {
      const relative = below === '' ? listed : below + sep + listed;
      if (withFileTypes === true) found.push(new Dirent(raw ? Buffer.from(listed, 'latin1') : name(listed), type, folder));
      else found.push(raw ? Buffer.from(relative, 'latin1') : name(relative));
      if (recursive !== true) continue;
      // Node follows links to folders where it gives names, and not where it gives Dirents. A link that no URL can name is not followed.
      if (type === 2 || (type === 3 && withFileTypes !== true && (!raw || isText(relative)) && (yield* leadsToFolder(resolve(top, raw ? ofBytes(relative) : relative))))) folders.push(relative);
    }
  }
  return found;
}
/** Names as bytes come as text in which each byte is the character of its number. */
const ofBytes = (name: string): string => Buffer.from(name, 'latin1').toString();
/** Whether the bytes of a name are UTF-8. */
const isText = (name: string): boolean => Buffer.from(ofBytes(name)).toString('latin1') === name;
function* leadsToFolder(path: string): Op<boolean> {
  try {
    return Stats._of(yield step('stat', path)).isDirectory();
  } catch (error) {
    if ((error as ErrnoException).code === 'ERR_ACCESS_DENIED') throw error;
    return false;
  }
}
function* mkdirOp(path: PathLike, options?: MkdirOptions | Mode | null): Op<string | undefined> {
  const { recursive = false, mode = 0o777 } = typeof options === 'number' || typeof options === 'string' ? { mode: options } : optionsOf<MkdirOptions>(options, {});
  if (typeof recursive !== 'boolean') throw wrongType('options.recursive', 'of type boolean', recursive);
  const made = (yield step('mkdir', toPath(path), { recursive, mode: toMode(mode) })) as string | null;
  return made ?? undefined;
}
function* rmOp(path: PathLike, options?: RmOptions): Op<void> {
  const { recursive = false, force = false } = optionsOf<RmOptions>(options, {});
  if (typeof recursive !== 'boolean') throw wrongType('options.recursive', 'of type boolean', recursive);
  if (typeof force !== 'boolean') throw wrongType('options.force', 'of type boolean', force);
  yield step('rm', toPath(path), { recursive, force });
}
function* rmdirOp(path: PathLike, options?: { recursive?: boolean }): Op<void> {
  const folder = toPath(path);
  const recursive = optionsOf<{ recursive?: boolean }>(options, {}).recursive === true && Stats._of(yield step('lstat', folder)).isDirectory();
  yield recursive ? step('rm', folder, { recursive, force: false }) : step('rmdir', folder);
}
function* unlinkOp(path: PathLike): Op<void> { yield step('unlink', toPath(path)); }
function* renameOp(oldPath: PathLike, newPath: PathLike): Op<void> {
  yield step('rename', toPath(oldPath, 'oldPath'), { dest: toPath(newPath, 'newPath') });
}
function* copyFileOp(src: PathLike, dest: PathLike, mode: number = 0): Op<void> {
  yield step('copyFile', toPath(src, 'src'), { dest: toPath(dest, 'dest'), mode: integer(mode, 'mode', 0, 7) });
}
function* realpathOp(path: PathLike, options?: { encoding?: Encoding | null } | Encoding | null): Op<string | Buffer> {
  const { encoding } = optionsOf(options, {});
  const real = (yield step('realpath', toPath(path))) as string;
  return encoding === undefined || encoding === null || isUtf8(encoding) ? real : decode(utf8Encoder.encode(real), encoding);
}
function* truncateOp(path: PathLike, length: number | null = 0): Op<void> {
  const handle = yield* openOp(path, 'r+');
  try {
    yield* ftruncateOp(handle, length);
  } finally {
    yield* closeOp(handle);
  }
}

// ---- operations on open files

function* openOp(path: PathLike, flags: OpenFlags | null = 'r', mode: Mode | null = 0o666): Op<FileHandle> {
  const { fd } = (yield step('open', toPath(path), { flags: toFlags(flags ?? 'r'), mode: toMode(mode ?? 0o666) })) as { fd: string };
  return FileHandle._of(fd);
}
function position(value: unknown): number {
  if (value === null || value === undefined) return -1;
  if (typeof value === 'bigint') return Number(value);
  return integer(value, 'position', -1);
}
function* readOp(handle: FileHandle, view: ArrayBufferView, offset?: number | null, length?: number | null, at?: number | bigint | null): Op<number> {
  if (!ArrayBuffer.isView(view)) throw wrongType('buffer', 'an instance of Buffer, TypedArray, or DataView', view);
  const target = viewOf(view);
  const from = offset === undefined || offset === null ? 0 : integer(offset, 'offset', 0, target.byteLength);
  const count = length === undefined || length === null ? target.byteLength - from : integer(typeof length === 'number' ? length | 0 : length, 'length', 0, target.byteLength - from);
  if (count === 0) return 0;
  const bytes = (yield { url: handle._url('read'), params: { position: position(at), length: count }, bytes: true }) as Uint8Array;
  target.set(bytes, from);
  return bytes.byteLength;
}
/** As it comes: nothing is copied. */
function* readNextOp(handle: FileHandle, length: number, position: number): Op<Uint8Array> {
  return yield { url: handle._url('read'), params: { position, length }, bytes: true };
}
function* readRestOp(handle: FileHandle, signal: AbortSignal | undefined): Op<Uint8Array> {
  const bytes = (yield { url: handle._url('readFile'), bytes: true, signal }) as Uint8Array;
  if (bytes.byteLength > 0) yield { url: handle._url('seek'), params: { by: bytes.byteLength } };
  return bytes;
}
/** `(handle, view, offset, length, position)` or `(handle, text, position, encoding)`. */
function* writeOp(handle: FileHandle, data: Data, second?: unknown, third?: unknown, fourth?: unknown): Op<number> {
  if (typeof data === 'string') {
    const encoding = (third ?? 'utf8') as Encoding;
    optionsOf(encoding, {});
    return yield { url: handle._url('write'), params: { position: position(second) }, body: encodeData(data, encoding) };
  }
  if (!ArrayBuffer.isView(data)) throw wrongType('buffer', 'of type string or an instance of Buffer, TypedArray, or DataView', data);
  let offset = second, length = third, at = fourth;
  if (typeof second === 'object' && second !== null) ({ offset, length, position: at } = second as { offset?: unknown; length?: unknown; position?: unknown });
  const source = viewOf(data);
  const from = offset === undefined || offset === null ? 0 : integer(offset, 'offset', 0, source.byteLength);
  const count = length === undefined || length === null ? source.byteLength - from : integer(length, 'length', 0, source.byteLength - from);
  if (count === 0) return 0;
  return yield { url: handle._url('write'), params: { position: position(at) }, body: source.subarray(from, from + count) };
}
function* fstatOp(handle: FileHandle, options?: StatOptions | null): Op<Stats | BigIntStats> {
  const chosen = optionsOf<StatOptions>(options, {});
  return toStats(yield { url: handle._url('stat') }, chosen);
}
function* ftruncateOp(handle: FileHandle, length: number | null = 0): Op<void> {
  yield { url: handle._url('truncate'), params: { len: Math.max(0, integer(length ?? 0, 'len', Number.MIN_SAFE_INTEGER)) } };
}
function* syncOp(handle: FileHandle): Op<void> { yield { url: handle._url('sync') }; }
function* datasyncOp(handle: FileHandle): Op<void> { yield { url: handle._url('datasync') }; }
function* closeOp(handle: FileHandle): Op<void> {
  const url = handle._url('close');
  handle._forget();
  yield { url };
}

const byNumber = new Map<number, FileHandle>();
const freeNumbers: number[] = [];
let nextNumber = 3;
function badDescriptor(syscall: string): Error { return systemError('EBADF', 'bad file descriptor', HANDLE_SYSCALLS[syscall] ?? syscall); }
const HANDLE_SYSCALLS: { readonly [command: string]: string | undefined } = { stat: 'fstat', truncate: 'ftruncate', sync: 'fsync', datasync: 'fdatasync', chmod: 'fchmod', chown: 'fchown', utimes: 'futime' };
function opened(value: unknown): FileHandle | undefined {
  return value instanceof FileHandle ? value : typeof value === 'number' ? byDescriptor(value) : undefined;
}
function byDescriptor(fd: unknown, syscall = 'read'): FileHandle {
  const handle = byNumber.get(integer(fd, 'fd', 0, 0x7fff_ffff));
  if (handle === undefined) throw badDescriptor(syscall);
  return handle;
}

/** The open files of this page, by their numbers. */
export const fds: { readonly size: number; get(fd: number): FileHandle | undefined; has(fd: number): boolean; keys(): IterableIterator<number>; entries(): IterableIterator<[number, FileHandle]> } = {
  get size() { return byNumber.size; }, get: fd => byNumber.get(fd), has: fd => byNumber.has(fd), keys: () => byNumber.keys(), entries: () => byNumber.entries(),
};

/** An open file. Close it: the host holds a bounded number of them for a window. */
export class FileHandle extends EventEmitter {
  readonly #id: string;
  #fd: number;
  #closing: Promise<void> | undefined;
  private constructor(id: string) {
    super();
    this.#id = id;
    this.#fd = freeNumbers.pop() ?? nextNumber++;
    byNumber.set(this.#fd, this);
  }
  /** @internal */
  static _of(id: string): FileHandle { return new FileHandle(id); }
  /** @internal */
  _url(command: string): string {
    if (this.#fd < 0) throw badDescriptor(command);
    return `ipc://handle/fs/${command}/${this.#id}`;
  }
  /** @internal */
  _forget(): void {
    byNumber.delete(this.#fd);
    freeNumbers.push(this.#fd);
    this.#fd = -1;
    queueMicrotask(() => this.emit('close'));
  }
  /** The number that stands for it in the callback forms, -1 once closed. A number of this page, not of the host. */
  get fd(): number { return this.#fd; }

  read<B extends ArrayBufferView>(buffer: B, offset?: number | null, length?: number | null, position?: number | bigint | null): Promise<{ bytesRead: number; buffer: B }>;
  read<B extends ArrayBufferView>(buffer: B, options?: ReadOptions): Promise<{ bytesRead: number; buffer: B }>;
  read(options?: ReadOptions): Promise<{ bytesRead: number; buffer: ArrayBufferView }>;
  async read(buffer?: ArrayBufferView | ReadOptions, offset?: number | null | ReadOptions, length?: number | null, at?: number | bigint | null): Promise<{ bytesRead: number; buffer: any }> {
    let view: ArrayBufferView;
    if (ArrayBuffer.isView(buffer)) {
      view = buffer;
      if (typeof offset === 'object' && offset !== null) ({ offset, length, position: at } = offset);
    } else {
      ({ offset, length, position: at } = buffer ?? {});
      view = buffer?.buffer ?? Buffer.alloc(16384);
    }
    return { bytesRead: await promised(readOp)(this, view, offset as number | null | undefined, length, at), buffer: view };
  }
  write<B extends ArrayBufferView>(buffer: B, offset?: number | null, length?: number | null, position?: number | null): Promise<{ bytesWritten: number; buffer: B }>;
  write<B extends ArrayBufferView>(buffer: B, options?: { offset?: number; length?: number; position?: number | null }): Promise<{ bytesWritten: number; buffer: B }>;
  write(text: string, position?: number | null, encoding?: BufferEncoding): Promise<{ bytesWritten: number; buffer: string }>;
  async write(data: Data, second?: unknown, third?: unknown, fourth?: unknown): Promise<{ bytesWritten: number; buffer: any }> {
    return { bytesWritten: await promised(writeOp)(this, data, second, third, fourth), buffer: data };
  }
  readFile(options: BufferEncoding | (ReadFileOptions & { encoding: BufferEncoding })): Promise<string>;
  readFile(options?: ReadFileOptions | null): Promise<Buffer>;
  readFile(options?: ReadFileOptions | Encoding | null): Promise<any> { return promised(readFileOp)(this, options); }
  writeFile(data: Data | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>, options?: WriteFileOptions | Encoding | null): Promise<void> { return promised(writeFileOp)(this, data, options); }
  appendFile(data: Data, options?: WriteFileOptions | Encoding | null): Promise<void> { return promised(writeFileOp)(this, data, options); }
  stat(options: StatOptions & { bigint: true }): Promise<BigIntStats>;
  stat(options?: StatOptions): Promise<Stats>;
  stat(options?: StatOptions): Promise<any> { return promised(fstatOp)(this, options); }
  truncate(length?: number): Promise<void> { return promised(ftruncateOp)(this, length); }
  sync(): Promise<void> { return promised(syncOp)(this); }
  datasync(): Promise<void> { return promised(datasyncOp)(this); }
  /** Mode, owner and times can be changed through a handle that is open for writing; `EPERM` if it is not. */
  chmod(mode: Mode): Promise<void> { return promised(fchmodOp)(this, mode); }
  chown(uid: number, gid: number): Promise<void> { return promised(fchownOp)(this, uid, gid); }
  utimes(atime: TimeLike, mtime: TimeLike): Promise<void> { return promised(futimesOp)(this, atime, mtime); }
  async readv<B extends readonly ArrayBufferView[]>(buffers: B, position?: number | null): Promise<{ bytesRead: number; buffers: B }> {
    return { bytesRead: await promised(readvOp)(this, buffers, position), buffers };
  }
  async writev<B extends readonly ArrayBufferView[]>(buffers: B, position?: number | null): Promise<{ bytesWritten: number; buffers: B }> {
    return { bytesWritten: await promised(writevOp)(this, buffers, position), buffers };
  }
  createReadStream(options?: ReadStreamOptions): ReadStream { return new ReadStream('', { ...options, fd: this }); }
  createWriteStream(options?: WriteStreamOptions): WriteStream { return new WriteStream('', { ...options, fd: this }); }
  /** The rest of the file as it is read. */
  readableWebStream(): ReadableStream<Uint8Array> {
    return new ReadableStream({
      pull: async controller => {
        const { bytesRead, buffer } = await this.read(Buffer.alloc(STREAM_BYTES));
        if (bytesRead === 0) controller.close();
        else controller.enqueue(buffer.subarray(0, bytesRead));
      },
    }, { highWaterMark: 0 });
  }
  /** The lines of the rest of the file. */
  async *readLines(options?: ReadStreamOptions): AsyncGenerator<string, void, undefined> {
    let rest = '';
    for await (const chunk of this.createReadStream({ encoding: 'utf8', ...options })) {
      const lines = (rest + (chunk as string)).split(/\r?\n/);
      rest = lines.pop()!;
      yield* lines;
    }
    if (rest !== '') yield rest;
  }
  close(): Promise<void> { return (this.#closing ??= this.#fd < 0 ? Promise.resolve() : promised(closeOp)(this)); }
  [Symbol.asyncDispose](): Promise<void> { return this.close(); }
}

// ---- more operations on paths

export type TimeLike = number | string | Date;
/** Whole seconds and the nanoseconds after them. */
function toTime(time: unknown, name: string): [number, number] {
  let seconds: number;
  if (time instanceof Date) seconds = time.getTime() / 1000;
  else if (typeof time === 'string' && +time == (time as never)) seconds = +time;
  else if (typeof time === 'number' && Number.isFinite(time)) seconds = time < 0 ? Date.now() / 1000 : time;
  else throw wrongType(name, 'an instance of Date or Time in seconds', time);
  if (!Number.isFinite(seconds)) throw outOfRange(name, 'a time', time);
  const whole = Math.floor(seconds);
  // Node passes microseconds on.
  return [whole, Math.min(999_999, Math.floor((seconds - whole) * 1e6 + 1e-3)) * 1000];
}
function times(atime: TimeLike, mtime: TimeLike): Params {
  const access = toTime(atime, 'atime'), change = toTime(mtime, 'mtime');
  return { atime: access[0], atimeNs: access[1], mtime: change[0], mtimeNs: change[1] };
}
const owner = (uid: unknown, gid: unknown): Params => ({ uid: integer(uid, 'uid', -1, 0xffff_ffff), gid: integer(gid, 'gid', -1, 0xffff_ffff) });

function* chmodOp(path: PathLike, mode: Mode): Op<void> { yield step('chmod', toPath(path), { mode: toMode(mode) }); }
function* chownOp(path: PathLike, uid: number, gid: number): Op<void> { yield step('chown', toPath(path), owner(uid, gid)); }
function* lchownOp(path: PathLike, uid: number, gid: number): Op<void> { yield step('lchown', toPath(path), owner(uid, gid)); }
function* utimesOp(path: PathLike, atime: TimeLike, mtime: TimeLike): Op<void> { yield step('utimes', toPath(path), times(atime, mtime)); }
function* lutimesOp(path: PathLike, atime: TimeLike, mtime: TimeLike): Op<void> { yield step('lutimes', toPath(path), times(atime, mtime)); }
function* linkOp(existingPath: PathLike, newPath: PathLike): Op<void> {
  yield step('link', toPath(existingPath, 'existingPath'), { dest: toPath(newPath, 'newPath') });
}
function* symlinkOp(target: PathLike, path: PathLike, type?: string | null): Op<void> {
  if (type !== undefined && type !== null && !['dir', 'file', 'junction'].includes(type)) throw argError(Error as never, 'ERR_FS_INVALID_SYMLINK_TYPE', `Symlink type must be one of "dir", "file", or "junction". Received "${type}"`);
  const text = toText(target, 'target'), file = toPath(path);
  if (text === '') throw systemError('ENOENT', 'no such file or directory', 'symlink', { path: text, dest: file });
  yield step('symlink', file, { target: text });
}
function* readlinkOp(path: PathLike, options?: { encoding?: Encoding | null } | Encoding | null): Op<string | Buffer> {
  const { encoding } = optionsOf(options, {});
  return named((yield step('readlink', toPath(path))) as string, encoding);
}
function named(name: string, encoding: Encoding | null | undefined): string | Buffer {
  return encoding === undefined || encoding === null || isUtf8(encoding) ? name : decode(utf8Encoder.encode(name), encoding);
}
function* mkdtempOp(prefix: PathLike, options?: { encoding?: Encoding | null } | Encoding | null): Op<string | Buffer> {
  const { encoding } = optionsOf(options, {});
  const text = toText(prefix, 'prefix');
  const inside = text.endsWith('/') || text.endsWith(sep);
  const folder = resolve(inside ? text : dirname(resolve(text === '' ? 'x' : text)));
  const suffix = (yield { url: commandUrl('fs', 'mkdtemp', pathResource(folder === sep ? folder : folder + sep)), params: { prefix: inside || text === '' ? '' : basename(text) } }) as string;
  return named(text + suffix, encoding);
}

/** What `statfs` gives. */
export class StatFs<N extends number | bigint = number> {
  type!: N; bsize!: N; blocks!: N; bfree!: N; bavail!: N; files!: N; ffree!: N;
}
function* statfsOp(path: PathLike, options?: { bigint?: boolean } | null): Op<StatFs<any>> {
  const { bigint } = optionsOf<{ bigint?: boolean }>(options, {});
  const wire = (yield step('statfs', toPath(path))) as Record<keyof StatFs, string>;
  const stats = new StatFs<number | bigint>();
  for (const name of ['type', 'bsize', 'blocks', 'bfree', 'bavail', 'files', 'ffree'] as const) stats[name] = bigint === true ? BigInt(wire[name]) : Number(wire[name]);
  return stats;
}

export interface CpOptions {
  dereference?: boolean; errorOnExist?: boolean; filter?: (source: string, destination: string) => boolean | Promise<boolean>; force?: boolean; mode?: number;
  preserveTimestamps?: boolean; recursive?: boolean; verbatimSymlinks?: boolean;
}
/** Every file is copied, and policed, by its own commands: copyFile, mkdir, symlink and the like. */
function* cpOp(src: PathLike, dest: PathLike, options?: CpOptions): Op<void> {
  const chosen = optionsOf<CpOptions>(options, {}) as CopyOptions;
  for (const name of ['dereference', 'errorOnExist', 'force', 'preserveTimestamps', 'recursive', 'verbatimSymlinks'] as const) {
    if (chosen[name] !== undefined && typeof chosen[name] !== 'boolean') throw wrongType(`options.${name}`, 'of type boolean', chosen[name]);
  }
  if (chosen.dereference === true && chosen.verbatimSymlinks === true) throw argError(TypeError, 'ERR_INCOMPATIBLE_OPTION_PAIR', 'Option "dereference" cannot be used in combination with option "verbatimSymlinks"');
  if (chosen.filter !== undefined && typeof chosen.filter !== 'function') throw wrongType('options.filter', 'of type function', chosen.filter);
  const mode = integer(chosen.mode ?? 0, 'mode', 0, 7);
  yield* copyTree({
    stat: (path, follow) => (follow ? statOp : lstatOp)(path, { bigint: true, throwIfNoEntry: false }) as Op<BigIntStats | undefined>, copyFile: (from, to) => copyFileOp(from, to, mode), mkdir: path => mkdirOp(path, { recursive: true }),
    chmod: chmodOp, utimes: (path, stats) => utimesOp(path, stats.atime, stats.mtime), readdir: path => readdirOp(path) as Op<string[]>, unlink: unlinkOp, symlink: symlinkOp, readlink: path => readlinkOp(path) as Op<string>,
    wait: function* (value: unknown): Op<unknown> { return yield { wait: value, url: '' }; },
  }, toPath(src, 'src'), toPath(dest, 'dest'), chosen);
}

export interface GlobOptions { cwd?: string | URL; exclude?: ((name: string) => boolean) | readonly string[]; withFileTypes?: boolean }
function* globOp(pattern: string | readonly string[], options?: GlobOptions): Op<(string | Dirent)[]> {
  const { cwd, exclude, withFileTypes } = optionsOf<GlobOptions>(options, {});
  const found = (yield* globOf(typeof pattern === 'string' ? [pattern] : pattern, cwd === undefined ? resolve('.') : toPath(cwd, 'options.cwd'), exclude, function* (folder) {
    try {
      return (yield step('readdir', folder)) as [string, number][];
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as ErrnoException).code ?? '')) return [];
      throw error;
    }
  })) as [string, string, number][];
  return found.map(([path, parent, type]) => (withFileTypes === true ? new Dirent(basename(path), type, parent) : path));
}

// ---- more operations on open files

function* fchmodOp(handle: FileHandle, mode: Mode): Op<void> { yield { url: handle._url('chmod'), params: { mode: toMode(mode) } }; }
function* fchownOp(handle: FileHandle, uid: number, gid: number): Op<void> { yield { url: handle._url('chown'), params: owner(uid, gid) }; }
function* futimesOp(handle: FileHandle, atime: TimeLike, mtime: TimeLike): Op<void> { yield { url: handle._url('utimes'), params: times(atime, mtime) }; }
function views(buffers: unknown): Uint8Array[] {
  if (!Array.isArray(buffers) || !buffers.every(buffer => ArrayBuffer.isView(buffer))) throw wrongType('buffers', 'an instance of ArrayBufferView[]', buffers);
  return (buffers as ArrayBufferView[]).map(viewOf);
}
function* readvOp(handle: FileHandle, buffers: readonly ArrayBufferView[], at?: number | null): Op<number> {
  const targets = views(buffers);
  const bytes = new Uint8Array(targets.reduce((sum, target) => sum + target.byteLength, 0));
  const count = yield* readOp(handle, bytes, 0, bytes.byteLength, typeof at === 'number' ? at : null);
  let from = 0;
  for (const target of targets) {
    if (from >= count) break;
    target.set(bytes.subarray(from, Math.min(count, from + target.byteLength)));
    from += target.byteLength;
  }
  return count;
}
function* writevOp(handle: FileHandle, buffers: readonly ArrayBufferView[], at?: number | null): Op<number> {
  return yield* writeOp(handle, Buffer.concat(views(buffers)), 0, null, typeof at === 'number' ? at : null);
}

// ---- open folders

export interface OpenDirOptions { encoding?: Encoding | null | undefined; bufferSize?: number | undefined; recursive?: boolean | undefined }
function dirClosed(): Error { return argError(Error as never, 'ERR_DIR_CLOSED', 'Directory handle was closed'); }
function* openFolderOp(path: PathLike, params?: Params): Op<string> { return ((yield step('opendir', toPath(path), params)) as { fd: string }).fd; }
function* readFolderOp(id: string, entries: number, bytes?: boolean): Op<[string, number][]> { return yield { url: `ipc://handle/fs/readdir/${id}`, params: bytes ? { entries, bytes } : { entries } }; }
function* closeFolderOp(id: string): Op<void> { yield { url: `ipc://handle/fs/closedir/${id}` }; }

/** A folder that is read a few entries at a time. */
export class Dir {
  #id: string | undefined;
  readonly #encoding: Encoding | null | undefined;
  readonly #entries: number;
  readonly #recursive: boolean;
  /** Names come as bytes, each a character: those that are not UTF-8 too. */
  readonly #raw: boolean;
  /** Read and not given out. */
  #waiting: [string, number][] = [];
  /** The folder that is read, and those to come, from {@link path} on. */
  #under = '';
  readonly #below: string[] = [];
  #busy: Promise<unknown> = Promise.resolve();
  private constructor(readonly path: string, id: string, options: OpenDirOptions) {
    this.#id = id;
    this.#encoding = options.encoding;
    this.#entries = options.bufferSize === undefined ? 32 : integer(options.bufferSize, 'options.bufferSize', 1, 0xffff_ffff);
    this.#recursive = options.recursive === true;
    this.#raw = options.encoding === 'buffer' && host.platform === 'linux';
  }
  /** @internal */
  static *_open(path: PathLike, options?: OpenDirOptions | Encoding | null): Op<Dir> {
    const chosen = optionsOf<OpenDirOptions>(options, {});
    const folder = toPath(path);
    if (chosen.bufferSize !== undefined) integer(chosen.bufferSize, 'options.bufferSize', 1, 0xffff_ffff);
    return new Dir(folder, yield* openFolderOp(folder), chosen);
  }
  *#next(): Op<Dirent<any> | null> {
    for (;;) {
      const entry = this.#waiting.shift();
      if (entry !== undefined) {
        const bytes = this.#raw ? Buffer.from(entry[0], 'latin1') : undefined;
        if (this.#recursive && entry[1] === 2) this.#below.push(this.#under === '' ? entry[0] : this.#under + sep + entry[0]);
        return new Dirent(bytes ?? named(entry[0], this.#encoding), entry[1], this.#under === '' ? this.path : resolve(this.path, this.#raw ? ofBytes(this.#under) : this.#under));
      }
      if (this.#id === undefined) throw dirClosed();
      this.#waiting = yield* readFolderOp(this.#id, this.#entries, this.#raw);
      if (this.#waiting.length > 0) continue;
      const below = this.#below.shift();
      if (below === undefined) return null;
      const id = this.#id;
      this.#id = yield* this.#raw && !isText(below) ? openFolderOp(this.path, { below }) : openFolderOp(resolve(this.path, this.#raw ? ofBytes(below) : below));
      this.#under = below;
      yield* closeFolderOp(id);
    }
  }
  *#end(): Op<void> {
    const id = this.#id;
    if (id === undefined) throw dirClosed();
    this.#id = undefined;
    this.#waiting = [];
    yield* closeFolderOp(id);
  }
  #inTurn<T>(work: () => Op<T>): Promise<T> {
    if (this.#id === undefined) return Promise.reject(dirClosed());
    const done = this.#busy.then(() => promised(work)());
    this.#busy = done.catch(() => {});
    return done;
  }
  read(): Promise<Dirent | null>;
  read(callback: ResultCallback<Dirent | null>): void;
  read(callback?: ResultCallback<any>): Promise<any> | void {
    if (this.#id === undefined) throw dirClosed();
    const entry = this.#inTurn(() => this.#next());
    if (callback === undefined) return entry;
    entry.then(value => queueMicrotask(() => callback(null, value)), error => queueMicrotask(() => callback(error, undefined)));
  }
  readSync(): Dirent | null { return driveSync(this.#next()); }
  close(): Promise<void>;
  close(callback: NoParamCallback): void;
  close(callback?: NoParamCallback): Promise<void> | void {
    const done = this.#inTurn(() => this.#end());
    if (callback === undefined) return done;
    done.then(() => queueMicrotask(() => callback(null)), error => queueMicrotask(() => callback(error)));
  }
  closeSync(): void { driveSync(this.#end()); }
  async *entries(): AsyncGenerator<Dirent, void, undefined> {
    try {
      for (let entry; (entry = await this.read()) !== null;) yield entry;
    } finally {
      await this.close();
    }
  }
  [Symbol.asyncIterator](): AsyncGenerator<Dirent, void, undefined> { return this.entries(); }
  async [Symbol.asyncDispose](): Promise<void> { if (this.#id !== undefined) await this.close(); }
}
const opendirOp = Dir._open;

/** An open folder, by the names of the reference; {@link Dir} is Node's. */
export class DirectoryHandle extends EventEmitter {
  static readonly MAX_BUFFER_SIZE = 256;
  static readonly MAX_ENTRIES = 256;
  static readonly DEFAULT_BUFFER_SIZE = 32;
  #id: string | undefined;
  constructor(readonly path: string, readonly bufferSize: number = DirectoryHandle.DEFAULT_BUFFER_SIZE) { super(); }
  static async open(path: PathLike, options?: { bufferSize?: number }): Promise<DirectoryHandle> {
    const handle = new DirectoryHandle(toPath(path), options?.bufferSize);
    await handle.open();
    return handle;
  }
  get id(): string | undefined { return this.#id; }
  get opened(): boolean { return this.#id !== undefined; }
  get closed(): boolean { return this.#id === undefined; }
  async open(): Promise<true> {
    this.#id ??= await promised(openFolderOp)(this.path);
    this.emit('open', this.#id);
    return true;
  }
  /** The next entries; none at the end. */
  async read(options?: { entries?: number }): Promise<Dirent[]> {
    if (this.#id === undefined) throw dirClosed();
    const some = await promised(readFolderOp)(this.#id, Math.min(options?.entries ?? this.bufferSize, DirectoryHandle.MAX_ENTRIES));
    return some.map(([name, type]) => new Dirent(name, type, this.path));
  }
  async close(): Promise<true> {
    const id = this.#id;
    if (id === undefined) throw dirClosed();
    this.#id = undefined;
    await promised(closeFolderOp)(id);
    this.emit('close');
    return true;
  }
}

// ---- streams

/** The usual `highWaterMark`, as in Node. */
const STREAM_BYTES = 64 << 10;
/** What may wait in a stream into a file before it waits for the host: each write is a request here, and what has queued meanwhile goes as one. */
const WRITE_BEHIND_BYTES = 1 << 20;
/** What one read of a stream asks for. More would be quicker, but what is read is garbage that V8 finds late: see LanesSuite. */
const READ_AHEAD_BYTES = 256 << 10;
interface FileStreamOptions {
  flags?: OpenFlags | undefined; encoding?: BufferEncoding | null | undefined; fd?: number | FileHandle | null | undefined; mode?: Mode | undefined; autoClose?: boolean | undefined;
  emitClose?: boolean | undefined; start?: number | undefined; highWaterMark?: number | undefined; signal?: AbortSignal | undefined;
}
export interface ReadStreamOptions extends FileStreamOptions { end?: number | undefined }
export interface WriteStreamOptions extends FileStreamOptions { flush?: boolean | undefined }

type Opening = { path: string; handle: FileHandle | undefined; flags: OpenFlags; mode: number; autoClose: boolean };
function opening(path: PathLike, options: FileStreamOptions, flags: OpenFlags): Opening {
  const handle = options.fd === undefined || options.fd === null ? undefined : options.fd instanceof FileHandle ? options.fd : byDescriptor(options.fd, 'open');
  return { path: handle === undefined ? toPath(path) : '', handle, flags: options.flags ?? flags, mode: toMode(options.mode ?? 0o666), autoClose: options.autoClose !== false };
}
type FileStream = { fd: number | null; emit(name: string, ...args: unknown[]): boolean };
function opened_(stream: FileStream, file: Opening, callback: StreamCallback): void {
  const ready = () => {
    stream.fd = file.handle!.fd;
    callback();
    stream.emit('open', stream.fd);
    stream.emit('ready');
  };
  if (file.handle !== undefined) {
    stream.fd = file.handle.fd;
    return callback();
  }
  promised(openOp)(file.path, file.flags, file.mode).then(handle => { file.handle = handle; ready(); }, callback);
}
function closed_(stream: FileStream, file: Opening, error: Error | null, callback: StreamCallback): void {
  stream.fd = null;
  if (file.handle === undefined || !file.autoClose || file.handle.fd < 0) return callback(error);
  file.handle.close().then(() => callback(error), failed => callback(error ?? failed));
}
function streamOptions(options: unknown): any {
  const chosen: any = { ...optionsOf(options, {}) };
  if (chosen.start !== undefined) integer(chosen.start, 'start');
  if (chosen.end !== undefined && chosen.end !== Infinity) {
    integer(chosen.end, 'end');
    if ((chosen.start ?? 0) > chosen.end) throw outOfRange('start', `<= "end" (here: ${chosen.end})`, chosen.start);
  }
  return chosen;
}

/** A file as a stream; it reads on while there is room for what it reads. */
export class ReadStream extends Readable {
  readonly #file: Opening;
  #position: number;
  #left: number;
  #ahead: Uint8Array = new Uint8Array(0);
  /** What comes after {@link #ahead}, asked for while that is given out. */
  #next: Promise<Uint8Array> | undefined;
  bytesRead = 0;
  fd: number | null = null;
  get pending(): boolean { return this.fd === null; }
  readonly path: PathLike;
  readonly flags: OpenFlags;
  readonly start: number | undefined;
  readonly end: number;
  constructor(path: PathLike, options?: ReadStreamOptions | BufferEncoding | null) {
    const chosen: ReadStreamOptions = streamOptions(options);
    const file = opening(path, chosen, 'r');
    super({
      highWaterMark: chosen.highWaterMark ?? STREAM_BYTES, emitClose: chosen.emitClose ?? true, autoDestroy: file.autoClose, ...(chosen.encoding ? { encoding: chosen.encoding } : {}), ...(chosen.signal ? { signal: chosen.signal } : {}),
      // By option: the prototype's would run before the fields are there.
      construct(this: Readable, callback: StreamCallback) { queueMicrotask(() => opened_(this as ReadStream, file, callback)); },
    });
    this.#file = file;
    this.path = path;
    this.flags = file.flags;
    this.start = chosen.start;
    this.end = chosen.end ?? Infinity;
    this.#position = chosen.start ?? -1;
    this.#left = this.end - (chosen.start ?? 0) + 1;
  }
  override _read(size: number): void {
    if (this.#ahead.byteLength > 0) return this.#give(size);
    const early = this.#next;
    this.#next = undefined;
    if (early === undefined && this.#left <= 0) { this.push(null); return; }
    (early ?? this.#fetch(size)).then(bytes => {
      if (bytes.byteLength === 0) {
        // The end that was seen early may be none by now.
        if (early === undefined) this.push(null);
        else this._read(size);
        return;
      }
      this.#ahead = asBuffer(bytes);
      // One that came short was the last, most likely.
      if (bytes.byteLength >= READ_AHEAD_BYTES && this.#left > 0 && !this.destroyed) {
        this.#next = this.#fetch(size);
        // Told when it is its turn.
        this.#next.catch(() => {});
      }
      this.#give(size);
    }, error => this.destroy(error));
  }
  async #fetch(size: number): Promise<Uint8Array> {
    const bytes = await promised(readNextOp)(this.#file.handle!, Math.min(this.#left, Math.max(size, READ_AHEAD_BYTES)), this.#position);
    if (this.#position >= 0) this.#position += bytes.byteLength;
    this.#left -= bytes.byteLength;
    return bytes;
  }
  #give(size: number): void {
    const piece = this.#ahead.subarray(0, size);
    this.#ahead = this.#ahead.subarray(piece.byteLength);
    this.bytesRead += piece.byteLength;
    this.push(piece);
  }
  override _destroy(error: Error | null, callback: StreamCallback): void { closed_(this, this.#file, error, callback); }
  close(callback?: (error?: Error | null) => void): void {
    if (callback) endOf(this, callback);
    this.destroy();
  }
}
function endOf(stream: Readable | WritableBase, callback: (error?: Error | null) => void): void {
  if (stream.closed) return queueMicrotask(callback);
  stream.once('close', () => callback());
}

/** A stream into a file; `write` says false while the host is behind. */
export class WriteStream extends WritableBase {
  readonly #file: Opening;
  #position: number;
  readonly #flush: boolean;
  /** What may wait here before a stream that is piped here is stopped. */
  #behind = 0;
  /** Where what has queued is put together, if it is no more than one pipe's share: one for all writes, for V8 finds late what is garbage. */
  #joined: Uint8Array | undefined;
  bytesWritten = 0;
  fd: number | null = null;
  get pending(): boolean { return this.fd === null; }
  readonly path: PathLike;
  readonly flags: OpenFlags;
  readonly start: number | undefined;
  constructor(path: PathLike, options?: WriteStreamOptions | BufferEncoding | null) {
    const chosen: WriteStreamOptions = streamOptions(options);
    const file = opening(path, chosen, 'w');
    super({
      highWaterMark: chosen.highWaterMark ?? 16 << 10, emitClose: chosen.emitClose ?? true, autoDestroy: file.autoClose, decodeStrings: true, ...(chosen.encoding ? { defaultEncoding: chosen.encoding } : {}), ...(chosen.signal ? { signal: chosen.signal } : {}),
      construct(this: WritableBase, callback: StreamCallback) { queueMicrotask(() => opened_(this as WriteStream, file, callback)); },
    });
    this.#file = file;
    this.path = path;
    this.flags = file.flags;
    this.start = chosen.start;
    this.#position = chosen.start ?? -1;
    this.#flush = chosen.flush === true;
    if (chosen.highWaterMark !== undefined) return;
    this.on('pipe', () => { this.#behind += WRITE_BEHIND_BYTES; });
    this.on('unpipe', () => { this.#behind -= WRITE_BEHIND_BYTES; });
  }
  /** Says false as Node's does; but to a stream that is piped here `drain` comes as soon as more may queue, not when all is written. */
  override write(chunk: any, encoding?: any, callback?: any): boolean {
    const more = super.write(chunk, encoding, callback);
    if (!more && this.writableLength < this.#behind) queueMicrotask(() => this.#drainEarly());
    return more;
  }
  #drainEarly(): void {
    const state = (this as unknown as { _writableState: { needDrain: boolean } })._writableState;
    if (!state.needDrain || this.destroyed || this.writableEnded) return;
    state.needDrain = false;
    this.emit('drain');
  }
  override _write(chunk: Uint8Array, _encoding: string, callback: StreamCallback): void { this.#put(chunk, callback); }
  override _writev(chunks: { chunk: Uint8Array; encoding: string }[], callback: StreamCallback): void {
    const length = chunks.reduce((sum, { chunk }) => sum + chunk.byteLength, 0);
    const joined = length > Math.min(this.#behind, WRITE_BEHIND_BYTES) ? new Uint8Array(length) : (this.#joined ??= new Uint8Array(WRITE_BEHIND_BYTES));
    let at = 0;
    for (const { chunk } of chunks) {
      joined.set(chunk, at);
      at += chunk.byteLength;
    }
    this.#put(joined.subarray(0, length), callback);
  }
  #put(bytes: Uint8Array, callback: StreamCallback): void {
    promised(writeOp)(this.#file.handle!, bytes, 0, bytes.byteLength, this.#position).then(count => {
      this.bytesWritten += count;
      if (this.#position >= 0) this.#position += count;
      callback();
    }, callback);
  }
  override _final(callback: StreamCallback): void {
    if (!this.#flush) return callback();
    promised(syncOp)(this.#file.handle!).then(() => callback(), callback);
  }
  override _destroy(error: Error | null, callback: StreamCallback): void { closed_(this, this.#file, error, callback); }
  /** Ends it; the callback comes when the file is closed. */
  close(callback?: (error?: Error | null) => void): void {
    if (callback) endOf(this, callback);
    if (this.writableEnded || this.destroyed) this.destroy();
    else this.end(() => this.destroy());
  }
  destroySoon(): void { this.end(); }
}
export { ReadStream as FileReadStream, WriteStream as FileWriteStream };
export const createReadStream: (path: PathLike, options?: ReadStreamOptions | BufferEncoding | null) => ReadStream = (path, options) => new ReadStream(path, options);
export const createWriteStream: (path: PathLike, options?: WriteStreamOptions | BufferEncoding | null) => WriteStream = (path, options) => new WriteStream(path, options);
/** The file's bytes; what is read later is what was there when this was called. */
export const openAsBlob: (path: PathLike, options?: { type?: string }) => Promise<Blob> = async (path, options) => new Blob([await promises.readFile(path)], { type: options?.type ?? '' });

// ---- watching

export interface WatchOptions { persistent?: boolean | undefined; recursive?: boolean | undefined; encoding?: Encoding | null | undefined; signal?: AbortSignal | undefined }
export type WatchListener = (eventType: 'rename' | 'change', filename: string | null) => void;
interface WireWatch { id: string; channel: number }
function* watchOp(path: string, recursive: boolean): Op<WireWatch> { return yield step('watch', path, { recursive }); }
function watchArguments(path: PathLike, options: unknown): { file: string; options: WatchOptions } {
  const chosen = optionsOf<WatchOptions>(options, {});
  if (chosen.recursive !== undefined && typeof chosen.recursive !== 'boolean') throw wrongType('options.recursive', 'of type boolean', chosen.recursive);
  return { file: toPath(path, 'filename'), options: chosen };
}
const textDecoder = new TextDecoder();
/** Hears of a watch until the returned function ends it. */
function hear(watch: WireWatch, encoding: Encoding | null | undefined, heard: (type: 'rename' | 'change', name: any) => void, ended: () => void): () => void {
  const stop = onPush(watch.channel, bytes => {
    for (const [type, name] of JSON.parse(textDecoder.decode(bytes)) as ['rename' | 'change', string | null][]) heard(type, name === null ? null : named(name, encoding));
  }, ended);
  return () => {
    stop();
    call(`ipc://handle/fs/stopWatch/${watch.id}`).catch(error => { if (error.code !== 'ERR_UNKNOWN_HANDLE') reportError(error); });
  };
}

/** Tells of changes by the events `change`, `error` and `close`, or by iteration. */
export class FSWatcher extends EventEmitter {
  #stop: (() => void) | undefined;
  closed = false;
  aborted = false;
  readonly encoding: Encoding | null | undefined;
  readonly signal: AbortSignal | null;
  private constructor(readonly path: string, options: WatchOptions) {
    super();
    this.encoding = options.encoding;
    this.signal = options.signal ?? null;
  }
  /** @internal */
  static _start(path: PathLike, options: unknown, listener?: WatchListener): FSWatcher {
    const { file, options: chosen } = watchArguments(path, options);
    const watcher = new FSWatcher(file, chosen);
    if (listener !== undefined) watcher.on('change', listener);
    if (watcher.signal?.aborted === true) {
      watcher.aborted = true;
      queueMicrotask(() => watcher.close());
      return watcher;
    }
    readyForPush()?.catch(error => { if (!watcher.closed) watcher.emit('error', error); watcher.close(); });
    // Synchronous, as in Node: what can't be watched throws here.
    watcher.#stop = hear(driveSync(watchOp(file, chosen.recursive === true)), chosen.encoding, (type, name) => { if (!watcher.closed) watcher.emit('change', type, name); }, () => watcher.close());
    watcher.signal?.addEventListener('abort', () => { watcher.aborted = true; watcher.close(); }, { once: true });
    return watcher;
  }
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#stop?.();
    queueMicrotask(() => this.emit('close'));
  }
  ref(): this { return this; }
  unref(): this { return this; }
  [Symbol.asyncIterator](): AsyncGenerator<{ eventType: 'rename' | 'change'; filename: string | null }, void, undefined> {
    return iterate(heard => {
      this.on('change', heard);
      return { end: () => this.close(), ended: new Promise<void>(resolve => { if (this.closed) resolve(); else this.once('close', () => resolve()); }), signal: this.signal };
    });
  }
}
/** Events that nobody takes wait here; beyond this the oldest go. */
const WAITING_EVENTS = 4096;
async function* iterate(start: (heard: (type: 'rename' | 'change', name: string | null) => void) => { end(): void; ended: Promise<void>; signal: AbortSignal | null }): AsyncGenerator<{ eventType: 'rename' | 'change'; filename: string | null }, void, undefined> {
  const waiting: { eventType: 'rename' | 'change'; filename: string | null }[] = [];
  let wake = () => {}, over = false;
  const { end, ended, signal } = start((eventType, filename) => {
    if (waiting.length === WAITING_EVENTS) waiting.shift();
    waiting.push({ eventType, filename });
    wake();
  });
  void ended.then(() => { over = true; wake(); });
  const aborted = () => wake();
  signal?.addEventListener('abort', aborted);
  try {
    for (;;) {
      if (signal?.aborted === true) throw new AbortError(signal.reason, signal);
      if (waiting.length > 0) yield waiting.shift()!;
      else if (over) return;
      else await new Promise<void>(resolve => { wake = resolve; });
    }
  } finally {
    signal?.removeEventListener('abort', aborted);
    end();
  }
}
export { FSWatcher as Watcher };
export const watch: {
  (path: PathLike, listener?: WatchListener): FSWatcher;
  (path: PathLike, options: WatchOptions | Encoding | null | undefined, listener?: WatchListener): FSWatcher;
} = (path: PathLike, options?: unknown, listener?: WatchListener) => (typeof options === 'function' ? FSWatcher._start(path, undefined, options as WatchListener) : FSWatcher._start(path, options, listener));
async function* watching(path: PathLike, options?: WatchOptions | Encoding | null): AsyncGenerator<{ eventType: 'rename' | 'change'; filename: string | null }, void, undefined> {
  const { file, options: chosen } = watchArguments(path, options);
  const signal = chosen.signal ?? null;
  if (signal?.aborted === true) throw new AbortError(signal.reason, signal);
  await readyForPush();
  const started = await promised(watchOp)(file, chosen.recursive === true);
  yield* iterate(heard => {
    let ended = () => {};
    const over = new Promise<void>(resolve => { ended = resolve; });
    return { end: hear(started, chosen.encoding, heard, () => ended()), ended: over, signal };
  });
}

export interface WatchFileOptions { bigint?: boolean; persistent?: boolean; interval?: number }
/** Looks at a file every so often, as `watchFile` has it. */
export class StatWatcher extends EventEmitter {
  #timer: ReturnType<typeof setInterval> | undefined;
  #last: Stats | BigIntStats | undefined;
  #looking = false;
  constructor(readonly path: string, readonly options: WatchFileOptions) {
    super();
    this.#timer = setInterval(() => void this.#look(), integer(options.interval ?? 5007, 'interval', 1, 0x7fff_ffff));
    void this.#look();
  }
  async #look(): Promise<void> {
    if (this.#looking || this.#timer === undefined) return;
    this.#looking = true;
    let now: Stats | BigIntStats;
    try {
      now = (await promises.stat(this.path, this.options as never)) as Stats | BigIntStats;
    } catch (error) {
      now = toStats(NOTHING, this.options);
    }
    this.#looking = false;
    const before = this.#last;
    this.#last = now;
    if (this.#timer === undefined) return;
    if (before === undefined) {
      // A file that is not there is told of once.
      if (Number(now.ino) === 0) this.emit('change', now, now);
    } else if (['mtimeMs', 'ctimeMs', 'size', 'ino', 'mode', 'nlink', 'uid', 'gid', 'dev'].some(name => (now as any)[name] !== (before as any)[name])) {
      this.emit('change', now, before);
    }
  }
  stop(): void {
    clearInterval(this.#timer as number);
    this.#timer = undefined;
    this.removeAllListeners();
  }
  ref(): this { return this; }
  unref(): this { return this; }
}
const NOTHING: WireStat = { dev: '0', mode: 0, nlink: '0', uid: '0', gid: '0', rdev: '0', blksize: '0', ino: '0', size: '0', blocks: '0', atimeNs: '0', mtimeNs: '0', ctimeNs: '0', birthtimeNs: '0' };
const statWatchers = new Map<string, StatWatcher>();
export type StatListener = (current: Stats, previous: Stats) => void;
export const watchFile: { (path: PathLike, listener: StatListener): StatWatcher; (path: PathLike, options: WatchFileOptions, listener: (current: any, previous: any) => void): StatWatcher } = (path: PathLike, options: unknown, listener?: StatListener) => {
  const heard = (typeof options === 'function' ? options : listener) as StatListener | undefined;
  if (typeof heard !== 'function') throw wrongType('listener', 'of type function', heard);
  const file = toPath(path, 'filename');
  let watcher = statWatchers.get(file);
  if (watcher === undefined) statWatchers.set(file, (watcher = new StatWatcher(file, typeof options === 'object' && options !== null ? options : {})));
  watcher.on('change', heard);
  return watcher;
};
export const unwatchFile: (path: PathLike, listener?: StatListener) => void = (path, listener) => {
  const file = toPath(path, 'filename');
  const watcher = statWatchers.get(file);
  if (watcher === undefined) return;
  if (listener !== undefined) watcher.removeListener('change', listener);
  if (listener === undefined || watcher.listenerCount('change') === 0) {
    watcher.stop();
    statWatchers.delete(file);
  }
};

// ---- exported forms

export interface ReadFilePromise {
  (path: PathOrHandle, options: BufferEncoding | (ReadFileOptions & { encoding: BufferEncoding })): Promise<string>;
  (path: PathOrHandle, options?: (ReadFileOptions & { encoding?: 'buffer' | null | undefined }) | 'buffer' | null): Promise<Buffer>;
}
export interface ReadFileSync {
  (path: PathLike | number, options: BufferEncoding | { encoding: BufferEncoding; flag?: OpenFlags }): string;
  (path: PathLike | number, options?: { encoding?: 'buffer' | null | undefined; flag?: OpenFlags } | 'buffer' | null): Buffer;
}
export interface ReadFileCallback {
  (path: PathLike | number, options: BufferEncoding | (ReadFileOptions & { encoding: BufferEncoding }), callback: ResultCallback<string>): void;
  (path: PathLike | number, options: (ReadFileOptions & { encoding?: 'buffer' | null | undefined }) | 'buffer' | null, callback: ResultCallback<Buffer>): void;
  (path: PathLike | number, callback: ResultCallback<Buffer>): void;
}
export interface StatPromise { (path: PathLike, options: StatOptions & { bigint: true }): Promise<BigIntStats>; (path: PathLike, options?: StatOptions): Promise<Stats> }
export interface StatSync {
  (path: PathLike, options: StatOptions & { bigint: true; throwIfNoEntry: false }): BigIntStats | undefined;
  (path: PathLike, options: StatOptions & { throwIfNoEntry: false }): Stats | undefined;
  (path: PathLike, options: StatOptions & { bigint: true }): BigIntStats;
  (path: PathLike, options?: StatOptions): Stats;
}
export interface StatCallback<P> {
  (path: P, callback: ResultCallback<Stats>): void;
  (path: P, options: StatOptions & { bigint: true }, callback: ResultCallback<BigIntStats>): void;
  (path: P, options: StatOptions | null, callback: ResultCallback<Stats>): void;
}
export interface ReaddirPromise {
  (path: PathLike, options: ReaddirOptions & { withFileTypes: true }): Promise<Dirent[]>;
  (path: PathLike, options: 'buffer' | (ReaddirOptions & { encoding: 'buffer' })): Promise<Buffer[]>;
  (path: PathLike, options?: ReaddirOptions | BufferEncoding | null): Promise<string[]>;
}
export interface ReaddirSync {
  (path: PathLike, options: ReaddirOptions & { withFileTypes: true }): Dirent[];
  (path: PathLike, options: 'buffer' | (ReaddirOptions & { encoding: 'buffer' })): Buffer[];
  (path: PathLike, options?: ReaddirOptions | BufferEncoding | null): string[];
}
export interface ReaddirCallback {
  (path: PathLike, callback: ResultCallback<string[]>): void;
  (path: PathLike, options: ReaddirOptions & { withFileTypes: true }, callback: ResultCallback<Dirent[]>): void;
  (path: PathLike, options: 'buffer' | (ReaddirOptions & { encoding: 'buffer' }), callback: ResultCallback<Buffer[]>): void;
  (path: PathLike, options: ReaddirOptions | BufferEncoding | null, callback: ResultCallback<string[]>): void;
}
export type Writable = Data | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array> | ReadableStream<Uint8Array>;
export interface Promises {
  /** Resolves to true, as the reference's does; Node's resolves to undefined. */
  access(path: PathLike, mode?: number): Promise<boolean>;
  appendFile(path: PathOrHandle, data: Data, options?: WriteFileOptions | Encoding | null): Promise<void>;
  copyFile(src: PathLike, dest: PathLike, mode?: number): Promise<void>;
  lstat: StatPromise;
  mkdir(path: PathLike, options?: MkdirOptions | Mode | null): Promise<string | undefined>;
  open(path: PathLike, flags?: OpenFlags | null, mode?: Mode | null): Promise<FileHandle>;
  readdir: ReaddirPromise;
  readFile: ReadFilePromise;
  realpath(path: PathLike): Promise<string>;
  rename(oldPath: PathLike, newPath: PathLike): Promise<void>;
  rm(path: PathLike, options?: RmOptions): Promise<void>;
  rmdir(path: PathLike, options?: { recursive?: boolean }): Promise<void>;
  stat: StatPromise;
  truncate(path: PathLike, length?: number | null): Promise<void>;
  unlink(path: PathLike): Promise<void>;
  writeFile(path: PathOrHandle, data: Writable, options?: WriteFileOptions | Encoding | null): Promise<void>;
  chmod(path: PathLike, mode: Mode): Promise<void>;
  chown(path: PathLike, uid: number, gid: number): Promise<void>;
  cp(src: PathLike, dest: PathLike, options?: CpOptions): Promise<void>;
  glob(pattern: string | readonly string[], options: GlobOptions & { withFileTypes: true }): AsyncGenerator<Dirent, void, undefined>;
  glob(pattern: string | readonly string[], options?: GlobOptions): AsyncGenerator<string, void, undefined>;
  lchown(path: PathLike, uid: number, gid: number): Promise<void>;
  link(existingPath: PathLike, newPath: PathLike): Promise<void>;
  lutimes(path: PathLike, atime: TimeLike, mtime: TimeLike): Promise<void>;
  mkdtemp(prefix: PathLike, options?: { encoding?: BufferEncoding | null } | BufferEncoding | null): Promise<string>;
  opendir(path: PathLike, options?: OpenDirOptions | Encoding | null): Promise<Dir>;
  readlink(path: PathLike, options?: { encoding?: BufferEncoding | null } | BufferEncoding | null): Promise<string>;
  statfs(path: PathLike, options: { bigint: true }): Promise<StatFs<bigint>>;
  statfs(path: PathLike, options?: { bigint?: false }): Promise<StatFs>;
  symlink(target: PathLike, path: PathLike, type?: 'dir' | 'file' | 'junction' | null): Promise<void>;
  utimes(path: PathLike, atime: TimeLike, mtime: TimeLike): Promise<void>;
  watch(path: PathLike, options?: WatchOptions | Encoding | null): AsyncGenerator<{ eventType: 'rename' | 'change'; filename: string | null }, void, undefined>;
  readonly constants: Readonly<Record<string, number>>;
}
async function* globbing(pattern: string | readonly string[], options?: GlobOptions): AsyncGenerator<any, void, undefined> { yield* await promised(globOp)(pattern, options); }
export const promises: Promises = {
  access: promised(accessOp), appendFile: promised(appendFileOp), copyFile: promised(copyFileOp), lstat: promised(lstatOp) as never, mkdir: promised(mkdirOp),
  open: promised(openOp), readdir: promised(readdirOp) as never, readFile: promised(readFileOp) as never, realpath: promised(realpathOp) as never, rename: promised(renameOp),
  rm: promised(rmOp), rmdir: promised(rmdirOp), stat: promised(statOp) as never, truncate: promised(truncateOp), unlink: promised(unlinkOp), writeFile: promised(writeFileOp), constants,
  chmod: promised(chmodOp), chown: promised(chownOp), cp: promised(cpOp), glob: globbing, lchown: promised(lchownOp), link: promised(linkOp), lutimes: promised(lutimesOp), mkdtemp: promised(mkdtempOp) as never,
  opendir: promised(opendirOp), readlink: promised(readlinkOp) as never, statfs: promised(statfsOp) as never, symlink: promised(symlinkOp), utimes: promised(utimesOp), watch: watching,
};

/** An operation on an open file as one on its number. */
function onNumber<A extends unknown[], T>(operation: (handle: FileHandle, ...args: A) => Op<T>, syscall: string): Operation<[number, ...A], T> {
  return function* (fd, ...args) { return yield* operation(byDescriptor(fd, syscall), ...args); };
}
function* openNumberOp(path: PathLike, flags?: OpenFlags | null, mode?: Mode | null): Op<number> { return (yield* openOp(path, flags, mode)).fd; }
/** `(fd, view, {offset, length, position})`, `(fd, {buffer, …})` or all in a row. */
function* readNumberOp(fd: number, ...args: any[]): Op<[number, ArrayBufferView]> {
  let [view, offset, length, at] = args;
  if (!ArrayBuffer.isView(view)) ({ buffer: view = Buffer.alloc(16384), offset, length, position: at } = (view ?? {}) as ReadOptions);
  else if (typeof offset === 'object' && offset !== null) ({ offset, length, position: at } = offset as ReadOptions);
  return [yield* readOp(byDescriptor(fd), view, offset, length, at), view];
}
function* writeNumberOp(fd: number, data: Data, ...args: unknown[]): Op<[number, Data]> { return [yield* writeOp(byDescriptor(fd, 'write'), data, ...args), data]; }
const pair = (value: [unknown, unknown]): unknown[] => value;

export const access: { (path: PathLike, callback: NoParamCallback): void; (path: PathLike, mode: number, callback: NoParamCallback): void } = calledBack(accessOp, () => []);
export const accessSync: (path: PathLike, mode?: number) => boolean = synchronous(accessOp);
export const appendFile: { (path: PathLike | number, data: Data, callback: NoParamCallback): void; (path: PathLike | number, data: Data, options: WriteFileOptions | Encoding | null, callback: NoParamCallback): void } = calledBack(appendFileOp);
export const appendFileSync: (path: PathLike | number, data: Data, options?: WriteFileOptions | Encoding | null) => void = synchronous(appendFileOp);
export const close: (fd: number, callback?: NoParamCallback) => void = (fd, callback = error => { if (error) throw error; }) => calledBack(onNumber(closeOp, 'close'))(fd, callback);
export const closeSync: (fd: number) => void = synchronous(onNumber(closeOp, 'close'));
export const copyFile: { (src: PathLike, dest: PathLike, callback: NoParamCallback): void; (src: PathLike, dest: PathLike, mode: number, callback: NoParamCallback): void } = calledBack(copyFileOp);
export const copyFileSync: (src: PathLike, dest: PathLike, mode?: number) => void = synchronous(copyFileOp);
export const exists: (path: PathLike, callback: (exists: boolean) => void) => void = (path, callback) => {
  if (typeof callback !== 'function') throw wrongType('callback', 'of type function', callback);
  calledBack(existsOp)(path, (_error: unknown, found: boolean) => callback(found === true));
};
export const existsSync: (path: PathLike) => boolean = synchronous(existsOp);
export const fdatasync: (fd: number, callback: NoParamCallback) => void = calledBack(onNumber(datasyncOp, 'datasync'));
export const fdatasyncSync: (fd: number) => void = synchronous(onNumber(datasyncOp, 'datasync'));
export const fstat: StatCallback<number> = calledBack(onNumber(fstatOp, 'stat'));
export const fstatSync: { (fd: number, options: StatOptions & { bigint: true }): BigIntStats; (fd: number, options?: StatOptions): Stats } = synchronous(onNumber(fstatOp, 'stat')) as never;
export const fsync: (fd: number, callback: NoParamCallback) => void = calledBack(onNumber(syncOp, 'sync'));
export const fsyncSync: (fd: number) => void = synchronous(onNumber(syncOp, 'sync'));
export const ftruncate: { (fd: number, callback: NoParamCallback): void; (fd: number, length: number | null, callback: NoParamCallback): void } = calledBack(onNumber(ftruncateOp, 'truncate'));
export const ftruncateSync: (fd: number, length?: number | null) => void = synchronous(onNumber(ftruncateOp, 'truncate'));
export const lstat: StatCallback<PathLike> = calledBack(lstatOp);
export const lstatSync: StatSync = synchronous(lstatOp) as never;
export const mkdir: { (path: PathLike, callback: ResultCallback<string | undefined>): void; (path: PathLike, options: MkdirOptions | Mode | null, callback: ResultCallback<string | undefined>): void } = calledBack(mkdirOp);
export const mkdirSync: (path: PathLike, options?: MkdirOptions | Mode | null) => string | undefined = synchronous(mkdirOp);
export const open: {
  (path: PathLike, callback: ResultCallback<number>): void; (path: PathLike, flags: OpenFlags | null, callback: ResultCallback<number>): void;
  (path: PathLike, flags: OpenFlags | null, mode: Mode | null, callback: ResultCallback<number>): void;
} = calledBack(openNumberOp);
export const openSync: (path: PathLike, flags?: OpenFlags | null, mode?: Mode | null) => number = synchronous(openNumberOp);
export const read: {
  <B extends ArrayBufferView>(fd: number, buffer: B, offset: number, length: number, position: number | bigint | null, callback: (error: ErrnoException | null, bytesRead: number, buffer: B) => void): void;
  (fd: number, options: ReadOptions, callback: (error: ErrnoException | null, bytesRead: number, buffer: ArrayBufferView) => void): void;
  <B extends ArrayBufferView>(fd: number, buffer: B, options: ReadOptions, callback: (error: ErrnoException | null, bytesRead: number, buffer: B) => void): void;
  <B extends ArrayBufferView>(fd: number, buffer: B, callback: (error: ErrnoException | null, bytesRead: number, buffer: B) => void): void;
  (fd: number, callback: (error: ErrnoException | null, bytesRead: number, buffer: ArrayBufferView) => void): void;
} = calledBack(readNumberOp, pair);
export const readSync: {
  (fd: number, buffer: ArrayBufferView, offset?: number | null, length?: number | null, position?: number | bigint | null): number;
  (fd: number, buffer: ArrayBufferView, options?: ReadOptions): number;
} = (fd: number, ...args: unknown[]) => synchronous(readNumberOp)(fd, ...args)[0];
export const readdir: ReaddirCallback = calledBack(readdirOp);
export const readdirSync: ReaddirSync = synchronous(readdirOp) as never;
export const readFile: ReadFileCallback = calledBack(readFileOp);
export const readFileSync: ReadFileSync = synchronous(readFileOp) as never;
export const realpath: { (path: PathLike, callback: ResultCallback<string>): void; (path: PathLike, options: { encoding?: BufferEncoding | null } | BufferEncoding | null, callback: ResultCallback<string>): void; native(path: PathLike, callback: ResultCallback<string>): void } = Object.assign(calledBack(realpathOp), { native: calledBack(realpathOp) });
export const realpathSync: { (path: PathLike): string; native(path: PathLike): string } = Object.assign(synchronous(realpathOp), { native: synchronous(realpathOp) }) as never;
export const rename: (oldPath: PathLike, newPath: PathLike, callback: NoParamCallback) => void = calledBack(renameOp);
export const renameSync: (oldPath: PathLike, newPath: PathLike) => void = synchronous(renameOp);
export const rm: { (path: PathLike, callback: NoParamCallback): void; (path: PathLike, options: RmOptions, callback: NoParamCallback): void } = calledBack(rmOp);
export const rmSync: (path: PathLike, options?: RmOptions) => void = synchronous(rmOp);
export const rmdir: { (path: PathLike, callback: NoParamCallback): void; (path: PathLike, options: { recursive?: boolean }, callback: NoParamCallback): void } = calledBack(rmdirOp);
export const rmdirSync: (path: PathLike, options?: { recursive?: boolean }) => void = synchronous(rmdirOp);
export const stat: StatCallback<PathLike> = calledBack(statOp);
export const statSync: StatSync = synchronous(statOp) as never;
export const truncate: { (path: PathLike, callback: NoParamCallback): void; (path: PathLike, length: number | null, callback: NoParamCallback): void } = calledBack(truncateOp);
export const truncateSync: (path: PathLike, length?: number | null) => void = synchronous(truncateOp);
export const unlink: (path: PathLike, callback: NoParamCallback) => void = calledBack(unlinkOp);
export const unlinkSync: (path: PathLike) => void = synchronous(unlinkOp);
export const write: {
  <B extends ArrayBufferView>(fd: number, buffer: B, offset: number | null, length: number | null, position: number | null, callback: (error: ErrnoException | null, written: number, buffer: B) => void): void;
  <B extends ArrayBufferView>(fd: number, buffer: B, callback: (error: ErrnoException | null, written: number, buffer: B) => void): void;
  (fd: number, text: string, position: number | null, encoding: BufferEncoding, callback: (error: ErrnoException | null, written: number, text: string) => void): void;
  (fd: number, text: string, callback: (error: ErrnoException | null, written: number, text: string) => void): void;
} = calledBack(writeNumberOp as Operation<any[], unknown>, pair);
export const writeSync: {
  (fd: number, buffer: ArrayBufferView, offset?: number | null, length?: number | null, position?: number | null): number;
  (fd: number, text: string, position?: number | null, encoding?: BufferEncoding): number;
} = (fd: number, data: Data, ...args: unknown[]) => synchronous(writeNumberOp)(fd, data, ...args)[0];
export const writeFile: { (path: PathLike | number, data: Data, callback: NoParamCallback): void; (path: PathLike | number, data: Data, options: WriteFileOptions | Encoding | null, callback: NoParamCallback): void } = calledBack(writeFileOp);
export const writeFileSync: (path: PathLike | number, data: Data, options?: WriteFileOptions | Encoding | null) => void = synchronous(writeFileOp) as never;

export const chmod: (path: PathLike, mode: Mode, callback: NoParamCallback) => void = calledBack(chmodOp);
export const chmodSync: (path: PathLike, mode: Mode) => void = synchronous(chmodOp);
export const chown: (path: PathLike, uid: number, gid: number, callback: NoParamCallback) => void = calledBack(chownOp);
export const chownSync: (path: PathLike, uid: number, gid: number) => void = synchronous(chownOp);
export const lchown: (path: PathLike, uid: number, gid: number, callback: NoParamCallback) => void = calledBack(lchownOp);
export const lchownSync: (path: PathLike, uid: number, gid: number) => void = synchronous(lchownOp);
export const utimes: (path: PathLike, atime: TimeLike, mtime: TimeLike, callback: NoParamCallback) => void = calledBack(utimesOp);
export const utimesSync: (path: PathLike, atime: TimeLike, mtime: TimeLike) => void = synchronous(utimesOp);
export const lutimes: (path: PathLike, atime: TimeLike, mtime: TimeLike, callback: NoParamCallback) => void = calledBack(lutimesOp);
export const lutimesSync: (path: PathLike, atime: TimeLike, mtime: TimeLike) => void = synchronous(lutimesOp);
export const link: (existingPath: PathLike, newPath: PathLike, callback: NoParamCallback) => void = calledBack(linkOp);
export const linkSync: (existingPath: PathLike, newPath: PathLike) => void = synchronous(linkOp);
export const symlink: { (target: PathLike, path: PathLike, callback: NoParamCallback): void; (target: PathLike, path: PathLike, type: 'dir' | 'file' | 'junction' | null | undefined, callback: NoParamCallback): void } = calledBack(symlinkOp);
export const symlinkSync: (target: PathLike, path: PathLike, type?: 'dir' | 'file' | 'junction' | null | undefined) => void = synchronous(symlinkOp);
export const readlink: { (path: PathLike, callback: ResultCallback<string>): void; (path: PathLike, options: { readonly encoding: BufferEncoding | null } | BufferEncoding | null, callback: ResultCallback<string>): void } = calledBack(readlinkOp);
export const readlinkSync: (path: PathLike, options?: { readonly encoding: BufferEncoding | null } | BufferEncoding | null) => string = synchronous(readlinkOp) as never;
export const mkdtemp: { (prefix: PathLike, callback: ResultCallback<string>): void; (prefix: PathLike, options: { readonly encoding: BufferEncoding | null } | BufferEncoding | null, callback: ResultCallback<string>): void } = calledBack(mkdtempOp);
export const mkdtempSync: (prefix: PathLike, options?: { readonly encoding: BufferEncoding | null } | BufferEncoding | null) => string = synchronous(mkdtempOp) as never;
export const cp: { (src: PathLike, dest: PathLike, callback: NoParamCallback): void; (src: PathLike, dest: PathLike, options: CpOptions, callback: NoParamCallback): void } = calledBack(cpOp);
export const cpSync: (src: PathLike, dest: PathLike, options?: CpOptions) => void = synchronous(cpOp);
export const opendir: { (path: PathLike, callback: ResultCallback<Dir>): void; (path: PathLike, options: OpenDirOptions | Encoding | null, callback: ResultCallback<Dir>): void } = calledBack(opendirOp);
export const opendirSync: (path: PathLike, options?: OpenDirOptions | Encoding | null) => Dir = synchronous(opendirOp);
export const statfs: { (path: PathLike, callback: ResultCallback<StatFs<any>>): void; (path: PathLike, options: { readonly bigint: boolean } | null, callback: ResultCallback<StatFs<any>>): void } = calledBack(statfsOp);
export const statfsSync: (path: PathLike, options?: { readonly bigint: boolean } | null) => StatFs<any> = synchronous(statfsOp);
export const glob: { (pattern: string | readonly string[], callback: ResultCallback<any[]>): void; (pattern: string | readonly string[], options: GlobOptions, callback: ResultCallback<any[]>): void } = calledBack(globOp);
export const globSync: (pattern: string | readonly string[], options?: GlobOptions) => any[] = synchronous(globOp);
export const fchmod: (fd: number, mode: Mode, callback: NoParamCallback) => void = calledBack(onNumber(fchmodOp, 'chmod'));
export const fchmodSync: (fd: number, mode: Mode) => void = synchronous(onNumber(fchmodOp, 'chmod'));
export const fchown: (fd: number, uid: number, gid: number, callback: NoParamCallback) => void = calledBack(onNumber(fchownOp, 'chown'));
export const fchownSync: (fd: number, uid: number, gid: number) => void = synchronous(onNumber(fchownOp, 'chown'));
export const futimes: (fd: number, atime: TimeLike, mtime: TimeLike, callback: NoParamCallback) => void = calledBack(onNumber(futimesOp, 'utimes'));
export const futimesSync: (fd: number, atime: TimeLike, mtime: TimeLike) => void = synchronous(onNumber(futimesOp, 'utimes'));
function* readvNumberOp(fd: number, buffers: readonly ArrayBufferView[], at?: number | null): Op<[number, unknown]> { return [yield* readvOp(byDescriptor(fd), buffers, at), buffers]; }
function* writevNumberOp(fd: number, buffers: readonly ArrayBufferView[], at?: number | null): Op<[number, unknown]> { return [yield* writevOp(byDescriptor(fd, 'write'), buffers, at), buffers]; }
type VectorCallback = (error: ErrnoException | null, bytes: number, buffers: ArrayBufferView[]) => void;
export const readv: { (fd: number, buffers: readonly ArrayBufferView[], callback: VectorCallback): void; (fd: number, buffers: readonly ArrayBufferView[], position: number | null, callback: VectorCallback): void } = calledBack(readvNumberOp, pair);
export const readvSync: (fd: number, buffers: readonly ArrayBufferView[], position?: number | null) => number = (fd, buffers, at) => synchronous(readvNumberOp)(fd, buffers, at)[0];
export const writev: { (fd: number, buffers: readonly ArrayBufferView[], callback: VectorCallback): void; (fd: number, buffers: readonly ArrayBufferView[], position: number | null, callback: VectorCallback): void } = calledBack(writevNumberOp, pair);
export const writevSync: (fd: number, buffers: readonly ArrayBufferView[], position?: number | null) => number = (fd, buffers, at) => synchronous(writevNumberOp)(fd, buffers, at)[0];

export { constants };
export const { F_OK, R_OK, W_OK, X_OK } = constants as { readonly F_OK: number; readonly R_OK: number; readonly W_OK: number; readonly X_OK: number };

export default {
  access, accessSync, appendFile, appendFileSync, close, closeSync, copyFile, copyFileSync, exists, existsSync, fdatasync, fdatasyncSync, fstat, fstatSync, fsync, fsyncSync,
  ftruncate, ftruncateSync, lstat, lstatSync, mkdir, mkdirSync, open, openSync, read, readSync, readdir, readdirSync, readFile, readFileSync, realpath, realpathSync, rename,
  renameSync, rm, rmSync, rmdir, rmdirSync, stat, statSync, truncate, truncateSync, unlink, unlinkSync, write, writeSync, writeFile, writeFileSync,
  chmod, chmodSync, chown, chownSync, lchown, lchownSync, utimes, utimesSync, lutimes, lutimesSync, link, linkSync, symlink, symlinkSync, readlink, readlinkSync, mkdtemp, mkdtempSync, cp, cpSync, opendir, opendirSync, statfs, statfsSync, glob, globSync, fchmod, fchmodSync, fchown, fchownSync, futimes, futimesSync, readv, readvSync, writev, writevSync,
  createReadStream, createWriteStream, openAsBlob, watch, watchFile, unwatchFile, FSWatcher, Watcher: FSWatcher, StatWatcher, DirectoryHandle, normalizeFlags, fds, ReadStream, WriteStream, FileReadStream: ReadStream, FileWriteStream: WriteStream, StatFs, Dir,
  BigIntStats, Dirent, FileHandle, Stats, constants, promises, F_OK, R_OK, W_OK, X_OK,
};
