/**
 * Node's `dgram`: sockets of the host, by `ipc://udp/bind/<address>:<port>` and `ipc://udp/send/<address>:<port>`. What a page sends in one
 * microtask goes as one call for each receiver; what comes is pushed in batches (docs/udp.md).
 */
import { Buffer } from 'socket:buffer';
import { constants } from 'socket:errno';
import EventEmitter, { addAbortListener, errorMonitor } from 'socket:events';
import { coded, fn, integer, number, received, signal as checkSignal, string, wrongType } from 'socket:internal/args';
import { call, callForPush, callSync, commandUrl, onPush, upload } from 'socket:ipc';

export type SocketType = 'udp4' | 'udp6';
export interface AddressInfo { address: string; family: 'IPv4' | 'IPv6'; port: number }
/** Who sent a datagram, and how long it is. */
export interface RemoteInfo { address: string; family: 'IPv4' | 'IPv6'; port: number; size: number }
export type LookupFunction = (hostname: string, family: 4 | 6, callback: (error: Error | null, address?: string, family?: number) => void) => void;
export interface SocketOptions {
  type: SocketType;
  reuseAddr?: boolean | undefined;
  reusePort?: boolean | undefined;
  ipv6Only?: boolean | undefined;
  recvBufferSize?: number | undefined;
  sendBufferSize?: number | undefined;
  lookup?: LookupFunction | undefined;
  signal?: AbortSignal | undefined;
}
export interface BindOptions { port?: number | undefined; address?: string | undefined; exclusive?: boolean | undefined; fd?: number | undefined }
/** What has come to a socket and gone from it. `dropped`: came while the page was too slow; `systemDropped`: by the system,
 * whose buffer was full, or null where it does not say; `ignored`: from whom the page may not hear. */
export interface SocketStats {
  received: number; receivedBytes: number; dropped: number; droppedBytes: number; systemDropped: number | null; ignored: number;
  sent: number; sentBytes: number; unsent: number; waitingBytes: number;
}
export type Payload = string | ArrayBufferView;
export type SendCallback = (error: Error | null, bytes: number) => void;

const report = (error: unknown): void => (typeof globalThis.reportError === 'function' ? globalThis.reportError(error) : console.error(error));

// ---- errors

/** What this module throws of its own account, by Node's codes. */
export class SocketError extends Error {
  declare code: string;
  constructor(message: string, code: string) { super(message); coded(this, code); }
}
export class ERR_SOCKET_ALREADY_BOUND extends SocketError { constructor() { super('Socket is already bound', 'ERR_SOCKET_ALREADY_BOUND'); } }
export class ERR_SOCKET_DGRAM_IS_CONNECTED extends SocketError { constructor() { super('Already connected', 'ERR_SOCKET_DGRAM_IS_CONNECTED'); } }
export class ERR_SOCKET_DGRAM_NOT_CONNECTED extends SocketError { constructor() { super('Not connected', 'ERR_SOCKET_DGRAM_NOT_CONNECTED'); } }
export class ERR_SOCKET_DGRAM_NOT_RUNNING extends SocketError { constructor() { super('Not running', 'ERR_SOCKET_DGRAM_NOT_RUNNING'); } }
export class ERR_SOCKET_BAD_TYPE extends TypeError {
  declare code: string;
  constructor() { super('Bad socket type specified. Valid types are: udp4, udp6'); coded(this, 'ERR_SOCKET_BAD_TYPE'); }
}
export class ERR_SOCKET_BAD_BUFFER_SIZE extends TypeError {
  declare code: string;
  constructor() { super('Buffer size must be a positive integer'); coded(this, 'ERR_SOCKET_BAD_BUFFER_SIZE'); }
}
export class ERR_SOCKET_BAD_PORT extends RangeError {
  declare code: string;
  constructor(port: unknown) { super(`Port should be > 0 and < 65536.${received(port)}.`); coded(this, 'ERR_SOCKET_BAD_PORT'); }
}
export class ERR_SOCKET_BUFFER_SIZE extends SocketError {
  declare info: { errno: number; code: string; message: string; syscall: string };
  declare errno: number;
  declare syscall: string;
  constructor(code: string, syscall: string) {
    const words = code === 'EBADF' ? 'bad file descriptor' : 'invalid argument';
    super(`Could not get or set buffer size: ${syscall} returned ${code} (${words})`, 'ERR_SOCKET_BUFFER_SIZE');
    Object.defineProperty(this, 'name', { value: 'SystemError', configurable: true, writable: true });
    this.info = { errno: errnoOf(code), code, message: words, syscall };
    this.errno = this.info.errno;
    this.syscall = syscall;
  }
}
function errnoOf(code: string): number { return code === 'ENOTFOUND' ? -3008 : -(constants[code] ?? 0); }

