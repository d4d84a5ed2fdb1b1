/** Node's `zlib`: the npm package `pako`. Brotli is not in it, nor in the engine. */
import * as pako from 'pako';
import { Buffer, type Buffer as Bytes } from 'socket:buffer';
import { coded, fn, integer, outOfRange, wrongType } from 'socket:internal/args';
import { Transform, type Transform as TransformStream } from 'socket:stream';

export const constants: Readonly<Record<string, number>> = Object.freeze({
  Z_NO_FLUSH: 0, Z_PARTIAL_FLUSH: 1, Z_SYNC_FLUSH: 2, Z_FULL_FLUSH: 3, Z_FINISH: 4, Z_BLOCK: 5, Z_TREES: 6, Z_OK: 0, Z_STREAM_END: 1, Z_NEED_DICT: 2, Z_ERRNO: -1, Z_STREAM_ERROR: -2, Z_DATA_ERROR: -3, Z_MEM_ERROR: -4,
  Z_BUF_ERROR: -5, Z_VERSION_ERROR: -6, Z_NO_COMPRESSION: 0, Z_BEST_SPEED: 1, Z_BEST_COMPRESSION: 9, Z_DEFAULT_COMPRESSION: -1, Z_FILTERED: 1, Z_HUFFMAN_ONLY: 2, Z_RLE: 3, Z_FIXED: 4, Z_DEFAULT_STRATEGY: 0,
  Z_MIN_WINDOWBITS: 8, Z_MAX_WINDOWBITS: 15, Z_DEFAULT_WINDOWBITS: 15, Z_MIN_CHUNK: 64, Z_MAX_CHUNK: Infinity, Z_DEFAULT_CHUNK: 16384, Z_MIN_MEMLEVEL: 1, Z_MAX_MEMLEVEL: 9, Z_DEFAULT_MEMLEVEL: 8, Z_MIN_LEVEL: -1, Z_MAX_LEVEL: 9, Z_DEFAULT_LEVEL: -1,
});
export const codes: Readonly<Record<string, number | string>> = Object.freeze({ Z_OK: 0, Z_STREAM_END: 1, Z_NEED_DICT: 2, Z_ERRNO: -1, Z_STREAM_ERROR: -2, Z_DATA_ERROR: -3, Z_MEM_ERROR: -4, Z_BUF_ERROR: -5, Z_VERSION_ERROR: -6 });
export interface ZlibOptions { level?: number; windowBits?: number; memLevel?: number; strategy?: number; dictionary?: Uint8Array; chunkSize?: number; maxOutputLength?: number; finishFlush?: number }
export type InputType = string | ArrayBufferView | ArrayBuffer;
type Kind = 'deflate' | 'deflateRaw' | 'gzip' | 'inflate' | 'inflateRaw' | 'gunzip' | 'unzip';
export type ZlibCallback = (error: Error | null, result: Bytes) => void;

interface Machine { push(data: Uint8Array, flush?: boolean | number): boolean; onData: (chunk: Uint8Array) => void; err: number; msg: string; ended: boolean }
function machine(kind: Kind, options: ZlibOptions): Machine {
  if (options.level !== undefined) integer(options.level, 'options.level', -1, 9);
  if (options.windowBits !== undefined) integer(options.windowBits, 'options.windowBits', kind === 'deflate' || kind === 'gzip' ? 9 : 0, 15);
  if (options.memLevel !== undefined) integer(options.memLevel, 'options.memLevel', 1, 9);
  if (options.strategy !== undefined) integer(options.strategy, 'options.strategy', 0, 4);
  const given = Object.fromEntries(Object.entries({ level: options.level, windowBits: options.windowBits, memLevel: options.memLevel, strategy: options.strategy, dictionary: options.dictionary, chunkSize: options.chunkSize }).filter(([, value]) => value !== undefined));
  if (kind === 'deflate' || kind === 'deflateRaw' || kind === 'gzip') return new pako.Deflate({ ...given, raw: kind === 'deflateRaw', gzip: kind === 'gzip' }) as Machine;
  const windowBits = options.windowBits ?? 15;
  return new pako.Inflate({ ...given, raw: kind === 'inflateRaw', windowBits: kind === 'gunzip' ? windowBits + 16 : kind === 'unzip' ? windowBits + 32 : kind === 'inflateRaw' ? windowBits : windowBits }) as Machine;
}
const NAMES: Readonly<Record<number, string>> = { 2: 'Z_NEED_DICT', [-1]: 'Z_ERRNO', [-2]: 'Z_STREAM_ERROR', [-3]: 'Z_DATA_ERROR', [-4]: 'Z_MEM_ERROR', [-5]: 'Z_BUF_ERROR' };
function failure(number: number, message: string): Error {
  return Object.assign(new Error(number === -5 ? 'unexpected end of file' : number === 2 ? 'Missing dictionary' : message), { errno: number, code: NAMES[number] ?? 'Z_ERRNO' });
}
function bytesOf(data: unknown): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw wrongType('buffer', ['string', 'Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'], data);
}
const MOST_OUT = 2 ** 31 - 1;
function sync(kind: Kind, data: InputType, options: ZlibOptions = {}): Bytes {
  const input = bytesOf(data), one = machine(kind, options), chunks: Uint8Array[] = [], most = options.maxOutputLength ?? MOST_OUT;
  let size = 0;
  one.onData = chunk => {
    chunks.push(chunk);
    if ((size += chunk.length) > most) throw coded(new RangeError(`Cannot create a Buffer larger than ${most} bytes`), 'ERR_BUFFER_TOO_LARGE');
  };
  one.push(input, true);
  if (one.err !== 0) throw failure(one.err, one.msg);
  if (!one.ended && options.finishFlush !== constants.Z_SYNC_FLUSH) throw failure(-5, '');
  return Buffer.concat(chunks);
}
/** What compresses or expands, as a stream. */
export interface Zlib extends TransformStream { readonly bytesWritten: number; flush(callback?: () => void): void; close(callback?: () => void): void }
type ZlibConstructor = { new (options?: ZlibOptions): Zlib; (options?: ZlibOptions): Zlib };
function streamOf(kind: Kind): ZlibConstructor {
  return function ZlibStream(options: ZlibOptions = {}): Zlib {
    const one = machine(kind, options);
    let bytesWritten = 0;
    const stream = new Transform({
      transform(chunk: Uint8Array, _encoding, callback) {
        bytesWritten += chunk.length;
        one.push(chunk, false);
        callback(one.err === 0 ? null : failure(one.err, one.msg));
      },
      flush(callback) {
        if (!one.ended) one.push(new Uint8Array(0), true);
        callback(one.err !== 0 ? failure(one.err, one.msg) : bytesWritten > 0 && !one.ended ? failure(-5, '') : null);
      },
    });
    one.onData = chunk => void stream.push(Buffer.from(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength));
    return Object.defineProperty(Object.assign(stream, {
      flush(callback?: () => void): void {
        one.push(new Uint8Array(0), constants.Z_SYNC_FLUSH);
        if (callback) queueMicrotask(callback);
      },
      close(callback?: () => void): void { if (callback) stream.once('close', callback); stream.destroy(); },
    }), 'bytesWritten', { get: () => bytesWritten }) as Zlib;
  } as never;
}
export const Deflate: ZlibConstructor = streamOf('deflate'), DeflateRaw: ZlibConstructor = streamOf('deflateRaw'), Gzip: ZlibConstructor = streamOf('gzip'), Inflate: ZlibConstructor = streamOf('inflate'),
  InflateRaw: ZlibConstructor = streamOf('inflateRaw'), Gunzip: ZlibConstructor = streamOf('gunzip'), Unzip: ZlibConstructor = streamOf('unzip');
