/**
 * Keys that seal and open in the page, by libsodium: a page that imports this needs `'wasm-unsafe-eval'` in `script-src`. A subcluster's own
 * `seal` and `open` work in the host and need nothing.
 */
import { Buffer } from 'socket:buffer';
import sodium, { ready } from 'socket:crypto/sodium';
import { coded } from 'socket:internal/args';
import { Encryption as Keys } from 'socket:network';

await ready;
const SIGNATURE_BYTES = 64;
/** Keys by their public half, as bytes or in base64. */
export class Encryption extends Keys {
  keys: Record<string, { publicKey: Uint8Array; privateKey: Uint8Array; ts: number }> = {};
  static sign(bytes: Uint8Array, privateKey: Uint8Array): Uint8Array { return sodium.crypto_sign_detached(bytes, sized(privateKey, 64, 'A private key')); }
  /** Whether it is that key's signature. */
  static verify(bytes: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
    return signature.byteLength === SIGNATURE_BYTES && sodium.crypto_sign_verify_detached(signature, bytes, sized(publicKey, 32, 'A public key'));
  }
  add(publicKey: Uint8Array | string, privateKey: Uint8Array): void {
    const bytes = sized(keyBytes(publicKey), 32, 'A public key');
    this.keys[name(bytes)] = { publicKey: bytes, privateKey: sized(privateKey, 64, 'A private key'), ts: Date.now() };
  }
  remove(publicKey: Uint8Array | string): void { delete this.keys[name(publicKey)]; }
  has(publicKey: Uint8Array | string): boolean { return name(publicKey) in this.keys; }
  /** Boxes it, signs the box, and boxes both. */
  seal(message: Uint8Array, by: Uint8Array | string): Buffer {
    const { x, pair } = this.#of(by), inner = box(message, x.publicKey);
    return Buffer.from(box(Buffer.concat([sodium.crypto_sign_detached(inner, pair.privateKey), inner]), x.publicKey));
  }
  /** The opposite of {@link seal}. Throws EMALFORMED or ENOTVERIFIED. */
  open(message: Uint8Array, by: Uint8Array | string): Buffer {
    const { x, pair } = this.#of(by), signed = unbox(message, x);
    if (signed.byteLength <= SIGNATURE_BYTES) throw fault('EMALFORMED', 'it is too short');
    const inner = signed.subarray(SIGNATURE_BYTES);
    if (!Encryption.verify(inner, signed.subarray(0, SIGNATURE_BYTES), pair.publicKey)) throw fault('ENOTVERIFIED', 'its signature is not that of this key');
    return Buffer.from(unbox(inner, x));
  }
  /** Boxes it twice; {@link openUnsigned} takes off one. */
  sealUnsigned(message: Uint8Array, by: Uint8Array | string): Buffer {
    const { x } = this.#of(by);
    return Buffer.from(box(box(message, x.publicKey), x.publicKey));
  }
  openUnsigned(message: Uint8Array, by: Uint8Array | string): Buffer { return Buffer.from(unbox(message, this.#of(by).x)); }

  #of(by: Uint8Array | string) {
    const pair = this.keys[name(by)];
    if (pair === undefined) throw fault('ENOKEY', 'no such key was added');
    try {
      return { pair, x: { publicKey: sodium.crypto_sign_ed25519_pk_to_curve25519(pair.publicKey), privateKey: sodium.crypto_sign_ed25519_sk_to_curve25519(pair.privateKey) } };
    } catch (cause) {
      throw Object.assign(fault('EMALFORMED', 'the key is no point of the curve'), { cause });
    }
  }
}
interface XPair { publicKey: Uint8Array; privateKey: Uint8Array }
const box = (message: Uint8Array, key: Uint8Array): Uint8Array => sodium.crypto_box_seal(message, key);
function unbox(message: Uint8Array, { publicKey, privateKey }: XPair): Uint8Array {
  try {
    return sodium.crypto_box_seal_open(message, publicKey, privateKey);
  } catch (cause) {
    throw Object.assign(fault('ENOTOPENED', 'it was not sealed for this key, or was changed'), { cause });
  }
}
const keyBytes = (key: Uint8Array | string): Uint8Array => (typeof key === 'string' ? new Uint8Array(Buffer.from(key, 'base64')) : key);
const name = (key: Uint8Array | string): string => Buffer.from(keyBytes(key)).toString('base64');
const fault = (code: string, why: string): Error => coded(new Error(`This can't be opened or sealed: ${why}`), code);
function sized(key: Uint8Array, bytes: number, what: string): Uint8Array {
  if (!(key instanceof Uint8Array) || key.byteLength !== bytes) throw coded(new RangeError(`${what} is ${bytes} bytes, this is ${key?.byteLength}: make it with Encryption.createKeyPair`), 'ERR_OUT_OF_RANGE');
  return key;
}