/** An error of the system as Node shows it. */
function systemError(code: string, syscall: string, address?: string, port?: number): Error {
  const where = address === undefined ? '' : port ? ` ${address}:${port}` : ` ${address}`;
  const error = Object.assign(new Error(`${syscall} ${code}${where}`), { errno: errnoOf(code), code, syscall });
  return Object.assign(error, address === undefined ? {} : { address }, port ? { port } : {});
}
/** What a call to the host failed with: the system's errors are told in Node's words, with what the page named. */
function failure(error: unknown, syscall: string, address?: string, port?: number): Error {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) return error as Error;
  return code === 'ENOTFOUND' ? Object.assign(error as Error, { errno: errnoOf(code) }) : systemError(code, syscall, address, port);
}

// ---- addresses

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
/** 4, 6, or 0 for a name. */
function familyOf(address: string): 0 | 4 | 6 {
  if (IPV4.test(address)) return 4;
  if (!address.includes(':')) return 0;
  try { new URL(`http://[${address.split('%')[0]!}]/`); return 6; } catch { return 0; }
}
function resourceOf(address: string, port: number): string { return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`; }
function validPort(port: unknown): number {
  const empty = typeof port === 'string' && port.trim() === '';
  if ((typeof port !== 'number' && typeof port !== 'string') || empty || +port !== +port >>> 0 || +port > 0xffff || +port === 0) throw new ERR_SOCKET_BAD_PORT(port);
  return +port;
}

// ---- sockets

const UNBOUND = 0, BINDING = 1, BOUND = 2, DISCONNECTED = 0, CONNECTING = 1, CONNECTED = 2;
/** Datagrams of one call. The host's bound is twice that. */
const BATCH_DATAGRAMS = 4096;
/** Bytes of one call; what is beyond goes with the next. A body costs the page the same few milliseconds, long or short. */
const BATCH_BYTES = 2 << 20;
/** Up to so many bytes go as text by the call lane, which is the quicker one; more go as a body. */
const SMALL_BYTES = 8 << 10;
/** Small calls under way at once; the next datagrams wait, and go together. */
const SMALL_CALLS = 4;
const MAX_DATAGRAM = 65_535;

interface Datagram { readonly parts: Uint8Array[]; readonly size: number; readonly url: string; readonly address: string | undefined; readonly port: number | undefined; readonly callback: SendCallback | undefined }
/** What waits for the socket to be bound. */
interface Waiting { run(): void; failed?: ((error: Error) => void) | undefined }
interface Opened { id: string; channel: number; local: AddressInfo; recvBufferSize: number; sendBufferSize: number }

interface State {
  readonly socket: Socket;
  readonly options: SocketOptions;
  bind: number;
  connect: number;
  closed: boolean;
  queue: Waiting[] | undefined;
  /** Takes off the listeners that wait for the queue's time. */
  unqueue: () => void;
  handle: string | undefined;
  local: AddressInfo | undefined;
  remote: AddressInfo | undefined;
  recvBufferSize: number;
  sendBufferSize: number;
  stop: (() => void) | undefined;
  /** Datagrams not handed to the host, from `from` on. */
  pending: Datagram[];
  from: number;
  queuedBytes: number;
  queuedCount: number;
  scheduled: boolean;
  smallCalls: number;
  posting: boolean;
  /** Tells whoever waits that all has been sent. */
  drained: (() => void) | undefined;
}
const states = new WeakMap<Socket, State>();
const stateOf = (socket: Socket): State => states.get(socket)!;
function running(socket: Socket): State {
  const state = stateOf(socket);
  if (state.closed) throw new ERR_SOCKET_DGRAM_NOT_RUNNING();
  return state;
}

/** A datagram socket. */
export class Socket extends EventEmitter {
  readonly type: SocketType;

  constructor(type: SocketType | SocketOptions, listener?: (message: Buffer, from: RemoteInfo) => void) {
    super();
    const options: SocketOptions = type !== null && typeof type === 'object' ? type : { type };
    for (const name of ['recvBufferSize', 'sendBufferSize'] as const) if (options[name]) integer(options[name], `options.${name}`, 0, 2 ** 32 - 1);
    if (options.lookup !== undefined) fn(options.lookup, 'lookup');
    if (options.type !== 'udp4' && options.type !== 'udp6') throw new ERR_SOCKET_BAD_TYPE();
    this.type = options.type;
    if (typeof listener === 'function') this.on('message', listener);
    states.set(this, {
      socket: this, options, bind: UNBOUND, connect: DISCONNECTED, closed: false, queue: undefined, unqueue() {}, handle: undefined, local: undefined, remote: undefined, recvBufferSize: 0, sendBufferSize: 0,
      stop: undefined, pending: [], from: 0, queuedBytes: 0, queuedCount: 0, scheduled: false, smallCalls: 0, posting: false, drained: undefined,
    });
    const signal = checkSignal(options.signal);
    if (signal !== undefined) {
      const aborted = () => { if (!stateOf(this).closed) this.close(); };
      if (signal.aborted) aborted();
      else this.once('close', addAbortListener(signal, aborted)[Symbol.dispose]);
    }
  }

  /** Listens at an address of this machine; `listening` tells that it does, `error` that it can't. */
  bind(port?: number, address?: string, callback?: () => void): this;
  bind(port: number, callback?: () => void): this;
  bind(callback: () => void): this;
  bind(options: BindOptions, callback?: () => void): this;
  bind(...args: any[]): this {
    const state = running(this);
    if (state.bind !== UNBOUND) throw new ERR_SOCKET_ALREADY_BOUND();
    const callback = args.at(-1), [given, second] = args as [unknown, unknown];
    const options = given !== null && typeof given === 'object' ? (given as BindOptions) : undefined;
    if (options?.fd !== undefined && Number.isInteger(options.fd) && options.fd > 0) throw coded(new TypeError('A page has no file descriptors: bind to a port'), 'ERR_INVALID_FD_TYPE');
    const any = this.type === 'udp4' ? '0.0.0.0' : '::';
    const wanted = options !== undefined ? options.address || any : typeof second === 'function' || !second ? any : second;
    const address = string(wanted, 'hostname');
    // As in C: what is no number is 0, and only 16 bits count.
    const port = (Number(options !== undefined ? options.port : given) >>> 0) & 0xffff;
    if (typeof callback === 'function') {
      const release = () => { this.removeListener('error', release); this.removeListener('listening', listening); };
      const listening = () => { release(); callback.call(this); };
      this.on('error', release);
      this.on('listening', listening);
    }
    open(this, 'bind', address, port);
    return this;
  }

  /** Hears and sends to one address only, from `connect` on. */
  connect(port: number, address?: string, callback?: () => void): void;
  connect(port: number, callback?: () => void): void;
  connect(to: number, where?: string | (() => void), then?: () => void): void {
    const port = validPort(to), callback = typeof where === 'function' ? where : then;
    const address = typeof where === 'function' || where === undefined ? '' : string(where, 'address');
    const state = stateOf(this);
    if (state.connect !== DISCONNECTED) throw new ERR_SOCKET_DGRAM_IS_CONNECTED();
    running(this);
    state.connect = CONNECTING;
    const failed = (error: Error) => {
      state.connect = DISCONNECTED;
      if (callback === undefined) return void this.emit('error', error);
      this.removeListener('connect', callback);
      (callback as (error: Error) => void)(error);
    };
    const run = () => {
      if (callback !== undefined) this.once('connect', callback);
      void locate(this, address).then(ip => call(commandUrl('udp', 'send', resourceOf(ip, port)), { socket: state.handle, connect: true, family: familyNumber(this) })).then(answer => {
        if (state.closed) return;
        ({ local: state.local, remote: state.remote } = answer as { local: AddressInfo; remote: AddressInfo });
        state.connect = CONNECTED;
        this.emit('connect');
      }, error => { if (!state.closed) failed(failure(error, 'connect', address, port)); });
    };
    if (state.bind === UNBOUND) openFor(this, address, port);
    if (state.bind === BOUND) run();
    else enqueue(this, { run, failed });
  }

  disconnect(): void {
    const state = stateOf(this);
    if (state.connect !== CONNECTED) throw new ERR_SOCKET_DGRAM_NOT_CONNECTED();
    const { local } = control(this, 'disconnect', {}, 'connect') as { local: AddressInfo };
    Object.assign(state, { local, remote: undefined, connect: DISCONNECTED });
  }

  /** Sends one datagram, made of one piece or of several. */
  send(message: Payload | readonly Payload[], port?: number, address?: string, callback?: SendCallback): void;
  send(message: Payload | readonly Payload[], port?: number, callback?: SendCallback): void;
  send(message: Payload | readonly Payload[], callback?: SendCallback): void;
  send(message: Payload, offset: number, length: number, port?: number, address?: string, callback?: SendCallback): void;
  send(message: Payload, offset: number, length: number, port?: number, callback?: SendCallback): void;
  send(message: Payload, offset: number, length: number, callback?: SendCallback): void;
  send(message: any, offset?: any, length?: any, port?: any, address?: any, callback?: any): void {
    const state = stateOf(this), connected = state.connect === CONNECTED;
    if (!connected) {
      if (address || (port && typeof port !== 'function')) message = sliced(message, offset, length);
      else [callback, port, address] = [port, offset, length];
    } else {
      if (typeof length === 'number') {
        message = sliced(message, offset, length);
        if (typeof port === 'function') [callback, port] = [port, null];
      } else {
        callback = offset;
      }
      if (port || address) throw new ERR_SOCKET_DGRAM_IS_CONNECTED();
    }
    const parts = partsOf(message);
    const to = connected ? undefined : validPort(port);
    if (typeof callback !== 'function') callback = undefined;
    if (typeof address === 'function') [callback, address] = [address, undefined];
    else if (address !== undefined && address !== null) string(address, 'address');
    running(this);
    if (state.bind === UNBOUND) openFor(this, address ?? '', to!);
    const run = () => send(this, parts, to, address ?? undefined, callback);
    if (state.bind === BOUND) run();
    else enqueue(this, { run, failed: callback });
  }

  /** As {@link send}, all arguments given. */
  sendto(message: Payload, offset: number, length: number, port: number, address: string, callback?: SendCallback): void {
    number(offset, 'offset');
    number(length, 'length');
    number(port, 'port');
    string(address, 'address');
    this.send(message, offset, length, port, address, callback);
  }

  /** Closes it once all that was given to it has been sent; `close` tells that it is. */
  close(callback?: () => void): this {
    if (typeof callback === 'function') this.on('close', callback);
    const state = stateOf(this);
    if (state.queue !== undefined) {
      state.queue.push({ run: () => this.close() });
      return this;
    }
    running(this);
    state.closed = true;
    state.stop?.();
    void shut(state).then(() => this.emit('close'));
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!stateOf(this).closed) await new Promise<void>(resolve => this.close(resolve));
  }

  /** Where it listens. */
  address(): AddressInfo {
    const { local } = running(this);
    if (local === undefined) throw systemError('EBADF', 'getsockname');
    return { ...local };
  }

  /** Whom it is connected to. */
  remoteAddress(): AddressInfo {
    const { connect, remote } = running(this);
    if (connect !== CONNECTED) throw new ERR_SOCKET_DGRAM_NOT_CONNECTED();
    return { ...remote! };
  }

  setBroadcast(flag: boolean): void { control(this, 'setBroadcast', { value: !!flag }); }
  setTTL(ttl: number): number {
    control(this, 'setTTL', { value: number(ttl, 'ttl') | 0 });
    return ttl;
  }
  setMulticastTTL(ttl: number): number {
    control(this, 'setMulticastTTL', { value: number(ttl, 'ttl') | 0 });
    return ttl;
  }
  setMulticastLoopback(flag: boolean): boolean {
    control(this, 'setMulticastLoopback', { value: !!flag });
    return flag;
  }
  setMulticastInterface(interfaceAddress: string): void {
    running(this);
    control(this, 'setMulticastInterface', { interface: string(interfaceAddress, 'interfaceAddress') });
  }
  addMembership(multicastAddress: string, interfaceAddress?: string): void { member(this, 'addMembership', multicastAddress, interfaceAddress); }
  dropMembership(multicastAddress: string, interfaceAddress?: string): void { member(this, 'dropMembership', multicastAddress, interfaceAddress); }
  addSourceSpecificMembership(sourceAddress: string, groupAddress: string, interfaceAddress?: string): void {
    sourceMember(this, 'addSourceSpecificMembership', sourceAddress, groupAddress, interfaceAddress);
  }
  dropSourceSpecificMembership(sourceAddress: string, groupAddress: string, interfaceAddress?: string): void {
    sourceMember(this, 'dropSourceSpecificMembership', sourceAddress, groupAddress, interfaceAddress);
  }
  getRecvBufferSize(): number { return bufferSize(this, 'recv'); }
  getSendBufferSize(): number { return bufferSize(this, 'send'); }
  setRecvBufferSize(size: number): void { bufferSize(this, 'recv', size); }
  setSendBufferSize(size: number): void { bufferSize(this, 'send', size); }
  /** Bytes that the host has not sent yet. */
  getSendQueueSize(): number { return stateOf(this).queuedBytes; }
  /** Datagrams that the host has not sent yet. */
  getSendQueueCount(): number { return stateOf(this).queuedCount; }
  /** A page does not end for want of work. */
  ref(): this { return this; }
  unref(): this { return this; }

  /** What has come and gone so far; asks the host, and waits for it. */
  stats(): SocketStats {
    const { handle } = running(this);
    if (handle === undefined) return { received: 0, receivedBytes: 0, dropped: 0, droppedBytes: 0, systemDropped: 0, ignored: 0, sent: 0, sentBytes: 0, unsent: 0, waitingBytes: 0 };
    return control(this, 'stats', {}) as SocketStats;
  }
}

const familyNumber = (socket: Socket): 4 | 6 => (socket.type === 'udp4' ? 4 : 6);

/** The address to give to the host: as it is, or what the app's own lookup says. Nothing is this machine. */
async function locate(socket: Socket, address: string): Promise<string> {
  const { lookup } = stateOf(socket).options, family = familyNumber(socket);
  const wanted = address || (family === 4 ? '127.0.0.1' : '::1');
  const ip = lookup === undefined ? wanted : await new Promise<string>((resolve, reject) => lookup(wanted, family, (error, found) => (error ? reject(error) : resolve(found!))));
  const found = familyOf(ip);
  if (found !== 0 && found !== family) throw Object.assign(new Error('EINVAL'), { code: 'EINVAL', ip });
  return ip;
}

// ---- opening

/** Opens by the permission to listen, or by that to send. */
function open(socket: Socket, way: 'bind' | 'send', address: string, port: number): void {
  const state = stateOf(socket);
  state.bind = BINDING;
  const { reuseAddr, reusePort, ipv6Only } = state.options, family = familyNumber(socket);
  const options = { type: socket.type, reuseAddr: !!reuseAddr, reusePort: !!reusePort, ipv6Only: !!ipv6Only };
  let ip = address;
  locate(socket, address).then(async found => {
    ip = found;
    const opened = (await callForPush(commandUrl('udp', way, resourceOf(ip, port)), way === 'bind' ? { ...options, family } : { open: options, family })) as Opened;
    Object.assign(state, { handle: opened.id, local: opened.local, recvBufferSize: opened.recvBufferSize, sendBufferSize: opened.sendBufferSize });
    for (const kind of ['recv', 'send'] as const) {
      const value = state.options[`${kind}BufferSize`];
      if (value) Object.assign(state, await call(handleUrl(state, kind === 'recv' ? 'setRecvBufferSize' : 'setSendBufferSize'), { value }));
    }
    return opened;
  }).then(opened => {
    if (state.closed) return void call(handleUrl(state, 'close')).catch(() => undefined);
    state.bind = BOUND;
    socket.emit('listening');
    if (!state.closed) state.stop = onPush(opened.channel, frame => receive(socket, state, frame));
  }, error => {
    if (state.closed) return;
    state.bind = UNBOUND;
    const queue = state.queue ?? [], told = failure(error, 'bind', (error as { ip?: string }).ip ?? ip, port);
    // Opened to send: whoever sends hears that it may not, as of any other fault of sending.
    if (way === 'bind' || !queue.some(one => one.failed !== undefined)) return void socket.emit('error', told);
    state.unqueue();
    for (const one of queue) (one.failed ?? one.run)(told);
  });
}

/** Opens a socket that nobody has bound, with the right to send there. */
function openFor(socket: Socket, address: string, port: number): void { open(socket, 'send', address || (socket.type === 'udp4' ? '127.0.0.1' : '::1'), port); }

function enqueue(socket: Socket, one: Waiting): void {
  const state = stateOf(socket);
  if (state.queue === undefined) {
    const queue: Waiting[] = (state.queue = []);
    const listening = () => {
      state.unqueue();
      for (const waiting of queue) waiting.run();
    };
    state.unqueue = () => {
      state.queue = undefined;
      socket.removeListener('listening', listening);
      socket.removeListener(errorMonitor, state.unqueue);
    };
    socket.once(errorMonitor, state.unqueue);
    socket.once('listening', listening);
  }
  state.queue.push(one);
}

async function shut(state: State): Promise<void> {
  if (state.queuedCount > 0) await new Promise<void>(resolve => { state.drained = resolve; });
  if (state.handle === undefined) return;
  // A socket that the host has closed already is as closed as it can be.
  await call(handleUrl(state, 'close')).catch(() => undefined);
}

const handleUrl = (state: State, name: string): string => `ipc://handle/udp/${name}/${state.handle!}`;

// ---- settings

/** Asks the host and waits: these calls of Node return when it is done. */
function control(socket: Socket, name: string, params: Record<string, unknown>, syscall = name): unknown {
  const state = running(socket);
  if (state.handle === undefined) throw systemError('EBADF', syscall);
  try {
    return callSync(handleUrl(state, name), params).data;
  } catch (error) {
    throw failure(error, syscall);
  }
}
function member(socket: Socket, name: string, group: string, by: string | undefined): void {
  running(socket);
  if (!group) throw coded(new TypeError('The "multicastAddress" argument must be specified'), 'ERR_MISSING_ARGS');
  if (familyOf(group) === 0) throw systemError('EINVAL', name);
  control(socket, name, { group, ...(by ? { interface: by } : {}) });
}
function sourceMember(socket: Socket, name: string, source: string, group: string, by: string | undefined): void {
  running(socket);
  string(source, 'sourceAddress');
  string(group, 'groupAddress');
  if (familyOf(source) === 0 || familyOf(group) === 0) throw systemError('EINVAL', name);
  control(socket, name, { source, group, ...(by ? { interface: by } : {}) });
}
function bufferSize(socket: Socket, kind: 'recv' | 'send', size?: number): number {
  if (size !== undefined && size >>> 0 !== size) throw new ERR_SOCKET_BAD_BUFFER_SIZE();
  const state = stateOf(socket), syscall = `uv_${kind}_buffer_size`;
  if (state.handle === undefined || state.closed) throw new ERR_SOCKET_BUFFER_SIZE('EBADF', syscall);
  if (size !== undefined && size !== 0) {
    try {
      Object.assign(state, control(socket, kind === 'recv' ? 'setRecvBufferSize' : 'setSendBufferSize', { value: Math.min(size, 0x7fffffff) }));
    } catch (error) {
      throw new ERR_SOCKET_BUFFER_SIZE((error as { code: string }).code, syscall);
    }
  }
  return kind === 'recv' ? state.recvBufferSize : state.sendBufferSize;
}

// ---- sending

const BYTES = ['string', 'Buffer', 'TypedArray', 'DataView'];
function bytesOf(view: ArrayBufferView): Uint8Array { return new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength); }
function sliced(message: unknown, offset: number, length: number): Uint8Array {
  const bytes = typeof message === 'string' ? Buffer.from(message) : ArrayBuffer.isView(message) ? bytesOf(message) : undefined;
  if (bytes === undefined) throw wrongType('buffer', ['Buffer', 'TypedArray', 'DataView', 'string'], message);
  const from = offset >>> 0, count = length >>> 0;
  if (from > bytes.byteLength) throw coded(new RangeError('"offset" is outside of buffer bounds'), 'ERR_BUFFER_OUT_OF_BOUNDS');
  if (from + count > bytes.byteLength) throw coded(new RangeError('"length" is outside of buffer bounds'), 'ERR_BUFFER_OUT_OF_BOUNDS');
  return bytes.subarray(from, from + count);
}
function partsOf(message: unknown): Uint8Array[] {
  const all = Array.isArray(message) ? message : [message];
  const parts: Uint8Array[] = [];
  for (const part of all) {
    if (typeof part === 'string') parts.push(Buffer.from(part));
    else if (ArrayBuffer.isView(part)) parts.push(bytesOf(part));
    else throw wrongType(Array.isArray(message) ? 'buffer list arguments' : 'buffer', BYTES.slice(1).concat('string'), message);
  }
  return parts;
}

