/** Node's `buffer`: the npm package `buffer`. */
import * as buffer from 'buffer';
const npm = buffer as unknown as { Buffer: BufferConstructor; SlowBuffer: (length: number) => Buffer; INSPECT_MAX_BYTES: number; kMaxLength: number };

/** Names of encodings that `Buffer` knows. */
export type BufferEncoding = 'ascii' | 'utf8' | 'utf-8' | 'utf16le' | 'utf-16le' | 'ucs2' | 'ucs-2' | 'base64' | 'base64url' | 'latin1' | 'binary' | 'hex';

/** Bytes with Node's methods. */
export interface Buffer extends Uint8Array<ArrayBuffer> {
  write(text: string, encoding?: BufferEncoding): number;
  write(text: string, offset: number, encoding?: BufferEncoding): number;
  write(text: string, offset: number, length: number, encoding?: BufferEncoding): number;
  toString(encoding?: BufferEncoding, start?: number, end?: number): string;
  toJSON(): { type: 'Buffer'; data: number[] };
  equals(other: Uint8Array): boolean;
  compare(target: Uint8Array, targetStart?: number, targetEnd?: number, sourceStart?: number, sourceEnd?: number): -1 | 0 | 1;
  copy(target: Uint8Array, targetStart?: number, sourceStart?: number, sourceEnd?: number): number;
  slice(start?: number, end?: number): Buffer;
  subarray(start?: number, end?: number): Buffer;
  swap16(): this;
  swap32(): this;
  swap64(): this;
  fill(value: string | Uint8Array | number, offset?: number, end?: number, encoding?: BufferEncoding): this;
  indexOf(value: string | number | Uint8Array, byteOffset?: number, encoding?: BufferEncoding): number;
  lastIndexOf(value: string | number | Uint8Array, byteOffset?: number, encoding?: BufferEncoding): number;
  includes(value: string | number | Uint8Array, byteOffset?: number, encoding?: BufferEncoding): boolean;
  readUInt8(offset?: number): number;
  writeUInt8(value: number, offset?: number): number;
  readInt8(offset?: number): number;
  writeInt8(value: number, offset?: number): number;
  readUInt16LE(offset?: number): number;
  writeUInt16LE(value: number, offset?: number): number;
  readUInt16BE(offset?: number): number;
  writeUInt16BE(value: number, offset?: number): number;
  readUInt32LE(offset?: number): number;
  writeUInt32LE(value: number, offset?: number): number;
  readUInt32BE(offset?: number): number;
  writeUInt32BE(value: number, offset?: number): number;
  readInt16LE(offset?: number): number;
  writeInt16LE(value: number, offset?: number): number;
  readInt16BE(offset?: number): number;
  writeInt16BE(value: number, offset?: number): number;
  readInt32LE(offset?: number): number;
  writeInt32LE(value: number, offset?: number): number;
  readInt32BE(offset?: number): number;
  writeInt32BE(value: number, offset?: number): number;
  readFloatLE(offset?: number): number;
  writeFloatLE(value: number, offset?: number): number;
  readFloatBE(offset?: number): number;
  writeFloatBE(value: number, offset?: number): number;
  readDoubleLE(offset?: number): number;
  writeDoubleLE(value: number, offset?: number): number;
  readDoubleBE(offset?: number): number;
  writeDoubleBE(value: number, offset?: number): number;
  readBigUInt64LE(offset?: number): bigint;
  writeBigUInt64LE(value: bigint, offset?: number): number;
  readBigUInt64BE(offset?: number): bigint;
  writeBigUInt64BE(value: bigint, offset?: number): number;
  readBigInt64LE(offset?: number): bigint;
  writeBigInt64LE(value: bigint, offset?: number): number;
  readBigInt64BE(offset?: number): bigint;
  writeBigInt64BE(value: bigint, offset?: number): number;
  readUIntLE(offset: number, byteLength: number): number;
  writeUIntLE(value: number, offset: number, byteLength: number): number;
  readUIntBE(offset: number, byteLength: number): number;
  writeUIntBE(value: number, offset: number, byteLength: number): number;
  readIntLE(offset: number, byteLength: number): number;
  writeIntLE(value: number, offset: number, byteLength: number): number;
  readIntBE(offset: number, byteLength: number): number;
  writeIntBE(value: number, offset: number, byteLength: number): number;
}

