/**
 * The bridge's page side: the wire contract of docs/bridge.md.
 *
 * Adversary: script of the same page that runs later and replaces built-ins to read or forge other code's calls. So
 * everything used while calls are under way is taken here, once, when the module loads. (What a page may call is not
 * decided here but by the host.)
 */
import host from 'socket:internal/host';
import errorClasses, { AbortError, InternalError, NetworkError, NotAllowedError, TimeoutError } from 'socket:errors';

declare const __dunlinQuery:
  | ((query: { request: string; persistent: boolean; onSuccess(reply: string | ArrayBuffer): void; onFailure(code: number, message: string): void }) => number)
  | undefined;

// Built-ins, as they were.
const { parse, stringify } = JSON;
const Promise_ = Promise, Map_ = Map, Set_ = Set, Error_ = Error, Uint8 = Uint8Array, Bytes = ArrayBuffer, Blob_ = Blob, Controller = AbortController;
const Stream = ReadableStream, CustomEvent_ = globalThis.CustomEvent, Xhr = globalThis.XMLHttpRequest;
const ViolationEvent = globalThis.SecurityPolicyViolationEvent as typeof SecurityPolicyViolationEvent | undefined;
const encode = encodeURIComponent, decode = decodeURIComponent, min = Math.min, isBuffer = ArrayBuffer.isView;
const { defineProperty, freeze } = Object;
const microtask = bound(globalThis.queueMicrotask), fetch_ = bound(globalThis.fetch);
const setTimer = bound(globalThis.setTimeout) as (run: () => void, ms: number) => unknown;
const clearTimer = bound(globalThis.clearTimeout) as (timer: unknown) => void;
const report = typeof globalThis.reportError === 'function' ? bound(globalThis.reportError) : (error: unknown) => console.error(error);
const warn = console.warn.bind(console);
const fillRandom = globalThis.crypto.getRandomValues.bind(globalThis.crypto);
const decoder = new TextDecoder(), decodeText = decoder.decode.bind(decoder);
const encoder = new TextEncoder(), encodeText = encoder.encode.bind(encoder);
const mapGet = method(Map.prototype.get), mapSet = method(Map.prototype.set), mapDelete = method(Map.prototype.delete);
const mapEach = method(Map.prototype.forEach), setEach = method(Set.prototype.forEach);
const setAdd = method(Set.prototype.add), setDelete = method(Set.prototype.delete), setHas = method(Set.prototype.has);
const textOf = method(Response.prototype.text), bytesOf = method(Response.prototype.arrayBuffer), headerOf = method(Headers.prototype.get);
const blobBytes = method(Blob.prototype.arrayBuffer), blobSlice = method(Blob.prototype.slice), blobSize = getter<Blob, number>(Blob.prototype, 'size');
const headersOf = getter<Response, Headers>(Response.prototype, 'headers'), statusOf = getter<Response, number>(Response.prototype, 'status');
const bodyOf = getter<Response, ReadableStream<Uint8Array> | null>(Response.prototype, 'body');
const isAborted = getter<AbortSignal, boolean>(AbortSignal.prototype, 'aborted'), reasonOf = getter<AbortSignal, unknown>(AbortSignal.prototype, 'reason');
const signalOf = getter<AbortController, AbortSignal>(AbortController.prototype, 'signal'), abort = method(AbortController.prototype.abort);
const listen = method(EventTarget.prototype.addEventListener), unlisten = method(EventTarget.prototype.removeEventListener);
const dispatch = method(EventTarget.prototype.dispatchEvent), dispatchHere = bound(globalThis.dispatchEvent);
const startsWith = method(String.prototype.startsWith), slice = method(String.prototype.slice), indexOf = method(String.prototype.indexOf);
const unitAt = method(String.prototype.charCodeAt), toText = method(Number.prototype.toString);
const splitText = method(String.prototype.split as (separator: string) => string[]);
const joinText = method(Array.prototype.join as (this: string[], separator: string) => string);
const query = typeof __dunlinQuery === 'function' && globalThis.window !== undefined && globalThis.window === globalThis.window.top ? bound(__dunlinQuery) : undefined;
/** Empty in workers, in documents that the host did not serve, and once the host does not know it any more. */
let documentId = globalThis.window === undefined ? '' : readDocumentId();
/** Of a dedicated worker that has opened its push stream: what it calls itself. */
let workerId = '';
const isDedicated = typeof (globalThis as { DedicatedWorkerGlobalScope?: unknown }).DedicatedWorkerGlobalScope === 'function';
const violationTarget: EventTarget = globalThis.document ?? globalThis;

function bound<F extends (...args: never[]) => unknown>(run: F): F { return run.bind(globalThis) as F; }
function method<T, A extends unknown[], R>(run: (this: T, ...args: A) => R): (self: T, ...args: A) => R {
  return Function.prototype.call.bind(run) as (self: T, ...args: A) => R;
}
function getter<T, R>(prototype: object, name: string): (self: T) => R {
  return method(Object.getOwnPropertyDescriptor(prototype, name)!.get as (this: T) => R);
}
function readDocumentId(): string {
  const entry = performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming | undefined;
  for (const timing of entry?.serverTiming ?? []) if (timing.name === 'dunlin') return timing.description;
  return '';
}

/** An answer came in good order. */
export const OK = 0;
/** An answer is an error. */
export const ERROR = 1;
/** What `timeout: true` stands for, in milliseconds. */
export const TIMEOUT = 32_000;
/** The size of one part of an upload, in bytes. */
export const UPLOAD_PART_BYTES = 4 << 20;
/** Consumed push bytes after which credit goes back: a quarter of what a channel starts with. */
const CREDIT_BYTES = 256 << 10;
/** The longest push frame accepted; a longer one ends the push stream, for it would break every credit. */
const PUSH_FRAME_BYTES = 16 << 20;

/** How to call. */
export interface CallOptions {
  /** Aborting it cancels the call, in the host too. */
  signal?: AbortSignal | null | undefined;
  /** Milliseconds until `TimeoutError`; `true` is {@link TIMEOUT}; none by default. */
  timeout?: number | boolean | undefined;
}
/** Named values of a call; JSON. */
export type Params = { readonly [name: string]: unknown };
/** What can be sent as a request body. */
export type UploadSource = Uint8Array | ArrayBuffer | ArrayBufferView | Blob | string | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string>;

// ---- command URLs

/**
 * The command URL: also what a policy must allow.
 *
 * @param resource raw text, such as an absolute path or `address:port`; each of its segments is percent-encoded
 */
export function commandUrl(module: string, command: string, resource?: string): string {
  // CSP knows no underscore in a host: ipc://child-process/ is what a policy can name.
  const url = 'ipc://' + (indexOf(module, '_') < 0 ? module : joinText(splitText(module, '_'), '-')) + '/' + command;
  if (resource === undefined || resource === '') return url;
  const segments = splitText(resource, '/');
  let path = '';
  for (let i = segments[0] === '' ? 1 : 0; i < segments.length; i++) path += '/' + encode(segments[i]!);
  return url + path;
}

/** An absolute path of the host's file system as a resource: `C:\a b` is `/C:/a b`, `\\server\share` is `//server/share`. */
export function pathResource(path: string): string {
  if (host.platform !== 'win32') return path;
  let resource = path[0] === '\\' || path[0] === '/' ? '' : '/';
  for (let i = 0; i < path.length; i++) resource += path[i] === '\\' ? '/' : path[i];
  return resource;
}

// ---- errors

