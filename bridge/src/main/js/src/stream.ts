/** Node's `stream`: the npm package `readable-stream`, which is Node's own code. */
import npm from 'readable-stream/lib/stream.js';
import type { EventEmitter } from 'socket:events';
import { coded, wrongType } from 'socket:internal/args';
import { _becomeReadable } from 'socket:process';
import * as web from 'socket:stream/web';

export { web };
export type StreamCallback = (error?: Error | null) => void;
interface Common<S> {
  highWaterMark?: number; objectMode?: boolean; emitClose?: boolean; autoDestroy?: boolean; signal?: AbortSignal;
  construct?(this: S, callback: StreamCallback): void;
  destroy?(this: S, error: Error | null, callback: StreamCallback): void;
}
export interface ReadableOptions<S = Readable> extends Common<S> { encoding?: string; read?(this: S, size: number): void }
export interface WritableOptions<S = Writable> extends Common<S> {
  decodeStrings?: boolean; defaultEncoding?: string;
  write?(this: S, chunk: any, encoding: string, callback: StreamCallback): void;
  writev?(this: S, chunks: { chunk: any; encoding: string }[], callback: StreamCallback): void;
  final?(this: S, callback: StreamCallback): void;
}
export interface DuplexOptions<S = Duplex> extends ReadableOptions<S>, WritableOptions<S> {
  allowHalfOpen?: boolean; readableObjectMode?: boolean; writableObjectMode?: boolean; readableHighWaterMark?: number; writableHighWaterMark?: number;
}
export interface TransformOptions extends DuplexOptions<Transform> {
  transform?(this: Transform, chunk: any, encoding: string, callback: (error?: Error | null, data?: any) => void): void;
  flush?(this: Transform, callback: (error?: Error | null, data?: any) => void): void;
}
export interface PipeOptions { end?: boolean }
export interface OperatorOptions { concurrency?: number; highWaterMark?: number; signal?: AbortSignal }

