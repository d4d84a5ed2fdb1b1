/** Node's `worker_threads` on the engine's workers. The worker's script is a module; a path is one of the app's files. */
import host from 'socket:internal/host';
import { EventEmitter, type EventEmitter as Emitter } from 'socket:events';
import { coded, string } from 'socket:internal/args';

export const SHARE_ENV: unique symbol = Symbol.for('nodejs.worker_threads.SHARE_ENV') as never;
export const BroadcastChannel: typeof globalThis.BroadcastChannel = globalThis.BroadcastChannel;
export const MessageChannel: typeof globalThis.MessageChannel = globalThis.MessageChannel;
export const MessagePort: typeof globalThis.MessagePort = globalThis.MessagePort;
export interface WorkerOptions { workerData?: unknown; env?: Record<string, string | undefined> | typeof SHARE_ENV; name?: string; transferList?: Transferable[] }
/** What a worker is named, so that it knows that it waits for its first message. */
const NAME = 'dunlin:worker_threads:';
interface First { workerData: unknown; threadId: number; env: Record<string, string | undefined>; environment: Map<unknown, unknown> }
const scope = globalThis as unknown as { name?: string; postMessage(message: unknown, transfer?: Transferable[]): void; close(): void } & EventTarget;
const inWorker = globalThis.document === undefined && typeof scope.name === 'string' && scope.name.startsWith(NAME);
const first: First | undefined = inWorker ? await new Promise<First>(resolve => scope.addEventListener('message', event => resolve((event as MessageEvent<First>).data), { once: true })) : undefined;
const environment: Map<unknown, unknown> = first?.environment ?? new Map();
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
  #worker: globalThis.Worker | undefined;
  constructor(filename: string | URL, options: WorkerOptions = {}) {
    super();
    const url = filename instanceof URL ? filename : new URL(string(filename, 'filename'), globalThis.document?.baseURI ?? globalThis.location.href);
    const worker = (this.#worker = new globalThis.Worker(url, { type: 'module', name: NAME + (options.name ?? this.threadId) }));
    workers.set(this.threadId, this);
    worker.postMessage({ workerData: options.workerData, threadId: this.threadId, env: options.env === undefined || options.env === SHARE_ENV ? { ...host.env } : options.env, environment } satisfies First, options.transferList ?? []);
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
