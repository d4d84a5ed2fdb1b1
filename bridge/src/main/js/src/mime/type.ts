/** Node's `util.MIMEType`. */
import { coded } from 'socket:internal/args';
import { MIMEParams } from 'socket:mime/params';

const TOKEN = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/, QUOTABLE = /^[\t\x20-\x7e\x80-\xff]*$/;
function refuse(what: string, text: string, at: number): Error {
  return coded(new TypeError(`The MIME syntax for a ${what} in ${JSON.stringify(text)} is invalid${at >= 0 ? ` at ${at}` : ''}`), 'ERR_INVALID_MIME_SYNTAX');
}
const badAt = (text: string): number => [...text].findIndex(character => !TOKEN.test(character));
function token(text: string, what: string, whole = text): string {
  if (!TOKEN.test(text)) throw refuse(what, whole, badAt(text));
  return text.toLowerCase();
}
export class MIMEType {
  #type: string;
  #subtype: string;
  readonly #params: MIMEParams = new MIMEParams();
  constructor(input: string | { toString(): string }) {
    const text = String(input).replace(/^[\r\n\t ]+/, '');
    const slash = text.indexOf('/');
    if (slash < 0) throw refuse('type', text, -1);
    this.#type = token(text.slice(0, slash), 'type', text);
    const semicolon = text.indexOf(';', slash);
    this.#subtype = token(text.slice(slash + 1, semicolon < 0 ? undefined : semicolon).replace(/[\r\n\t ]+$/, ''), 'subtype', text.slice(0));
    if (semicolon >= 0) parameters(text.slice(semicolon + 1), this.#params);
  }
  get type(): string { return this.#type; }
  set type(value: string) { this.#type = token(String(value), 'type'); }
  get subtype(): string { return this.#subtype; }
  set subtype(value: string) { this.#subtype = token(String(value), 'subtype'); }
  get essence(): string { return `${this.#type}/${this.#subtype}`; }
  get params(): MIMEParams { return this.#params; }
  toString(): string {
    const params = this.#params.toString();
    return params === '' ? this.essence : `${this.essence};${params}`;
  }
  toJSON(): string { return this.toString(); }
}
function parameters(text: string, into: MIMEParams): void {
  const pattern = /[\r\n\t ]*([^;=]*)(?:=(?:"((?:[^"\\]|\\[^])*)"?[^;]*|([^;]*)))?(?:;|$)/y;
  while (pattern.lastIndex < text.length) {
    const found = pattern.exec(text);
    if (found === null) return;
    const name = found[1]!.toLowerCase(), quoted = found[2]?.replace(/\\([^])/g, '$1'), value = quoted ?? found[3]?.replace(/[\r\n\t ]+$/, '');
    if (value !== undefined && (quoted !== undefined || value !== '') && TOKEN.test(name) && QUOTABLE.test(value) && !into.has(name)) into.set(name, value);
  }
}
export default MIMEType;