function send(socket: Socket, parts: Uint8Array[], port: number | undefined, given: string | undefined, callback: SendCallback | undefined): void {
  const state = stateOf(socket), here = socket.type === 'udp4' ? '127.0.0.1' : '::1', address = port === undefined ? undefined : given || here;
  let size = 0;
  for (const part of parts) size += part.byteLength;
  const push = (url: string) => {
    if (size > MAX_DATAGRAM) return settle({ parts, size, url, address, port, callback }, systemError('EMSGSIZE', 'send', address, port));
    state.pending.push({ parts, size, url, address, port, callback });
    if (!state.scheduled) {
      state.scheduled = true;
      queueMicrotask(() => { state.scheduled = false; flush(state); });
    }
  };
  state.queuedCount++;
  state.queuedBytes += size;
  const settle = (datagram: Datagram, error: Error) => queueMicrotask(() => settled(state, [datagram], () => error));
  if (port === undefined) return push(handleUrl(state, 'send'));
  // Most often it is an address already: no promise then, so that the order of calls is that of datagrams.
  if (state.options.lookup === undefined) {
    const family = familyOf(address!);
    if (family === 0 || family === familyNumber(socket)) return push(urlTo(address!, port));
  }
  locate(socket, address!).then(ip => push(urlTo(ip, port)), error => {
    const told = failure(error, 'send', address, port);
    settle({ parts, size, url: '', address, port, callback }, told);
  });
}

