/** Node's `url`: the engine's URL, and for the older half the npm package `url`. */
import * as legacy from 'url/';
import host from 'socket:internal/host';
import { coded, object, string, wrongType } from 'socket:internal/args';
import { posix, resolve as resolvePath, win32 } from 'socket:path';
import punycode from 'socket:punycode';

export interface UrlObject {
  auth?: string | null; hash?: string | null; host?: string | null; hostname?: string | null; href?: string; pathname?: string | null; protocol?: string | null; search?: string | null;
  slashes?: boolean | null; port?: string | number | null; query?: string | null | Record<string, unknown>; path?: string | null;
}
export interface Url extends UrlObject { format(): string; resolve(to: string): string; resolveObject(to: string | UrlObject): Url; parse(text: string, query?: boolean, slashes?: boolean): this }
export interface FormatOptions { auth?: boolean; fragment?: boolean; search?: boolean; unicode?: boolean }
type Legacy = {
  Url: new () => Url; parse(text: string, query?: boolean, slashes?: boolean): Url; format(value: string | UrlObject): string; resolve(from: string, to: string): string; resolveObject(from: string | UrlObject, to: string | UrlObject): Url;
};
const npm = legacy as unknown as Legacy;
// The bundler gave it another name.
Object.defineProperty(npm.Url, 'name', { value: 'Url' });

export const URL: typeof globalThis.URL = globalThis.URL;
export const URLSearchParams: typeof globalThis.URLSearchParams = globalThis.URLSearchParams;
export const URLPattern: new (...args: any[]) => any = (globalThis as { URLPattern?: never }).URLPattern as never;
export const Url: new () => Url = npm.Url;
/** Schemes of the runtime and of the web. */
export const protocols: Set<string> & { handlers: Set<string> } = Object.assign(new Set(['socket:', 'node:', 'npm:', 'ipc:', 'http:', 'https:', 'ws:', 'wss:', 'file:', 'blob:', 'data:', 'about:']), { handlers: new Set<string>() });

