/**
 * The host's rules in JavaScript, for tests without the host: what a command URL is, and which policy allows it. Compared with the host's
 * own code on random cases by MockDifferentialTest.
 */

/** What the bridge answers in place of a reply. */
export class MockError extends Error {
  readonly code: string;
  /** The source that would allow the call. */
  readonly source?: string;
  /** Where it goes. */
  readonly directive?: string;
  constructor(name: string, code: string, message: string, more: { source?: string; directive?: string } & Record<string, unknown> = {}) {
    super(message);
    Object.defineProperty(this, 'name', { value: name, configurable: true, writable: true });
    this.code = code;
    Object.assign(this, more);
  }
}

const URL_LENGTH = 64 << 10;
const PLAIN = /^[A-Za-z0-9\-._~!$&()*+=:@/]$/;

function invalid(why: string): MockError {
  return new MockError('TypeError', 'ERR_INVALID_CALL', `not a command URL: ${why}; expected ipc://<module>/<function>/<resource>`);
}

/** Percent-encodes a path, slashes excepted, so that it can stand in a URL and in a policy. */
export function encodePath(path: string): string {
  let encoded = '';
  for (const character of path) {
    if (PLAIN.test(character)) encoded += character;
    else for (const byte of new TextEncoder().encode(character)) encoded += byte < 128 && PLAIN.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : '%' + byte.toString(16).toUpperCase().padStart(2, '0');
  }
  return encoded;
}