type WireError = { name?: string; type?: string; message?: string; code?: unknown } & Record<string, unknown>;
const classes = new Map_<string, new (message?: string) => Error>();
for (const type of [Error, TypeError, RangeError, URIError, SyntaxError, EvalError, ReferenceError]) mapSet(classes, type.name, type as new (message?: string) => Error);
for (const [name, type] of Object.entries(errorClasses)) if (typeof type === 'function' && name !== 'AbortError') mapSet(classes, name, type as new (message?: string) => Error);

/** Rebuilds an error that came as JSON: class by its `name` (or `type`), all other members copied on. */
export function maybeMakeError(error: unknown, caller?: Function): Error | null {
  if (error === null || error === undefined) return null;
  if (error instanceof Error_) return error;
  const wire = (typeof error === 'object' ? error : { message: `${error as string}` }) as WireError;
  const name = wire.name ?? wire.type ?? 'Error';
  const message = wire.message ?? '';
  let made: Error;
  if (name === 'AbortError') {
    made = new AbortError(message === '' ? undefined : message);
  } else {
    made = new (mapGet(classes, name) ?? Error_)(message);
  }
  if (made.name !== name) defineProperty(made, 'name', { value: name, configurable: true, writable: true });
  for (const key of Object.keys(wire)) {
    // __proto__ and the like come as own members of JSON: define, never assign.
    if (key !== 'name' && key !== 'message' && key !== 'type' && key !== 'stack') {
      defineProperty(made, key, { value: wire[key], configurable: true, enumerable: true, writable: true });
    }
  }
  const capture = (Error_ as { captureStackTrace?: (target: object, above: Function) => void }).captureStackTrace;
  if (caller !== undefined && capture !== undefined) capture(made, caller);
  return made;
}

function makeError(wire: WireError, url: string): Error {
  const error = maybeMakeError(wire)!;
  if (wire.code === 'ERR_ACCESS_DENIED') announceDenial(url, wire);
  return error;
}

function failure(name: string, code: string, message: string): Error {
  return maybeMakeError({ name, code, message })!;
}

/** The host refused what Chromium's own check never saw or let through: the page hears of it in the usual way. */
function announceDenial(url: string, wire: WireError): void {
  if (ViolationEvent === undefined) return;
  const directive = typeof wire.directive === 'string' ? wire.directive : 'connect-src';
  const page = globalThis.location?.href ?? '';
  const event = new ViolationEvent('securitypolicyviolation', {
    blockedURI: url, documentURI: page, violatedDirective: directive, effectiveDirective: directive, originalPolicy: '', disposition: 'enforce',
    sourceFile: '', statusCode: 0, lineNumber: 0, columnNumber: 0, referrer: '', sample: '', bubbles: true, composed: true,
  });
  try { dispatch(violationTarget, event); } catch (error) { report(error); }
}

// ---- call lane

interface Entry {
  readonly seq: number;
  readonly url: string;
  readonly params: Params | undefined;
  readonly options: CallOptions | undefined;
  /** Bytes are asked for, or a file into a slot: it goes as a message of its own, and bytes are its answer. */
  readonly bytes: 1 | string | undefined;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  /** Takes off the signal's listener and the timer. */
  release: (() => void) | undefined;
  sent: boolean;
  /** Its message was answered without it: its answer comes over the channel. */
  late: boolean;
  over: boolean;
}

const pending = new Map_<number, Entry>();
let lastSeq = 0;
let inFlight = 0;
let scheduled = false;
/** Queries kept at the host for what it has to say: as one is on its way back, the next serves. */
const PARKED = 3;
let parked = 0;
/** Calls not sent yet, from `waitingFrom` on: they wait for the microtask, or for the host's bound on calls in flight. */
let waiting: Entry[] = [];
let waitingFrom = 0;
let cancelled: number[] = [];
/**
 * Calls that the host is known to bear: fewer than its bound where some are in flight that are not counted here (those of the stream lane
 * and of workers, cancelled ones that still stop). By every probe it is raised by `step`.
 */
let capacity = host.limits.callsInFlight;
let step = 1;
let probing = false;
/** The host has refused a message for its bound, and does not yet know that this page knows: see {@link waitAgain}. */
let heldBack = false;
const PROBE_MS = 50, LONGEST_PROBE_MS = 800;
/** Until the next probe. It grows while a message of one call is refused, which may be long, and is made anew each time. */
let pause = PROBE_MS;

function callLane(url: string, params: Params | undefined, options: CallOptions | undefined, bytes?: 1 | string): Promise<unknown> {
  return new Promise_((resolve, reject) => {
    const entry: Entry = { seq: ++lastSeq, url, params, options, bytes, resolve, reject, release: undefined, sent: false, late: false, over: false };
    if (options !== undefined && (options.signal || options.timeout)) watch(entry, options);
    if (entry.over) return;
    waiting[waiting.length] = entry;
    schedule();
  });
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  microtask(flush);
}

function watch(entry: Entry, options: CallOptions): void {
  const signal = options.signal ?? undefined;
  if (signal !== undefined && isAborted(signal)) return cancel(entry, abortError(signal));
  const onAbort = signal && (() => cancel(entry, abortError(signal)));
  if (onAbort) listen(signal, 'abort', onAbort);
  const ms = timeoutOf(options);
  const timer = ms === undefined ? undefined : setTimer(() => cancel(entry, timeoutError(entry.url, ms)), ms);
  entry.release = () => {
    if (onAbort) unlisten(signal, 'abort', onAbort);
    if (timer !== undefined) clearTimer(timer);
  };
}

function cancel(entry: Entry, error: Error): void {
  if (entry.over) return;
  entry.over = true;
  entry.release?.();
  if (entry.sent) {
    mapDelete(pending, entry.seq);
    inFlight--;
    cancelled[cancelled.length] = entry.seq;
    schedule();
  }
  entry.reject(error);
}

function flush(): void {
  scheduled = false;
  if (cancelled.length > 0) {
    const text = stringify({ d: documentId, x: cancelled });
    cancelled = [];
    query!({ request: text, persistent: false, onSuccess: nothing, onFailure: nothing });
  }
  const room = heldBack ? 0 : capacity - inFlight;
  const batch: Entry[] = [];
  while (waitingFrom < waiting.length && batch.length < room) {
    const entry = waiting[waitingFrom++]!;
    if (!entry.over) batch[batch.length] = entry;
  }
  if (waitingFrom === waiting.length) {
    waiting = [];
    waitingFrom = 0;
  }
  if (batch.length > 0) {
    openChannel();
    let from = 0;
    for (let at = 0; at < batch.length; at++) {
      if (batch[at]!.bytes === undefined) continue;
      if (from < at) post(batch, from, at);
      post(batch, at, at + 1);
      from = at + 1;
    }
    if (from < batch.length) post(batch, from, batch.length);
  }
}

