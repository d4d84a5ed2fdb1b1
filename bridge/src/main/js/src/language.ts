/** ISO 639-1: the npm package `iso-639-1`, and the engine's own names. */
import iso from 'iso-639-1';
import { Enumeration } from 'socket:enumeration';
export const codes: string[] = iso.getAllCodes();
export const names: string[] = codes.map(code => iso.getName(code));
/** Each language with the region where it is spoken most. */
const tagOf = new Map(codes.map(code => { const region = new Intl.Locale(code).maximize().region; return [code, region === undefined ? code : `${code}-${region}`]; }));
export const tags: Enumeration = new Enumeration([...tagOf.values()]);
const display = new Intl.DisplayNames('en', { type: 'language', languageDisplay: 'standard' });
export const descriptions: Enumeration = new Enumeration([...tagOf.values()].map(tag => display.of(tag)!));
export class LanguageQueryResult {
  constructor(readonly code: string, readonly name: string, readonly tags: readonly string[] = []) {}
  toJSON(): { code: string; name: string; tags: readonly string[] } { return { code: this.code, name: this.name, tags: this.tags }; }
}
export class LanguageDescription {
  constructor(readonly code: string, readonly tag: string, readonly description: string) {}
  toJSON(): { code: string; tag: string; description: string } { return { code: this.code, tag: this.tag, description: this.description }; }
}
/** Languages whose code, name or tag begins with the query. */
export function lookup(query: string, options: { strict?: boolean } = {}): LanguageQueryResult[] | null {
  const wanted = query.trim().toLowerCase(), base = wanted.split('-')[0]!;
  const found = codes.filter((code, i) => code === wanted || (code === base && tagOf.get(code)!.toLowerCase() === wanted) || (options.strict ? names[i]!.toLowerCase() === wanted : names[i]!.toLowerCase().startsWith(wanted)));
  return found.length === 0 ? null : found.map(code => new LanguageQueryResult(code, iso.getName(code), [tagOf.get(code)!]));
}
export function describe(query: string, options?: { strict?: boolean }): LanguageDescription[] | null {
  return lookup(query, options)?.flatMap(({ code, tags }) => tags.map(tag => new LanguageDescription(code, tag, display.of(tag)!))) ?? null;
}
export default { codes, describe, descriptions, lookup, LanguageDescription, LanguageQueryResult, names, tags };