const MEMBERS = ['protocol', 'slashes', 'auth', 'host', 'port', 'hostname', 'hash', 'search', 'query', 'pathname', 'path', 'href'];
export function parse(input: string, parseQuery = false, slashesDenoteHost = false): Url {
  if ((input as unknown) instanceof npm.Url) return input as unknown as Url;
  const parsed = npm.parse(string(input, 'url'), parseQuery, slashesDenoteHost);
  if (parseQuery && parsed.search === '') {
    // Node's answer where there is no query.
    parsed.search = null;
    parsed.query = Object.create(null) as Record<string, unknown>;
  }
  // Members in Node's order, all of them there.
  const values = MEMBERS.map(name => [name, (parsed as unknown as Record<string, unknown>)[name]] as const);
  for (const [name, value] of values) {
    delete (parsed as unknown as Record<string, unknown>)[name];
    (parsed as unknown as Record<string, unknown>)[name] = value;
  }
  return parsed;
}
export function resolve(from: string, to: string): string { return parse(from, false, true).resolve(to); }
export function resolveObject(from: string | UrlObject, to: string | UrlObject): Url { return npm.resolveObject(from, to); }
export function format(value: string | UrlObject | globalThis.URL, options?: FormatOptions): string {
  if (value instanceof URL) {
    const { auth = true, fragment = true, search = true, unicode = false } = options === undefined ? {} : object(options, 'options');
    const copy = new URL(value.href);
    if (!fragment) copy.hash = '';
    if (!search) copy.search = '';
    if (!auth) copy.username = copy.password = '';
    return unicode && copy.hostname !== '' ? copy.href.replace(copy.hostname, domainToUnicode(copy.hostname)) : copy.href;
  }
  if (typeof value !== 'string' && (value === null || typeof value !== 'object')) throw wrongType('urlObject', ['Object', 'string'], value);
  const text = npm.format(value);
  if (typeof value === 'string' || value instanceof npm.Url) return text;
  // Two of Node's rules that the package has otherwise: slashes only where asked for or usual, and always for a file.
  if (!value.protocol && !value.slashes && text.startsWith('//') && (value.host || value.hostname)) return text.slice(2);
  return /^file:?$/.test(value.protocol ?? '') && /^file:\/(?!\/)/.test(text) ? text.replace('file:', 'file://') : text;
}
/** A URL's parts, or null if it is none. */
export function parseURL(input: string, base?: string): globalThis.URL | null { return URL.canParse(input, base) ? new URL(input, base) : null; }
/** The host's ASCII form; empty if it is none. */
export function domainToASCII(domain: string): string { return hostOf(String(domain)); }
export function domainToUnicode(domain: string): string { return punycode.toUnicode(hostOf(String(domain))); }
function hostOf(domain: string): string {
  if (/[/?#:@\\]/.test(domain)) return '';
  const host_ = URL.canParse(`ws://${domain}`) ? new URL(`ws://${domain}`).hostname : '';
  // Chromium escapes what Node refuses.
  return host_.includes('%') ? '' : host_;
}

const windows = host.platform === 'win32';
export function fileURLToPath(url: string | globalThis.URL, options: { windows?: boolean } = {}): string {
  if (typeof url === 'string') {
    try {
      url = new URL(url);
    } catch {
      throw Object.assign(coded(new TypeError('Invalid URL'), 'ERR_INVALID_URL'), { input: url });
    }
  } else if (!(url instanceof URL)) throw wrongType('path', ['string', 'URL'], url);
  if (url.protocol !== 'file:') throw coded(new TypeError('The URL must be of scheme file'), 'ERR_INVALID_URL_SCHEME');
  const { pathname, hostname } = url;
  if (options.windows ?? windows) {
    if (/%2f|%5c/i.test(pathname)) throw coded(new TypeError('File URL path must not include encoded \\ or / characters'), 'ERR_INVALID_FILE_URL_PATH');
    const path = decodeURIComponent(pathname.replaceAll('/', '\\'));
    if (hostname !== '') return `\\\\${domainToUnicode(hostname)}${path}`;
    if (!/^\\[a-z]:/i.test(path)) throw coded(new TypeError('File URL path must be absolute'), 'ERR_INVALID_FILE_URL_PATH');
    return path.slice(1);
  }
  if (hostname !== '') throw coded(new TypeError(`File URL host must be "localhost" or empty on ${host.platform}`), 'ERR_INVALID_FILE_URL_HOST');
  if (/%2f/i.test(pathname)) throw coded(new TypeError('File URL path must not include encoded / characters'), 'ERR_INVALID_FILE_URL_PATH');
  return decodeURIComponent(pathname);
}
export function pathToFileURL(path: string, options: { windows?: boolean } = {}): globalThis.URL {
  string(path, 'path');
  const win = options.windows ?? windows;
  const url = new URL('file://');
  if (win && path.startsWith('\\\\')) {
    const [server, ...rest] = path.slice(2).split('\\');
    url.hostname = domainToASCII(server!);
    url.pathname = '/' + rest.map(part => part.replaceAll('%', '%25')).join('/');
    return url;
  }
  let full = options.windows === undefined ? resolvePath(path) : (win ? win32 : posix).resolve(path);
  if (/[/\\]$/.test(path) && (win ? !/[/\\]$/.test(full) : path.endsWith('/') && !full.endsWith('/'))) full += win ? '\\' : '/';
  const encoded = full.replaceAll('%', '%25').replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('\t', '%09').replaceAll('?', '%3F').replaceAll('#', '%23');
  url.pathname = win ? encoded.replaceAll('\\', '/') : encoded.replaceAll('\\', '%5C');
  return url;
}
export function urlToHttpOptions(url: globalThis.URL): Record<string, unknown> {
  const { protocol, hostname, hash, search, pathname, href, port, username, password } = object(url, 'url');
  const options: Record<string, unknown> = {
    protocol, hostname: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname, hash, search, pathname, path: `${pathname || ''}${search || ''}`, href,
  };
  if (port !== '') options.port = Number(port);
  if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return Object.assign(Object.create(null), options);
}
export default { Url, URL, URLSearchParams, URLPattern, parse, parseURL, resolve, resolveObject, format, domainToASCII, domainToUnicode, fileURLToPath, pathToFileURL, urlToHttpOptions, protocols };