/** Sends `batch[from..to)` as one message, or as two where one would be too long. */
function post(batch: Entry[], from: number, to: number): void {
  const calls: unknown[] = [];
  for (let i = from; i < to; i++) {
    const entry = batch[i]!;
    calls[i - from] = entry.params === undefined ? [entry.seq, entry.url] : [entry.seq, entry.url, entry.params];
  }
  let text: string;
  try {
    text = withoutSurrogates(stringify({ d: documentId, b: batch[from]!.bytes, c: calls }));
  } catch (error) {
    // One call's params are not JSON (a cycle, a BigInt): only that one fails.
    if (to - from === 1) return settle(batch[from]!, ERROR, error);
    return halve(batch, from, to);
  }
  if (text.length > host.limits.messageBytes) {
    if (to - from > 1) return halve(batch, from, to);
    return settle(batch[from]!, ERROR, failure('RangeError', 'ERR_MESSAGE_TOO_LARGE',
      `The parameters of ${batch[from]!.url} are ${text.length} characters of JSON, one message may have ${host.limits.messageBytes}: send the data as a body (ipc.write, ipc.upload)`));
  }
  for (let i = from; i < to; i++) {
    const entry = batch[i]!;
    entry.sent = true;
    inFlight++;
    mapSet(pending, entry.seq, entry);
  }
  if (debug.enabled) for (let i = from; i < to; i++) debug.log('call', batch[i]!.seq, batch[i]!.url);
  query!({
    request: text,
    persistent: false,
    onSuccess(reply) {
      pause = PROBE_MS;
      // No bytes at all come as an empty text.
      if (typeof reply !== 'string' || (reply === '' && batch[from]!.bytes !== undefined)) {
        const entry = mapGet(pending, batch[from]!.seq);
        if (entry !== undefined) finish(entry, OK, reply === '' ? new Uint8(0) : new Uint8(reply as ArrayBuffer));
        if (waitingFrom < waiting.length) schedule();
        return;
      }
      receive(reply);
      for (let i = from; i < to; i++) batch[i]!.late = true;
    },
    onFailure(code, message) {
      if (code === TOO_MANY) return waitAgain(batch, from, to);
      const dead = code === UNKNOWN_DOCUMENT;
      if (dead) {
        // One that is being left does not live to see it.
        if (documentId !== '') setTimer(() => warn(`The host has lost this page: ${message}. It gets no events and starts nothing until it is loaded again`), LEFT_MS);
        documentId = '';
      }
      for (let i = from; i < to; i++) {
        const entry = mapGet(pending, batch[i]!.seq);
        if (entry === undefined) continue;
        if (!dead) finish(entry, ERROR, refusal(code, message));
        else finish(entry, OK, streamData(entry.url, entry.params, entry.options));
      }
      if (waitingFrom < waiting.length) schedule();
    },
  });
}

/**
 * The host has no room for so many more calls, and began none of these: they wait once more, in their order among the others. That no
 * message posted after it overtakes it, the host refuses all of them until it is told that this page knows, and by the answer it is known
 * that all refusals were heard.
 */
function waitAgain(batch: Entry[], from: number, to: number): void {
  const again: Entry[] = [];
  for (let i = from; i < to; i++) {
    const entry = batch[i]!;
    if (entry.over) continue;
    mapDelete(pending, entry.seq);
    inFlight--;
    entry.sent = false;
    while (waitingFrom < waiting.length && waiting[waitingFrom]!.seq < entry.seq) again[again.length] = waiting[waitingFrom++]!;
    again[again.length] = entry;
  }
  while (waitingFrom < waiting.length) again[again.length] = waiting[waitingFrom++]!;
  waiting = again;
  waitingFrom = 0;
  capacity = inFlight;
  // Those after the first may only have been refused for their order.
  if (heldBack) return;
  heldBack = true;
  step = to - from > 1 ? (to - from) >> 1 : 1;
  query!({ request: stringify({ d: documentId, a: 1 }), persistent: false, onSuccess: goOn, onFailure: goOn });
  probe();
  if (to - from === 1) pause = min(2 * pause, LONGEST_PROBE_MS);
}

function goOn(): void {
  heldBack = false;
  schedule();
}

/** Only an answer would say that there is room again, and those that take it may never have one: so it is tried, with more each time. */
function probe(): void {
  if (probing || capacity === host.limits.callsInFlight) return;
  probing = true;
  setTimer(() => {
    probing = false;
    capacity = min(host.limits.callsInFlight, capacity + step);
    step *= 2;
    schedule();
    probe();
  }, pause);
}

/** JSON in which characters beyond the BMP are escapes: JCEF cuts a message off at the first one. */
function withoutSurrogates(json: string): string {
  let escaped = '', from = 0;
  for (let i = 0; i < json.length; i++) {
    const unit = unitAt(json, i);
    if (unit >= 0xd800 && unit <= 0xdfff) {
      escaped += slice(json, from, i) + '\\u' + toText(unit, 16);
      from = i + 1;
    }
  }
  return from === 0 ? json : escaped + slice(json, from);
}

function halve(batch: Entry[], from: number, to: number): void {
  const middle = (from + to) >> 1;
  post(batch, from, middle);
  post(batch, middle, to);
}

function nothing(): void {}

/** The host refused a message whole, nothing of it done, for a document id it does not know: the stream lane may do without one. */
const UNKNOWN_DOCUMENT = 4;
/** The host refused a message whole, nothing of it done, for the calls that it would have in flight. */
const TOO_MANY = 3;
/** After this time a page has not been left. */
const LEFT_MS = 1000;
const refusals: { readonly [code: number]: string | undefined } = { 1: 'ERR_INVALID_CALL', 2: 'ERR_MESSAGE_TOO_LARGE', 5: 'ERR_INTERNAL' };

function refusal(code: number, message: string): Error {
  return failure('Error', refusals[code] ?? 'ERR_NO_BRIDGE', message || 'The host closed the bridge of this document');
}

/**
 * The channel: queries parked at the host, on which it answers late and pushes events, each good for one message (JCEF 146 forgets a
 * persistent query after its first answer). One is parked before the first call; once the host uses it, a few are kept there.
 */
function openChannel(): void {
  if (parked === 0) park();
}

/** Chromium forgets parked queries, and tells nobody, when a link is followed that then is saved: the host says so by this event. */
let parking = 0;
globalThis.addEventListener?.('dunlin:park', () => {
  if (parked === 0) return;
  parking++;
  parked = 0;
  park();
});

function park(): void {
  if (query === undefined || documentId === '') return;
  parked++;
  const mine = parking;
  query({
    request: stringify({ d: documentId, o: 1 }),
    persistent: false,
    onSuccess(text) {
      if (mine === parking) parked--;
      while (parked < PARKED) park();
      receive(text as string);
    },
    onFailure(code, message) {
      // Late answers can't come any more. The next call tries to open a new channel.
      if (mine === parking) parked--;
      const error = refusal(code, message);
      // Calls of a message that the host refused for the dead document too go by the stream lane: that query's failure does it.
      const dead = code === UNKNOWN_DOCUMENT;
      mapEach(pending, (entry: Entry) => { if (!dead || entry.late) finish(entry, ERROR, error); });
      if (waitingFrom < waiting.length) schedule();
    },
  });
}

function receive(text: string): void {
  if (text === '') return;
  const message = parse(text) as { r?: [number, number, unknown][]; e?: [string, unknown][] };
  const replies = message.r;
  if (replies !== undefined) {
    for (let i = 0; i < replies.length; i++) {
      const reply = replies[i]!;
      const entry = mapGet(pending, reply[0]);
      // A cancelled call's answer may still come; nobody waits for it.
      if (entry !== undefined) finish(entry, reply[1], reply[2]);
    }
    if (waitingFrom < waiting.length) schedule();
  }
  const events = message.e;
  if (events !== undefined) for (let i = 0; i < events.length; i++) announce(events[i]![0], events[i]![1]);
}

function finish(entry: Entry, status: number, value: unknown): void {
  mapDelete(pending, entry.seq);
  inFlight--;
  settle(entry, status, value);
}