/** The URLs of the last receivers: to make one takes as long as the rest of sending. */
const urls = new Map<string, string>();
const URLS = 256;
function urlTo(address: string, port: number): string {
  const key = `${address} ${port}`;
  let url = urls.get(key);
  if (url === undefined) {
    if (urls.size >= URLS) urls.clear();
    urls.set(key, (url = commandUrl('udp', 'send', resourceOf(address, port))));
  }
  return url;
}

/** Hands datagrams to the host: one call for each run of them with one receiver. */
function flush(state: State): void {
  while (!state.posting && state.from < state.pending.length) {
    const first = state.pending[state.from]!;
    let count = 0, bytes = 0;
    for (let i = state.from; i < state.pending.length && count < BATCH_DATAGRAMS; i++) {
      const next = state.pending[i]!;
      if (next.url !== first.url || (count > 0 && bytes + next.size > BATCH_BYTES)) break;
      bytes += next.size;
      count++;
    }
    const small = bytes + 2 * count <= SMALL_BYTES;
    // A body might overtake calls that are under way, and the other way round: one kind at a time keeps the order.
    if (small ? state.smallCalls >= SMALL_CALLS : state.smallCalls > 0) return;
    const batch = state.pending.slice(state.from, state.from + count);
    state.from += count;
    if (state.from === state.pending.length) {
      state.pending = [];
      state.from = 0;
    }
    const body = wire(batch, bytes), params = first.url.startsWith('ipc://handle/') ? {} : { socket: state.handle };
    if (small) state.smallCalls++;
    else state.posting = true;
    const answered = small ? call(first.url, { ...params, data: base64(body) }) : upload(first.url, body, params);
    answered.then(reply => {
      const refused = new Map<number, string>((reply as { failed?: [number, string][] } | null)?.failed ?? []);
      return (datagram: Datagram, index: number) => (refused.has(index) ? systemError(refused.get(index)!, 'send', datagram.address, datagram.port) : undefined);
    }, error => (datagram: Datagram) => failure(error, 'send', datagram.address, datagram.port)).then(fault => {
      if (small) state.smallCalls--;
      else state.posting = false;
      flush(state);
      settled(state, batch, fault);
    }).catch(report);
  }
}

