/** Node's `os`. What does not change comes with the page; the rest is asked for synchronously, as in Node. */
import host from 'socket:internal/host';
import { callSync, commandUrl } from 'socket:ipc';

export interface CpuInfo { model: string; speed: number; times: { user: number; nice: number; sys: number; idle: number; irq: number } }
export interface NetworkInterfaceInfo { address: string; netmask: string; family: 'IPv4' | 'IPv6'; mac: string; internal: boolean; cidr: string | null; scopeid?: number }
export interface UserInfo { username: string; uid: number; gid: number; shell: string | null; homedir: string }

const ask = <T>(name: string): T => callSync(commandUrl('os', name)).data as T;
const known = (name: 'home' | 'tmp'): string => {
  const path = host.paths[name];
  if (path === undefined) throw Object.assign(new Error(`The host names no ${name} folder for this app`), { code: 'ENOENT' });
  return path;
};

export const EOL: '\n' | '\r\n' = host.platform === 'win32' ? '\r\n' : '\n';
export const devNull: string = host.platform === 'win32' ? '\\\\.\\nul' : '/dev/null';
export const constants: { readonly errno: Readonly<Record<string, number>>; readonly signals: Readonly<Record<string, number>>; readonly signal: Readonly<Record<string, number>> } =
  Object.freeze({ errno: host.constants.errno, signals: host.constants.signals, signal: host.constants.signals });

export const arch = (): string => host.arch;
export const platform = (): string => host.platform;
export const type = (): string => host.type;
export const release = (): string => host.release;
export const endianness = (): 'LE' | 'BE' => host.endianness;
export const isWindows = (): boolean => host.platform === 'win32';
export const homedir = (): string => known('home');
export const tmpdir = (): string => {
  const path = known('tmp');
  return path.length > 1 && /[^:][\\/]$/.test(path) ? path.slice(0, -1) : path;
};
const host_ = (): string => host.platform;
export { host_ as host };

export const cpus = (): CpuInfo[] => ask('cpus');
export const availableParallelism = (): number => Math.max(1, cpus().length);
export const networkInterfaces = (): Record<string, NetworkInterfaceInfo[]> => ask('networkInterfaces');
/** Seconds since the machine started. */
export const uptime = (): number => ask('uptime');
export const freemem = (): number => ask('freemem');
export const availableMemory = (): number => freemem();
export const totalmem = (): number => ask('totalmem');
export const loadavg = (): [number, number, number] => ask('loadavg');
export const hostname = (): string => ask('hostname');
export const userInfo = (): UserInfo => ask('userInfo');
/** Nanoseconds of a clock that only goes forward. */
export const hrtime = (): bigint => BigInt(ask<string>('hrtime'));
/** What the app has used: memory in bytes, times in microseconds. */
export const rusage = (): { ru_maxrss: number; ru_utime: number; ru_stime: number } => {
  const { user, system } = callSync(commandUrl('process', 'cpuUsage')).data as { user: number; system: number };
  return { ru_maxrss: (callSync(commandUrl('process', 'memoryUsage')).data as { rss: number }).rss, ru_utime: user, ru_stime: system };
};
export const uname = (): string => `${host.type} ${host.release} ${host.arch}`;

export default {
  EOL, devNull, constants, arch, platform, type, release, endianness, isWindows, homedir, tmpdir, host: host_, cpus, availableParallelism, networkInterfaces,
  uptime, freemem, availableMemory, totalmem, loadavg, hostname, userInfo, hrtime, rusage, uname,
};
