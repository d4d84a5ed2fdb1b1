/** Node's `util.MIMEParams`. */
import { coded } from 'socket:internal/args';

const TOKEN = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/, QUOTABLE = /^[\t\x20-\x7e\x80-\xff]*$/;
function refuse(what: string, text: string, at: number): Error {
  return coded(new TypeError(`The MIME syntax for a ${what} in ${JSON.stringify(text)} is invalid${at >= 0 ? ` at ${at}` : ''}`), 'ERR_INVALID_MIME_SYNTAX');
}
/** A media type's parameters, in order. */
export class MIMEParams {
  readonly #all = new Map<string, string>();
  get(name: string): string | null { return this.#all.get(String(name)) ?? null; }
  has(name: string): boolean { return this.#all.has(String(name)); }
  delete(name: string): void { this.#all.delete(String(name)); }
  set(name: string, value: string): void {
    const key = String(name), text = String(value);
    if (!TOKEN.test(key)) throw refuse('parameter name', key, [...key].findIndex(character => !TOKEN.test(character)));
    if (!QUOTABLE.test(text)) throw refuse('parameter value', text, [...text].findIndex(character => !QUOTABLE.test(character)));
    this.#all.set(key, text);
  }
  entries(): IterableIterator<[string, string]> { return this.#all.entries(); }
  keys(): IterableIterator<string> { return this.#all.keys(); }
  values(): IterableIterator<string> { return this.#all.values(); }
  [Symbol.iterator](): IterableIterator<[string, string]> { return this.#all.entries(); }
  toString(): string { return [...this.#all].map(([name, value]) => `${name}=${TOKEN.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`}`).join(';'); }
  toJSON(): string { return this.toString(); }
}
export default MIMEParams;