function settle(entry: Entry, status: number, value: unknown): void {
  entry.over = true;
  entry.release?.();
  if (status === OK) return entry.resolve(value);
  if (value instanceof Error_) return entry.reject(value);
  const wire = (value ?? {}) as WireError;
  if (wire.code === 'ERR_REPLY_TOO_LARGE') return entry.resolve((wire.lane === 'blob' && entry.bytes === 1 ? blobData : streamData)(entry.url, entry.params, entry.options));
  entry.reject(makeError(wire, entry.url));
}

function timeoutOf(options: CallOptions): number | undefined {
  const timeout = options.timeout;
  return timeout === true ? TIMEOUT : typeof timeout === 'number' && timeout > 0 ? timeout : undefined;
}
function timeoutError(url: string, ms: number): Error {
  return new TimeoutError(`${url} took longer than ${ms} ms`);
}
function abortError(signal: AbortSignal): Error {
  const reason = reasonOf(signal);
  return reason instanceof TimeoutError ? reason : new AbortError(reason, signal);
}

// ---- blob lane

/** A file input element that only this module and the host know, and its name. */
interface Slot { readonly name: string; readonly input: HTMLInputElement; readonly find: () => void }
/** Elements of this document; more reads at once go by the stream lane. */
const SLOTS = 8;
const freeSlots: Slot[] = [];
let slots = 0;
const Input = globalThis.HTMLInputElement as typeof HTMLInputElement | undefined;
const createElement = Input && document.createElementNS.bind(document, 'http://www.w3.org/1999/xhtml');
const filesOf = Input && getter<HTMLInputElement, FileList | null>(Input.prototype, 'files');
const setValue = Input && method(Object.getOwnPropertyDescriptor(Input.prototype, 'value')!.set as (this: HTMLInputElement, value: string) => void);
const setType = Input && method(Object.getOwnPropertyDescriptor(Input.prototype, 'type')!.set as (this: HTMLInputElement, value: string) => void);
const fileAt = globalThis.FileList === undefined ? undefined : method(FileList.prototype.item);

function takeSlot(): Slot | undefined {
  if (freeSlots.length > 0) {
    const slot = freeSlots[freeSlots.length - 1];
    freeSlots.length--;
    return slot;
  }
  if (slots === SLOTS || createElement === undefined) return undefined;
  slots++;
  const input = createElement('input') as HTMLInputElement;
  setType!(input, 'file');
  const slot = { name: randomId(), input, find: (() => input) as () => void };
  // Page scripts can't list listeners; the host can, and gets the element from this one.
  listen(globalThis, `dunlin:${slot.name}`, slot.find);
  return slot;
}

/** A big local file: the host puts it into an element here, and it is read without passing the host. */
async function blobData(url: string, params: Params | undefined, options: CallOptions | undefined): Promise<unknown> {
  const slot = takeSlot();
  if (slot === undefined) return streamData(url, params, options);
  let seq = 0, found = false;
  try {
    const answer = callLane(url, params, options, slot.name);
    seq = lastSeq;
    const given = await answer;
    if (given instanceof Uint8) return given;
    const { start, length } = given as { start: number; length: number };
    const file = fileAt!(filesOf!(slot.input)!, 0);
    if (file !== null) {
      found = true;
      try {
        const bytes = new Uint8(await blobBytes(blobSlice(file, start, start + length)));
        if (options?.signal && isAborted(options.signal)) throw abortError(options.signal);
        if (bytes.byteLength === length) return bytes;
      } catch (error) {
        if (error instanceof AbortError) throw error;
        // Chromium reads no file that has changed since: the stream lane does.
      }
    }
    return await streamData(url, params, options);
  } finally {
    if (found) {
      setValue!(slot.input, '');
      freeSlots[freeSlots.length] = slot;
    } else {
      // The host has not met this element, or has met another in its place: the next has another name.
      unlisten(globalThis, `dunlin:${slot.name}`, slot.find);
      slots--;
    }
    if (seq > 0) {
      cancelled[cancelled.length] = seq;
      schedule();
    }
  }
}

// ---- events

type Listener = (detail: never) => void;
const listeners = new Map_<string, Set<Listener>>();

/** Hears the host's event `name`. Also dispatched as `CustomEvent` on `globalThis`. */
export function on(name: string, listener: (detail: never) => void): () => void {
  let all = mapGet(listeners, name);
  if (all === undefined) mapSet(listeners, name, (all = new Set_<Listener>()));
  setAdd(all, listener);
  openChannel();
  return () => off(name, listener);
}

/** Undoes {@link on}. */
export function off(name: string, listener: (detail: never) => void): void {
  const all = mapGet(listeners, name);
  if (all !== undefined) setDelete(all, listener);
}

function announce(name: string, detail: unknown): void {
  const all = mapGet(listeners, name);
  if (all !== undefined) {
    setEach(all, (listener: Listener) => {
      try { listener(detail as never); } catch (error) { report(error); }
    });
  }
  try { dispatchHere(new CustomEvent_(name, { detail })); } catch (error) { report(error); }
}

/** Dispatches a `CustomEvent` in this page only. */
export async function emit(name: string, value: unknown, target?: EventTarget, options?: CustomEventInit): Promise<void> {
  const event = new CustomEvent_(name, { ...options, detail: value });
  if (target === undefined) dispatchHere(event);
  else dispatch(target, event);
}

// ---- stream lane

/** Fetches that Chromium's own check refused and that have not failed yet: it names no URL of a scheme like ours, only `ipc`. */
let refused = 0;
let streaming = 0;
listen(violationTarget, 'securitypolicyviolation', ((event: SecurityPolicyViolationEvent) => {
  if (streaming > 0 && event.blockedURI === 'ipc') refused++;
}) as EventListener);

function withoutQuery(url: string): string {
  const at = indexOf(url, '?');
  return at < 0 ? url : slice(url, 0, at);
}

function streamUrl(url: string, params: Params | undefined, extra: string): string {
  let query = extra;
  if (params !== undefined) query += '&_=' + encode(stringify(params));
  if (documentId !== '') query += '&_d=' + encode(documentId);
  else if (workerId !== '') query += '&_w=' + workerId;
  if (query === '') return url;
  return url + (indexOf(url, '?') < 0 ? '?' + slice(query, 1) : query);
}

/** The answer of the stream lane before its body is read. `data` is set unless the body is raw bytes. */
interface Answer { readonly response: Response; readonly bytes: boolean; readonly data: unknown }

/** Request bodies after which Chromium is made to look for garbage: it keeps a request's bytes until then, and V8 does not know of them. */
const GARBAGE_BYTES = 32 << 20;
/** A buffer of this size is more than V8 takes on before it collects. It is never touched, and so takes no memory. */
const BALLAST_BYTES = 96 << 20;
let sentBytes = 0;
function collectSent(bytes: number): void {
  sentBytes += bytes;
  if (sentBytes < GARBAGE_BYTES) return;
  sentBytes = 0;
  // Where there is no room for it V8 has collected to make some.
  try { new Bytes(BALLAST_BYTES); } catch { /* as well */ }
}

