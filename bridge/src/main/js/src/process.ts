/** Node's `process`, as far as a page has one. */
import host from 'socket:internal/host';
import { call, callSync, commandUrl } from 'socket:ipc';
import { EventEmitter, type EventEmitter as Emitter } from 'socket:events';
import { _setCwd, cwd as currentCwd, resolve } from 'socket:path';

export interface MemoryUsage { rss: number; heapTotal: number; heapUsed: number; external: number; arrayBuffers: number }
export interface OutputStream { readonly fd: number; readonly isTTY: boolean; readonly writable: boolean; write(chunk: string | Uint8Array, callback?: (error?: Error | null) => void): boolean; write(chunk: string | Uint8Array, encoding: string, callback?: (error?: Error | null) => void): boolean }
export interface HrTime { (previous?: [number, number]): [number, number]; bigint(): bigint }
export interface Process extends Emitter {
  readonly arch: string;
  readonly platform: string;
  readonly argv: string[];
  readonly argv0: string;
  readonly execArgv: string[];
  readonly execPath: string;
  readonly pid: number;
  readonly title: string;
  readonly version: string;
  readonly versions: Readonly<Record<string, string>>;
  /** The app's environment: a change is seen by this page only. */
  readonly env: Record<string, string | undefined>;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** What `exit()` ends with if it is given none. */
  exitCode: number | string | null | undefined;
  cwd(): string;
  /** Moves where this page's relative paths start; the host's folder stays. */
  chdir(directory: string): void;
  /** Emits `exit`, then ends the whole app. */
  exit(code?: number | string | null): void;
  readonly hrtime: HrTime;
  memoryUsage(): MemoryUsage;
  cpuUsage(): { user: number; system: number };
  nextTick(callback: (...args: any[]) => void, ...args: unknown[]): void;
  uptime(): number;
  emitWarning(warning: string | Error): void;
}

/** Tells of a change of {@link env}: `set` or `delete`. */
export class ProcessEnvironmentEvent extends Event {
  constructor(type: 'set' | 'delete', readonly key: string, readonly value?: string) { super(type); }
}
/** The environment: every value is a text, as in Node, and who listens hears of each change. */
export class ProcessEnvironment extends EventTarget {
  get [Symbol.toStringTag](): string { return 'ProcessEnvironment'; }
}
function environment(values: Readonly<Record<string, string>>): Record<string, string | undefined> {
  const target = Object.assign(new ProcessEnvironment(), values) as unknown as EventTarget & Record<string, any>;
  return new Proxy(target, {
    get: (_target, key) => (typeof key === 'string' && Object.hasOwn(target, key) ? target[key] : key in EventTarget.prototype && key !== 'constructor' ? (target[key as string] as Function).bind(target) : Reflect.get(target, key)),
    set(_target, key, value) {
      if (typeof key === 'symbol' || typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
      target[key] = String(value);
      target.dispatchEvent(new ProcessEnvironmentEvent('set', key, target[key]));
      return true;
    },
    deleteProperty(_target, key) {
      if (typeof key === 'string' && Object.hasOwn(target, key)) {
        delete target[key];
        target.dispatchEvent(new ProcessEnvironmentEvent('delete', key));
      }
      return true;
    },
  });
}

const runtimeStart = performance.now();
function nanoseconds(): bigint {
  // The page's clock goes forward only, and costs no call; its zero is as arbitrary as Node's.
  const now = performance.timeOrigin + performance.now();
  const whole = Math.floor(now);
  return BigInt(whole) * 1_000_000n + BigInt(Math.floor((now - whole) * 1e6));
}
const hrtime: HrTime = Object.assign((previous?: [number, number]): [number, number] => {
  const now = nanoseconds();
  let seconds = Number(now / 1_000_000_000n), rest = Number(now % 1_000_000_000n);
  if (previous !== undefined) {
    seconds -= previous[0];
    rest -= previous[1];
    if (rest < 0) { seconds--; rest += 1e9; }
  }
  return [seconds, rest];
}, { bigint: nanoseconds });

const writeUrl = commandUrl('console', 'write');
const LEVELS = { 1: 'stdout', 2: 'stderr' } as const;
function output(fd: 1 | 2): OutputStream {
  const decoder = new TextDecoder();
  return {
    fd, isTTY: false, writable: true,
    write(chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean {
      if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) {
        throw Object.assign(new TypeError('The "chunk" argument must be of type string or an instance of Buffer or Uint8Array.'), { code: 'ERR_INVALID_ARG_TYPE' });
      }
      const done = (typeof encoding === 'function' ? encoding : callback) as ((error?: Error | null) => void) | undefined;
      const message = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
      call(writeUrl, { level: LEVELS[fd], message }).then(
        () => done?.(null),
        (error: Error) => (done === undefined ? globalThis.console.error(error) : done(error)),
      );
      return true;
    },
  };
}

function integerCode(value: unknown): number {
  const code = value === undefined || value === null ? 0 : typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof code !== 'number' || !Number.isInteger(code)) {
    throw Object.assign(new TypeError(`The "code" argument must be of type integer. Received ${String(value)}`), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  return code;
}

let exiting = false;
const process = Object.assign(new EventEmitter(), {
  arch: host.arch,
  platform: host.platform,
  argv: [...host.argv],
  argv0: host.argv[0] ?? host.execPath,
  execArgv: [] as string[],
  execPath: host.execPath,
  pid: host.pid,
  title: host.bundleIdentifier,
  version: `v${host.versions.dunlin}`,
  versions: host.versions,
  env: environment(host.env),
  stdout: output(1),
  stderr: output(2),
  exitCode: undefined as number | string | null | undefined,
  hrtime,
  cwd: (): string => currentCwd(),
  chdir(directory: string): void {
    if (typeof directory !== 'string') throw Object.assign(new TypeError('The "directory" argument must be of type string.'), { code: 'ERR_INVALID_ARG_TYPE' });
    _setCwd(resolve(directory));
  },
  exit(code?: number | string | null): void {
    if (exiting) return;
    const chosen = integerCode(code ?? process.exitCode);
    exiting = true;
    process.exitCode = chosen;
    try {
      process.emit('exit', chosen);
    } finally {
      call(commandUrl('application', 'exit'), { code: integerCode(process.exitCode) }).catch((error: unknown) => {
        exiting = false;
        globalThis.console.error(error);
      });
    }
  },
  memoryUsage: Object.assign((): MemoryUsage => callSync(commandUrl('process', 'memoryUsage')).data as MemoryUsage, { rss: (): number => process.memoryUsage().rss }),
  cpuUsage: () => callSync(commandUrl('process', 'cpuUsage')).data as { user: number; system: number },
  nextTick(callback: (...args: any[]) => void, ...args: unknown[]): void {
    if (typeof callback !== 'function') throw Object.assign(new TypeError('The "callback" argument must be of type function.'), { code: 'ERR_INVALID_ARG_TYPE' });
    queueMicrotask(() => callback(...args));
  },
  /** Seconds this page has had its process object. */
  uptime: (): number => (performance.now() - runtimeStart) / 1000,
  emitWarning(warning: string | Error): void {
    const error = typeof warning === 'string' ? Object.assign(new Error(warning), { name: 'Warning' }) : warning;
    globalThis.console.warn(`(${error.name}) ${error.message}`);
    process.emit('warning', error);
  },
}) as Process;

export const { arch, platform, argv, argv0, execArgv, execPath, pid, version, versions, env, stdout, stderr, cwd, chdir, exit, memoryUsage, cpuUsage, nextTick, uptime } = process;
export { hrtime };
export default process;