export interface BufferConstructor {
  readonly prototype: Buffer;
  /** @deprecated use `from` or `alloc` */
  new (value: string | number | ArrayBuffer | Uint8Array | readonly number[], encoding?: BufferEncoding): Buffer;
  poolSize: number;
  from(text: string, encoding?: BufferEncoding): Buffer;
  from(bytes: ArrayBuffer | SharedArrayBuffer, byteOffset?: number, length?: number): Buffer;
  from(bytes: Uint8Array | readonly number[]): Buffer;
  alloc(size: number, fill?: string | Uint8Array | number, encoding?: BufferEncoding): Buffer;
  allocUnsafe(size: number): Buffer;
  allocUnsafeSlow(size: number): Buffer;
  byteLength(value: string | ArrayBuffer | ArrayBufferView, encoding?: BufferEncoding): number;
  concat(list: readonly Uint8Array[], totalLength?: number): Buffer;
  compare(a: Uint8Array, b: Uint8Array): -1 | 0 | 1;
  isBuffer(value: unknown): value is Buffer;
  isEncoding(encoding: unknown): encoding is BufferEncoding;
}

// The bundler gave it another name.
export const Buffer: BufferConstructor = Object.defineProperty(npm.Buffer, 'name', { value: 'Buffer' });

// ---- what the package has not, or has otherwise than Node: base64url, WHATWG's decoding of UTF-8, and the errors of reading and writing numbers

