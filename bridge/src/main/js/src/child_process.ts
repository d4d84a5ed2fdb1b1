/**
 * Node's `child_process`. A program is started by its real path, which the policy must allow (`ipc://child-process/spawn/<path>`); a shell
 * needs `ipc://child-process/shell`. Other than in Node a `pid` is known only when `spawn` is emitted, children end with their page, and
 * `kill()` tells what is known here.
 */
import host from 'socket:internal/host';
import { AbortError, NotSupportedError } from 'socket:errors';
import { Buffer, type BufferEncoding } from 'socket:buffer';
import { EventEmitter, type EventListener } from 'socket:events';
import { coded, wrongType, wrongValue } from 'socket:internal/args';
import { call, callForPush, callSync, commandUrl, pathResource, upload } from 'socket:ipc';
import { cwd as currentFolder, resolve } from 'socket:path';
import process, { _feed } from 'socket:process';
import { Readable, Writable } from 'socket:stream';

export type Stdio = 'pipe' | 'overlapped' | 'ignore' | 'inherit' | 0 | 1 | 2 | null | undefined;
export interface SpawnOptions {
  cwd?: string | URL | undefined;
  /** Instead of `process.env`; a few harmless variables such as `PATH` come with either. */
  env?: Record<string, string | number | boolean | undefined> | undefined;
  stdio?: Stdio | readonly Stdio[] | undefined;
  /** A command line for `/bin/sh`, or for the shell named. */
  shell?: boolean | string | undefined;
  signal?: AbortSignal | undefined;
  /** Milliseconds. */
  timeout?: number | undefined;
  killSignal?: string | number | undefined;
  /** Only false: a child ends with its page. */
  detached?: boolean | undefined;
  windowsHide?: boolean | undefined;
  /** False is `ignore`. */
  stdin?: boolean | undefined;
  stdout?: boolean | undefined;
  stderr?: boolean | undefined;
}
export interface ExecOptions extends SpawnOptions {
  encoding?: BufferEncoding | 'buffer' | null | undefined;
  /** Bytes of each of the outputs; over: an error, and the child's end. */
  maxBuffer?: number | undefined;
}
export interface SyncOptions extends ExecOptions { input?: string | Uint8Array | undefined }
export interface SyncResult {
  pid: number;
  output: (string | Buffer | null)[] | null;
  stdout: any;
  stderr: any;
  status: number | null;
  signal: string | null;
  error?: Error;
}
export type ExecCallback = (error: any, stdout: any, stderr: any) => void;

const MAX_BUFFER = 1024 * 1024;
/** One write to a child's input. */
const PIECE_BYTES = 4 << 20;
const childUrl = (command: string, id: string): string => commandUrl('handle', 'child-process/' + command, id);
const lookupUrl = commandUrl('child_process', 'lookup');
const shellUrl = commandUrl('child_process', 'shell');

// ---- arguments

interface Plan {
  readonly file: string;
  readonly args: readonly string[];
  /** As a person would write it. */
  readonly command: string;
  readonly options: SyncOptions;
  readonly stdio: readonly ('pipe' | 'ignore' | 'inherit')[];
  readonly params: Record<string, unknown>;
  readonly searchPath: string | undefined;
  readonly folder: string;
}

function withoutNul(value: string, name: string): string {
  if (value.includes('\0')) throw wrongValue(name, value, 'must be a string without null bytes');
  return value;
}

function stdioOf(options: SpawnOptions): ('pipe' | 'ignore' | 'inherit')[] {
  const given = options.stdio, flags = [options.stdin, options.stdout, options.stderr];
  if (Array.isArray(given) && given.length > 3) throw new NotSupportedError(`A child has three streams here, options.stdio has ${given.length}`);
  return [0, 1, 2].map(fd => {
    const one = Array.isArray(given) ? given[fd] : (given as Stdio);
    if (one === undefined || one === null) return flags[fd] === false ? 'ignore' : 'pipe';
    if (one === 'pipe' || one === 'overlapped') return 'pipe';
    if (one === 'ignore') return 'ignore';
    if (one === 'inherit' || one === fd) return 'inherit';
    throw wrongValue('stdio', one);
  });
}

