/** Node's `crypto`, as far as pages need it: random bytes and WebCrypto from the engine, hashes and derived keys from the npm package `@noble/hashes`. */
import { blake2b } from '@noble/hashes/blake2b';
import { blake2s } from '@noble/hashes/blake2s';
import { hkdf as nobleHkdf } from '@noble/hashes/hkdf';
import { hmac } from '@noble/hashes/hmac';
import { md5, ripemd160, sha1 } from '@noble/hashes/legacy';
import { pbkdf2 as noblePbkdf2 } from '@noble/hashes/pbkdf2';
import { scrypt as nobleScrypt } from '@noble/hashes/scrypt';
import { sha224, sha256, sha384, sha512, sha512_224, sha512_256 } from '@noble/hashes/sha2';
import { sha3_224, sha3_256, sha3_384, sha3_512, shake128, shake256 } from '@noble/hashes/sha3';
import type { CHash } from '@noble/hashes/utils';
import { Buffer, type Buffer as Bytes, type BufferEncoding } from 'socket:buffer';
import { coded, fn, integer, outOfRange, string, wrongType } from 'socket:internal/args';
import { Transform } from 'socket:stream';

export type TypedArray = Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array | Uint32Array | BigInt64Array | BigUint64Array;
export type Data = string | ArrayBufferView | ArrayBuffer;
export const webcrypto: Crypto = globalThis.crypto;
export const subtle: SubtleCrypto = webcrypto.subtle;
/** What the engine gives in one call. */
export const RANDOM_BYTES_QUOTA = 64 * 1024;
export const MAX_RANDOM_BYTES = 0xffff_ffff_ffff;
export const MAX_RANDOM_BYTES_PAGES: number = MAX_RANDOM_BYTES / RANDOM_BYTES_QUOTA;
const MOST_BYTES = 2 ** 31 - 1;
let loading: Promise<void> | undefined;
/** libsodium, loaded at the first use of `sodium.ready`. */
export const sodium: { readonly ready: Promise<void>; [name: string]: any } = {
  get ready(): Promise<void> {
    return (loading ??= import('socket:crypto/sodium').then(async ({ default: library }) => {
      await library.ready;
      for (const name of Object.keys(library)) if (name !== 'ready') sodium[name] = library[name];
    }));
  },
};
export const ready: Promise<void> = Promise.resolve();

export function getRandomValues<T extends ArrayBufferView>(into: T): T {
  const bytes = new Uint8Array(into.buffer as ArrayBuffer, into.byteOffset, into.byteLength);
  for (let at = 0; at < bytes.length; at += RANDOM_BYTES_QUOTA) webcrypto.getRandomValues(bytes.subarray(at, at + RANDOM_BYTES_QUOTA));
  return into;
}
export function rand64(): bigint { return getRandomValues(new BigUint64Array(1))[0]!; }
type Done<T> = (error: Error | null, value: T) => void;
/** Answers now, or by the callback. */
function answer<T>(work: () => T, callback: Done<T> | undefined): T {
  if (callback === undefined) return work();
  fn(callback, 'callback');
  setTimeout(() => {
    let value: T;
    try {
      value = work();
    } catch (error) {
      callback(error as Error, undefined as never);
      return;
    }
    callback(null, value);
  }, 0);
  return undefined as never;
}
export function randomBytes(size: number, callback?: Done<Bytes>): Bytes {
  if (typeof size !== 'number') throw wrongType('size', 'number', size);
  if (!(size >= 0 && size <= MOST_BYTES) || Number.isNaN(size)) throw outOfRange('size', `>= 0 && <= ${MOST_BYTES}`, size);
  return answer(() => getRandomValues(Buffer.alloc(size)), callback);
}
export { randomBytes as pseudoRandomBytes };
export function randomFillSync<T extends ArrayBufferView>(into: T, offset = 0, size: number = into.byteLength - offset): T {
  getRandomValues(new Uint8Array(into.buffer as ArrayBuffer, into.byteOffset + integer(offset, 'offset', 0, into.byteLength), integer(size, 'size', 0, into.byteLength - offset)));
  return into;
}
export function randomFill<T extends ArrayBufferView>(into: T, ...rest: any[]): void {
  const callback = rest.pop() as Done<T>;
  answer(() => randomFillSync(into, ...(rest as [number?, number?])), fn(callback, 'callback'));
}
export function randomInt(least: number, most?: number | Done<number>, callback?: Done<number>): number {
  if (most === undefined || typeof most === 'function') [callback, most, least] = [most, least, 0];
  for (const [name, value] of [['min', least], ['max', most]] as const) if (!Number.isSafeInteger(value)) throw wrongType(name, 'a safe integer', value);
  const range = most - least;
  if (most <= least) throw outOfRange('max', `greater than the value of "min" (${least})`, most);
  if (range > 2 ** 48 - 1) throw outOfRange('max - min', `<= ${2 ** 48 - 1}`, range);
  return answer(() => {
    // What is over the greatest multiple of the range is drawn again: every number is as likely.
    const limit = 2 ** 48 - (2 ** 48 % range);
    for (;;) {
      const drawn = randomBytes(6).readUIntBE(0, 6);
      if (drawn < limit) return least + (drawn % range);
    }
  }, callback);
}
export function randomUUID(_options?: { disableEntropyCache?: boolean }): string { return webcrypto.randomUUID(); }