function refuse<E extends Error>(error: E, code: string): E { return Object.assign(error, { code }); }
function received(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'object') return `an instance of ${value.constructor?.name ?? 'Object'}`;
  return `type ${typeof value} (${typeof value === 'string' ? `'${value}'` : typeof value === 'bigint' ? `${value}n` : String(value)})`;
}
function shown(value: number | bigint): string {
  const grouped = (text: string) => text.replace(/(?<=\d)(?=(\d{3})+$)/g, '_');
  if (typeof value === 'bigint') return (value > 2n ** 32n || value < -(2n ** 32n) ? grouped(String(value)) : String(value)) + 'n';
  return Number.isInteger(value) && Math.abs(value) > 2 ** 32 ? grouped(String(value)) : Object.is(value, -0) ? '-0' : String(value);
}
const outOfRange = (name: string, range: string, value: number | bigint): RangeError => refuse(new RangeError(`The value of "${name}" is out of range. It must be ${range}. Received ${shown(value)}`), 'ERR_OUT_OF_RANGE');
const wrongType = (name: string, expected: string, value: unknown): TypeError => refuse(new TypeError(`The "${name}" argument must be ${expected}. Received ${received(value)}`), 'ERR_INVALID_ARG_TYPE');
function place(bytes: Uint8Array, offset: unknown, size: number): number {
  if (offset === undefined) offset = 0;
  if (typeof offset !== 'number') throw wrongType('offset', 'of type number', offset);
  const last = bytes.length - size;
  if (offset >= 0 && offset <= last && Number.isInteger(offset)) return offset;
  if (!Number.isInteger(offset)) throw outOfRange('offset', 'an integer', offset);
  if (last < 0) throw refuse(new RangeError('Attempt to access memory outside buffer bounds'), 'ERR_BUFFER_OUT_OF_BOUNDS');
  throw outOfRange('offset', `>= 0 and <= ${last}`, offset);
}
const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
type Numbers = Record<string, (this: Uint8Array, ...args: any[]) => unknown>;
const methods = Buffer.prototype as unknown as Numbers;
function both(name: string, run: (this: Uint8Array, ...args: any[]) => unknown): void {
  for (const one of name.includes('UInt') ? [name, name.replace('UInt', 'Uint')] : [name]) Object.defineProperty(methods, one, { value: { [one](this: Uint8Array, ...args: unknown[]) { return run.apply(this, args); } }[one], writable: true, configurable: true, enumerable: true });
}
/** The value that a method of `bits` takes. */
function fitting(value: unknown, bits: number, signed: boolean): number {
  const number = +(value as number), least = signed ? -(2 ** (bits - 1)) : 0, most = 2 ** (signed ? bits - 1 : bits) - 1;
  if (number > most || number < least) {
    const range = bits <= 16 ? `>= ${least} and <= ${most}` : bits === 32 && !signed ? `>= 0 and <= ${most}` : bits === 32 ? `>= ${least} and <= ${most}` : signed ? `>= -(2 ** ${bits - 1}) and < 2 ** ${bits - 1}` : `>= 0 and < 2 ** ${bits}`;
    throw outOfRange('value', range, number);
  }
  return number;
}
for (const [kind, bits, signed] of [['Uint', 8, false], ['Int', 8, true], ['Uint', 16, false], ['Int', 16, true], ['Uint', 32, false], ['Int', 32, true], ['Float', 32, true], ['Float', 64, true], ['BigInt', 64, true], ['BigUint', 64, false]] as const) {
  const size = bits / 8, word = kind === 'Float' ? (bits === 32 ? 'Float' : 'Double') : `${kind.replace('Uint', 'UInt')}${bits}`;
  for (const end of bits === 8 ? [''] : ['LE', 'BE']) {
    const little = end === 'LE', get = `get${kind}${bits}` as 'getUint8', set = `set${kind}${bits}` as 'setUint8';
    both(`read${word}${end}`, function (offset) { return (view(this)[get] as (at: number, little?: boolean) => number)(place(this, offset, size), little); });
    both(`write${word}${end}`, function (value: unknown, offset: unknown) {
      let given: number | bigint;
      if (kind === 'Float') given = +(value as number);
      else if (kind === 'BigInt' || kind === 'BigUint') {
        given = value as bigint;
        const least = signed ? -(2n ** 63n) : 0n, most = signed ? 2n ** 63n - 1n : 2n ** 64n - 1n;
        if (typeof value !== 'bigint') throw new TypeError(`Cannot mix BigInt and other types, use explicit conversions`);
        if (given > most || given < least) throw outOfRange('value', signed ? '>= -(2n ** 63n) and < 2n ** 63n' : '>= 0n and < 2n ** 64n', given);
      } else given = fitting(value, bits, signed);
      const at = place(this, offset, size);
      (view(this)[set] as (at: number, value: number | bigint, little?: boolean) => void)(at, given, little);
      return at + size;
    });
  }
}
/** Numbers of 1 to 6 bytes. */
const MOST_BYTES = 6;
function width(value: unknown): number {
  if (typeof value !== 'number') throw wrongType('byteLength', 'of type number', value);
  if (!Number.isInteger(value)) throw outOfRange('byteLength', 'an integer', value);
  if (value < 1 || value > MOST_BYTES) throw outOfRange('byteLength', `>= 1 and <= ${MOST_BYTES}`, value);
  return value;
}
for (const signed of [false, true]) {
  for (const end of ['LE', 'BE']) {
    both(`read${signed ? 'Int' : 'UInt'}${end}`, function (offset: unknown, byteLength: unknown) {
      if (offset === undefined) throw wrongType('offset', 'of type number', offset);
      const size = width(byteLength), at = place(this, offset, size);
      let value = 0;
      for (let i = 0; i < size; i++) value = value * 256 + this[end === 'BE' ? at + i : at + size - 1 - i]!;
      return signed && value >= 2 ** (size * 8 - 1) ? value - 2 ** (size * 8) : value;
    });
    both(`write${signed ? 'Int' : 'UInt'}${end}`, function (value: unknown, offset: unknown, byteLength: unknown) {
      const size = width(byteLength);
      let given = fitting(value, size * 8, signed);
      if (offset === undefined) throw wrongType('offset', 'of type number', offset);
      const at = place(this, offset, size);
      if (given < 0) given += 2 ** (size * 8);
      for (let i = 0; i < size; i++, given = Math.floor(given / 256)) this[end === 'LE' ? at + i : at + size - 1 - i] = given % 256;
      return at + size;
    });
  }
}