export const createDeflate = (options?: ZlibOptions): Zlib => Deflate(options), createDeflateRaw = (options?: ZlibOptions): Zlib => DeflateRaw(options), createGzip = (options?: ZlibOptions): Zlib => Gzip(options),
  createInflate = (options?: ZlibOptions): Zlib => Inflate(options), createInflateRaw = (options?: ZlibOptions): Zlib => InflateRaw(options), createGunzip = (options?: ZlibOptions): Zlib => Gunzip(options), createUnzip = (options?: ZlibOptions): Zlib => Unzip(options);
type Sync = (data: InputType, options?: ZlibOptions) => Bytes;
export const deflateSync: Sync = (data, options) => sync('deflate', data, options), deflateRawSync: Sync = (data, options) => sync('deflateRaw', data, options), gzipSync: Sync = (data, options) => sync('gzip', data, options),
  inflateSync: Sync = (data, options) => sync('inflate', data, options), inflateRawSync: Sync = (data, options) => sync('inflateRaw', data, options), gunzipSync: Sync = (data, options) => sync('gunzip', data, options),
  unzipSync: Sync = (data, options) => sync(bytesOf(data)[0] === 0x1f ? 'gunzip' : 'inflate', data, options);
type Async = { (data: InputType, callback: ZlibCallback): void; (data: InputType, options: ZlibOptions, callback: ZlibCallback): void };
const later = (run: Sync): Async => (data: InputType, ...rest: any[]): void => {
  const callback = fn(rest.pop() as ZlibCallback, 'callback');
  bytesOf(data);
  setTimeout(() => {
    let result: Bytes;
    try {
      result = run(data, ...(rest as [ZlibOptions?]));
    } catch (error) {
      callback(error as Error, undefined as never);
      return;
    }
    callback(null, result);
  }, 0);
};
export const deflate: Async = later(deflateSync), deflateRaw: Async = later(deflateRawSync), gzip: Async = later(gzipSync), inflate: Async = later(inflateSync), inflateRaw: Async = later(inflateRawSync), gunzip: Async = later(gunzipSync), unzip: Async = later(unzipSync);
const table = Int32Array.from({ length: 256 }, (_zero, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1; return n; });
export function crc32(data: InputType, value = 0): number {
  if (value < 0 || value > 0xffffffff) throw outOfRange('value', '>= 0 && <= 4294967295', value);
  let crc = ~value;
  for (const byte of bytesOf(data)) crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff]!;
  return ~crc >>> 0;
}
export default {
  codes, constants, crc32, createDeflate, createDeflateRaw, createGunzip, createGzip, createInflate, createInflateRaw, createUnzip, Deflate, deflate, DeflateRaw, deflateRaw, deflateRawSync, deflateSync, Gunzip, gunzip, gunzipSync, Gzip,
  gzip, gzipSync, Inflate, inflate, InflateRaw, inflateRaw, inflateRawSync, inflateSync, Unzip, unzip, unzipSync,
};
