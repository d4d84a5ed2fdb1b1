/** Node's `dns`. `lookup` is the machine's resolver (`ipc://dns/lookup/<name>`), `resolve*` asks DNS servers: the machine's (`ipc://dns/resolve/<name>`) or those of `setServers` (`ipc://dns/resolveAt/<server>:<port>/<name>`). */
import { call, callSync, commandUrl } from 'socket:ipc';
import { coded, fn, string, wrongType, wrongValue } from 'socket:internal/args';
export interface LookupAddress { address: string; family: 4 | 6 }
export interface LookupOptions { family?: 0 | 4 | 6 | 'IPv4' | 'IPv6'; all?: boolean; order?: 'verbatim' | 'ipv4first' | 'ipv6first'; verbatim?: boolean; hints?: number; signal?: AbortSignal }
export type LookupCallback = (error: (Error & { code?: string }) | null, address?: any, family?: number) => void;
export interface ResolveOptions { ttl?: boolean }
export interface RecordWithTtl { address: string; ttl: number }
export interface MxRecord { priority: number; exchange: string }
export interface SrvRecord { priority: number; weight: number; port: number; name: string }
export interface SoaRecord { nsname: string; hostmaster: string; serial: number; refresh: number; retry: number; expire: number; minttl: number }
export interface NaptrRecord { flags: string; service: string; regexp: string; replacement: string; order: number; preference: number }
export interface CaaRecord { critical: number; [tag: string]: string | number }
export interface ResolverOptions { timeout?: number; tries?: number }
export type RecordType = 'A' | 'AAAA' | 'ANY' | 'CAA' | 'CNAME' | 'MX' | 'NAPTR' | 'NS' | 'PTR' | 'SOA' | 'SRV' | 'TXT';
export const ADDRCONFIG = 1024, V4MAPPED = 2048, ALL = 256;
export const NODATA = 'ENODATA', FORMERR = 'EFORMERR', SERVFAIL = 'ESERVFAIL', NOTFOUND = 'ENOTFOUND', NOTIMP = 'ENOTIMP', REFUSED = 'EREFUSED', BADQUERY = 'EBADQUERY', BADNAME = 'EBADNAME', BADFAMILY = 'EBADFAMILY',
  BADRESP = 'EBADRESP', CONNREFUSED = 'ECONNREFUSED', TIMEOUT = 'ETIMEOUT', EOF = 'EOF', FILE = 'EFILE', NOMEM = 'ENOMEM', DESTRUCTION = 'EDESTRUCTION', BADSTR = 'EBADSTR', BADFLAGS = 'EBADFLAGS', NONAME = 'ENONAME',
  BADHINTS = 'EBADHINTS', NOTINITIALIZED = 'ENOTINITIALIZED', LOADIPHLPAPI = 'ELOADIPHLPAPI', ADDRGETNETWORKPARAMS = 'EADDRGETNETWORKPARAMS', CANCELLED = 'ECANCELLED';
const CODES = { NODATA, FORMERR, SERVFAIL, NOTFOUND, NOTIMP, REFUSED, BADQUERY, BADNAME, BADFAMILY, BADRESP, CONNREFUSED, TIMEOUT, EOF, FILE, NOMEM, DESTRUCTION, BADSTR, BADFLAGS, NONAME, BADHINTS, NOTINITIALIZED, LOADIPHLPAPI, ADDRGETNETWORKPARAMS, CANCELLED };
type Failure = Error & { code?: string };