const URL_SAFE = 'base64url';
const isUrl = (encoding: unknown): boolean => typeof encoding === 'string' && encoding.toLowerCase() === URL_SAFE;
const plain = (encoding: unknown): any => (isUrl(encoding) ? 'base64' : encoding);
const utf8Name = (encoding: unknown): boolean => encoding === undefined || encoding === null || encoding === '' || encoding === 'utf8' || (typeof encoding === 'string' && /^utf-?8$/i.test(encoding));
/** From here on the engine's decoder is the quicker one. */
const WORTH_THE_DECODER = 24;
const encoder = new TextEncoder();
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const own = { compare: Buffer.prototype.compare, concat: Buffer.concat, indexOf: Buffer.prototype.indexOf, lastIndexOf: Buffer.prototype.lastIndexOf, toString: Buffer.prototype.toString, write: Buffer.prototype.write, fill: Buffer.prototype.fill, from: Buffer.from, alloc: Buffer.alloc, byteLength: Buffer.byteLength, isEncoding: Buffer.isEncoding };
function bound(value: unknown, otherwise: number, most: number): number {
  const number = value === undefined ? otherwise : Math.trunc(Number(value)) || 0;
  return Math.min(Math.max(number, 0), most);
}
Object.assign(Buffer.prototype, {
  toString(this: Buffer, encoding?: unknown, start?: number, end?: number): string {
    if (utf8Name(encoding)) {
      const from = bound(start, 0, this.length), to = bound(end, this.length, this.length);
      if (to <= from) return '';
      const bytes = from === 0 && to === this.length ? this : new Uint8Array(this.buffer, this.byteOffset + from, to - from);
      if (to - from < WORTH_THE_DECODER && bytes.every(byte => byte < 0x80)) return String.fromCharCode(...bytes);
      // The decoder takes no memory that another thread can write.
      return utf8.decode((this.buffer as unknown) instanceof ArrayBuffer ? bytes : new Uint8Array(bytes));
    }
    if (!Buffer.isEncoding(encoding)) throw refuse(new TypeError(`Unknown encoding: ${String(encoding)}`), 'ERR_UNKNOWN_ENCODING');
    const text = own.toString.call(this, plain(encoding) as BufferEncoding, start, end);
    return isUrl(encoding) ? text.replace(/[+/=]/g, character => ({ '+': '-', '/': '_' })[character] ?? '') : text;
  },
  write(this: Buffer, text: string, ...rest: any[]): number {
    if (typeof text !== 'string') throw refuse(new TypeError(`argument must be a string`), 'ERR_INVALID_ARG_TYPE');
    return (own.write as (...args: any[]) => number).call(this, text, ...(rest.map(plain) as any[]));
  },
  equals(this: Buffer, other: Uint8Array): boolean {
    if (!(other instanceof Uint8Array)) throw wrongType('otherBuffer', 'an instance of Buffer or Uint8Array', other);
    return Buffer.compare(this, other) === 0;
  },
  compare(this: Buffer, target: Uint8Array, ...range: any[]): number {
    if (!(target instanceof Uint8Array)) throw wrongType('target', 'an instance of Buffer or Uint8Array', target);
    return (own.compare as (...args: any[]) => number).call(this, Buffer.isBuffer(target) ? target : Buffer.from(target.buffer as ArrayBuffer, target.byteOffset, target.byteLength), ...range);
  },
  fill(this: Buffer, value: any, ...rest: any[]): Buffer { return (own.fill as (...args: any[]) => Buffer).call(this, value, ...rest.map(plain)); },
});
/** Where nothing is found: at the place asked for. */
for (const name of ['indexOf', 'lastIndexOf'] as const) {
  Object.defineProperty(Buffer.prototype, name, {
    value(this: Buffer, value: any, from?: any, encoding?: any): number {
      if ((typeof value === 'string' || value instanceof Uint8Array) && value.length === 0 && typeof from !== 'string') {
        const at = Number(from);
        if (from === undefined || Number.isNaN(at)) return name === 'indexOf' ? 0 : this.length;
        return Math.min(at < 0 ? Math.max(this.length + Math.trunc(at), 0) : Math.trunc(at), this.length);
      }
      return (own[name] as (...args: any[]) => number).call(this, value, from, plain(encoding));
    }, writable: true, configurable: true,
  });
}
Object.defineProperty(Buffer.prototype, 'includes', { value(this: Buffer, ...args: any[]): boolean { return (this.indexOf as (...args: any[]) => number)(...args) !== -1; }, writable: true, configurable: true });
const FIRST = 'of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object';
Object.assign(Buffer, {
  from(value: any, encoding?: any, length?: any): Buffer {
    if (value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') {
      throw refuse(new TypeError(`The first argument must be ${FIRST}. Received ${received(value)}`), 'ERR_INVALID_ARG_TYPE');
    }
    if (typeof value === 'string' && typeof encoding === 'string' && encoding !== '' && !Buffer.isEncoding(encoding)) throw refuse(new TypeError(`Unknown encoding: ${encoding}`), 'ERR_UNKNOWN_ENCODING');
    if (typeof value === 'string') {
      if (utf8Name(encoding)) {
        const bytes = encoder.encode(value);
        return (own.from as (...args: any[]) => Buffer)(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      }
      // The package takes half a pair of digits for one.
      if (encoding === 'hex') value = /^(?:[0-9a-f]{2})*/i.exec(value)![0];
    }
    return (own.from as (...args: any[]) => Buffer)(value, plain(encoding), length);
  },
  alloc(size: any, fill?: any, encoding?: any): Buffer {
    checkSize(size);
    return own.alloc(size, fill, plain(encoding));
  },
  byteLength(value: any, encoding?: any): number {
    if (typeof value !== 'string' && !ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer) && !(typeof SharedArrayBuffer !== 'undefined' && value instanceof SharedArrayBuffer)) throw wrongType('string', 'of type string or an instance of Buffer or ArrayBuffer', value);
    if (typeof value === 'string' && (isUrl(encoding) || encoding === 'base64')) return ((value.length - (value.endsWith('==') ? 2 : value.endsWith('=') ? 1 : 0)) * 3) >>> 2;
    if (typeof value === 'string' && utf8Name(encoding)) return encoder.encode(value).length;
    return own.byteLength(value as string, plain(encoding));
  },
  isEncoding: (encoding: unknown): boolean => typeof encoding === 'string' && (isUrl(encoding) || own.isEncoding(encoding)),
  concat(list: readonly Uint8Array[], total?: number): Buffer {
    if (!Array.isArray(list)) throw wrongType('list', 'an instance of Array', list);
    list.forEach((one, i) => { if (!(one instanceof Uint8Array)) throw wrongType(`list[${i}]`, 'an instance of Buffer or Uint8Array', one); });
    return own.concat(list, total);
  },
  copyBytesFrom(from: ArrayBufferView & ArrayLike<number>, offset = 0, length?: number): Buffer {
    if (!ArrayBuffer.isView(from) || from instanceof DataView) throw wrongType('view', 'an instance of TypedArray', from);
    const part = (from as unknown as Uint8Array).subarray(offset, length === undefined ? undefined : offset + length);
    return Buffer.from(new Uint8Array(part.buffer as ArrayBuffer, part.byteOffset, part.byteLength));
  },
});
function checkSize(size: unknown): void {
  if (typeof size !== 'number') throw wrongType('size', 'of type number', size);
  if (!(size >= 0 && size <= npm.kMaxLength)) throw outOfRange('size', `>= 0 && <= ${npm.kMaxLength}`, size);
}
export function isUtf8Bytes(bytes: ArrayBufferView | ArrayBuffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes as ArrayBuffer);
    return true;
  } catch {
    return false;
  }
}
export { isUtf8Bytes as isUtf8 };
export function isAscii(bytes: Uint8Array | ArrayBuffer): boolean { return new Uint8Array(bytes instanceof ArrayBuffer ? bytes : bytes.buffer, bytes instanceof ArrayBuffer ? 0 : bytes.byteOffset, bytes.byteLength).every(byte => byte < 0x80); }
/** Bytes of one encoding as those of another; what the other has not is a question mark. */
export function transcode(source: Uint8Array, from: BufferEncoding, to: BufferEncoding): Buffer {
  const text = Buffer.from(source).toString(from), most = /^(latin1|binary)$/.test(to) ? 0xff : to === 'ascii' ? 0x7f : Infinity;
  return Buffer.from(most === Infinity ? text : Array.from(text, character => (character.codePointAt(0)! > most ? '?' : character)).join(''), to);
}
export const kStringMaxLength = 536870888;
/** The blob of a `blob:` URL can't be had in a page without waiting: fetch it. */
export function resolveObjectURL(_id: string): Blob | undefined { return undefined; }
export const SlowBuffer: (length: number) => Buffer = npm.SlowBuffer;
export const INSPECT_MAX_BYTES: number = npm.INSPECT_MAX_BYTES;
export const kMaxLength: number = npm.kMaxLength;
export const constants: { readonly MAX_LENGTH: number; readonly MAX_STRING_LENGTH: number } = { MAX_LENGTH: kMaxLength, MAX_STRING_LENGTH: kStringMaxLength };
export const Blob: typeof globalThis.Blob = globalThis.Blob;
export const File: typeof globalThis.File = globalThis.File;
export const atob: (text: string) => string = (text) => globalThis.atob(text);
export const btoa: (text: string) => string = (text) => globalThis.btoa(text);
export default Buffer;
