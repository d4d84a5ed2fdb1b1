/** Node's `process`, as far as a page has one. */
import host from 'socket:internal/host';
import { call, callForPush, callSync, commandUrl, onPush } from 'socket:ipc';
import { Buffer } from 'socket:buffer';
import { EventEmitter, type EventEmitter as Emitter } from 'socket:events';
import { coded, wrongType } from 'socket:internal/args';
import { _setCwd, cwd as currentCwd, resolve } from 'socket:path';
import type { Readable, ReadableConstructor, ReadableOptions } from 'socket:stream';

export interface MemoryUsage { rss: number; heapTotal: number; heapUsed: number; external: number; arrayBuffers: number }
export interface OutputStream { readonly fd: number; readonly isTTY: boolean; readonly writable: boolean; write(chunk: string | Uint8Array, callback?: (error?: Error | null) => void): boolean; write(chunk: string | Uint8Array, encoding: string, callback?: (error?: Error | null) => void): boolean }
export interface InputStream extends Readable { readonly fd: number; readonly isTTY: boolean }
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
  /** The host's standard input, from the first use on: one page at a time, by `ipc://process/stdin`. */
  readonly stdin: InputStream;
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
  /** Sends a signal to one process, by `ipc://process/sendSignal/<pid>/<name>`; 0 asks whether it is there. */
  kill(pid: number, signal?: string | number): true;
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

/** Feeds a stream from a push channel, as fast as it is read. @internal */
export function _feed(start?: (stream: Readable) => void): { options: ReadableOptions; from(stream: Readable, channel: number): void } {
  let wanted: (() => void) | undefined, begin = start;
  const go = (): void => { wanted?.(); wanted = undefined; };
  return {
    options: { read() { go(); begin?.(this); begin = undefined; }, destroy(error, done) { begin = undefined; go(); done(error); } },
    from(stream, channel) {
      onPush(channel, bytes => {
        // What a destroyed stream does not take is let go, so that who writes is not stopped for ever.
        if (stream.destroyed || stream.push(Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength))) return undefined;
        return new Promise<void>(taken => { if (stream.destroyed) taken(); else wanted = taken; });
      }, () => { if (!stream.destroyed) stream.push(null); });
    },
  };
}
/** What is asked of the input before its class is there: kept, and done when it is. The class is loaded by the first such call, not by a start. */
const KEPT = ['addListener', 'destroy', 'off', 'on', 'once', 'pause', 'pipe', 'prependListener', 'prependOnceListener', 'removeAllListeners', 'removeListener', 'resume', 'setEncoding', 'setMaxListeners', 'unpipe', 'unshift'] as const;
const asked: [(typeof KEPT)[number], unknown[]][] = [];
const loaded = (): Promise<unknown> => import('socket:stream');
const early: Record<string | symbol, unknown> = {
  destroyed: false, readable: true, readableEnded: false, readableFlowing: null, readableLength: 0, closed: false, errored: null,
  read: (): null => { void loaded(); return null; },
  isPaused: () => false,
  listenerCount: () => 0,
  async *[Symbol.asyncIterator]() { await loaded(); yield* stdin; },
};
for (const name of KEPT) early[name] = (...args: unknown[]): unknown => { asked.push([name, args]); loaded().catch((error: unknown) => globalThis.console.error(error)); return name === 'pipe' ? args[0] : stdin; };
/** The host's standard input: a Readable as soon as `socket:stream` is loaded, which its first use sees to. */
export const stdin = Object.assign(Object.create(early) as object, { fd: 0, isTTY: false }) as InputStream;
/** Called by `socket:stream` when it is there. @internal */
export function _becomeReadable(Readable: ReadableConstructor): void {
  let id: string | undefined;
  const { options, from } = _feed(stream => {
    callForPush(commandUrl('process', 'stdin')).then(answer => {
      const { id: handle, channel } = answer as { id: string; channel: number };
      id = handle;
      if (stream.destroyed) leave();
      else from(stream, channel);
    }, (error: Error) => stream.destroy(error));
  });
  const leave = (): void => { if (id !== undefined) call(commandUrl('handle', 'process/closeStdin', id)).catch(() => undefined); };
  Object.setPrototypeOf(stdin, Readable.prototype);
  (Readable as unknown as Function).call(stdin, { ...options, destroy(this: Readable, error: Error | null, done: (error?: Error | null) => void) { leave(); options.destroy!.call(this, error, done); } });
  for (const [name, args] of asked.splice(0)) (stdin[name] as Function)(...args);
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
  stdin,
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
  kill(pid: number, signal: string | number = 'SIGTERM'): true {
    if (typeof pid !== 'number' || !Number.isInteger(pid)) throw wrongType('pid', 'number', pid);
    const name = typeof signal === 'number' ? Object.keys(signals).find(one => signals[one] === signal) ?? String(signal) : signal;
    if (name !== '0' && !Object.hasOwn(signals, name)) throw coded(new TypeError(`Unknown signal: ${signal}`), 'ERR_UNKNOWN_SIGNAL');
    try {
      callSync(commandUrl('process', 'sendSignal', `${pid}/${name}`));
    } catch (error: any) {
      throw typeof error?.errno === 'number' ? Object.assign(new Error(`kill ${error.code}`), { errno: error.errno as number, code: error.code as string, syscall: 'kill' }) : error;
    }
    return true;
  },
}) as Process;

// As in Node, to listen to an event with a signal's name is to listen to the signal.
const { signals } = host.constants, heard = new Map<string | symbol, Promise<() => void>>();
process.on('newListener', (name: string | symbol) => {
  if (typeof name !== 'string' || !Object.hasOwn(signals, name) || heard.has(name)) return;
  const listening = import('socket:internal/signals').then(({ listen }) => listen(name));
  heard.set(name, listening);
  listening.catch((error: Error) => { heard.delete(name); process.emitWarning(error); });
});
process.on('removeListener', (name: string | symbol) => {
  const listening = heard.get(name);
  if (listening === undefined || process.listenerCount(name) > 0) return;
  heard.delete(name);
  listening.then(stop => stop(), () => undefined);
});

export const { kill, arch, platform, argv, argv0, execArgv, execPath, pid, version, versions, env, stdout, stderr, cwd, chdir, exit, memoryUsage, cpuUsage, nextTick, uptime } = process;
export { hrtime };
export default process;