// ---- lookup
type Order = 'verbatim' | 'ipv4first' | 'ipv6first';
let order: Order = 'verbatim';
export function setDefaultResultOrder(to: Order): void {
  if (!['verbatim', 'ipv4first', 'ipv6first'].includes(to)) throw wrongValue('dnsOrder', to, "must be one of: 'verbatim', 'ipv4first', 'ipv6first'");
  order = to;
}
export function getDefaultResultOrder(): Order { return order; }
async function addresses(hostname: string, options: LookupOptions): Promise<LookupAddress[]> {
  const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0);
  if (family !== 0 && family !== 4 && family !== 6) throw wrongValue('family', family, 'must be one of: 0, 4, 6');
  if (hostname === '') return [];
  const found = (await call(commandUrl('dns', 'lookup', hostname), { family }, options.signal === undefined ? {} : { signal: options.signal })) as LookupAddress[];
  const wanted = options.order ?? (options.verbatim === undefined ? order : options.verbatim ? 'verbatim' : 'ipv4first');
  const first = wanted === 'ipv4first' ? 4 : wanted === 'ipv6first' ? 6 : 0;
  return first === 0 ? found : [...found.filter(one => one.family === first), ...found.filter(one => one.family !== first)];
}
function checked(hostname: unknown, options: LookupOptions | number | string): LookupOptions {
  if (hostname) string(hostname, 'hostname');
  if (typeof options === 'number') return { family: options as 0 };
  if (options === null || typeof options !== 'object') throw wrongType('options', ['integer', 'object'], options);
  return options;
}
export function lookup(hostname: string, options: LookupOptions | number | LookupCallback, callback?: LookupCallback): void {
  const done = fn((typeof options === 'function' ? options : callback) as LookupCallback, 'callback'), given = checked(hostname, typeof options === 'function' ? {} : options);
  addresses(hostname, given).then(all => (given.all ? done(null, all) : done(null, all[0]?.address ?? null, all[0]?.family ?? 4)), done);
}

// ---- resolve
interface Server { text: string; resource: string }
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
/** The eight groups of an IPv6 address. */
function groups(address: string): number[] | null {
  if (!/^[0-9a-f:.]+$/i.test(address) || !URL.canParse(`http://[${address}]/`)) return null;
  const [before, after] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::') as [string, string?];
  const read = (part: string | undefined): number[] => (part ? part.split(':').map(group => parseInt(group, 16)) : []);
  const left = read(before), right = read(after);
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
}
const isAddress = (text: string): boolean => IPV4.test(text) || groups(text) !== null;
function serverOf(given: unknown, index: number): Server {
  const text = string(given, `servers[${index}]`);
  const [, bracketed, port6] = /^\[([^\]]+)\](?::(\d+))?$/.exec(text) ?? [], [, four, port4] = /^([\d.]+):(\d+)$/.exec(text) ?? [];
  const address = bracketed ?? four ?? text, port = Number(port6 ?? port4 ?? 53);
  if (!isAddress(address) || port > 65535) throw coded(new TypeError(`Invalid IP address: ${text}`), 'ERR_INVALID_IP_ADDRESS');
  const six = !IPV4.test(address), host = six ? `[${address}]` : address;
  return { text: port === 53 ? address : `${host}:${port}`, resource: `${host}:${port}` };
}
function reversed(address: string): string {
  if (IPV4.test(address)) return address.split('.').reverse().join('.') + '.in-addr.arpa';
  return groups(address)!.map(group => group.toString(16).padStart(4, '0')).join('').split('').reverse().join('.') + '.ip6.arpa';
}
const failure = (code: string, syscall: string, hostname: string): Failure => Object.assign(new Error(`${syscall} ${code} ${hostname}`), { code, syscall, hostname });

