/** Node's `string_decoder`: own, because the npm package of that name has Node 8's behaviour. */
import { Buffer, type Buffer as Bytes, type BufferEncoding } from 'socket:buffer';
import { coded, wrongType } from 'socket:internal/args';

type Kind = 'utf8' | 'utf16le' | 'base64' | 'base64url' | 'latin1' | 'ascii' | 'hex';
const NAMES: Record<string, Kind> = {
  utf8: 'utf8', 'utf-8': 'utf8', ucs2: 'utf16le', 'ucs-2': 'utf16le', utf16le: 'utf16le', 'utf-16le': 'utf16le', latin1: 'latin1', binary: 'latin1', base64: 'base64', base64url: 'base64url', ascii: 'ascii', hex: 'hex',
};
const BUFFERED = 4;

/** How many bytes at the end of `data` are the start of what is not whole, and how many it lacks. */
function rest(kind: Kind, data: Uint8Array): [have: number, need: number] {
  const length = data.length;
  if (kind === 'utf16le') return length % 2 === 1 ? [1, 1] : length > 0 && (data[length - 1]! & 0xfc) === 0xd8 ? [2, 2] : [0, 0];
  if (kind === 'base64' || kind === 'base64url') return length % 3 === 0 ? [0, 0] : [length % 3, 3 - (length % 3)];
  if (kind !== 'utf8') return [0, 0];
  for (let have = 1; have < BUFFERED && have <= length; have++) {
    const byte = data[length - have]!;
    if ((byte & 0xc0) === 0x80) continue;
    const whole = (byte & 0xe0) === 0xc0 ? 2 : (byte & 0xf0) === 0xe0 ? 3 : (byte & 0xf8) === 0xf0 ? 4 : 0;
    return have < whole ? [have, whole - have] : [0, 0];
  }
  return [0, 0];
}

/** Bytes to text, without breaking a character that two chunks share. */
export class StringDecoder {
  readonly encoding: string;
  readonly #kind: Kind;
  #have = 0;
  #need = 0;
  readonly #last: Bytes = Buffer.alloc(BUFFERED);
  constructor(encoding?: BufferEncoding | null) {
    const kind = NAMES[String(encoding === undefined || encoding === null || (encoding as string) === '' ? 'utf8' : encoding).toLowerCase()];
    if (kind === undefined) throw coded(new TypeError(`Unknown encoding: ${String(encoding)}`), 'ERR_UNKNOWN_ENCODING');
    this.encoding = this.#kind = kind;
  }
  /** Bytes that are kept for the next chunk. */
  get lastChar(): Bytes { return this.#last; }
  /** How many bytes the kept ones lack. */
  get lastNeed(): number { return this.#need; }
  get lastTotal(): number { return this.#have + this.#need; }
  /** The text that is whole so far. */
  write(bytes: ArrayBufferView | string): string {
    if (typeof bytes === 'string') return bytes;
    if (!ArrayBuffer.isView(bytes)) throw wrongType('buf', ['Buffer', 'TypedArray', 'DataView'], bytes);
    const chunk = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
    const data = this.#have === 0 ? chunk : Buffer.concat([this.#last.subarray(0, this.#have), chunk]);
    [this.#have, this.#need] = rest(this.#kind, data);
    const whole = data.length - this.#have;
    data.copy(this.#last, 0, whole);
    return data.toString(this.#kind as BufferEncoding, 0, whole);
  }
  /** The rest, with a mark for a character that never got whole. */
  end(bytes?: ArrayBufferView | string): string {
    const text = bytes === undefined ? '' : this.write(bytes);
    const left = this.#last.toString(this.#kind as BufferEncoding, 0, this.#kind === 'utf16le' ? this.#have - (this.#have % 2) : this.#have);
    this.#have = this.#need = 0;
    return text + left;
  }
  /** What a decoder makes of bytes from `offset` on. */
  text(bytes: Uint8Array, offset = 0): string { return this.write(bytes.subarray(offset)); }
}
export default StringDecoder;