async function exchange(url: string, params: Params | undefined, options: CallOptions | undefined, body: Uint8Array | undefined, extra: string, signal: AbortSignal | undefined): Promise<Answer> {
  if (signal !== undefined && isAborted(signal)) throw abortError(signal);
  const target = streamUrl(url, params, extra);
  if (debug.enabled) debug.log('stream', target);
  let response: Response;
  streaming++;
  try {
    response = await fetch_(target, { method: body === undefined ? 'GET' : 'POST', body: body as BodyInit | undefined ?? null, signal: signal ?? null, cache: 'no-store' });
  } catch (cause) {
    if (signal !== undefined && isAborted(signal)) throw abortError(signal);
    // The violation event is a task of its own: let it come first.
    await new Promise_<void>(resolve => setTimer(resolve, 0));
    const denied = refused > 0;
    if (denied) refused--;
    throw unreached(url, cause, denied);
  } finally {
    if (--streaming === 0) refused = 0;
    if (body !== undefined) collectSent(body.byteLength);
  }
  const kind = headerOf(headersOf(response), 'x-dunlin-reply');
  if (kind === 'bytes') return { response, bytes: true, data: undefined };
  let text: string;
  try {
    text = await textOf(response);
  } catch (cause) {
    throw signal !== undefined && isAborted(signal) ? abortError(signal) : broken(url, cause);
  }
  return { response, bytes: false, data: unwrap(kind, text, statusOf(response), url) };
}

function unwrap(kind: string | null, text: string, status: number, url: string): unknown {
  if (kind === 'data') return (parse(text) as { data: unknown }).data;
  if (kind === 'err') throw makeError((parse(text) as { err: WireError }).err, url);
  throw failure('InternalError', 'ERR_INTERNAL', `${url} was answered with status ${status} and without x-dunlin-reply: the answer is not the bridge's`);
}

function broken(url: string, cause: unknown): Error {
  return new NetworkError(`The answer of ${url} broke off`, { cause });
}

function unreached(url: string, cause: unknown, denied: boolean): Error {
  const source = withoutQuery(url);
  const error = denied
    ? new NotAllowedError(`The page's Content-Security-Policy does not allow ${source}: add ${source} to its connect-src`, { cause })
    : new NetworkError(`${source} did not reach the host, or its answer broke off: this document has no bridge, its window is closing, or what was read failed`, { cause });
  defineProperty(error, 'code', { value: denied ? 'ERR_ACCESS_DENIED' : 'ERR_NO_BRIDGE', configurable: true, writable: true });
  if (denied) {
    defineProperty(error, 'source', { value: source, enumerable: true, configurable: true });
    defineProperty(error, 'directive', { value: 'connect-src', enumerable: true, configurable: true });
  }
  return error;
}

/** Runs `work` with a signal that joins the caller's signal and the timeout. */
async function bounded<T>(url: string, options: CallOptions | undefined, work: (signal: AbortSignal | undefined) => Promise<T>): Promise<T> {
  const outer = options?.signal ?? undefined;
  const ms = options === undefined ? undefined : timeoutOf(options);
  if (ms === undefined) return work(outer);
  const controller = new Controller();
  const forward = () => abort(controller, outer === undefined ? undefined : reasonOf(outer));
  if (outer !== undefined) {
    if (isAborted(outer)) throw abortError(outer);
    listen(outer, 'abort', forward);
  }
  const timer = setTimer(() => abort(controller, timeoutError(url, ms)), ms);
  try {
    return await work(signalOf(controller));
  } finally {
    clearTimer(timer);
    if (outer !== undefined) unlisten(outer, 'abort', forward);
  }
}

async function readAll(answer: Answer, url: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    return new Uint8(await bytesOf(answer.response));
  } catch (cause) {
    throw signal !== undefined && isAborted(signal) ? abortError(signal) : broken(url, cause);
  }
}

function streamData(url: string, params: Params | undefined, options: CallOptions | undefined): Promise<unknown> {
  return bounded(url, options, async signal => {
    const answer = await exchange(url, params, options, undefined, '', signal);
    return answer.bytes ? readAll(answer, url, signal) : answer.data;
  });
}

/** Calls a command and gives its JSON answer, by the call lane where there is one. */
export function call(url: string, params?: Params, options?: CallOptions): Promise<unknown> {
  return query === undefined || documentId === '' ? streamData(url, params, options) : callLane(url, params, options);
}

/** Calls a command and gives the whole answer as bytes; a JSON answer is an error here. By the call lane where it takes bytes, else by the stream lane. */
export function callBytes(url: string, params?: Params, options?: CallOptions): Promise<Uint8Array> {
  if (query !== undefined && documentId !== '' && host.limits.callBytes > 0) {
    return callLane(url, params, options, 1).then(bytes => {
      if (bytes instanceof Uint8) return bytes;
      throw failure('InternalError', 'ERR_INTERNAL', `${url} answered JSON where bytes were expected`);
    });
  }
  return bounded(url, options, async signal => {
    const answer = await exchange(url, params, options, undefined, '', signal);
    if (!answer.bytes) throw failure('InternalError', 'ERR_INTERNAL', `${url} answered JSON where bytes were expected`);
    return readAll(answer, url, signal);
  });
}

/** Calls a command by the stream lane and gives the answer's body as it comes. `timeout` is until its head is there. */
export async function openStream(url: string, params?: Params, options?: CallOptions): Promise<{ body: ReadableStream<Uint8Array>; length: number; meta: unknown }> {
  const outer = options?.signal ?? undefined;
  const ms = options === undefined ? undefined : timeoutOf(options);
  const controller = new Controller();
  const signal = signalOf(controller);
  if (outer !== undefined) {
    if (isAborted(outer)) throw abortError(outer);
    listen(outer, 'abort', () => abort(controller, reasonOf(outer)), { once: true });
  }
  const timer = ms === undefined ? undefined : setTimer(() => abort(controller, timeoutError(url, ms)), ms);
  let answer: Answer;
  try {
    answer = await exchange(url, params, options, undefined, '', signal);
  } finally {
    if (timer !== undefined) clearTimer(timer);
  }
  const body = answer.bytes ? bodyOf(answer.response) : null;
  if (body === null) throw failure('InternalError', 'ERR_INTERNAL', `${url} answered JSON where a stream was expected`);
  const headers = headersOf(answer.response);
  const length = headerOf(headers, 'content-length'), meta = headerOf(headers, 'x-dunlin-meta');
  return { body, length: length === null ? -1 : +length, meta: meta === null ? {} : parse(decode(meta)) };
}

/**
 * Calls a command with a request body. Up to the host's bound it goes in one piece, longer ones and streams in parts, each sent when the
 * command has taken the one before. A source that fails ends the upload, and the command fails.
 */
export function upload(url: string, source: UploadSource, params?: Params, options?: CallOptions): Promise<unknown> {
  return bounded(url, options, async signal => {
    const whole = typeof source === 'string' ? encodeText(source) : source instanceof ArrayBuffer ? new Uint8(source)
      : isBuffer(source) ? new Uint8(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength) : source;
    const send = async (body: Uint8Array, extra: string) => {
      const answer = await exchange(url, params, options, body, extra, signal);
      return answer.bytes ? readAll(answer, url, signal) : answer.data;
    };
    if (whole instanceof Uint8 || whole instanceof Blob_) {
      const length = whole instanceof Uint8 ? whole.byteLength : blobSize(whole);
      // A body that is a blob comes to the host empty: CEF gives only bytes.
      const bytesFrom = async (at: number, end: number): Promise<Uint8Array> => {
        if (whole instanceof Uint8) return whole.subarray(at, end);
        try { return new Uint8(await blobBytes(blobSlice(whole, at, end))); } catch (reason) { throw new SourceFailure(reason); }
      };
      if (length <= host.limits.bodyBytes) return uploadParts(url, signal, async () => send(await bytesFrom(0, length), ''));
      return uploadParts(url, signal, async (id, count) => {
        let answer: unknown;
        for (let at = 0; at < length; at += UPLOAD_PART_BYTES) {
          const end = min(at + UPLOAD_PART_BYTES, length);
          const part = await bytesFrom(at, end);
          answer = await send(part, `&_u=${id}&_n=${count.sent++}${end === length ? '&_l=1' : ''}`);
        }
        return answer;
      });
    }
    return uploadParts(url, signal, (id, count) => uploadChunks(whole, id, count, send));
  });
}

