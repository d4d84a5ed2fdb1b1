/** Node's `worker_threads` on the engine's workers. The worker's script is a module; a path is one of the app's files. */
import host from 'socket:internal/host';
import { Buffer } from 'socket:buffer';
import { NotSupportedError } from 'socket:errors';
import { EventEmitter, type EventEmitter as Emitter } from 'socket:events';
import { coded, string, wrongType } from 'socket:internal/args';
import process from 'socket:process';
import { Readable } from 'socket:stream';

export const SHARE_ENV: unique symbol = Symbol.for('nodejs.worker_threads.SHARE_ENV') as never;
export const BroadcastChannel: typeof globalThis.BroadcastChannel = globalThis.BroadcastChannel;
export const MessageChannel: typeof globalThis.MessageChannel = globalThis.MessageChannel;
export const MessagePort: typeof globalThis.MessagePort = globalThis.MessagePort;
export interface WorkerOptions { workerData?: unknown; env?: Record<string, string | undefined> | typeof SHARE_ENV; name?: string; transferList?: Transferable[];
  /** What the worker writes to `process.stdout` is not written to the app's too. */
  stdout?: boolean; stderr?: boolean; stdin?: false }
/** What a worker is named, so that it knows that it waits for its first message. */
const NAME = 'dunlin:worker_threads:';
interface First { workerData: unknown; threadId: number; env: Record<string, string | undefined>; environment: Map<unknown, unknown>; output: MessagePort }
/** One write of a worker; its id comes back when it has been taken. */
interface Written { fd: 1 | 2; id: number; chunk: Uint8Array }
const scope = globalThis as unknown as { name?: string; postMessage(message: unknown, transfer?: Transferable[]): void; close(): void } & EventTarget;
const inWorker = globalThis.document === undefined && typeof scope.name === 'string' && scope.name.startsWith(NAME);
const first: First | undefined = inWorker ? await new Promise<First>(resolve => scope.addEventListener('message', event => resolve((event as MessageEvent<First>).data), { once: true })) : undefined;
const environment: Map<unknown, unknown> = first?.environment ?? new Map();
if (first !== undefined) {
  const { output } = first, taken = new Map<number, () => void>();
  let last = 0;
  output.onmessage = ({ data }) => {
    taken.get(data as number)?.();
    taken.delete(data as number);
  };
  for (const stream of [process.stdout, process.stderr] as const) {
    Object.assign(stream, {
      write(chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean {
        if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) throw wrongType('chunk', ['string', 'Buffer', 'Uint8Array'], chunk);
        const done = (typeof encoding === 'function' ? encoding : callback) as ((error?: null) => void) | undefined;
        if (done !== undefined) taken.set(last + 1, () => done(null));
        output.postMessage({ fd: stream.fd as 1 | 2, id: ++last, chunk: typeof chunk === 'string' ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as 'utf8') : 'utf8') : chunk } satisfies Written);
        return true;
      },
    });
  }
}
export const isMainThread: boolean = globalThis.document !== undefined;
export const threadId: number = first?.threadId ?? 0;
export const workerData: any = first?.workerData ?? null;
export const resourceLimits: Readonly<Record<string, number>> = Object.freeze({});
export function setEnvironmentData(key: unknown, value?: unknown): void { if (value === undefined) environment.delete(key); else environment.set(key, value); }
export function getEnvironmentData(key: unknown): any { return environment.get(key); }
export interface ParentPort extends Emitter { postMessage(message: unknown, transfer?: Transferable[]): void; close(): void; ref(): void; unref(): void; start(): void }
function portOf(): ParentPort {
  const port = Object.assign(new EventEmitter(), { postMessage: (message: unknown, transfer?: Transferable[]) => scope.postMessage(message, transfer), close: () => scope.close(), ref() {}, unref() {}, start() {} });
  scope.addEventListener('message', event => port.emit('message', (event as MessageEvent).data));
  scope.addEventListener('messageerror', event => port.emit('messageerror', event));
  return port;
}
export const parentPort: ParentPort | null = inWorker ? portOf() : null;
export const mainPort: ParentPort | null = parentPort;
let last = threadId;
export const workers: Map<number, Worker> = new Map();
/** A worker of the app; `message`, `error`, `online` and `exit` as in Node. */
export class Worker extends EventEmitter {
  readonly threadId: number = ++last;
  readonly resourceLimits = resourceLimits;
  /** What the worker writes to its `process.stdout`, if it has imported this module; the engine's `console` writes elsewhere. */
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly stdin: null = null;
  #worker: globalThis.Worker | undefined;
  constructor(filename: string | URL, options: WorkerOptions = {}) {
    super();
    if (options.stdin) throw new NotSupportedError('options.stdin is not possible: send the worker messages');
    const url = filename instanceof URL ? filename : new URL(string(filename, 'filename'), globalThis.document?.baseURI ?? globalThis.location.href);
    const worker = (this.#worker = new globalThis.Worker(url, { type: 'module', name: NAME + (options.name ?? this.threadId) }));
    workers.set(this.threadId, this);
    const { port1, port2 } = new MessageChannel();
    const outputs = ([1, 2] as const).map(fd => {
      const waiting: (() => void)[] = [];
      const stream = new Readable({ read() { for (const taken of waiting.splice(0)) taken(); } });
      const own = fd === 1 ? options.stdout : options.stderr;
      if (!own) stream.on('data', (chunk: Uint8Array) => { (fd === 1 ? process.stdout : process.stderr).write(chunk); });
      return { stream, waiting };
    });
    port1.onmessage = ({ data }) => {
      const { fd, id, chunk } = data as Written, { stream, waiting } = outputs[fd - 1]!;
      const taken = (): void => port1.postMessage(id);
      if (stream.destroyed || stream.push(Buffer.from(chunk))) taken();
      else waiting.push(taken);
    };
    this.stdout = outputs[0]!.stream;
    this.stderr = outputs[1]!.stream;
    this.once('exit', () => { port1.close(); this.stdout.push(null); this.stderr.push(null); });
    worker.postMessage({ workerData: options.workerData, threadId: this.threadId, env: options.env === undefined || options.env === SHARE_ENV ? { ...host.env } : options.env, environment, output: port2 } satisfies First, [port2, ...(options.transferList ?? [])]);
    worker.addEventListener('message', event => this.emit('message', event.data));
    worker.addEventListener('messageerror', () => this.emit('messageerror', coded(new Error('A message of the worker could not be read'), 'ERR_WORKER_MESSAGE')));
    worker.addEventListener('error', event => {
      event.preventDefault();
      this.emit('error', event.error ?? new Error(event.message || `The worker's script ${url.href} could not be loaded: see the console`));
      void this.terminate(1);
    });
    queueMicrotask(() => this.emit('online'));
  }
  get id(): number { return this.threadId; }
  postMessage(message: unknown, transfer: Transferable[] = []): void { this.#worker?.postMessage(message, transfer); }
  /** Ends the worker, and resolves with its exit code. */
  async terminate(code: number = 1): Promise<number | undefined> {
    if (this.#worker === undefined) return undefined;
    this.#worker.terminate();
    this.#worker = undefined;
    workers.delete(this.threadId);
    await null;
    this.emit('exit', code);
    return code;
  }
  ref(): void {}
  unref(): void {}
}
export default { BroadcastChannel, getEnvironmentData, isMainThread, mainPort, MessageChannel, MessagePort, parentPort, resourceLimits, setEnvironmentData, SHARE_ENV, threadId, Worker, workerData, workers };
