/**
 * Node's `fs` for the commands of the bridge, in its three forms. Each operation is written once, as a generator of calls; the forms
 * differ in who drives it: promises, a callback, or synchronous requests.
 */
import host from 'socket:internal/host';
import { call, callBytes, callSync, commandUrl, pathResource, upload, type Params, type UploadSource } from 'socket:ipc';
import { Buffer, type BufferEncoding } from 'socket:buffer';
import { resolve, sep } from 'socket:path';
import constants from './fs/constants.js';

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

/** The absolute path that `path` names, as text. */
function toPath(path: unknown, name = 'path'): string {
  let text: string;
  if (typeof path === 'string') text = path;
  else if (path instanceof URL) text = fileUrlToPath(path);
  else if (path instanceof Uint8Array) text = decode(path, 'utf8') as string;
  else throw wrongType(name, 'of type string or an instance of Buffer or URL', path);
  if (text.includes('\0')) throw argError(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument '${name}' must be a string, Uint8Array, or URL without null bytes.${received(text)}`);
  if (!wellFormed(text)) throw argError(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument '${name}' has half a surrogate pair, which no file name of the bridge can have.`);
  if (text === '') throw Object.assign(new Error("ENOENT: no such file or directory, the path is ''"), { code: 'ENOENT', errno: -(host.constants.errno.ENOENT ?? 2), path: '' });
  return resolve(text);
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
const utf8Decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const utf8Encoder = new TextEncoder();
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
}
function decode(bytes: Uint8Array, encoding: Encoding | null | undefined): string | Buffer {
  if (isUtf8(encoding)) return utf8Decoder.decode(bytes);
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
interface Step { url: string; params?: Params | undefined; body?: UploadSource | undefined; bytes?: boolean; signal?: AbortSignal | undefined }
type Op<T> = Generator<Step, T, any>;
type Operation<A extends unknown[], T> = (...args: A) => Op<T>;

function step(command: string, path: string, params?: Params, signal?: AbortSignal): Step {
  return { url: commandUrl('fs', command, pathResource(path)), params, signal };
}
function take(step: Step): Promise<unknown> {
  const options = step.signal === undefined ? undefined : { signal: step.signal };
  return step.body !== undefined ? upload(step.url, step.body, step.params, options) : step.bytes ? callBytes(step.url, step.params, options) : call(step.url, step.params, options);
}
function takeSync(step: Step): unknown {
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
    const first = op.next();
    drive(op, first).then(
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
  readonly #type: number;
  /** @param parentPath the folder it is in */
  constructor(readonly name: Name, type: number, readonly parentPath: string) { this.#type = type; }
  get path(): string { return this.parentPath; }
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
      if (chosen.throwIfNoEntry === false && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined;
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
  if (isUtf8(encoding)) return yield step('readFile', file, { encoding: 'utf8' }, signal);
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
  const name = (text: string) => (encoding === 'buffer' ? Buffer.from(text) : encoding === null || isUtf8(encoding) ? text : Buffer.from(text).toString(encoding));
  const found: (string | Buffer | Dirent<any>)[] = [];
  const folders = [''];
  for (let at = 0; at < folders.length; at++) {
    const below = folders[at]!;
    const folder = below === '' ? top : resolve(top, below);
    for (const [entry, type] of (yield step('readdir', folder)) as [string, number][]) {
      const relative = below === '' ? entry : below + sep + entry;
      found.push(withFileTypes === true ? new Dirent(name(entry), type, folder) : name(relative));
      if (recursive === true && type === 2) folders.push(relative);
    }
  }
  return found;
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
function* rmdirOp(path: PathLike): Op<void> { yield step('rmdir', toPath(path)); }
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
/** The most bytes asked for in one read: what is bounded is memory, not the file. */
const READ_BYTES = 8 << 20;
function* readOp(handle: FileHandle, view: ArrayBufferView, offset?: number | null, length?: number | null, at?: number | bigint | null): Op<number> {
  if (!ArrayBuffer.isView(view)) throw wrongType('buffer', 'an instance of Buffer, TypedArray, or DataView', view);
  const target = viewOf(view);
  const from = offset === undefined || offset === null ? 0 : integer(offset, 'offset', 0, target.byteLength);
  const count = length === undefined || length === null ? target.byteLength - from : integer(length, 'length', 0, target.byteLength - from);
  if (count === 0) return 0;
  const bytes = (yield { url: handle._url('read'), params: { position: position(at), length: count }, bytes: true }) as Uint8Array;
  target.set(bytes, from);
  return bytes.byteLength;
}
function* readRestOp(handle: FileHandle, signal: AbortSignal | undefined): Op<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const bytes = (yield { url: handle._url('read'), params: { position: -1, length: READ_BYTES }, bytes: true, signal }) as Uint8Array;
    if (bytes.byteLength === 0) return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    parts.push(bytes);
  }
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
function* closeOp(handle: FileHandle): Op<void> {
  const url = handle._url('close');
  handle._forget();
  yield { url };
}

const byNumber = new Map<number, FileHandle>();
const freeNumbers: number[] = [];
let nextNumber = 3;
function badDescriptor(syscall: string): Error {
  return Object.assign(new Error(`EBADF: bad file descriptor, ${syscall}`), { code: 'EBADF', errno: -(host.constants.errno.EBADF ?? 9), syscall });
}
function opened(value: unknown): FileHandle | undefined {
  return value instanceof FileHandle ? value : typeof value === 'number' ? byDescriptor(value) : undefined;
}
function byDescriptor(fd: unknown): FileHandle {
  const handle = byNumber.get(integer(fd, 'fd', 0, 0x7fff_ffff));
  if (handle === undefined) throw badDescriptor('fd');
  return handle;
}

/** An open file. Close it: the host holds a bounded number of them for a window. */
export class FileHandle {
  readonly #id: string;
  #fd: number;
  #closing: Promise<void> | undefined;
  private constructor(id: string) {
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
  datasync(): Promise<void> { return this.sync(); }
  close(): Promise<void> { return (this.#closing ??= this.#fd < 0 ? Promise.resolve() : promised(closeOp)(this)); }
  [Symbol.asyncDispose](): Promise<void> { return this.close(); }
}

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
  rmdir(path: PathLike): Promise<void>;
  stat: StatPromise;
  truncate(path: PathLike, length?: number | null): Promise<void>;
  unlink(path: PathLike): Promise<void>;
  writeFile(path: PathOrHandle, data: Writable, options?: WriteFileOptions | Encoding | null): Promise<void>;
  readonly constants: Readonly<Record<string, number>>;
}
export const promises: Promises = {
  access: promised(accessOp), appendFile: promised(appendFileOp), copyFile: promised(copyFileOp), lstat: promised(lstatOp) as never, mkdir: promised(mkdirOp),
  open: promised(openOp), readdir: promised(readdirOp) as never, readFile: promised(readFileOp) as never, realpath: promised(realpathOp) as never, rename: promised(renameOp),
  rm: promised(rmOp), rmdir: promised(rmdirOp), stat: promised(statOp) as never, truncate: promised(truncateOp), unlink: promised(unlinkOp), writeFile: promised(writeFileOp), constants,
};

/** An operation on an open file as one on its number. */
function onNumber<A extends unknown[], T>(operation: (handle: FileHandle, ...args: A) => Op<T>): Operation<[number, ...A], T> {
  return function* (fd, ...args) { return yield* operation(byDescriptor(fd), ...args); };
}
function* openNumberOp(path: PathLike, flags?: OpenFlags | null, mode?: Mode | null): Op<number> { return (yield* openOp(path, flags, mode)).fd; }
/** `(fd, view, {offset, length, position})`, `(fd, {buffer, …})` or all in a row. */
function* readNumberOp(fd: number, ...args: any[]): Op<[number, ArrayBufferView]> {
  let [view, offset, length, at] = args;
  if (!ArrayBuffer.isView(view)) ({ buffer: view = Buffer.alloc(16384), offset, length, position: at } = (view ?? {}) as ReadOptions);
  else if (typeof offset === 'object' && offset !== null) ({ offset, length, position: at } = offset as ReadOptions);
  return [yield* readOp(byDescriptor(fd), view, offset, length, at), view];
}
function* writeNumberOp(fd: number, data: Data, ...args: unknown[]): Op<[number, Data]> { return [yield* writeOp(byDescriptor(fd), data, ...args), data]; }
const pair = (value: [unknown, unknown]): unknown[] => value;

export const access: { (path: PathLike, callback: NoParamCallback): void; (path: PathLike, mode: number, callback: NoParamCallback): void } = calledBack(accessOp, () => []);
export const accessSync: (path: PathLike, mode?: number) => boolean = synchronous(accessOp);
export const appendFile: { (path: PathLike | number, data: Data, callback: NoParamCallback): void; (path: PathLike | number, data: Data, options: WriteFileOptions | Encoding | null, callback: NoParamCallback): void } = calledBack(appendFileOp);
export const appendFileSync: (path: PathLike | number, data: Data, options?: WriteFileOptions | Encoding | null) => void = synchronous(appendFileOp);
export const close: (fd: number, callback?: NoParamCallback) => void = (fd, callback = error => { if (error) throw error; }) => calledBack(onNumber(closeOp))(fd, callback);
export const closeSync: (fd: number) => void = synchronous(onNumber(closeOp));
export const copyFile: { (src: PathLike, dest: PathLike, callback: NoParamCallback): void; (src: PathLike, dest: PathLike, mode: number, callback: NoParamCallback): void } = calledBack(copyFileOp);
export const copyFileSync: (src: PathLike, dest: PathLike, mode?: number) => void = synchronous(copyFileOp);
export const exists: (path: PathLike, callback: (exists: boolean) => void) => void = (path, callback) => {
  if (typeof callback !== 'function') throw wrongType('callback', 'of type function', callback);
  calledBack(existsOp)(path, (_error: unknown, found: boolean) => callback(found === true));
};
export const existsSync: (path: PathLike) => boolean = synchronous(existsOp);
export const fdatasync: (fd: number, callback: NoParamCallback) => void = calledBack(onNumber(syncOp));
export const fdatasyncSync: (fd: number) => void = synchronous(onNumber(syncOp));
export const fstat: StatCallback<number> = calledBack(onNumber(fstatOp));
export const fstatSync: { (fd: number, options: StatOptions & { bigint: true }): BigIntStats; (fd: number, options?: StatOptions): Stats } = synchronous(onNumber(fstatOp)) as never;
export const fsync: (fd: number, callback: NoParamCallback) => void = calledBack(onNumber(syncOp));
export const fsyncSync: (fd: number) => void = synchronous(onNumber(syncOp));
export const ftruncate: { (fd: number, callback: NoParamCallback): void; (fd: number, length: number | null, callback: NoParamCallback): void } = calledBack(onNumber(ftruncateOp));
export const ftruncateSync: (fd: number, length?: number | null) => void = synchronous(onNumber(ftruncateOp));
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
export const realpath: { (path: PathLike, callback: ResultCallback<string>): void; (path: PathLike, options: { encoding?: BufferEncoding | null } | BufferEncoding | null, callback: ResultCallback<string>): void } = calledBack(realpathOp);
export const realpathSync: (path: PathLike) => string = synchronous(realpathOp) as never;
export const rename: (oldPath: PathLike, newPath: PathLike, callback: NoParamCallback) => void = calledBack(renameOp);
export const renameSync: (oldPath: PathLike, newPath: PathLike) => void = synchronous(renameOp);
export const rm: { (path: PathLike, callback: NoParamCallback): void; (path: PathLike, options: RmOptions, callback: NoParamCallback): void } = calledBack(rmOp);
export const rmSync: (path: PathLike, options?: RmOptions) => void = synchronous(rmOp);
export const rmdir: (path: PathLike, callback: NoParamCallback) => void = calledBack(rmdirOp);
export const rmdirSync: (path: PathLike) => void = synchronous(rmdirOp);
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

export { constants };
export const { F_OK, R_OK, W_OK, X_OK } = constants as { readonly F_OK: number; readonly R_OK: number; readonly W_OK: number; readonly X_OK: number };

export default {
  access, accessSync, appendFile, appendFileSync, close, closeSync, copyFile, copyFileSync, exists, existsSync, fdatasync, fdatasyncSync, fstat, fstatSync, fsync, fsyncSync,
  ftruncate, ftruncateSync, lstat, lstatSync, mkdir, mkdirSync, open, openSync, read, readSync, readdir, readdirSync, readFile, readFileSync, realpath, realpathSync, rename,
  renameSync, rm, rmSync, rmdir, rmdirSync, stat, statSync, truncate, truncateSync, unlink, unlinkSync, write, writeSync, writeFile, writeFileSync,
  BigIntStats, Dirent, FileHandle, Stats, constants, promises, F_OK, R_OK, W_OK, X_OK,
};