function integer(value: unknown, name: string, fallback: number): number {
  if (value === undefined || value === null) return fallback;
  if (typeof value !== 'number') throw wrongType(name, 'number', value);
  if (!(value >= 0)) throw coded(new RangeError(`The value of "${name}" is out of range. It must be >= 0. Received ${value}`), 'ERR_OUT_OF_RANGE');
  return Math.min(value, 2 ** 31 - 1);
}

function signalOf(signal: unknown): string | number {
  if (signal === undefined || signal === null || signal === '') return 'SIGTERM';
  const known = host.constants.signals;
  if (typeof signal === 'number' && (signal === 0 || Object.keys(known).length === 0 || Object.values(known).includes(signal))) return signal;
  if (typeof signal === 'string') {
    const name = signal.toUpperCase();
    if (Object.keys(known).length === 0 || Object.hasOwn(known, name)) return name;
  } else if (typeof signal !== 'number') throw wrongType('signal', ['string', 'number'], signal);
  throw coded(new TypeError(`Unknown signal: ${String(signal)}`), 'ERR_UNKNOWN_SIGNAL');
}

function plan(file: unknown, second: unknown, third: unknown): Plan {
  if (typeof file !== 'string') throw wrongType('file', 'string', file);
  if (file.length === 0) throw wrongValue('file', file, 'cannot be empty');
  withoutNul(file, 'file');
  let args: string[] = [];
  let given: unknown = third;
  if (Array.isArray(second)) args = second.map((arg, i) => withoutNul(String(arg), `args[${i}]`));
  else if (second !== undefined && second !== null) {
    if (typeof second !== 'object') throw wrongType('args', 'object', second);
    given = second;
  }
  if (given !== undefined && given !== null && typeof given !== 'object') throw wrongType('options', 'object', given);
  const options = { ...(given as SyncOptions | undefined) };
  const unsupported = options as Record<string, unknown>;
  if (options.detached) throw new NotSupportedError('A child ends with its page: detached: true is not possible');
  for (const name of ['uid', 'gid', 'argv0']) if (unsupported[name] !== undefined && unsupported[name] !== null) throw new NotSupportedError(`options.${name} is not possible: a child is started as this user, by its own name`);
  const shell = options.shell;
  if (shell !== undefined && shell !== null && typeof shell !== 'boolean' && typeof shell !== 'string') throw wrongType('options.shell', ['boolean', 'string'], shell);
  integer(options.timeout, 'timeout', 0);
  options.killSignal = signalOf(options.killSignal);
  let folder: unknown = options.cwd;
  if (folder instanceof URL) {
    if (folder.protocol !== 'file:') throw coded(new TypeError('The URL must be of scheme file'), 'ERR_INVALID_URL_SCHEME');
    folder = decodeURIComponent(folder.pathname);
  }
  if (folder !== undefined && folder !== null && typeof folder !== 'string') throw wrongType('options.cwd', ['string', 'Buffer', 'URL'], folder);
  const cwd = resolve(currentFolder(), withoutNul((folder as string | undefined) ?? '', 'options.cwd'));
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.env ?? process.env)) {
    if (value !== undefined) env[name] = withoutNul(String(value), `options.env['${name}']`);
  }
  const stdio = stdioOf(options);
  const command = args.length > 0 ? `${file} ${args.join(' ')}` : file;
  const params: Record<string, unknown> = { cwd, env, stdin: stdio[0], stdout: stdio[1], stderr: stdio[2] };
  if (shell) {
    params.command = command;
    if (typeof shell === 'string') params.shell = /[\\/]/.test(shell) ? resolve(cwd, shell) : shell;
  } else params.args = args;
  return { file, args, command, options, stdio, params, searchPath: options.env?.PATH === undefined ? undefined : env.PATH, folder: cwd };
}

/** What to look for: a path is resolved, a name is left for the host's PATH. */
function question({ file, folder, searchPath }: Plan): Record<string, unknown> {
  return { file: /[\\/]/.test(file) ? resolve(folder, file) : file, ...(searchPath === undefined ? {} : { path: searchPath }) };
}

const spawnUrl = (path: string): string => commandUrl('child_process', 'spawn', pathResource(path));