/** Counts the parts that were sent. */
interface Parts { sent: number }

/**
 * Where an upload ends on the page's side (its source failed, its signal was aborted between two parts), the host waits for a part that
 * will never come: a part out of order ends the upload, so that half a body is never taken for a whole one.
 */
async function uploadParts(url: string, signal: AbortSignal | undefined, work: (id: string, count: Parts) => Promise<unknown>): Promise<unknown> {
  const id = randomId();
  const count: Parts = { sent: 0 };
  try {
    return await work(id, count);
  } catch (error) {
    const pageEnded = (signal !== undefined && isAborted(signal)) || error instanceof SourceFailure;
    if (pageEnded && count.sent > 0) await exchange(url, undefined, undefined, new Uint8(0), `&_u=${id}&_n=${count.sent + 1}`, undefined).catch(nothing);
    throw error instanceof SourceFailure ? error.reason : error;
  }
}

/** Carries what an upload's source threw past what the host answers. */
class SourceFailure {
  constructor(readonly reason: unknown) {}
}

async function uploadChunks(source: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string>, id: string, count: Parts, send: (body: Uint8Array, extra: string) => Promise<unknown>): Promise<unknown> {
  const part = new Uint8(UPLOAD_PART_BYTES);
  let filled = 0;
  for await (const chunk of guarded(source instanceof Stream ? chunksOf(source) : source)) {
    let bytes = typeof chunk === 'string' ? encodeText(chunk) : chunk;
    while (bytes.byteLength > 0) {
      // A full part goes only when more is there, so that the last one is known as the last.
      if (filled === UPLOAD_PART_BYTES) {
        await send(part, `&_u=${id}&_n=${count.sent++}`);
        filled = 0;
      }
      const take = min(bytes.byteLength, UPLOAD_PART_BYTES - filled);
      part.set(bytes.subarray(0, take), filled);
      filled += take;
      bytes = bytes.subarray(take);
    }
  }
  return send(part.subarray(0, filled), count.sent === 0 ? '' : `&_u=${id}&_n=${count.sent++}&_l=1`);
}

async function* guarded(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array | string> {
  const iterator = source[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (;;) {
      let next: IteratorResult<Uint8Array | string>;
      try {
        next = await iterator.next();
        if (next.done !== true && typeof next.value !== 'string' && !(next.value instanceof Uint8)) {
          throw maybeMakeError({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE', message: 'Every chunk of an upload must be a Uint8Array or a string' });
        }
      } catch (reason) {
        throw new SourceFailure(reason);
      }
      if (next.done === true) { ended = true; return; }
      yield next.value;
    }
  } finally {
    if (!ended) await iterator.return?.();
  }
}

async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) { ended = true; return; }
      yield value;
    }
  } finally {
    if (!ended) reader.cancel().catch(nothing);
  }
}

function randomId(): string {
  const bytes = fillRandom(new Uint8(16));
  let id = '';
  for (let i = 0; i < 16; i++) id += (bytes[i]! < 16 ? '0' : '') + bytes[i]!.toString(16);
  return id;
}

// ---- synchronous calls

/** The answer of {@link callSync}: `bytes` when the command answered raw bytes, else `data`. */
export interface SyncAnswer { readonly data: unknown; readonly bytes: Uint8Array | undefined; readonly headers: Headers }

/** Calls a command and blocks the page until the answer is there. A long body goes in parts. */
export function callSync(url: string, params?: Params, body?: Uint8Array | string): SyncAnswer {
  const bytes = typeof body === 'string' ? encodeText(body) : body;
  if (bytes === undefined || bytes.byteLength <= host.limits.bodyBytes) return exchangeSync(url, params, bytes, '');
  const id = randomId();
  for (let at = 0, n = 0; ; at += UPLOAD_PART_BYTES, n++) {
    const last = at + UPLOAD_PART_BYTES >= bytes.byteLength;
    const answer = exchangeSync(url, params, bytes.subarray(at, min(at + UPLOAD_PART_BYTES, bytes.byteLength)), `&_u=${id}&_n=${n}${last ? '&_l=1' : ''}`);
    if (last) return answer;
  }
}

/**
 * Tells what Chromium's own check refuses while it refuses it: a synchronous request throws the same for that and for an answer that
 * breaks off, and the violation event is a task, which comes after.
 */
const takeViolations = observeViolations();
interface Violations {
  observe(): void;
  takeRecords(): { readonly body: { readonly blockedURL?: string; readonly disposition?: string } | null }[];
}
function observeViolations(): () => ReturnType<Violations['takeRecords']> {
  const Observer = (globalThis as { ReportingObserver?: new (heard: () => void, options: object) => Violations }).ReportingObserver;
  if (Xhr === undefined || Observer === undefined) return () => [];
  const observer = new Observer(nothing, { types: ['csp-violation'] });
  observer.observe();
  return observer.takeRecords.bind(observer);
}
function wasDenied(): boolean {
  const records = takeViolations();
  for (let i = 0; i < records.length; i++) {
    const body = records[i]!.body;
    if (body?.blockedURL === 'ipc' && body.disposition === 'enforce') return true;
  }
  return false;
}

/** Chromium tells observers only of the first of several equal violations: the host answers OPTIONS of any URL, if it is asked at all. */
function mayConnect(url: string): boolean {
  const probe = new Xhr!();
  probe.open('OPTIONS', url, false);
  try {
    probe.send();
    return true;
  } catch {
    return false;
  }
}

/** What the host knows a look by. */
const LOOK = 'dunlin:look';
/** Chromium cuts a dialog's text off at 10,240. */
const LOOK_LENGTH = 10_000;
const ask = query !== undefined && documentId !== '' && typeof globalThis.prompt === 'function' ? bound(globalThis.prompt) as (message: string, text: string) => string | null : undefined;
const fullScreenOf = ask && getter<Document, Element | null>(Document.prototype, 'fullscreenElement'), activeOf = ask && getter<Document, Element | null>(Document.prototype, 'activeElement');
const nameOf = ask && getter<Element, string>(Element.prototype, 'localName');
/** Elements that may show something of their own, or hold one that does: Chromium closes that when a dialog comes. */
const SHOWS = new Set_(['select', 'input', 'iframe', 'object', 'embed']);
let looks = ask !== undefined;
/** Commands, by the beginning of their URL, that the host answers in no other way. */
const noLooks = new Set_<string>();

/**
 * Asks by a dialog of text that the host answers before it is one, in a tenth of the time of a synchronous request: for short looks only. A
 * dialog ends full screen and closes what a form shows, so there it is left alone.
 *
 * @return the answer as JSON; nothing if it is to be a request
 */
function look(url: string, params: Params | undefined): string | undefined {
  if (!looks || documentId === '' || fullScreenOf!(document) !== null) return undefined;
  const active = activeOf!(document), name = active === null ? '' : nameOf!(active);
  if (setHas(SHOWS, name) || indexOf(name, '-') >= 0) return undefined;
  const command = slice(url, 0, indexOf(url, '/', indexOf(url, '/', 6) + 1) + 1);
  if (setHas(noLooks, command)) return undefined;
  const target = streamUrl(url, params, '');
  if (target.length > LOOK_LENGTH) return undefined;
  const answer = ask!(target, LOOK);
  if (answer === null) looks = false;
  else if (answer === '-') setAdd(noLooks, command);
  else if (answer !== '') return answer;
  return undefined;
}