function settled(state: State, batch: readonly Datagram[], fault: (datagram: Datagram, index: number) => Error | undefined): void {
  state.queuedCount -= batch.length;
  for (let i = 0; i < batch.length; i++) state.queuedBytes -= batch[i]!.size;
  for (let i = 0; i < batch.length; i++) {
    const datagram = batch[i]!, callback = datagram.callback, error = fault(datagram, i);
    if (callback === undefined) {
      // As in Node, what the system refuses is not told where nobody asks; an unknown name is, and so is what the policy denies.
      if (error !== undefined && (error as { syscall?: string }).syscall !== 'send' && !state.closed) tell(state.socket, 'error', error);
      continue;
    }
    try {
      if (error === undefined) callback(null, datagram.size);
      else (callback as (error: Error) => void)(error);
    } catch (thrown) { report(thrown); }
  }
  if (state.queuedCount === 0) state.drained?.();
}

/** A count, that many lengths, the datagrams. */
function wire(batch: readonly Datagram[], bytes: number): Uint8Array {
  const body = new Uint8Array(4 + 2 * batch.length + bytes), view = new DataView(body.buffer);
  view.setUint32(0, batch.length, true);
  let at = 4 + 2 * batch.length;
  for (let i = 0; i < batch.length; i++) {
    const { parts, size } = batch[i]!;
    view.setUint16(4 + 2 * i, size, true);
    for (let j = 0; j < parts.length; j++) {
      body.set(parts[j]!, at);
      at += parts[j]!.byteLength;
    }
  }
  return body;
}
function base64(bytes: Uint8Array): string {
  return (bytes as { toBase64?: () => string }).toBase64?.() ?? Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

// ---- receiving

/** One message of the host: records of datagrams, see docs/udp.md. */
function receive(socket: Socket, state: State, frame: Uint8Array): void {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const family = socket.type === 'udp4' ? 'IPv4' : 'IPv6';
  let address = '', port = 0, at = 0;
  const text = (): string => {
    const length = frame[at++]!;
    let read = '';
    for (const end = at + length; at < end; at++) read += String.fromCharCode(frame[at]!);
    return read;
  };
  while (at < frame.byteLength && !state.closed) {
    const kind = frame[at++]!;
    if (kind === 2) {
      tell(socket, 'error', systemError(text(), 'recvmsg'));
      continue;
    }
    if (kind === 1) {
      port = view.getUint16(at, true);
      at += 2;
      address = text();
    }
    const size = view.getUint16(at, true);
    at += 2;
    const message = Buffer.from(frame.slice(at, at + size).buffer as ArrayBuffer);
    at += size;
    tell(socket, 'message', message, { address, family, port, size });
  }
}
/** What a listener throws is its own affair, not that of the datagrams behind. */
function tell(socket: Socket, name: string, ...args: unknown[]): void {
  try { socket.emit(name, ...args); } catch (error) { report(error); }
}

/** Makes a socket; `listener` hears its messages. */
export function createSocket(type: SocketType | SocketOptions, listener?: (message: Buffer, from: RemoteInfo) => void): Socket { return new Socket(type, listener); }

export default {
  createSocket, ERR_SOCKET_ALREADY_BOUND, ERR_SOCKET_BAD_BUFFER_SIZE, ERR_SOCKET_BAD_PORT, ERR_SOCKET_BAD_TYPE, ERR_SOCKET_BUFFER_SIZE,
  ERR_SOCKET_DGRAM_IS_CONNECTED, ERR_SOCKET_DGRAM_NOT_CONNECTED, ERR_SOCKET_DGRAM_NOT_RUNNING, Socket, SocketError,
};