const HASHES: Readonly<Record<string, CHash>> = {
  md5, sha1, sha224, sha256, sha384, sha512, 'sha512-224': sha512_224, 'sha512-256': sha512_256, ripemd160, rmd160: ripemd160, 'sha3-224': sha3_224, 'sha3-256': sha3_256, 'sha3-384': sha3_384, 'sha3-512': sha3_512,
  blake2b512: blake2b as unknown as CHash, blake2s256: blake2s as unknown as CHash, shake128: shake128 as unknown as CHash, shake256: shake256 as unknown as CHash,
};
export const getHashes = (): string[] => Object.keys(HASHES);
function hashOf(name: string, what = 'Digest method not supported'): CHash {
  const text = name.toLowerCase().replace(/^rsa-/, '');
  const found = HASHES[text] ?? HASHES[text.replace(/^sha-/, 'sha').replace('/', '-')];
  if (found === undefined) throw coded(new Error(what), 'ERR_CRYPTO_INVALID_DIGEST');
  return found;
}
function bytesOf(data: unknown, name: string, encoding?: BufferEncoding): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data, encoding === ('buffer' as never) ? 'utf8' : encoding);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw wrongType(name, ['string', 'Buffer', 'TypedArray', 'DataView'], data);
}
const out = (bytes: Uint8Array, encoding?: BufferEncoding | 'buffer' | null): any => { const all = Buffer.from(bytes); return encoding && encoding !== 'buffer' ? all.toString(encoding) : all; };
interface Running { update(data: Uint8Array): Running; digest(): Uint8Array; clone?(): Running }
class Digest extends Transform {
  #state: Running | undefined;
  constructor(state: Running) { super(); this.#state = state; }
  update(data: Data, encoding?: BufferEncoding): this {
    if (this.#state === undefined) throw coded(new Error('Digest already called'), 'ERR_CRYPTO_HASH_FINALIZED');
    this.#state.update(bytesOf(data, 'data', encoding));
    return this;
  }
  digest(encoding?: BufferEncoding | 'buffer' | null): any {
    if (this.#state === undefined) throw coded(new Error('Digest already called'), 'ERR_CRYPTO_HASH_FINALIZED');
    const state = this.#state;
    this.#state = undefined;
    return out(state.digest(), encoding);
  }
  protected _state(): Running {
    if (this.#state === undefined) throw coded(new Error('Digest already called'), 'ERR_CRYPTO_HASH_FINALIZED');
    return this.#state;
  }
  override _transform(chunk: Uint8Array, encoding: string, callback: (error?: Error | null) => void): void { this.update(chunk, encoding as BufferEncoding); callback(); }
  override _flush(callback: (error?: Error | null, data?: unknown) => void): void { callback(null, this.digest()); }
}
export class Hash extends Digest { copy(): Hash { return new Hash(this._state().clone!()); } }
export class Hmac extends Digest {}
export function createHash(algorithm: string, options: { outputLength?: number } = {}): Hash {
  const hash = hashOf(string(algorithm, 'algorithm'));
  return new Hash((hash as unknown as { create(options?: object): Running }).create(options.outputLength === undefined ? undefined : { dkLen: options.outputLength }));
}
export function createHmac(algorithm: string, key: Data): Hmac {
  return new Hmac(hmac.create(hashOf(string(algorithm, 'hmac'), `Invalid digest: ${algorithm}`), bytesOf(key, 'key')) as unknown as Running);
}
/** The digest of bytes: `SHA-256` and the like. */
export async function createDigest(algorithm: string, data: Data): Promise<Bytes> { return createHash(algorithm).update(data).digest() as Bytes; }
export function pbkdf2Sync(password: Data, salt: Data, iterations: number, length: number, digest: string): Bytes {
  const hash = hashOf(string(digest, 'digest'), `Invalid digest: ${digest}`);
  return out(noblePbkdf2(hash, bytesOf(password, 'password'), bytesOf(salt, 'salt'), { c: integer(iterations, 'iterations', 1, MOST_BYTES), dkLen: integer(length, 'keylen', 0, MOST_BYTES) }));
}
export function pbkdf2(password: Data, salt: Data, iterations: number, length: number, digest: string, callback: Done<Bytes>): void { answer(() => pbkdf2Sync(password, salt, iterations, length, digest), fn(callback, 'callback')); }
export interface ScryptOptions { cost?: number; N?: number; blockSize?: number; r?: number; parallelization?: number; p?: number; maxmem?: number }
export function scryptSync(password: Data, salt: Data, length: number, options: ScryptOptions = {}): Bytes {
  return out(nobleScrypt(bytesOf(password, 'password'), bytesOf(salt, 'salt'), { N: options.cost ?? options.N ?? 16384, r: options.blockSize ?? options.r ?? 8, p: options.parallelization ?? options.p ?? 1, dkLen: integer(length, 'keylen', 0, MOST_BYTES), maxmem: options.maxmem ?? 2 ** 30 }));
}
export function scrypt(password: Data, salt: Data, length: number, ...rest: any[]): void {
  const callback = fn(rest.pop() as Done<Bytes>, 'callback');
  answer(() => scryptSync(password, salt, length, ...(rest as [ScryptOptions?])), callback);
}
export function hkdfSync(digest: string, key: Data, salt: Data, info: Data, length: number): ArrayBuffer {
  const made = nobleHkdf(hashOf(string(digest, 'digest'), `Invalid digest: ${digest}`), bytesOf(key, 'ikm'), bytesOf(salt, 'salt'), bytesOf(info, 'info'), integer(length, 'length', 0, MOST_BYTES));
  return made.buffer.slice(made.byteOffset, made.byteOffset + made.byteLength) as ArrayBuffer;
}
export function hkdf(digest: string, key: Data, salt: Data, info: Data, length: number, callback: Done<ArrayBuffer>): void { answer(() => hkdfSync(digest, key, salt, info, length), fn(callback, 'callback')); }
/** Compares without telling by the time it takes where they differ. */
export function timingSafeEqual(a: ArrayBufferView | ArrayBuffer, b: ArrayBufferView | ArrayBuffer): boolean {
  if (typeof a === 'string' || !(ArrayBuffer.isView(a) || (a as unknown) instanceof ArrayBuffer)) throw wrongType('buf1', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], a);
  if (typeof b === 'string' || !(ArrayBuffer.isView(b) || (b as unknown) instanceof ArrayBuffer)) throw wrongType('buf2', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], b);
  const left = bytesOf(a, 'buf1'), right = bytesOf(b, 'buf2');
  if (left.length !== right.length) throw coded(new RangeError('Input buffers must have the same byte length'), 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH');
  let differs = 0;
  for (let i = 0; i < left.length; i++) differs |= left[i]! ^ right[i]!;
  return differs === 0;
}
/** MurmurHash3, 32 bits, little endian. */
export function murmur3(value: Data, seed = 0): number {
  const bytes = bytesOf(value, 'value'), view = new DataView(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
  const turn = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
  const mix = (k: number): number => Math.imul(turn(Math.imul(k, 0xcc9e2d51), 15), 0x1b873593);
  let hash = seed | 0;
  const blocks = bytes.length & ~3;
  for (let at = 0; at < blocks; at += 4) hash = (Math.imul(turn(hash ^ mix(view.getInt32(at, true)), 13), 5) + 0xe6546b64) | 0;
  let tail = 0;
  for (let at = bytes.length - 1; at >= blocks; at--) tail = (tail << 8) | bytes[at]!;
  if (blocks < bytes.length) hash ^= mix(tail);
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
export default {
  createDigest, createHash, createHmac, getHashes, getRandomValues, Hash, hkdf, hkdfSync, Hmac, MAX_RANDOM_BYTES, MAX_RANDOM_BYTES_PAGES, murmur3, pbkdf2, pbkdf2Sync, pseudoRandomBytes: randomBytes, rand64, RANDOM_BYTES_QUOTA, randomBytes,
  randomFill, randomFillSync, randomInt, randomUUID, ready, scrypt, scryptSync, sodium, subtle, timingSafeEqual, webcrypto,
};