function exchangeSync(url: string, params: Params | undefined, body: Uint8Array | undefined, extra: string): SyncAnswer {
  if (body === undefined && looks) {
    const json = look(url, params);
    if (json !== undefined) return { data: unwrap(startsWith(json, '{"err"') ? 'err' : 'data', json, 200, url), bytes: undefined, headers: new Headers() };
  }
  if (Xhr === undefined) throw failure('NotSupportedError', 'ERR_NO_BRIDGE', 'Synchronous calls need XMLHttpRequest, which this kind of worker does not have');
  const request = new Xhr();
  // A document may not ask a synchronous request for an ArrayBuffer: take bytes as characters. Chromium would still take a byte order
  // mark at the start for the encoding, so the host is asked to put a zero byte before bytes.
  request.open(body === undefined ? 'GET' : 'POST', streamUrl(url, params, extra + '&_b=1'), false);
  request.overrideMimeType('text/plain; charset=x-user-defined');
  takeViolations();
  try {
    request.send((body ?? null) as XMLHttpRequestBodyInit | null);
  } catch (cause) {
    throw unreached(url, cause, wasDenied() || !mayConnect(url));
  }
  const json = request.getResponseHeader('x-dunlin-json');
  if (json !== null) return { data: unwrap(request.getResponseHeader('x-dunlin-reply'), json, request.status, url), bytes: undefined, headers: new Headers() };
  const text = request.responseText;
  const bytes = new Uint8(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i) & 0xff;
  const headers = new Headers();
  for (const line of request.getAllResponseHeaders().split('\r\n')) {
    const at = line.indexOf(':');
    if (at > 0) headers.append(line.slice(0, at), line.slice(at + 1).trim());
  }
  const kind = request.getResponseHeader('x-dunlin-reply');
  if (kind === 'bytes') {
    const length = headers.get('content-length');
    if (length !== null && +length !== bytes.byteLength) throw broken(url, new Error(`${length} bytes were sent, ${bytes.byteLength} characters came`));
    return { data: undefined, bytes: headers.get('x-dunlin-pad') === '1' ? bytes.subarray(1) : bytes, headers };
  }
  return { data: unwrap(kind, decodeText(bytes), request.status, url), bytes: undefined, headers };
}

// ---- push

interface PushChannel {
  consumer: ((bytes: Uint8Array) => void | Promise<void>) | undefined;
  ended: (() => void) | undefined;
  /** Frames nobody has taken; the channel's credit, 1 MiB, bounds them. An empty one is the channel's end. */
  readonly queue: Uint8Array[];
  /** Taken, but not given back as credit yet. */
  consumed: number;
  draining: boolean;
}
const channels = new Map_<number, PushChannel>();
const closedChannels = new Set_<number>();
let pushing: Promise<void> | undefined;

/**
 * Takes the frames of a push channel, in order, one at a time; its credit goes back as `consumer` finishes with them. Frames that came
 * before wait.
 *
 * @param ended hears that the host closed the channel, after its last frame
 * @return ends it; frames that come later are dropped
 */
export function onPush(channel: number, consumer: (bytes: Uint8Array) => void | Promise<void>, ended?: () => void): () => void {
  const state = channelOf(channel);
  state.consumer = consumer;
  state.ended = ended;
  openPush();
  void drain(channel, state);
  return () => {
    state.consumer = undefined;
    state.queue.length = 0;
    mapDelete(channels, channel);
    setAdd(closedChannels, channel);
  };
}

/** Opens the document's push stream, if it is not open. Rejects nowhere: the commands that push report their own failure. */
export function openPush(): void {
  pushing ??= readPush().catch(report).finally(() => { pushing = undefined; });
}

let workerPush: Promise<void> | undefined;
/**
 * To be awaited before a command that opens a push channel; before a synchronous one it is enough to have asked. In a dedicated worker it opens the worker's push stream, by which the host knows
 * what is the worker's and when the worker has ended; elsewhere there is nothing to wait for.
 */
export function readyForPush(): Promise<void> | undefined {
  if (!isDedicated || documentId !== '') return undefined;
  return (workerPush ??= new Promise_((resolve, reject) => {
    if (workerId === '') for (const byte of fillRandom(new Uint8(16))) workerId += (byte < 16 ? '0' : '') + toText(byte, 16);
    pushing = readPush(resolve).catch(error => { reject(error); workerId = ''; }).finally(() => { pushing = workerPush = undefined; });
  }));
}

/** As {@link call}, of a command that opens a push channel. */
export async function callForPush(url: string, params?: Params, options?: CallOptions): Promise<unknown> {
  const ready = readyForPush();
  if (ready !== undefined) await ready;
  return call(url, params, options);
}

function channelOf(channel: number): PushChannel {
  let state = mapGet(channels, channel);
  if (state === undefined) mapSet(channels, channel, (state = { consumer: undefined, ended: undefined, queue: [], consumed: 0, draining: false }));
  return state;
}

async function readPush(opened?: () => void): Promise<void> {
  const { body } = await openStream('ipc://push/');
  opened?.();
  const reader = body.getReader();
  let head = new Uint8(8), headFilled = 0;
  let frame: Uint8Array | undefined, frameFilled = 0, channel = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    let bytes = value;
    while (bytes.byteLength > 0 || (frame !== undefined && frameFilled === frame.byteLength)) {
      if (frame === undefined) {
        const take = min(8 - headFilled, bytes.byteLength);
        head.set(bytes.subarray(0, take), headFilled);
        headFilled += take;
        bytes = bytes.subarray(take);
        if (headFilled < 8) break;
        const view = new DataView(head.buffer);
        const length = view.getUint32(0, true);
        if (length > PUSH_FRAME_BYTES) {
          await reader.cancel();
          throw new InternalError(`A push frame of ${length} bytes came, the longest is ${PUSH_FRAME_BYTES}`);
        }
        channel = view.getUint32(4, true);
        frame = new Uint8(length);
        frameFilled = 0;
        headFilled = 0;
      }
      const take = min(frame.byteLength - frameFilled, bytes.byteLength);
      frame.set(bytes.subarray(0, take), frameFilled);
      frameFilled += take;
      bytes = bytes.subarray(take);
      if (frameFilled === frame.byteLength) {
        deliver(channel, frame);
        frame = undefined;
      }
    }
  }
}

function deliver(channel: number, frame: Uint8Array): void {
  if (setHas(closedChannels, channel)) return;
  const state = channelOf(channel);
  state.queue.push(frame);
  void drain(channel, state);
}

async function drain(channel: number, state: PushChannel): Promise<void> {
  if (state.draining) return;
  state.draining = true;
  try {
    while (state.consumer !== undefined && state.queue.length > 0) {
      const frame = state.queue.shift()!;
      if (frame.byteLength === 0) {
        mapDelete(channels, channel);
        state.consumer = undefined;
        try { state.ended?.(); } catch (error) { report(error); }
        return;
      }
      try {
        await state.consumer(frame);
      } catch (error) {
        report(error);
      }
      state.consumed += frame.byteLength;
      if (state.consumed >= CREDIT_BYTES && state.consumer !== undefined) {
        const bytes = state.consumed;
        state.consumed = 0;
        call('ipc://push/credit', { channel, bytes }).catch(report);
      }
    }
  } finally {
    state.draining = false;
  }
}

// ---- the names of the reference