/** The system's errors in Node's words; a denial is what it is. */
function failure(error: any, syscall: string, { file, args }: Plan): Error {
  if (typeof error?.errno !== 'number' || error.name === 'NotAllowedError') return error as Error;
  return Object.assign(new Error(`${syscall} ${file} ${error.code}`), { errno: error.errno as number, code: error.code as string, syscall: `${syscall} ${file}`, path: file, spawnargs: [...args] });
}

// ---- a child

type Started = { id: string } | undefined;

/** A program that was started, or is about to be. Emits `spawn`, `exit`, `close`, `error`. */
export class ChildProcess extends EventEmitter {
  pid: number | undefined = undefined;
  /** Whether `kill()` has sent a signal. */
  killed = false;
  exitCode: number | null = null;
  signalCode: string | null = null;
  readonly spawnfile: string = '';
  readonly spawnargs: string[] = [];
  readonly connected: boolean = false;
  readonly channel: null = null;
  stdin: Writable | null = null;
  stdout: Readable | null = null;
  stderr: Readable | null = null;
  stdio: [Writable | null, Readable | null, Readable | null] = [null, null, null];
  #started: Promise<Started> = Promise.resolve(undefined);
  #id: string | undefined;
  #over = false;
  #waitingSignal: string | number | undefined;
  #open = 0;

  /** Starts what the options say; for the functions of this module. */
  spawn(file: string, args?: readonly string[] | SpawnOptions, options?: SpawnOptions): this {
    this._start(plan(file, args, options));
    return this;
  }

  /** @internal */
  _start(plan: Plan): void {
    const { options } = plan;
    Object.assign(this, { spawnfile: plan.options.shell ? String(plan.params.shell ?? '/bin/sh') : plan.file, spawnargs: plan.options.shell ? [String(plan.params.shell ?? '/bin/sh'), '-c', plan.command] : [plan.file, ...plan.args] });
    if (plan.stdio[0] === 'pipe') this.stdin = this.#input();
    const outputs = [plan.stdio[1] === 'pipe' ? this.#output() : null, plan.stdio[2] === 'pipe' ? this.#output() : null];
    this.stdout = outputs[0]?.stream ?? null;
    this.stderr = outputs[1]?.stream ?? null;
    this.stdio = [this.stdin, this.stdout, this.stderr];
    const signal = options.signal;
    const abort = (): void => {
      if (this.kill(options.killSignal)) this.emit('error', new AbortError(signal!.reason, signal));
    };
    if (signal) {
      if (signal.aborted) queueMicrotask(abort);
      else signal.addEventListener('abort', abort, { once: true });
    }
    const timer = options.timeout ? setTimeout(() => this.kill(options.killSignal), options.timeout) : undefined;
    const ended = (): void => {
      this.#over = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      this.stdin?.destroy();
    };
    this.#started = this.#launch(plan).then(
      ({ child, pid, stdout, stderr }) => {
        this.#id = child;
        this.pid = pid;
        outputs[0]?.from(stdout);
        outputs[1]?.from(stderr);
        if (this.#waitingSignal !== undefined) this.#send(this.#waitingSignal);
        this.emit('spawn');
        call(childUrl('wait', child)).then(end => {
          const { code, signal: by } = end as { code: number | null; signal: string | null };
          this.exitCode = code;
          this.signalCode = by;
          ended();
          this.emit('exit', code, by);
          this.#finish();
        }, error => this.emit('error', error));
        return { id: child };
      },
      (error: any) => {
        this.exitCode = typeof error?.errno === 'number' ? error.errno : -1;
        ended();
        for (const output of outputs) output?.stream.push(null);
        this.emit('error', failure(error, 'spawn', plan));
        this.#finish();
        return undefined;
      },
    );
    // A listener that throws has its error told as any other's.
    this.#started.catch(error => { queueMicrotask(() => { throw error; }); });
  }

  async #launch(plan: Plan): Promise<{ child: string; pid: number; stdout: number; stderr: number }> {
    const url = plan.options.shell ? shellUrl : spawnUrl(((await call(lookupUrl, question(plan))) as { path: string }).path);
    return (await callForPush(url, plan.params)) as never;
  }