/** The bytes a percent-encoded text stands for; a stray `%` stands for itself. Empty where a lone surrogate has none. */
function percentDecode(text: string): number[] | undefined {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; ) {
    if (/^%[0-9a-fA-F]{2}/.test(text.slice(i, i + 3))) {
      bytes.push(parseInt(text.slice(i + 1, i + 3), 16));
      i += 3;
    } else {
      const point = text.codePointAt(i)!;
      if (point >= 0xd800 && point <= 0xdfff) return undefined;
      bytes.push(...new TextEncoder().encode(String.fromCodePoint(point)));
      i += point > 0xffff ? 2 : 1;
    }
  }
  return bytes;
}
function utf8(bytes: number[] | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
function decodeText(text: string): string {
  // eslint-disable-next-line no-control-regex
  if (/^[\x00-\x24\x26-\x7f]*$/.test(text)) return text;
  if (/%(?![0-9a-fA-F]{2})/.test(text)) throw invalid("'%' is not followed by two hex digits");
  const decoded = utf8(percentDecode(text));
  if (decoded === undefined) throw invalid('it is not well-formed UTF-8');
  return decoded;
}

/** A command URL, parsed and canonical. */
export class CommandUrl {
  private constructor(readonly host: string, readonly segments: readonly string[], readonly folder: boolean, readonly query: Readonly<Record<string, string>>) {}

  static parse(url: string): CommandUrl {
    if (url.length > URL_LENGTH) throw invalid(`it is longer than ${URL_LENGTH} characters`);
    if (url.slice(0, 6).toLowerCase() !== 'ipc://') throw invalid('it does not begin with ipc://');
    // eslint-disable-next-line no-control-regex
    const odd = /[\x00-\x20\x7f\\#]/.exec(url);
    if (odd) throw invalid(`character U+${odd[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')} at ${odd.index} must be percent-encoded`);
    const mark = url.indexOf('?');
    const [written = '', ...rest] = url.slice(6, mark < 0 ? undefined : mark).split('/');
    const host = written.toLowerCase().replaceAll('_', '-');
    if (!/^[a-z0-9-]+$/.test(host)) throw invalid(`'${written}' is not the name of a module`);
    const segments: string[] = [];
    let folder = false;
    rest.forEach((raw, i) => {
      const last = i === rest.length - 1;
      const segment = decodeText(raw);
      if (segment.includes('\0')) throw invalid('its path holds a NUL');
      if (segment.includes('/')) throw invalid('a segment of its path holds an encoded slash');
      if (segment.includes('\\')) throw invalid('a segment of its path holds a backslash');
      folder = last && segment === '';
      if (segment === '') {
        if (!last) throw invalid('its path has an empty segment');
      } else if (segment === '.') {
        folder = last;
      } else if (segment === '..') {
        if (segments.length <= 1) throw invalid("its '..' leaves the command");
        segments.pop();
        folder = last;
      } else {
        segments.push(segment);
      }
    });
    const query: Record<string, string> = {};
    for (const pair of mark < 0 ? [] : url.slice(mark + 1).split('&')) {
      if (pair === '') continue;
      const equals = pair.indexOf('=');
      const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
      Object.defineProperty(query, decodeText(name.replaceAll('+', ' ')), { value: decodeText(value.replaceAll('+', ' ')), enumerable: true, configurable: true, writable: true });
    }
    return new CommandUrl(host, segments, folder, query);
  }

  get function(): string { return this.segments[0] ?? ''; }
  /** What follows the function (of a handle command: module, function), raw, with a slash before each segment. */
  get resource(): string { return this.segments.slice(this.host === 'handle' ? 2 : 1).map(segment => '/' + segment).join(''); }
  get path(): string { return encodePath('/' + this.segments.join('/') + (this.folder && this.segments.length > 0 ? '/' : '')); }
  /** The name that a table of commands has it under: `fs/readFile`, `handle/fs/read`. */
  get command(): string { return [this.host, ...this.segments.slice(0, this.host === 'handle' ? 2 : 1)].join('/'); }
  withFunction(name: string): CommandUrl { return new CommandUrl(this.host, [name, ...this.segments.slice(1)], this.folder, {}); }
  withResource(path: string): CommandUrl { return new CommandUrl(this.host, [this.function, ...path.split('/').filter(segment => segment !== '')], path.endsWith('/'), {}); }
  toString(): string { return `ipc://${this.host}${this.path}`; }
}

interface Source { readonly host: string | undefined; readonly path: string }
const HOST_SOURCE = /^ipc:\/\/(\*|(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*)(:(?:\*|[0-9]+))?(?:(\/[^?#]*)(?:[?#].*)?)?$/is;

function ipcSource(token: string): Source | undefined {
  if (token.toLowerCase() === 'ipc:') return { host: undefined, path: '' };
  const found = HOST_SOURCE.exec(token);
  if (found === null || (found[2] !== undefined && found[2] !== ':*')) return undefined;
  const bytes = percentDecode(found[3] ?? '');
  return { host: found[1]!.toLowerCase(), path: utf8(bytes) ?? String.fromCharCode(...bytes!) };
}

/** One policy, asked one question: may this document connect to this command URL? */
class Policy {
  readonly directive: 'connect-src' | 'default-src' | '';
  readonly #sources: readonly Source[];
  readonly opaque: boolean;
  constructor(serialized: string) {
    const directives = new Map<string, string[] | undefined>();
    for (const part of serialized.split(';')) {
      const [name = '', ...tokens] = part.split(/[\t\n\v\f\r ]+/).filter(token => token !== '');
      const known = name.toLowerCase();
      if (directives.has(known)) continue;
      // Chromium leaves a directive with such characters out, and later ones of its name too.
      // eslint-disable-next-line no-control-regex
      directives.set(known, /^[\t-\r\x20-\x7e]*$/.test(part) ? tokens : undefined);
    }
    const governing = (['connect-src', 'default-src'] as const).find(name => directives.get(name) !== undefined);
    this.directive = governing ?? '';
    this.#sources = governing === undefined ? [] : directives.get(governing)!.map(ipcSource).filter(source => source !== undefined);
    const sandbox = directives.get('sandbox');
    this.opaque = sandbox !== undefined && !sandbox.some(token => token.toLowerCase() === 'allow-same-origin');
  }
  allows(url: CommandUrl): boolean { return this.#sources.some(source => matches(source, url)); }
  /** Whether it allows `url` by a source whose path is `folder` or in it. */
  names(url: CommandUrl, folder: CommandUrl): boolean {
    const prefix = decoded(folder);
    return this.#sources.some(source => source.host === folder.host && (source.path === prefix || source.path.startsWith(prefix + '/')) && matches(source, url));
  }
}
function decoded(url: CommandUrl): string { return '/' + url.segments.join('/') + (url.folder && url.segments.length > 0 ? '/' : ''); }
function matches(source: Source, url: CommandUrl): boolean {
  if (source.host === undefined) return true;
  const isHost = source.host === '*' || (source.host.startsWith('*.') ? url.host.endsWith(source.host.slice(1)) : source.host === url.host);
  if (!isHost) return false;
  if (source.path === '' || source.path === '/') return true;
  return source.path.endsWith('/') ? decoded(url).startsWith(source.path) : decoded(url) === source.path;
}

/** The policies of one document: all must allow, and none that governs connections allows nothing. */
export class PolicySet {
  readonly #governing: readonly Policy[];
  readonly opaque: boolean;
  /** @param serialized as Chromium gets them: a comma joins several */
  constructor(serialized: readonly string[]) {
    const all = serialized.flatMap(value => value.split(',')).map(one => new Policy(one));
    this.#governing = all.filter(policy => policy.directive !== '');
    this.opaque = all.some(policy => policy.opaque);
  }
  allows(url: CommandUrl): boolean { return !this.opaque && this.#governing.length > 0 && this.#governing.every(policy => policy.allows(url)); }
  names(url: CommandUrl, folder: CommandUrl): boolean { return !this.opaque && this.#governing.length > 0 && this.#governing.every(policy => policy.names(url, folder)); }
  /** The directive to which a source must be added so that `url` is allowed. */
  refusing(url: CommandUrl): string { return this.#governing.find(policy => !policy.allows(url))?.directive ?? 'connect-src'; }
  /** The host's words. */
  denial(url: CommandUrl): MockError {
    const source = String(url), directive = this.refusing(url);
    const folder = url.segments.length > 2 ? ` (or '${source.slice(0, source.lastIndexOf('/', source.length - 2) + 1)}' for all of its folder)` : '';
    return new MockError('NotAllowedError', 'ERR_ACCESS_DENIED', `the page's Content Security Policy does not allow ${source}: add '${directive} ${source}'${folder} to [security] policy[] in socket.ini, and to the page's <meta> policy if it has one`, { source, directive });
  }
}

/** Lines of `[security] policy[]` as one header value: a directive that comes again adds its sources to the first. */
export function policyHeader(lines: readonly string[], names: Readonly<Record<string, string>>): string {
  return lines.join('; ').split(',').map(policy => {
    const directives = new Map<string, Set<string>>();
    for (const part of policy.split(';')) {
      const [name, ...sources] = part.split(/\s+/).filter(word => word !== '');
      if (name === undefined) continue;
      const all = directives.get(name.toLowerCase()) ?? new Set<string>();
      directives.set(name.toLowerCase(), all);
      for (const source of sources) all.add(source);
    }
    for (const all of directives.values()) {
      if (all.size > 1) for (const source of all) if (source.toLowerCase() === "'none'") all.delete(source);
    }
    const expanded = new Map([...directives].map(([name, all]) => [name, [...all].map(source => (/^ipc:/i.test(source) ? expand(source, names) : source))]));
    const governing = expanded.get('connect-src') ?? expanded.get('default-src') ?? [];
    if (governing.some(source => /^ipc:/i.test(source))) {
      const having = (beginning: string, ...added: string[]): string[] => (governing.some(source => source.startsWith(beginning)) ? added : []);
      const bluetooth = 'ipc://bluetooth/';
      const opened = ['ipc://handle/', 'ipc://push/', ...having('ipc://child-process/', 'ipc://child-process/lookup'), ...having(bluetooth, `${bluetooth}availability`, `${bluetooth}device/`, `${bluetooth}devices`)];
      governing.push(...opened.filter(source => !governing.includes(source)));
    }
    return [...expanded].map(([name, all]) => [name, ...all].join(' ')).join('; ');
  }).filter(policy => policy !== '').join(', ');
}
function expand(source: string, names: Readonly<Record<string, string>>): string {
  const dashed = source.replace(/^(ipc:\/\/)([^/]*)/i, (_all, scheme: string, host: string) => scheme + host.replaceAll('_', '-'));
  return dashed.replace(/\/\$([A-Z][A-Z_]*)(?=\/|$)/, (_all, name: string) => {
    const path = names[name];
    if (path === undefined) throw new TypeError(`no folder is called $${name} in the policy source ${source}; known are ${Object.keys(names).sort().map(one => '$' + one).join(', ')}`);
    return encodePath(path.startsWith('/') ? path : '/' + path.replaceAll('\\', '/'));
  });
}