export interface Stream extends EventEmitter { pipe<T extends Writable>(destination: T, options?: PipeOptions): T }
export interface Readable extends Stream, AsyncIterable<any> {
  readonly readable: boolean;
  readonly readableAborted: boolean;
  readonly readableDidRead: boolean;
  readonly readableEncoding: string | null;
  readonly readableEnded: boolean;
  readonly readableFlowing: boolean | null;
  readonly readableHighWaterMark: number;
  readonly readableLength: number;
  readonly readableObjectMode: boolean;
  destroyed: boolean;
  readonly closed: boolean;
  readonly errored: Error | null;
  _read(size: number): void;
  _construct?(callback: StreamCallback): void;
  _destroy(error: Error | null, callback: StreamCallback): void;
  read(size?: number): any;
  setEncoding(encoding: string): this;
  pause(): this;
  resume(): this;
  isPaused(): boolean;
  unpipe(destination?: Writable): this;
  unshift(chunk: any, encoding?: string): void;
  push(chunk: any, encoding?: string): boolean;
  wrap(stream: Stream): this;
  destroy(error?: Error | null): this;
  compose<T extends Duplex>(stream: T, options?: { signal?: AbortSignal }): T;
  iterator(options?: { destroyOnReturn?: boolean }): AsyncIterableIterator<any>;
  map(fn: (data: any, options: { signal: AbortSignal }) => any, options?: OperatorOptions): Readable;
  filter(fn: (data: any, options: { signal: AbortSignal }) => any, options?: OperatorOptions): Readable;
  flatMap(fn: (data: any, options: { signal: AbortSignal }) => any, options?: OperatorOptions): Readable;
  take(limit: number, options?: { signal?: AbortSignal }): Readable;
  drop(limit: number, options?: { signal?: AbortSignal }): Readable;
  asIndexedPairs(options?: { signal?: AbortSignal }): Readable;
  forEach(fn: (data: any, options: { signal: AbortSignal }) => any, options?: OperatorOptions): Promise<void>;
  some(fn: (data: any, options: { signal: AbortSignal }) => any, options?: OperatorOptions): Promise<boolean>;
  every(fn: (data: any, options: { signal: AbortSignal }) => any, options?: OperatorOptions): Promise<boolean>;
  find(fn: (data: any, options: { signal: AbortSignal }) => any, options?: OperatorOptions): Promise<any>;
  reduce(fn: (previous: any, data: any, options: { signal: AbortSignal }) => any, initial?: any, options?: { signal?: AbortSignal }): Promise<any>;
  toArray(options?: { signal?: AbortSignal }): Promise<any[]>;
  [Symbol.asyncIterator](): AsyncIterableIterator<any>;
}
export interface WritableMembers {
  readonly writable: boolean;
  readonly writableAborted: boolean;
  readonly writableCorked: number;
  readonly writableEnded: boolean;
  readonly writableFinished: boolean;
  readonly writableHighWaterMark: number;
  readonly writableLength: number;
  readonly writableNeedDrain: boolean;
  readonly writableObjectMode: boolean;
  _write(chunk: any, encoding: string, callback: StreamCallback): void;
  _writev?(chunks: { chunk: any; encoding: string }[], callback: StreamCallback): void;
  _final(callback: StreamCallback): void;
  write(chunk: any, callback?: StreamCallback): boolean;
  write(chunk: any, encoding: string, callback?: StreamCallback): boolean;
  setDefaultEncoding(encoding: string): this;
  end(callback?: () => void): this;
  end(chunk: any, callback?: () => void): this;
  end(chunk: any, encoding: string, callback?: () => void): this;
  cork(): void;
  uncork(): void;
}
export interface Writable extends Stream, WritableMembers {
  destroyed: boolean;
  readonly closed: boolean;
  readonly errored: Error | null;
  _construct?(callback: StreamCallback): void;
  _destroy(error: Error | null, callback: StreamCallback): void;
  destroy(error?: Error | null): this;
}
export interface Duplex extends Readable, WritableMembers { allowHalfOpen: boolean }
export interface Transform extends Duplex {
  _transform(chunk: any, encoding: string, callback: (error?: Error | null, data?: any) => void): void;
  _flush(callback: (error?: Error | null, data?: any) => void): void;
}
export interface PassThrough extends Transform {}
export interface StreamConstructor { new (): Stream; (this: unknown): void; readonly prototype: Stream }
export interface ReadableConstructor {
  new (options?: ReadableOptions): Readable;
  readonly prototype: Readable;
  readonly ReadableState: new (...args: any[]) => object;
  from(source: Iterable<any> | AsyncIterable<any> | string | Uint8Array, options?: ReadableOptions): Readable;
  fromWeb(stream: ReadableStream, options?: ReadableOptions): Readable;
  toWeb(stream: Readable, options?: { strategy?: QueuingStrategy }): ReadableStream;
  wrap(stream: Stream, options?: ReadableOptions): Readable;
  isDisturbed(stream: Readable | ReadableStream): boolean;
}
export interface WritableConstructor {
  new (options?: WritableOptions): Writable;
  readonly prototype: Writable;
  readonly WritableState: new (...args: any[]) => object;
  fromWeb(stream: WritableStream, options?: WritableOptions): Writable;
  toWeb(stream: Writable): WritableStream;
}
export interface DuplexConstructor {
  new (options?: DuplexOptions): Duplex;
  readonly prototype: Duplex;
  from(source: any): Duplex;
  fromWeb(pair: { readable: ReadableStream; writable: WritableStream }, options?: DuplexOptions): Duplex;
  toWeb(stream: Duplex): { readable: ReadableStream; writable: WritableStream };
}
export interface TransformConstructor { new (options?: TransformOptions): Transform; readonly prototype: Transform }
export interface PassThroughConstructor { new (options?: TransformOptions): PassThrough; readonly prototype: PassThrough }
export interface FinishedOptions { error?: boolean; readable?: boolean; writable?: boolean; signal?: AbortSignal; cleanup?: boolean }
type Finished = (stream: unknown, options: FinishedOptions | StreamCallback, callback?: StreamCallback) => () => void;
export interface StreamPromises { pipeline(...streams: any[]): Promise<any>; finished(stream: unknown, options?: FinishedOptions): Promise<void> }

