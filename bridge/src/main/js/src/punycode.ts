/** Node's `punycode`: the npm package `punycode`. */
import npm from 'punycode/punycode.es6.js';
interface Punycode {
  readonly version: string;
  readonly ucs2: { decode(text: string): number[]; encode(points: readonly number[]): string };
  decode(text: string): string;
  encode(text: string): string;
  toASCII(domain: string): string;
  toUnicode(domain: string): string;
}
const punycode: Punycode = npm;
export const { version, ucs2, decode, encode, toASCII, toUnicode } = punycode;
export default punycode;
