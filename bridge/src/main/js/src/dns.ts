/** Node's `dns`: the host asks its resolver, as `ipc://dns/lookup/<name>`. */
import { call, commandUrl } from 'socket:ipc';
import { fn, string, wrongType, wrongValue } from 'socket:internal/args';
export interface LookupAddress { address: string; family: 4 | 6 }
export interface LookupOptions { family?: 0 | 4 | 6 | 'IPv4' | 'IPv6'; all?: boolean; order?: 'verbatim' | 'ipv4first' | 'ipv6first'; verbatim?: boolean; hints?: number; signal?: AbortSignal }
export type LookupCallback = (error: (Error & { code?: string }) | null, address?: any, family?: number) => void;
export const ADDRCONFIG = 1024, V4MAPPED = 2048, ALL = 256;
export const NODATA = 'ENODATA', NOTFOUND = 'ENOTFOUND', SERVFAIL = 'ESERVFAIL', TIMEOUT = 'ETIMEOUT', REFUSED = 'EREFUSED';
async function addresses(hostname: string, options: LookupOptions): Promise<LookupAddress[]> {
  const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0);
  if (family !== 0 && family !== 4 && family !== 6) throw wrongValue('family', family, 'must be one of: 0, 4, 6');
  if (hostname === '') return [];
  const found = (await call(commandUrl('dns', 'lookup', hostname), { family }, options.signal === undefined ? {} : { signal: options.signal })) as LookupAddress[];
  const first = options.order === 'ipv4first' || options.verbatim === false ? 4 : options.order === 'ipv6first' ? 6 : 0;
  return first === 0 ? found : [...found.filter(one => one.family === first), ...found.filter(one => one.family !== first)];
}
function checked(hostname: unknown, options: LookupOptions | number | string): LookupOptions {
  if (hostname) string(hostname, 'hostname');
  if (typeof options === 'number') return { family: options as 0 };
  if (options === null || typeof options !== 'object') throw wrongType('options', ['integer', 'object'], options);
  return options;
}
export const promises = {
  /** The first address, or with `all` every one. */
  async lookup(hostname: string, options: LookupOptions | number = {}): Promise<any> {
    const given = checked(hostname, options), all = await addresses(hostname, given);
    return given.all ? all : (all[0] ?? { address: null, family: 4 });
  },
  async resolve4(hostname: string): Promise<string[]> { return (await addresses(string(hostname, 'name'), { family: 4 })).map(one => one.address); },
  async resolve6(hostname: string): Promise<string[]> { return (await addresses(string(hostname, 'name'), { family: 6 })).map(one => one.address); },
  async resolve(hostname: string, type: string = 'A'): Promise<string[]> {
    if (type === 'A') return promises.resolve4(hostname);
    if (type === 'AAAA') return promises.resolve6(hostname);
    throw wrongValue('rrtype', type, "must be 'A' or 'AAAA': the host's resolver tells addresses only");
  },
};
export function lookup(hostname: string, options: LookupOptions | number | LookupCallback, callback?: LookupCallback): void {
  const done = fn((typeof options === 'function' ? options : callback) as LookupCallback, 'callback'), given = checked(hostname, typeof options === 'function' ? {} : options);
  addresses(hostname, given).then(all => (given.all ? done(null, all) : done(null, all[0]?.address ?? null, all[0]?.family ?? 4)), done);
}
const later = <A extends unknown[]>(run: (...args: A) => Promise<string[]>) => (...args: [...A, (error: Error | null, addresses?: string[]) => void]): void => {
  const done = fn(args.pop() as (error: Error | null, addresses?: string[]) => void, 'callback');
  run(...(args as unknown as A)).then(all => done(null, all), done);
};
export const resolve4 = later(promises.resolve4), resolve6 = later(promises.resolve6), resolve = later(promises.resolve);
export default { ADDRCONFIG, ALL, lookup, NODATA, NOTFOUND, promises, REFUSED, resolve, resolve4, resolve6, SERVFAIL, TIMEOUT, V4MAPPED };