// The bundler gave some of them another name.
for (const name of ['Stream', 'Readable', 'Writable', 'Duplex', 'Transform', 'PassThrough']) Object.defineProperty(npm[name], 'name', { value: name });
export const Stream: StreamConstructor = npm;
export const Readable: ReadableConstructor = npm.Readable;
export const Writable: WritableConstructor = npm.Writable;
export const Duplex: DuplexConstructor = npm.Duplex;
export const Transform: TransformConstructor = npm.Transform;
export const PassThrough: PassThroughConstructor = npm.PassThrough;
export const ReadableState: ReadableConstructor['ReadableState'] = npm.Readable.ReadableState;
export const WritableState: WritableConstructor['WritableState'] = npm.Writable.WritableState;
/** Pipes each into the next; the callback comes when the last is done or one failed, and then all are destroyed. */
export const pipeline: (...streams: any[]) => any = npm.pipeline;
export const finished: Finished = npm.finished;
export const addAbortSignal: <S>(signal: AbortSignal, stream: S) => S = npm.addAbortSignal;
export const compose: (...streams: any[]) => Duplex = npm.compose;
export const destroy: (stream: unknown, error?: Error) => void = npm.destroy;
export const isDestroyed: (stream: unknown) => boolean = npm.isDestroyed;
export const isDisturbed: (stream: unknown) => boolean = npm.isDisturbed;
export const isErrored: (stream: unknown) => boolean = npm.isErrored;
export const isReadable: (stream: unknown) => boolean = npm.isReadable;
export const isWritable: (stream: unknown) => boolean = npm.isWritable;
export const getDefaultHighWaterMark: (objectMode: boolean) => number = npm.getDefaultHighWaterMark;
export const setDefaultHighWaterMark: (objectMode: boolean, value: number) => void = npm.setDefaultHighWaterMark;
export const promises: StreamPromises = npm.promises;
export const pipelinePromise: StreamPromises['pipeline'] = npm.promises.pipeline;

/** Whether `stream` is one of these classes. */
export function isStream(stream: unknown): boolean { return stream instanceof npm; }
/** Streamx is the reference's library: no stream is of it here. */
export const isStreamx = (_stream: unknown): boolean => false;
export const isReadStreamx = (_stream: unknown): boolean => false;
/** What a stream failed with, or null. */
export function getStreamError(stream: unknown): Error | null { return (stream as { errored?: Error | null } | null)?.errored ?? null; }

/** Two ends: what is written to one can be read from the other. */
export function duplexPair(options?: DuplexOptions): [Duplex, Duplex] {
  const waiting: (StreamCallback | undefined)[] = [undefined, undefined];
  const side = (mine: 0 | 1): Duplex => new Duplex({
    ...options,
    read() {
      const callback = waiting[mine];
      waiting[mine] = undefined;
      callback?.();
    },
    write(chunk: unknown, _encoding: string, callback: StreamCallback) {
      const other = pair[1 - mine]!;
      if ((chunk as { length?: number }).length === 0) { queueMicrotask(() => callback()); return; }
      waiting[1 - mine] = callback;
      other.push(chunk);
    },
    final(callback: StreamCallback) {
      const other = pair[1 - mine]!;
      other.on('end', () => callback());
      other.push(null);
    },
  });
  const pair: [Duplex, Duplex] = [side(0), side(1)];
  return pair;
}

// ---- to and from the engine's streams

