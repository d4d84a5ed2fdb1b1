/** Node's `http` for a page: requests go through the engine's `fetch`, under the page's policy; a server answers the `fetch` events of a service worker. */
import { Buffer, type Buffer as Bytes } from 'socket:buffer';
import { EventEmitter } from 'socket:events';
import { aborted, coded, fn, integer, string, wrongType } from 'socket:internal/args';
import { METHODS, STATUS_CODES } from 'socket:internal/http-status';
import { Duplex, Readable, Writable, type StreamCallback } from 'socket:stream';
export * from 'socket:internal/http-status';

export type HeaderValue = string | number | readonly string[];
export type HeadersInput = Record<string, HeaderValue | undefined> | readonly string[] | Headers;
export interface RequestOptions {
  protocol?: string; host?: string; hostname?: string; port?: number | string; path?: string; method?: string; headers?: HeadersInput; auth?: string; timeout?: number; signal?: AbortSignal; agent?: Agent | false; href?: string; pathname?: string; search?: string;
}
/** The greatest size of all headers, as Node has it. */
export const maxHeaderSize = 16384;
const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/;
export function validateHeaderName(name: string): void {
  if (typeof name !== 'string' || !TOKEN.test(name)) throw coded(new TypeError(`Header name must be a valid HTTP token ["${name}"]`), 'ERR_INVALID_HTTP_TOKEN');
}
export function validateHeaderValue(name: string, value: unknown): void {
  if (value === undefined) throw coded(new TypeError(`Invalid value "undefined" for header "${name}"`), 'ERR_HTTP_INVALID_HEADER_VALUE');
  if (/[^\t\x20-\x7e\x80-\xff]/.test(String(value))) throw coded(new TypeError(`Invalid character in header content ["${name}"]`), 'ERR_INVALID_CHAR');
}
/** A message's headers: the names as they were given, found whatever their case. */
export class OutgoingMessage extends Writable {
  headersSent = false;
  sendDate = true;
  readonly #headers = new Map<string, [name: string, value: HeaderValue]>();
  get headers(): Record<string, HeaderValue> { return this.getHeaders(); }
  setHeader(name: string, value: HeaderValue): this {
    if (this.headersSent) throw coded(new Error('Cannot set headers after they are sent to the client'), 'ERR_HTTP_HEADERS_SENT');
    validateHeaderName(name);
    for (const one of Array.isArray(value) ? (value as string[]) : [value]) validateHeaderValue(name, one);
    this.#headers.set(name.toLowerCase(), [name, value]);
    return this;
  }
  appendHeader(name: string, value: string | readonly string[]): this {
    const before = this.getHeader(name);
    return this.setHeader(name, before === undefined ? value : [before, value].flat().map(String));
  }
  getHeader(name: string): HeaderValue | undefined { return this.#headers.get(name.toLowerCase())?.[1]; }
  getHeaderNames(): string[] { return [...this.#headers.keys()]; }
  getRawHeaderNames(): string[] { return [...this.#headers.values()].map(([name]) => name); }
  getHeaders(): Record<string, HeaderValue> { return Object.assign(Object.create(null), Object.fromEntries([...this.#headers].map(([key, [, value]]) => [key, value]))); }
  hasHeader(name: string): boolean { return this.#headers.has(name.toLowerCase()); }
  removeHeader(name: string): void {
    if (this.headersSent) throw coded(new Error('Cannot remove headers after they are sent to the client'), 'ERR_HTTP_HEADERS_SENT');
    this.#headers.delete(name.toLowerCase());
  }
  setTimeout(ms: number, callback?: () => void): this {
    if (callback) this.once('timeout', callback);
    const timer = ms > 0 ? globalThis.setTimeout(() => this.emit('timeout'), ms) : undefined;
    this.once('close', () => globalThis.clearTimeout(timer));
    return this;
  }
  flushHeaders(): void {}
  /** @internal */
  _take(headers: HeadersInput | undefined): void {
    if (headers === undefined) return;
    if (headers instanceof Headers) headers.forEach((value, name) => this.appendHeader(name, value));
    else if (Array.isArray(headers)) for (let i = 0; i + 1 < headers.length; i += 2) this.appendHeader(headers[i] as string, headers[i + 1] as string);
    else for (const [name, value] of Object.entries(headers as Record<string, HeaderValue>)) if (value !== undefined) this.setHeader(name, value);
  }
  /** @internal */
  _all(): Headers {
    const all = new Headers();
    for (const [name, value] of this.#headers.values()) for (const one of [value].flat()) all.append(name, String(one));
    return all;
  }
}
/** A message that comes in: its body is the stream. */
export class IncomingMessage extends Readable {
  readonly headers: Record<string, string | string[]> = {};
  readonly headersDistinct: Record<string, string[]> = {};
  readonly rawHeaders: string[] = [];
  readonly httpVersion = '1.1';
  readonly httpVersionMajor = 1;
  readonly httpVersionMinor = 1;
  method: string | undefined;
  url = '';
  statusCode: number | undefined;
  statusMessage: string | undefined;
  complete = false;
  constructor(body: ReadableStream<Uint8Array> | null, headers: Headers) {
    const reader = body?.getReader();
    super({
      read(this: IncomingMessage) {
        if (reader === undefined) { this.complete = true; this.push(null); return; }
        reader.read().then(({ value, done }) => {
          if (done) this.complete = true;
          this.push(done ? null : Buffer.from(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength));
        }, (error: Error) => this.destroy(error));
      },
      destroy(error: Error | null, callback: StreamCallback) { if (reader === undefined) callback(error); else reader.cancel(error ?? undefined).then(() => callback(error), () => callback(error)); },
    } as never);
    headers.forEach((value, name) => {
      this.rawHeaders.push(name, value);
      if (name === 'set-cookie') this.headers[name] = headers.getSetCookie();
      else this.headers[name] = value;
      this.headersDistinct[name] = [value];
    });
  }
  get status(): number | undefined { return this.statusCode; }
  get statusText(): string | undefined { return this.statusMessage; }
  getHeader(name: string): string | string[] | undefined { return this.headers[name.toLowerCase()]; }
  getHeaderNames(): string[] { return Object.keys(this.headers); }
  getHeaders(): Record<string, string | string[]> { return { ...this.headers }; }
  hasHeader(name: string): boolean { return name.toLowerCase() in this.headers; }
  setTimeout(ms: number, callback?: () => void): this {
    if (callback) this.once('timeout', callback);
    const timer = globalThis.setTimeout(() => this.emit('timeout'), ms);
    this.once('close', () => globalThis.clearTimeout(timer));
    return this;
  }
}
export class AgentOptions { keepAlive = false; timeout = -1; }
/** The engine keeps connections: an agent has nothing to decide. */
export class Agent extends EventEmitter {
  defaultProtocol = 'http:';
  readonly options: Partial<AgentOptions>;
  readonly requests: Set<ClientRequest> = new Set();
  readonly sockets: Record<string, never> = {};
  maxFreeSockets = 256;
  maxTotalSockets = Infinity;
  maxSockets = Infinity;
  constructor(options: Partial<AgentOptions> = {}) { super(); this.options = options; }
  destroy(): void { for (const request of this.requests) request.destroy(); }
}
export const globalAgent: Agent = new Agent();

export class ClientRequest extends OutgoingMessage {
  readonly method: string;
  readonly protocol: string;
  readonly host: string;
  readonly path: string;
  readonly url: string;
  readonly #abort = new AbortController();
  readonly #body: Uint8Array[] = [];
  readonly agent: Agent;
  constructor(url: URL, options: RequestOptions, callback?: (response: IncomingMessage) => void) {
    super({
      // Sent is not answered: a stream that destroys itself when all is written would stop the fetch.
      autoDestroy: false,
      write(this: ClientRequest, chunk: Uint8Array, _encoding: string, done: StreamCallback) { this.#body.push(chunk); done(); },
      final(this: ClientRequest, done: StreamCallback) { this.#send(); done(); },
      destroy(this: ClientRequest, error: Error | null, done: StreamCallback) { this.#abort.abort(error ?? undefined); this.agent.requests.delete(this); done(error); },
    } as never);
    this.method = (options.method === undefined ? 'GET' : string(options.method, 'options.method')).toUpperCase();
    if (!TOKEN.test(this.method)) throw coded(new TypeError(`Method must be a valid HTTP token ["${options.method}"]`), 'ERR_INVALID_HTTP_TOKEN');
    this.url = url.href;
    this.protocol = url.protocol;
    this.host = url.hostname;
    this.path = url.pathname + url.search;
    this.agent = options.agent || globalAgent;
    this.agent.requests.add(this);
    this._take(options.headers);
    if (options.auth !== undefined && !this.hasHeader('authorization')) this.setHeader('Authorization', `Basic ${Buffer.from(options.auth).toString('base64')}`);
    if (options.timeout) this.setTimeout(options.timeout);
    if (callback) this.once('response', callback);
    const { signal } = options;
    if (signal?.aborted) queueMicrotask(() => this.destroy(aborted(signal)));
    else signal?.addEventListener('abort', () => this.destroy(aborted(signal)), { once: true });
  }
  get aborted(): boolean { return this.#abort.signal.aborted; }
  abort(): void { this.destroy(); }
  setNoDelay(): this { return this; }
  setSocketKeepAlive(): this { return this; }
  #send(): void {
    this.headersSent = true;
    const body: Bytes | undefined = this.#body.length > 0 && this.method !== 'GET' && this.method !== 'HEAD' ? Buffer.concat(this.#body) : undefined;
    fetch(this.url, { method: this.method, headers: this._all(), signal: this.#abort.signal, ...(body === undefined ? {} : { body }) }).then(answer => {
      const response = new IncomingMessage(answer.body, answer.headers);
      response.statusCode = answer.status;
      response.statusMessage = answer.statusText || (STATUS_CODES[answer.status] ?? '');
      response.url = answer.url;
      response.once('close', () => { this.agent.requests.delete(this); this.destroy(); });
      if (!this.emit('response', response)) response.resume();
    }, (error: unknown) => { if (!this.destroyed) this.destroy(Object.assign(new Error(`request to ${this.url} failed: ${(error as Error).message}`, { cause: error }), { code: 'ECONNREFUSED' })); });
  }
}
export class ServerResponse extends OutgoingMessage {
  statusCode = 200;
  statusMessage = '';
  readonly req: IncomingMessage;
  readonly #chunks = new TransformStream<Uint8Array, Uint8Array>();
  readonly #writer = this.#chunks.writable.getWriter();
  readonly #begun: (response: Response) => void;
  /** @internal */
  readonly _answer: Promise<Response>;
  constructor({ req }: { req: IncomingMessage }) {
    super({
      write(this: ServerResponse, chunk: Uint8Array, _encoding: string, done: StreamCallback) { this.flushHeaders(); this.#writer.write(new Uint8Array(chunk)).then(() => done(), done); },
      final(this: ServerResponse, done: StreamCallback) { this.flushHeaders(); this.#writer.close().then(() => done(), done); },
    } as never);
    this.req = req;
    let begun!: (response: Response) => void;
    this._answer = new Promise(resolve => { begun = resolve; });
    this.#begun = begun;
  }
  get request(): IncomingMessage { return this.req; }
  get status(): number { return this.statusCode; }
  set status(status: number) { this.statusCode = status; }
  get statusText(): string { return this.statusMessage; }
  set statusText(text: string) { this.statusMessage = text; }
  writeHead(status: number, reason?: string | HeadersInput, headers?: HeadersInput): this {
    if (this.headersSent) throw coded(new Error('Cannot write headers after they are sent to the client'), 'ERR_HTTP_HEADERS_SENT');
    this.statusCode = integer(Number(status), 'statusCode', 100, 999);
    if (typeof reason === 'string') this.statusMessage = reason;
    this._take(typeof reason === 'string' ? headers : (reason ?? headers));
    return this;
  }
  override flushHeaders(): void {
    if (this.headersSent) return;
    this.headersSent = true;
    const empty = [101, 204, 205, 304].includes(this.statusCode);
    this.#begun(new Response(empty ? null : this.#chunks.readable, { status: this.statusCode, statusText: this.statusMessage || (STATUS_CODES[this.statusCode] ?? ''), headers: this._all() }));
  }
}
export class Connection extends Duplex {}
export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;
interface FetchEvent extends Event { readonly request: Request; respondWith(answer: Promise<Response>): void }
/** Answers what a service worker is asked for. Elsewhere `listen` fails: a page has no port to listen at. */
export class Server extends EventEmitter {
  requestTimeout = 30_000;
  timeout = 0;
  maxRequestsPerSocket = 0;
  keepAliveTimeout = 0;
  headersTimeout = 60_000;
  maxConnections = Infinity;
  #port = 0;
  #host = '';
  #heard: ((event: Event) => void) | undefined;
  readonly connections: Connection[] = [];
  constructor(listener?: RequestListener) { super(); if (listener) this.on('request', listener); }
  get listening(): boolean { return this.#heard !== undefined; }
  get closed(): boolean { return this.#heard === undefined; }
  get host(): string { return this.#host; }
  get port(): number { return this.#port; }
  address(): { address: string; family: string; port: number } | null { return this.listening ? { address: this.#host, family: 'IPv4', port: this.#port } : null; }
  listen(port?: number | { port?: number; host?: string } | (() => void), ...rest: any[]): this {
    if (!('ServiceWorkerGlobalScope' in globalThis)) throw coded(new Error('http.Server.listen works in a service worker only: a page has no ports. Use a back end of the app, or a Java extension'), 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM');
    if (this.listening) throw coded(new Error('Listen method has been called more than once without closing.'), 'ERR_SERVER_ALREADY_LISTEN');
    const callback = [port, ...rest].find(one => typeof one === 'function') as (() => void) | undefined;
    this.#port = typeof port === 'number' ? port : typeof port === 'object' ? (port.port ?? 0) : 0;
    this.#host = rest.find(one => typeof one === 'string') ?? globalThis.location.hostname;
    this.#heard = event => {
      const { request, respondWith } = event as FetchEvent;
      const incoming = new IncomingMessage(request.body, request.headers), url = new URL(request.url);
      incoming.method = request.method;
      incoming.url = url.pathname + url.search;
      const response = new ServerResponse({ req: incoming });
      respondWith.call(event, response._answer);
      this.emit('request', incoming, response);
    };
    globalThis.addEventListener('fetch', this.#heard);
    queueMicrotask(() => { this.emit('listening'); callback?.(); });
    return this;
  }
  close(callback?: (error?: Error) => void): this {
    const heard = this.#heard;
    this.#heard = undefined;
    if (heard) globalThis.removeEventListener('fetch', heard);
    queueMicrotask(() => { callback?.(heard ? undefined : coded(new Error('Server is not running.'), 'ERR_SERVER_NOT_RUNNING')); if (heard) this.emit('close'); });
    return this;
  }
  closeAllConnections(): void {}
  closeIdleConnections(): void {}
  setTimeout(ms: number, callback?: () => void): this { this.timeout = ms; if (callback) this.on('timeout', callback); return this; }
}
export function createServer(options?: object | RequestListener, listener?: RequestListener): Server { return new Server(typeof options === 'function' ? (options as RequestListener) : listener); }
type Response_ = (response: IncomingMessage) => void;
/** @internal the request that `http.request`'s arguments name */
export function _request(scheme: 'http:' | 'https:', first: string | URL | RequestOptions, second?: RequestOptions | Response_, third?: Response_): ClientRequest {
  const callback = typeof second === 'function' ? second : third;
  let options: RequestOptions = typeof second === 'object' && second !== null ? second : {};
  let url: URL;
  if (typeof first === 'string' || first instanceof URL) {
    url = new URL(first);
  } else if (first !== null && typeof first === 'object') {
    options = { ...first, ...options };
    const host = options.hostname ?? options.host ?? 'localhost';
    url = new URL(`${options.protocol ?? scheme}//${host.includes(':') && !host.startsWith('[') && !/:\d+$/.test(host) ? `[${host}]` : host}`);
    if (options.port !== undefined) url.port = String(options.port);
  } else throw wrongType('url', ['string', 'URL', 'Object'], first);
  if (options.path !== undefined) url = new URL(options.path, url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw coded(new TypeError(`Protocol "${url.protocol}" not supported. Expected "${scheme}"`), 'ERR_INVALID_PROTOCOL');
  if (scheme === 'https:' && url.protocol !== scheme) throw coded(new TypeError(`Protocol "${url.protocol}" not supported. Expected "${scheme}"`), 'ERR_INVALID_PROTOCOL');
  if (callback !== undefined) fn(callback, 'callback');
  if (url.username !== '' && options.auth === undefined) options = { ...options, auth: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` };
  url.username = url.password = '';
  return new ClientRequest(url, options, callback);
}
export function request(url: string | URL | RequestOptions, options?: RequestOptions | Response_, callback?: Response_): ClientRequest { return _request('http:', url, options, callback); }
export function get(url: string | URL | RequestOptions, options?: RequestOptions | Response_, callback?: Response_): ClientRequest {
  const made = request(url, options, callback);
  made.end();
  return made;
}
export default { Agent, AgentOptions, ClientRequest, Connection, createServer, get, globalAgent, IncomingMessage, maxHeaderSize, METHODS, OutgoingMessage, request, Server, ServerResponse, STATUS_CODES, validateHeaderName, validateHeaderValue };
