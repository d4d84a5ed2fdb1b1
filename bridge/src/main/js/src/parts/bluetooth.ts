/** What the modules of Bluetooth share: bytes, errors, and the host's messages (docs/bluetooth.md, Commands). */
const { fromCharCode } = String;
/** The longest value of an attribute, by the standard. */
export const VALUE_BYTES = 512;

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += fromCharCode(byte);
  return btoa(text);
}
export function fromBase64(text: string): Uint8Array<ArrayBuffer> { return Uint8Array.from(atob(text), unit => unit.charCodeAt(0)); }
export function bytesOf(value: unknown, name: string): Uint8Array {
  if (value instanceof ArrayBuffer) return new Uint8Array(value.slice(0));
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength).slice();
  throw new TypeError(`${name} is an ArrayBuffer or a view of one (text: new TextEncoder().encode(…))`);
}
export const viewOf = (bytes: Uint8Array): DataView<ArrayBuffer> => new DataView(bytes.slice().buffer as ArrayBuffer);

const NAMES = new Set(['AbortError', 'InvalidModificationError', 'InvalidStateError', 'NetworkError', 'NotAllowedError', 'NotFoundError', 'NotSupportedError', 'OperationError', 'QuotaExceededError', 'SecurityError', 'TimeoutError']);
export const dom = (name: string, message: string): DOMException => new DOMException(message, name);
/** The host's error as Web Bluetooth has it. A denial keeps `source` and `directive`: what to add to the policy. */
export function domError(error: unknown): unknown {
  const { name, message, code, source, directive } = error as { name: string; message: string; code?: unknown; source?: string; directive?: string };
  if (code === 'ERR_UNKNOWN_HANDLE' || code === 'ERR_CANCELLED') return dom('InvalidStateError', 'The device is no longer open in this page: get it again.');
  // The code is the name that all other modules have for it; that of a DOMException is a number.
  return NAMES.has(name) ? Object.assign(dom(name, message), { reason: code }, source === undefined ? {} : { source, directive }) : error;
}
export async function asDom<T>(work: Promise<T>): Promise<T> {
  try { return await work; } catch (error) { throw domError(error); }
}

/** One thing that the host tells. */
export interface Told { kind: number; attribute: number; bytes: Uint8Array }
const HEAD_BYTES = 7;
/** A push message: records `kind u8, attribute u32, length u16, bytes`, little-endian. */
export function* records(frame: Uint8Array): Generator<Told> {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  for (let at = 0; at < frame.byteLength;) {
    const length = view.getUint16(at + 5, true), from = at + HEAD_BYTES;
    yield { kind: view.getUint8(at), attribute: view.getUint32(at + 1, true), bytes: frame.subarray(from, from + length) };
    at = from + length;
  }
}
export const jsonOf = (bytes: Uint8Array): any => JSON.parse(new TextDecoder().decode(bytes));
export const report = (error: unknown): void => (typeof globalThis.reportError === 'function' ? globalThis.reportError(error) : console.error(error));