interface Found { type: RecordType; ttl: number; [name: string]: any }
const without = (record: Found): any => { const { type: _type, ttl: _ttl, ...rest } = record; return rest; };
const caa = ({ critical, tag, value }: Found): CaaRecord => ({ critical, [tag]: value });
/** How each kind of record is shown. */
const SHAPES: Record<RecordType, (found: Found[], options: ResolveOptions) => any> = {
  A: (found, { ttl }) => found.map(one => (ttl ? { address: one.address, ttl: one.ttl } : one.address)),
  AAAA: (found, options) => SHAPES.A(found, options),
  CAA: found => found.map(caa),
  CNAME: found => found.map(one => one.value),
  MX: found => found.map(without),
  NAPTR: found => found.map(without),
  NS: found => found.map(one => one.value),
  PTR: found => found.map(one => one.value),
  SOA: found => without(found[0]!),
  SRV: found => found.map(without),
  TXT: found => found.map(one => one.entries),
  ANY: found => {
    // In the order in which Node looks through an answer.
    const kinds = ['A', 'CNAME', 'AAAA', 'MX', 'NS', 'TXT', 'SRV', 'PTR', 'NAPTR', 'SOA', 'CAA'];
    return kinds.flatMap(kind => found.filter(one => one.type === kind)).map(one =>
      ({ ...(one.type === 'CAA' ? caa(one) : without(one)), ...(one.type === 'A' || one.type === 'AAAA' ? { ttl: one.ttl } : {}), type: one.type }));
  },
};
/** What the servers of one resolver are, and what it asks. */
class Asking {
  #servers: Server[] | null = null;
  #stop = new AbortController();
  readonly #options: { timeout?: number; tries: number };
  constructor({ timeout = -1, tries = 4 }: ResolverOptions = {}) {
    for (const [name, value, least] of [['options.timeout', timeout, -1], ['options.tries', tries, 1]] as const) {
      if (!Number.isInteger(value)) throw wrongType(name, 'number', value);
      if (value < least) throw coded(new RangeError(`The value of "${name}" is out of range. It must be >= ${least}. Received ${value}`), 'ERR_OUT_OF_RANGE');
    }
    // The host's bounds: a page gets no error for a patience that nobody has.
    this.#options = { tries: Math.min(tries, 10), ...(timeout > 0 ? { timeout: Math.min(timeout, 60_000) } : {}) };
  }
  cancel(): void { this.#stop.abort(); this.#stop = new AbortController(); }
  getServers(): string[] { return this.#servers === null ? (callSync(commandUrl('dns', 'servers')).data as string[]) : this.#servers.map(one => one.text); }
  setServers(servers: readonly string[]): void {
    if (!Array.isArray(servers)) throw wrongType('servers', 'Array', servers);
    const all = servers.map(serverOf);
    this.#servers = all.length === 0 ? null : all;
  }
  async #ask(hostname: string, rrtype: RecordType, syscall: string, resource: string): Promise<Found[]> {
    const { signal } = this.#stop, params = { rrtype, ...this.#options };
    const asked = async (url: string, more: object): Promise<Found[]> => (await call(url, { ...params, ...more }, { signal })) as Found[];
    if (hostname === '') throw failure(rrtype === 'PTR' ? NOTFOUND : NODATA, syscall, hostname);
    try {
      if (this.#servers === null) return await asked(syscall === 'getHostByAddr' ? commandUrl('dns', 'reverse', hostname) : commandUrl('dns', 'resolve', resource), {});
      let last: unknown;
      for (let turn = 0; turn < params.tries; turn++) {
        for (const server of this.#servers) {
          try {
            return await asked(commandUrl('dns', 'resolveAt', `${server.resource}/${resource}`), { tries: 1 });
          } catch (error) {
            last = error;
            // Another server may have an answer, but not to a name that there is not.
            if (![TIMEOUT, CONNREFUSED, SERVFAIL, REFUSED, NOTIMP, FORMERR, BADRESP].includes((error as Failure).code ?? '')) throw error;
          }
        }
      }
      throw last;
    } catch (error) {
      if (signal.aborted) throw failure(CANCELLED, syscall, hostname);
      const { code } = error as Failure;
      throw syscall === 'getHostByAddr' && code !== undefined && Object.values(CODES).includes(code) ? failure(code, syscall, hostname) : error;
    }
  }
  async resolve(hostname: string, rrtype: RecordType, options: ResolveOptions = {}): Promise<any> {
    return SHAPES[rrtype](await this.#ask(hostname, rrtype, `query${rrtype[0]}${rrtype.slice(1).toLowerCase()}`, hostname), options);
  }
  async reverse(address: string): Promise<string[]> {
    if (!isAddress(address)) throw Object.assign(failure('EINVAL', 'getHostByAddr', address), { errno: -22 });
    return SHAPES.PTR(await this.#ask(address, 'PTR', 'getHostByAddr', reversed(address)), {});
  }
}
function typed(rrtype: unknown): RecordType {
  if (typeof rrtype !== 'string') throw wrongType('rrtype', 'string', rrtype);
  if (!Object.hasOwn(SHAPES, rrtype)) throw wrongValue('rrtype', rrtype);
  return rrtype as RecordType;
}

/** Asks servers of its own; promises. */
export class PromisesResolver {
  readonly #asking: Asking;
  constructor(options?: ResolverOptions) { this.#asking = new Asking(options); }
  cancel(): void { this.#asking.cancel(); }
  getServers(): string[] { return this.#asking.getServers(); }
  setServers(servers: readonly string[]): void { this.#asking.setServers(servers); }
  async resolve(hostname: string, rrtype: RecordType = 'A'): Promise<any> { return this.#asking.resolve(string(hostname, 'name'), typed(rrtype)); }
  async resolve4(hostname: string, options?: ResolveOptions): Promise<any[]> { return this.#asking.resolve(string(hostname, 'name'), 'A', options); }
  async resolve6(hostname: string, options?: ResolveOptions): Promise<any[]> { return this.#asking.resolve(string(hostname, 'name'), 'AAAA', options); }
  async resolveAny(hostname: string): Promise<any[]> { return this.resolve(hostname, 'ANY'); }
  async resolveCaa(hostname: string): Promise<CaaRecord[]> { return this.resolve(hostname, 'CAA'); }
  async resolveCname(hostname: string): Promise<string[]> { return this.resolve(hostname, 'CNAME'); }
  async resolveMx(hostname: string): Promise<MxRecord[]> { return this.resolve(hostname, 'MX'); }
  async resolveNaptr(hostname: string): Promise<NaptrRecord[]> { return this.resolve(hostname, 'NAPTR'); }
  async resolveNs(hostname: string): Promise<string[]> { return this.resolve(hostname, 'NS'); }
  async resolvePtr(hostname: string): Promise<string[]> { return this.resolve(hostname, 'PTR'); }
  async resolveSoa(hostname: string): Promise<SoaRecord> { return this.resolve(hostname, 'SOA'); }
  async resolveSrv(hostname: string): Promise<SrvRecord[]> { return this.resolve(hostname, 'SRV'); }
  async resolveTxt(hostname: string): Promise<string[][]> { return this.resolve(hostname, 'TXT'); }
  async reverse(address: string): Promise<string[]> { return this.#asking.reverse(string(address, 'name')); }
}
type Done<T> = (error: Failure | null, found?: T) => void;
/** Asks servers of its own; callbacks. */
export class Resolver {
  readonly #asking: Asking;
  constructor(options?: ResolverOptions) { this.#asking = new Asking(options); }
  cancel(): void { this.#asking.cancel(); }
  getServers(): string[] { return this.#asking.getServers(); }
  setServers(servers: readonly string[]): void { this.#asking.setServers(servers); }
  #tell<T>(answer: () => Promise<T>, callback: Done<T> | undefined): void {
    const done = fn(callback as Done<T>, 'callback');
    answer().then(found => done(null, found), done);
  }
  #of(hostname: string, rrtype: RecordType, callback: Done<any> | undefined, options?: ResolveOptions): void {
    string(hostname, 'name');
    this.#tell(() => this.#asking.resolve(hostname, rrtype, options), callback);
  }
  resolve(hostname: string, rrtype: RecordType | Done<any>, callback?: Done<any>): void {
    if (typeof rrtype === 'function') this.#of(hostname, 'A', rrtype);
    else this.#of(hostname, typed(rrtype), callback);
  }
  resolve4(hostname: string, options: ResolveOptions | Done<any[]>, callback?: Done<any[]>): void { typeof options === 'function' ? this.#of(hostname, 'A', options) : this.#of(hostname, 'A', callback, options); }
  resolve6(hostname: string, options: ResolveOptions | Done<any[]>, callback?: Done<any[]>): void { typeof options === 'function' ? this.#of(hostname, 'AAAA', options) : this.#of(hostname, 'AAAA', callback, options); }
  resolveAny(hostname: string, callback: Done<any[]>): void { this.#of(hostname, 'ANY', callback); }
  resolveCaa(hostname: string, callback: Done<CaaRecord[]>): void { this.#of(hostname, 'CAA', callback); }
  resolveCname(hostname: string, callback: Done<string[]>): void { this.#of(hostname, 'CNAME', callback); }
  resolveMx(hostname: string, callback: Done<MxRecord[]>): void { this.#of(hostname, 'MX', callback); }
  resolveNaptr(hostname: string, callback: Done<NaptrRecord[]>): void { this.#of(hostname, 'NAPTR', callback); }
  resolveNs(hostname: string, callback: Done<string[]>): void { this.#of(hostname, 'NS', callback); }
  resolvePtr(hostname: string, callback: Done<string[]>): void { this.#of(hostname, 'PTR', callback); }
  resolveSoa(hostname: string, callback: Done<SoaRecord>): void { this.#of(hostname, 'SOA', callback); }
  resolveSrv(hostname: string, callback: Done<SrvRecord[]>): void { this.#of(hostname, 'SRV', callback); }
  resolveTxt(hostname: string, callback: Done<string[][]>): void { this.#of(hostname, 'TXT', callback); }
  reverse(address: string, callback: Done<string[]>): void {
    string(address, 'name');
    this.#tell(() => this.#asking.reverse(address), callback);
  }
}
/** The page's own resolver, in both forms: they have the same servers. */
const own = new Resolver(), ownPromises = new PromisesResolver();
const RESOLVING = ['resolve', 'resolve4', 'resolve6', 'resolveAny', 'resolveCaa', 'resolveCname', 'resolveMx', 'resolveNaptr', 'resolveNs', 'resolvePtr', 'resolveSoa', 'resolveSrv', 'resolveTxt', 'reverse'] as const;
type Resolving = (typeof RESOLVING)[number];
const bound = <R extends Record<Resolving, any>>(to: R): Pick<R, Resolving> => Object.fromEntries(RESOLVING.map(name => [name, to[name].bind(to)])) as Pick<R, Resolving>;
const callbacks = bound(own), asked = bound(ownPromises);
export const { resolve, resolve4, resolve6, resolveAny, resolveCaa, resolveCname, resolveMx, resolveNaptr, resolveNs, resolvePtr, resolveSoa, resolveSrv, resolveTxt, reverse } = callbacks;
export const getServers = (): string[] => own.getServers();
export function setServers(servers: readonly string[]): void { own.setServers(servers); ownPromises.setServers(servers); }
export interface DnsPromises extends Pick<PromisesResolver, Resolving>, Readonly<typeof CODES> {
  /** The first address, or with `all` every one. */
  lookup(hostname: string, options?: LookupOptions | number): Promise<any>;
  getServers(): string[];
  setServers(servers: readonly string[]): void;
  setDefaultResultOrder(to: Order): void;
  getDefaultResultOrder(): Order;
  Resolver: typeof PromisesResolver;
}
export const promises: DnsPromises = {
  async lookup(hostname: string, options: LookupOptions | number = {}): Promise<any> {
    const given = checked(hostname, options), all = await addresses(hostname, given);
    return given.all ? all : (all[0] ?? { address: null, family: 4 });
  },
  ...asked, getServers, setServers, setDefaultResultOrder, getDefaultResultOrder, Resolver: PromisesResolver, ...CODES,
};
export default { ADDRCONFIG, ALL, V4MAPPED, lookup, ...callbacks, getServers, setServers, setDefaultResultOrder, getDefaultResultOrder, promises, Resolver, ...CODES };
