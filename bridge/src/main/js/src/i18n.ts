/** Texts by language: a folder's `messages.json`, as browser extensions have it. `[i18n] locales_<tag>` names the folders, else `/locales/<tag>`. */
import host from 'socket:internal/host';
import { Enumeration } from 'socket:enumeration';
import { codes } from 'socket:language';
export const DEFAULT_LOCALES_LOCATION = '/locales';
export const LanguageCode: Enumeration = new Enumeration(codes);
interface Entry { message: string; description?: string; placeholders?: Record<string, { content: string }> }
type Messages = Readonly<Record<string, Entry>>;
/** Messages by language tag, in lower case. */
export const cache: Map<string, Messages> = new Map();
export interface MessageOptions { locale?: string }
export function getUILanguage(): string | null { return globalThis.navigator.language ?? null; }
export function getAcceptLanguages(): string[] { return [...globalThis.navigator.languages]; }
/** The messages of one language; empty if the app has none. */
export function getMessagesForLocale(locale: string): Messages {
  const tag = locale.toLowerCase();
  const held = cache.get(tag);
  if (held !== undefined) return held;
  const folder = String(host.config[`i18n_locales_${locale}`] ?? host.config[`i18n_locales_${tag}`] ?? `${DEFAULT_LOCALES_LOCATION}/${locale}`);
  const request = new XMLHttpRequest();
  request.open('GET', new URL(`${folder.replace(/^\.?\/?/, '/').replace(/\/$/, '')}/messages.json`, globalThis.location.origin).href, false);
  request.send();
  const messages = request.status === 200 ? (JSON.parse(request.responseText) as Messages) : {};
  cache.set(tag, messages);
  return messages;
}
function entry(name: string, options: MessageOptions): Entry | undefined {
  const wanted = options.locale === undefined ? getAcceptLanguages() : [options.locale];
  for (const locale of new Set([...wanted.flatMap(tag => [tag, tag.split('-')[0]!]), String(host.config.i18n_default_locale ?? 'en')])) {
    const messages = getMessagesForLocale(locale);
    const key = Object.keys(messages).find(one => one.toLowerCase() === name.toLowerCase());
    if (key !== undefined) return messages[key];
  }
  return undefined;
}
/** @param substitutions `$1`… by place, or `$NAME$` by name */
export function getMessage(name: string, substitutions: readonly unknown[] | Record<string, unknown> = [], options: MessageOptions = {}): string | null {
  const found = entry(name, options);
  if (found === undefined) return null;
  const numbered = (text: string): string => text.replace(/\$(\d)/g, (all, digit: string) => (Array.isArray(substitutions) ? String(substitutions[Number(digit) - 1] ?? '') : all));
  return numbered(found.message.replace(/\$(\w+?)\$/g, (all, key: string) => {
    const own = Array.isArray(substitutions) ? undefined : (substitutions as Record<string, unknown>)[key] ?? (substitutions as Record<string, unknown>)[key.toLowerCase()];
    return own === undefined ? (found.placeholders?.[key.toLowerCase()]?.content ?? all) : String(own);
  }));
}
export function getMessageDescription(name: string, options: MessageOptions = {}): string | null { return entry(name, options)?.description ?? null; }
export default { cache, DEFAULT_LOCALES_LOCATION, getAcceptLanguages, getMessage, getMessageDescription, getMessagesForLocale, getUILanguage, LanguageCode };