/** Headers of a {@link Result}. */
const IPCHeaders = globalThis.Headers;
export { IPCHeaders as Headers };

/** What {@link send} and its kin give: `const [err, data, source, headers] = await ipc.send(…)`. */
export class Result {
  readonly id: string | null = null;
  constructor(readonly err: Error | null, readonly data: any, readonly source: string | null, readonly headers: Headers | null = null) {}
  static from(data: unknown, err?: unknown, source?: string | null, headers?: Headers | null): Result {
    return new Result(maybeMakeError(err), data ?? null, source ?? null, headers ?? null);
  }
  toJSON(): { source: string | null; data: unknown; err: unknown } {
    return { source: this.source, data: this.data, err: this.err === null ? null : { ...this.err, name: this.err.name, message: this.err.message } };
  }
  *[Symbol.iterator](): Generator<any> { yield this.err; yield this.data; yield this.source; yield this.headers; }
}

/** Options of {@link send} and its kin. */
export interface SendOptions extends CallOptions {
  /** A request body; the call then goes by the stream lane. */
  bytes?: UploadSource;
  /** `arraybuffer` gives bytes as such, any other as `Uint8Array`. */
  responseType?: string;
}

/** `fs.readFile` with `{path}` is `ipc://fs/readFile/<path>`; a command that is a URL already stays. A plain value is param `value`. */
function locate(command: string, value: unknown): { url: string; params: Params | undefined } {
  let params = value === undefined || value === null ? undefined : typeof value === 'object' ? (value as Params) : { value };
  if (startsWith(command, 'ipc://')) return { url: command, params };
  const dot = indexOf(command, '.');
  if (dot <= 0 || dot === command.length - 1) {
    throw failure('TypeError', 'ERR_INVALID_ARG_VALUE', `A command is named module.function or ipc://module/function, not '${command}'`);
  }
  const module = slice(command, 0, dot), name = slice(command, dot + 1);
  let resource: string | undefined;
  if (module === 'fs' && params !== undefined) {
    const { path, src, ...rest } = params as Record<string, unknown>;
    const file = path ?? src;
    if (typeof file === 'string') {
      resource = pathResource(file);
      params = rest;
    }
  }
  return { url: commandUrl(module, encode(name), resource), params };
}

async function result(command: string, work: () => Promise<unknown>): Promise<Result> {
  try {
    return new Result(null, (await work()) ?? null, command);
  } catch (error) {
    return new Result(error as Error, null, command);
  }
}

/** Calls a command by the call lane. Never rejects: see `err`. */
export function send(command: string, value?: unknown, options?: SendOptions): Promise<Result> {
  return result(command, () => {
    const { url, params } = locate(command, value);
    return options?.bytes === undefined ? call(url, params, options) : upload(url, options.bytes, params, options);
  });
}

/** Calls a command by the stream lane; its data may be bytes. */
export function request(command: string, value?: unknown, options?: SendOptions): Promise<Result> {
  return result(command, async () => {
    const { url, params } = locate(command, value);
    const data = await streamData(url, params, options);
    return data instanceof Uint8 && options?.responseType === 'arraybuffer' ? data.buffer : data;
  });
}

/** Calls a command by the stream lane with a request body. */
export function write(command: string, value?: unknown, buffer?: UploadSource, options?: SendOptions): Promise<Result> {
  return result(command, () => {
    const { url, params } = locate(command, value);
    return upload(url, buffer ?? new Uint8(0), params, options);
  });
}

/** Calls a command and blocks the page. */
export function sendSync(command: string, value?: unknown, options?: { responseType?: string }, buffer?: Uint8Array | string): Result {
  try {
    const { url, params } = locate(command, value);
    const { data, bytes, headers } = callSync(url, params, buffer);
    return new Result(null, bytes === undefined ? data ?? null : options?.responseType === 'arraybuffer' ? bytes.buffer : bytes, command, headers);
  } catch (error) {
    return new Result(error as Error, null, command);
  }
}

/** Resolves when calls can be made: at once, for the host's facts come with this module. */
export async function ready(): Promise<void> {
  openChannel();
}

type BindingMethod = 'send' | 'request' | 'write' | 'sendSync';
const bindingMethods = freeze({ send, request, write, sendSync });

/**
 * `createBinding('fs').readFile({path})` is `send('fs.readFile', {path})`.
 *
 * @param methods which function calls: `default`, and by name
 */
export function createBinding(domain: string, methods: BindingMethod | { default?: BindingMethod; [name: string]: BindingMethod | undefined } = {}): any {
  const chosen = typeof methods === 'string' ? { default: methods } : methods;
  const make = (path: string): unknown => new Proxy(nothing, {
    get: (_target, key) => (typeof key === 'string' && key !== 'then' ? make(`${path}.${key}`) : undefined),
    apply(_target, _self, args: [unknown?, never?, never?]) {
      const name = path.slice(domain.length + 1);
      const kind = (Object.hasOwn(chosen, name) ? (chosen as Record<string, BindingMethod | undefined>)[name] : undefined) ?? chosen.default ?? 'send';
      return (bindingMethods[kind] as (command: string, ...rest: unknown[]) => unknown)(path, ...args);
    },
  });
  return make(domain);
}

export const kDebugEnabled: unique symbol = Symbol.for('socket.ipc.debug.enabled');

/** Whether each call is logged to the console; given an argument, says so from now on. */
export function debug(enable?: boolean): boolean {
  if (enable !== undefined) debug.enabled = enable;
  return debug.enabled;
}
debug.enabled = false;
debug.log = (...args: unknown[]): void => console.debug('[ipc]', ...args);
Object.defineProperty(debug, kDebugEnabled, { get: () => debug.enabled, set: (value: boolean) => { debug.enabled = value; } });

/** A command and its params as an `ipc://` URL. */
export class Message extends URL {
  static readonly PROTOCOL = 'ipc:';
  static isValidInput(input: unknown): boolean { return String(input).startsWith('ipc://'); }
  static from(input: string | URL | Message | { command: string; params?: Params }, params?: Params): Message {
    if (typeof input === 'object' && 'command' in input && !(input instanceof URL)) return Message.from(input.command, input.params);
    const text = String(input);
    const message = new Message(text.startsWith('ipc://') ? text : `ipc://${text.replace('.', '/')}`);
    for (const [name, value] of Object.entries(params ?? {})) message.set(name, value);
    return message;
  }
  /** `module.function`. */
  get command(): string { return (this.host + this.pathname).replace('/', '.'); }
  get name(): string { return this.command; }
  get params(): Record<string, string> { return Object.fromEntries(this.searchParams); }
  get rawParams(): string { return this.search.slice(1); }
  get value(): string | undefined { return this.get('value'); }
  get(name: string): string | undefined { return this.searchParams.get(name) ?? undefined; }
  has(name: string): boolean { return this.searchParams.has(name); }
  delete(name: string): boolean {
    const had = this.has(name);
    this.searchParams.delete(name);
    return had;
  }
  set(name: string, value: unknown): void { this.searchParams.set(name, typeof value === 'object' ? stringify(value) : String(value)); }
  override toString(): string { return this.href.replace(/\+/g, '%20'); }
}

export default {
  OK, ERROR, TIMEOUT, UPLOAD_PART_BYTES, kDebugEnabled, Headers: IPCHeaders, Message, Result, call, callBytes, callForPush, callSync, commandUrl, createBinding, debug, emit,
  maybeMakeError, off, on, onPush, openPush, openStream, pathResource, ready, readyForPush, request, send, sendSync, upload, write,
};