  #finish(): void {
    const close = (): void => {
      if (this.#id !== undefined) call(childUrl('close', this.#id)).catch(() => undefined);
      this.#id = undefined;
      this.emit('close', this.exitCode, this.signalCode);
    };
    // What nobody reads would keep the child from ever being closed.
    queueMicrotask(() => {
      for (const stream of [this.stdout, this.stderr]) if (stream?.readable) stream.resume();
    });
    if (this.#open === 0) queueMicrotask(close);
    else this.#whenShut = close;
  }
  #whenShut: (() => void) | undefined;

  #output(): { stream: Readable; from(channel: number): void } {
    const { options, from } = _feed(), stream = new Readable(options);
    this.#open++;
    stream.once('close', () => { if (--this.#open === 0) this.#whenShut?.(); });
    return { stream, from: channel => from(stream, channel) };
  }

  #input(): Writable {
    const write = async (chunk: Uint8Array): Promise<void> => {
      const started = await this.#started;
      for (let at = 0; started !== undefined && at < chunk.byteLength; at += PIECE_BYTES) {
        try {
          await upload(childUrl('write', started.id), chunk.subarray(at, at + PIECE_BYTES));
        } catch (error: any) {
          const code = error?.code === 'ERR_UNKNOWN_HANDLE' ? 'EPIPE' : error?.code;
          throw typeof code === 'string' ? Object.assign(new Error(`write ${code}`), { code, errno: error.errno ?? -32, syscall: 'write' }) : error;
        }
      }
    };
    const end = async (): Promise<void> => {
      const started = await this.#started;
      if (started !== undefined && !this.#over) await call(childUrl('end', started.id));
    };
    return new Writable({
      write: (chunk: Uint8Array, _encoding, done) => { write(chunk).then(() => done(), done); },
      writev: (chunks, done) => { write(Buffer.concat(chunks.map(({ chunk }) => chunk as Uint8Array))).then(() => done(), done); },
      final: done => { end().then(() => done(), done); },
      destroy: (error, done) => { end().then(() => done(error), () => done(error)); },
    });
  }

  /** Sends a signal; false if the child is known to have ended. */
  kill(signal?: string | number): boolean {
    const chosen = signalOf(signal);
    if (this.#over) return false;
    this.killed = true;
    if (this.#id === undefined) this.#waitingSignal = chosen;
    else this.#send(chosen);
    return true;
  }
  #send(signal: string | number): void {
    if (this.#id !== undefined) call(childUrl('kill', this.#id), { signal }).catch((error: any) => { if (error?.code !== 'ERR_UNKNOWN_HANDLE') this.emit('error', error); });
  }
  [Symbol.dispose](): void { if (!this.killed) this.kill(); }

  /** A page lives until it is left: nothing to do. */
  ref(): void {}
  unref(): void {}
  /** There is no channel: see `fork`. */
  disconnect(): boolean { return false; }
  send(): boolean { throw coded(new Error('Channel closed'), 'ERR_IPC_CHANNEL_CLOSED'); }

  addEventListener(name: string, listener: (event: Event) => void, options?: { once?: boolean }): void {
    const heard: EventListener & { listener?: unknown } = (...args) => listener(Object.assign(new Event(name), { detail: args }));
    heard.listener = listener;
    if (options?.once) this.once(name, heard);
    else this.on(name, heard);
    this.#heard.set(listener, heard);
  }
  removeEventListener(name: string, listener: (event: Event) => void): void {
    const heard = this.#heard.get(listener);
    if (heard !== undefined) this.off(name, heard);
  }
  readonly #heard = new Map<unknown, EventListener>();
}

/** Starts a program, its arguments as a list. */
export function spawn(file: string, args?: readonly string[] | SpawnOptions | null, options?: SpawnOptions | null): ChildProcess {
  return begin(plan(file, args, options));
}
function begin(ready: Plan): ChildProcess {
  const child = new ChildProcess();
  child._start(ready);
  return child;
}

// ---- exec and execFile

export type ExecResult = { stdout: any; stderr: any };
/** A child whose whole output is collected: also a promise of it. */
export type ExecChild = ChildProcess & PromiseLike<ExecResult> & { catch<T>(rejected: (error: any) => T): Promise<ExecResult | T>; finally(next: () => void): Promise<ExecResult> };

/** Runs a command line in a shell and collects its output. */
export function exec(command: string, options?: ExecOptions | ExecCallback | null, callback?: ExecCallback): ExecChild {
  if (typeof options === 'function') return exec(command, undefined, options);
  if (typeof command !== 'string') throw wrongType('command', 'string', command);
  return collect(plan(command, [], { ...options, shell: typeof options?.shell === 'string' ? options.shell : true }), callback);
}

/** Runs a program and collects its output. */
export function execFile(file: string, args?: readonly string[] | ExecOptions | ExecCallback | null, options?: ExecOptions | ExecCallback | null, callback?: ExecCallback): ExecChild {
  if (typeof args === 'function') return execFile(file, [], undefined, args);
  if (typeof options === 'function') return execFile(file, args, undefined, options);
  if (callback !== undefined && callback !== null && typeof callback !== 'function') throw wrongType('callback', 'function', callback);
  return collect(plan(file, args, options), callback);
}

function collect(ready: Plan, callback: ExecCallback | undefined): ExecChild {
  const { options } = ready;
  const most = integer(options.maxBuffer, 'options.maxBuffer', MAX_BUFFER);
  const child = begin({ ...ready, options: { ...options, timeout: 0 } });
  const encoding = options.encoding === undefined ? 'utf8' : options.encoding;
  let failed: any, killed = false, done = false;
  const outputs = [child.stdout, child.stderr].map((stream, i) => {
    const state = { chunks: [] as Uint8Array[], bytes: 0 };
    stream?.on('data', (chunk: Uint8Array) => {
      const room = most - state.bytes;
      state.chunks.push(chunk.byteLength > room ? chunk.subarray(0, Math.max(0, room)) : chunk);
      state.bytes += Math.min(chunk.byteLength, room);
      if (chunk.byteLength > room && failed === undefined) {
        failed = coded(new RangeError(`${i === 0 ? 'stdout' : 'stderr'} maxBuffer length exceeded`), 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER');
        stop();
      }
    });
    return state;
  });
  const text = (i: 0 | 1): any => {
    const all = Buffer.concat(outputs[i]!.chunks);
    return encoding === null || encoding === 'buffer' || !Buffer.isEncoding(encoding) ? all : all.toString(encoding);
  };
  function stop(): void {
    child.stdout?.destroy();
    child.stderr?.destroy();
    killed = true;
    child.kill(options.killSignal);
  }
  const timer = options.timeout ? setTimeout(stop, options.timeout) : undefined;
  let settle: (outcome: { error: any; stdout: any; stderr: any }) => void;
  const outcome = new Promise<{ error: any; stdout: any; stderr: any }>(told => { settle = told; });
  function finished(code: number | null, signal: string | null): void {
    if (done) return;
    done = true;
    clearTimeout(timer);
    const stdout = text(0), stderr = text(1);
    let error = failed;
    if (error === undefined && (code !== 0 || signal !== null)) {
      error = Object.assign(new Error(`Command failed: ${ready.command}\n${stderr}`), { code, killed: child.killed || killed, signal });
    }
    if (error instanceof Error) Object.assign(error, { cmd: ready.command });
    settle({ error: error ?? null, stdout, stderr });
    if (callback !== undefined) {
      callback(error ?? null, stdout, stderr);
    }
  }
  child.on('close', finished);
  child.on('error', (error: Error) => {
    failed ??= error;
    child.stdout?.destroy();
    child.stderr?.destroy();
    finished(null, null);
  });
  const promise = (): Promise<ExecResult> => outcome.then(({ error, stdout, stderr }) => {
    if (error !== null) throw Object.assign(error, { stdout, stderr });
    return { stdout, stderr };
  });
  const thenable = {
    then: (good?: any, bad?: any) => promise().then(good, bad),
    catch: (bad: any) => promise().catch(bad),
    finally: (next: any) => promise().finally(next),
  };
  for (const [name, value] of Object.entries(thenable)) Object.defineProperty(child, name, { value, enumerable: false, configurable: true });
  return child as ExecChild;
}

const promisified = Symbol.for('nodejs.util.promisify.custom');
for (const run of [exec, execFile] as ((...args: any[]) => ExecChild)[]) {
  Object.defineProperty(run, promisified, {
    enumerable: false,
    value: (...args: any[]) => {
      const child = run(...args);
      return Object.assign(child.then(result => result), { child });
    },
  });
}

/** Not possible: an app has no Node.js of its own to start. */
export function fork(modulePath: string, ..._rest: unknown[]): never {
  throw new NotSupportedError(`fork('${String(modulePath)}') would start another Node.js, and an app has none of its own: use a Worker of 'socket:worker_threads', or spawn('node', […]) where Node.js is installed`);
}

// ---- the page waits

/** Runs a program to its end while the page stands still. */
export function spawnSync(file: string, args?: readonly string[] | SyncOptions | null, options?: SyncOptions | null): SyncResult {
  return runSync(plan(file, args, options));
}

function runSync(ready: Plan): SyncResult {
  const { options } = ready;
  const input = typeof options.input === 'string' ? Buffer.from(options.input) : options.input;
  if (input !== undefined && input !== null && !(input instanceof Uint8Array)) throw wrongType('options.input', ['string', 'Buffer', 'TypedArray', 'DataView'], input);
  const params = {
    ...ready.params, sync: true, timeout: Math.ceil(integer(options.timeout, 'options.timeout', 0)), maxBuffer: integer(options.maxBuffer, 'options.maxBuffer', MAX_BUFFER), killSignal: options.killSignal,
  };
  let answer: ReturnType<typeof callSync>;
  try {
    const url = options.shell ? shellUrl : spawnUrl((callSync(lookupUrl, question(ready)).data as { path: string }).path);
    answer = callSync(url, params, input);
  } catch (error) {
    return { error: failure(error, 'spawnSync', ready), status: null, signal: null, output: null, pid: 0, stdout: null, stderr: null };
  }
  const meta = JSON.parse(decodeURIComponent(answer.headers.get('x-dunlin-meta') ?? '%7B%7D')) as { pid: number; status?: number; signal?: string; error: string; stdoutBytes: number };
  const bytes = answer.bytes!;
  const shown = (part: Uint8Array, kind: string | undefined): string | Buffer | null => {
    if (kind !== 'pipe') return null;
    const all = Buffer.from(part);
    return options.encoding && options.encoding !== 'buffer' ? all.toString(options.encoding) : all;
  };
  const stdout = shown(bytes.subarray(0, meta.stdoutBytes), ready.stdio[1]), stderr = shown(bytes.subarray(meta.stdoutBytes), ready.stdio[2]);
  const result: SyncResult = { pid: meta.pid, output: [null, stdout, stderr], stdout, stderr, status: meta.status ?? null, signal: meta.signal ?? null };
  if (meta.error !== '') result.error = failure({ errno: -(host.constants.errno[meta.error] ?? 1), code: meta.error }, 'spawnSync', ready);
  return result;
}

function outputSync(ready: Plan): any {
  const result = runSync(ready);
  if (ready.options.stdio === undefined && result.stderr?.length > 0) process.stderr.write(result.stderr as string | Uint8Array);
  if (result.error !== undefined) throw Object.assign(result.error, { ...result, error: result.error });
  if (result.status !== 0) {
    const shown = result.stderr?.length > 0 ? `\n${String(result.stderr)}` : '';
    throw Object.assign(new Error(`Command failed: ${ready.command}${shown}`), result);
  }
  return result.stdout;
}

/** The output of a program; throws if it fails. */
export function execFileSync(file: string, args?: readonly string[] | SyncOptions | null, options?: SyncOptions | null): any {
  return outputSync(plan(file, args, options));
}
/** The output of a command line; throws if it fails. */
export function execSync(command: string, options?: SyncOptions | null): any {
  if (typeof command !== 'string') throw wrongType('command', 'string', command);
  return outputSync(plan(command, [], { ...options, shell: typeof options?.shell === 'string' ? options.shell : true }));
}

export default { ChildProcess, spawn, exec, execFile, fork, spawnSync, execSync, execFileSync };