function checked<S>(stream: S, is: boolean, name: string, expected: string): S {
  if (!is) throw wrongType(name, expected, stream);
  return stream;
}
const early = (): Error => coded(new Error('Premature close'), 'ERR_STREAM_PREMATURE_CLOSE');
function readFrom(reader: ReadableStreamDefaultReader<any>): Pick<ReadableOptions<any>, 'read'> {
  return {
    read(this: Readable) {
      reader.read().then(({ value, done }) => this.push(done ? null : value), (error: Error) => this.destroy(error));
    },
  };
}
function writeTo(writer: WritableStreamDefaultWriter<any>): Pick<WritableOptions<any>, 'write' | 'final'> {
  return {
    write(chunk: unknown, _encoding: string, callback: StreamCallback) { writer.ready.then(() => writer.write(chunk)).then(() => callback(), callback); },
    final(callback: StreamCallback) { writer.close().then(() => callback(), callback); },
  };
}
function readableToWeb(stream: Readable, options: { strategy?: QueuingStrategy } = {}): ReadableStream {
  checked(stream, typeof (stream as Partial<Readable>)?.read === 'function', 'streamReadable', 'stream.Readable');
  let over = false;
  return new ReadableStream({
    start(controller) {
      stream.pause();
      stream.on('data', (chunk: unknown) => {
        controller.enqueue(chunk instanceof Uint8Array && !stream.readableObjectMode ? new Uint8Array(chunk) : chunk);
        if ((controller.desiredSize ?? 0) <= 0) stream.pause();
      });
      stream.pause();
      finished(stream, { writable: false }, error => {
        if (over) return;
        over = true;
        if (error) controller.error(error);
        else controller.close();
      });
    },
    pull() { stream.resume(); },
    cancel(reason) {
      over = true;
      stream.destroy(reason instanceof Error ? reason : undefined);
    },
  }, options.strategy ?? { highWaterMark: stream.readableObjectMode ? stream.readableHighWaterMark : 1 });
}
function writableToWeb(stream: Writable): WritableStream {
  checked(stream, typeof (stream as Partial<Writable>)?.write === 'function', 'streamWritable', 'stream.Writable');
  return new WritableStream({
    start(controller) {
      finished(stream, { readable: false }, error => { if (error) controller.error(error); });
    },
    write: chunk => new Promise<void>((resolve, reject) => { stream.write(chunk, error => (error ? reject(error) : resolve())); }),
    close: () => new Promise<void>((resolve, reject) => {
      finished(stream, { readable: false }, error => (error ? reject(error) : resolve()));
      stream.end();
    }),
    abort: reason => { stream.destroy(reason instanceof Error ? reason : early()); },
  });
}
Object.assign(Readable, {
  toWeb: readableToWeb,
  fromWeb(stream: ReadableStream, options: ReadableOptions = {}): Readable {
    const reader = checked(stream, stream instanceof ReadableStream, 'readableStream', 'ReadableStream').getReader();
    return new Readable({ ...options, ...readFrom(reader), destroy(error, callback) { reader.cancel(error ?? undefined).then(() => callback(error), () => callback(error)); } });
  },
});
Object.assign(Writable, {
  toWeb: writableToWeb,
  fromWeb(stream: WritableStream, options: WritableOptions = {}): Writable {
    const writer = checked(stream, stream instanceof WritableStream, 'writableStream', 'WritableStream').getWriter();
    return new Writable({ ...options, ...writeTo(writer), destroy(error, callback) { if (error === null) callback(null); else writer.abort(error).then(() => callback(error), () => callback(error)); } });
  },
});
Object.assign(Duplex, {
  toWeb: (stream: Duplex) => ({ readable: readableToWeb(stream), writable: writableToWeb(stream as unknown as Writable) }),
  fromWeb(pair: { readable: ReadableStream; writable: WritableStream }, options: DuplexOptions = {}): Duplex {
    const reader = checked(pair.readable, pair.readable instanceof ReadableStream, 'pair.readable', 'ReadableStream').getReader();
    const writer = checked(pair.writable, pair.writable instanceof WritableStream, 'pair.writable', 'WritableStream').getWriter();
    return new Duplex({ ...options, ...readFrom(reader), ...writeTo(writer) });
  },
});
Object.assign(npm, { duplexPair });
_becomeReadable(Readable);
export default npm as StreamConstructor & {
  Stream: StreamConstructor; Readable: ReadableConstructor; Writable: WritableConstructor; Duplex: DuplexConstructor; Transform: TransformConstructor; PassThrough: PassThroughConstructor;
  pipeline: typeof pipeline; finished: Finished; addAbortSignal: typeof addAbortSignal; compose: typeof compose; destroy: typeof destroy; duplexPair: typeof duplexPair; promises: StreamPromises;
  isDisturbed: typeof isDisturbed; isErrored: typeof isErrored; isReadable: typeof isReadable;
  getDefaultHighWaterMark: typeof getDefaultHighWaterMark; setDefaultHighWaterMark: typeof setDefaultHighWaterMark;
};
