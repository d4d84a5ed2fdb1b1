/**
 * The peer-to-peer network: a bus of the app's peer, by `ipc://network/join/<cluster id, base64url>`. The peer runs in the host, and so do its keys
 * (docs/network.md).
 */
import { blake2b } from '@noble/hashes/blake2b';
import { sha256 as digest } from '@noble/hashes/sha2';
import { Buffer } from 'socket:buffer';
import EventEmitter, { type EventListener, type EventName } from 'socket:events';
import { coded } from 'socket:internal/args';
import { call, callBytes, commandUrl, onPush, readyForPush, upload } from 'socket:ipc';

export { Cache } from 'socket:latica/cache';
export { Packet } from 'socket:latica/packets';
export * as NAT from 'socket:latica/nat';
export interface KeyPair { publicKey: Uint8Array; privateKey: Uint8Array }
/** A well-known peer that lets others in. */
export interface Introducer { peerId: string; address: string; port: number }
export interface NetworkOptions {
  clusterId: Uint8Array | string;
  /** 64 hex digits; the app's own without it. */
  peerId?: string | undefined;
  /** The app's own, which stay in the host, without it. */
  signingKeys?: KeyPair | undefined;
  /** Lets `bus.emit` publish: the bus's own subcluster. */
  sharedKey?: Uint8Array | undefined;
  address?: string | undefined;
  port?: number | undefined;
  probeInternalPort?: number | undefined;
  keepalive?: number | undefined;
  peers?: readonly Introducer[] | undefined;
  /** What `getState` gave. */
  state?: Uint8Array | undefined;
}
export interface PacketInfo { packetId: string; verified: boolean; level: 'NONE' | 'LEGACY' | 'STRONG'; signer: string; subclusterId: string; peerId?: string | undefined }
export interface EmitOptions { ttl?: number | undefined }
export type Value = Uint8Array | ArrayBuffer | string | object | number | boolean | null;
interface Head {
  ev: string; peerId: string; address: string; port: number; natType: number; natName: string; proxied: boolean; subcluster: string; event: string; id: string;
  verified: boolean; level: PacketInfo['level']; signer: string; code: string; status: string; query: string; sealed: boolean; dropped: number;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const report = (error: unknown): void => (typeof globalThis.reportError === 'function' ? globalThis.reportError(error) : console.error(error));
/** Up to so many bytes go as text by the call lane; more go as a body. */
const SMALL_BYTES = 8 << 10;
/** Events that wait while a subcluster is being joined; one more pushes out the oldest. */
const EARLY = 4096;

/** Bytes as they are, text in UTF-8, all else as JSON text. */
function bytesOf(value: Value | undefined): Uint8Array {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text === undefined) throw coded(new TypeError('A message is bytes, text, or what JSON can tell'), 'ERR_INVALID_ARG_TYPE');
  return utf8(text);
}

/** SHA-256 in hex, or its bytes. */
export async function sha256(value: string | Uint8Array, options: { bytes?: boolean } = {}): Promise<any> {
  const bytes = digest(typeof value === 'string' ? utf8(value) : value);
  return options.bytes ? Buffer.from(bytes) : hex(bytes);
}

const PKCS8 = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
/** Makes keys and ids. Keys that a page makes are the page's to keep; those of the app are made in the host. */
export class Encryption {
  /** 32 bytes that all members of a subcluster have: of a text, or random. */
  static async createSharedKey(seed?: Uint8Array | string): Promise<Uint8Array> {
    if (seed instanceof Uint8Array) return seed;
    return seed ? blake2b(utf8(seed), { dkLen: 32 }) : globalThis.crypto.getRandomValues(new Uint8Array(32));
  }
  static async createKeyPair(seed?: Uint8Array | string): Promise<KeyPair> {
    const secret = await Encryption.createSharedKey(seed);
    if (secret.byteLength !== 32) throw coded(new RangeError(`A seed is 32 bytes, this has ${secret.byteLength}: give a text, or 32 bytes`), 'ERR_OUT_OF_RANGE');
    const key = await globalThis.crypto.subtle.importKey('pkcs8', new Uint8Array([...PKCS8, ...secret]), { name: 'Ed25519' }, true, ['sign']);
    const publicKey = new Uint8Array(Buffer.from((await globalThis.crypto.subtle.exportKey('jwk', key)).x!, 'base64url' as never));
    return { publicKey, privateKey: new Uint8Array([...secret, ...publicKey]) };
  }
  /** 64 hex digits: of a text, or random. */
  static async createId(text?: string): Promise<string> { return text ? hex(digest(utf8(text))) : hex(globalThis.crypto.getRandomValues(new Uint8Array(32))); }
  static async createClusterId(text?: string): Promise<Uint8Array> { return text ? digest(utf8(text)) : globalThis.crypto.getRandomValues(new Uint8Array(32)); }
}

const isOwn = (name: EventName): boolean => typeof name !== 'string' || name.startsWith('#') || name === 'unopened' || name === 'unverified' || name === 'newListener' || name === 'removeListener' || name === 'error';
/** Hears of events by the hashes of their names, which is all that the network tells. */
class Named extends EventEmitter {
  readonly #names = new Map<string, string>();
  #note(name: EventName): void { if (!isOwn(name)) this.#names.set(hex(digest(utf8(name as string))), name as string); }
  override on(name: EventName, listener: EventListener): this { this.#note(name); return super.on(name, listener); }
  override addListener(name: EventName, listener: EventListener): this { return this.on(name, listener); }
  override prependListener(name: EventName, listener: EventListener): this { this.#note(name); return super.prependListener(name, listener); }
  /** Tells the listeners here. */
  _tell(name: EventName, ...args: any[]): boolean { return super.emit(this.#names.get(name as string) ?? name, ...args); }
}
/** A member of a subcluster. What is emitted here goes to it alone, now, and is kept nowhere. */
export class RemotePeer extends Named {
  readonly peerId: string;
  address: string | undefined;
  port: number | undefined;
  readonly #subcluster: Subcluster;
  constructor(subcluster: Subcluster, peerId: string) {
    super();
    this.#subcluster = subcluster;
    this.peerId = peerId;
  }
  /** Rejects with EHOSTUNREACH while there is no way to it. */
  send(event: string, value: Value): Promise<void> { return this.#subcluster.bus._send('stream', this.#subcluster.id, event, value, { peerId: this.peerId }).then(() => undefined); }
  override emit(name: EventName, ...args: any[]): boolean {
    this.send(String(name), args[0]).catch(error => this.#subcluster.bus._fail(error));
    return true;
  }
}

/** Those who share a key. */
export class Subcluster extends Named {
  readonly bus: Bus;
  /** Its members that were seen, by peer id. */
  readonly peers = new Map<string, RemotePeer>();
  /** 64 hex digits. */
  readonly id: string;
  constructor(bus: Bus, id: string) {
    super();
    this.bus = bus;
    this.id = id;
  }
  get subclusterId(): Uint8Array { return Buffer.from(this.id, 'hex'); }
  /** Publishes: to all members, those that come later included. The ids of its packets. */
  publish(event: string, value: Value, options: EmitOptions = {}): Promise<string[]> {
    return this.bus._send('publish', this.id, event, value, options.ttl === undefined ? {} : { ttl: options.ttl }).then(reply => (reply as { ids: string[] }).ids);
  }
  override emit(name: EventName, ...args: any[]): any {
    if (isOwn(name)) return super.emit(name, ...args);
    return this.publish(String(name), args[0], args[1]).catch(error => { this.bus._fail(error); return []; });
  }
  /** To every member that is known, each by itself; those without a way are counted, not told. */
  async stream(event: string, value: Value): Promise<{ sent: number; unreachable: number }> {
    const results = await Promise.allSettled([...this.peers.values()].map(peer => peer.send(event, value)));
    const sent = results.filter(result => result.status === 'fulfilled').length;
    return { sent, unreachable: results.length - sent };
  }
  /** Nothing to do: it has been joined. */
  join(): this { return this; }
  async leave(): Promise<void> { await this.bus._leave(this); }
  seal(bytes: Uint8Array): Promise<Uint8Array> { return this.bus._crypt('seal', this.id, bytes); }
  open(bytes: Uint8Array): Promise<Uint8Array> { return this.bus._crypt('open', this.id, bytes); }
  sealUnsigned(bytes: Uint8Array): Promise<Uint8Array> { return this.bus._crypt('sealUnsigned', this.id, bytes); }
  /** Takes off one of the two boxes. */
  openUnsigned(bytes: Uint8Array): Promise<Uint8Array> { return this.bus._crypt('openUnsigned', this.id, bytes); }
}

/** What a page holds of the app's peer. */
export class Bus extends EventEmitter {
  static readonly MAX_CACHE_TTL = 21_600_000;
  readonly MAX_CACHE_TTL = Bus.MAX_CACHE_TTL;
  readonly peerId: string;
  readonly publicKey: Uint8Array;
  readonly clusterId: Uint8Array;
  readonly #handle: string;
  readonly #subclusters = new Map<string, Subcluster>();
  /** Subclusters being joined: what comes for one that is not known yet waits. */
  #joining = 0;
  #early: [Head, Uint8Array][] = [];
  #own: Subcluster | undefined;
  readonly #channel: number;
  #stop: () => void = () => undefined;
  #closed = false;

  constructor(opened: { id: string; channel: number; peerId: string; publicKey: string; clusterId: string }) {
    super();
    this.#handle = opened.id;
    this.peerId = opened.peerId;
    this.publicKey = Buffer.from(opened.publicKey, 'hex');
    this.clusterId = Buffer.from(opened.clusterId, 'hex');
    this.#channel = opened.channel;
  }
  /** Hears from the next turn of the event loop on: when whoever asked for the bus has put listeners on it. */
  _start(ignored: readonly string[]): this {
    setTimeout(() => {
      if (this.#closed) return;
      for (const status of ignored) this._tell('#warning', { code: 'ERR_IGNORED_OPTION', status });
      this.#stop = onPush(this.#channel, frame => this.#take(frame));
    });
    return this;
  }

  #url(name: string): string { return `ipc://handle/network/${name}/${this.#handle}`; }

  #take(frame: Uint8Array): void {
    const length = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(0, true);
    this.#hear(JSON.parse(new TextDecoder().decode(frame.subarray(4, 4 + length))) as Head, frame.slice(4 + length));
  }

  #hear(head: Head, bytes: Uint8Array): void {
    const tell = (to: Bus | Subcluster | RemotePeer, name: EventName, ...args: any[]) => { try { to._tell(name, ...args); } catch (error) { report(error); } };
    const subcluster = head.subcluster === undefined ? undefined : this.#subclusters.get(head.subcluster);
    if (subcluster === undefined && head.subcluster !== undefined && head.ev !== 'answer') {
      if (this.#joining > 0 && this.#early.push([head, bytes]) > EARLY) this.#early.shift();
      return;
    }
    switch (head.ev) {
      case 'join': {
        const isNew = !subcluster!.peers.has(head.peerId), remote = this.#remote(subcluster!, head);
        tell(subcluster!, '#join', remote, head, isNew);
        return tell(this, '#join', remote, head, isNew);
      }
      case 'leave': {
        const remote = this.#remote(subcluster!, head);
        subcluster!.peers.delete(head.peerId);
        return tell(subcluster!, '#leave', remote, head);
      }
      case 'packet': case 'stream': {
        const data = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
        const info: PacketInfo = { packetId: head.id, verified: head.verified, level: head.level, signer: head.signer, subclusterId: head.subcluster, peerId: head.peerId };
        if (head.ev === 'stream') tell(this.#remote(subcluster!, head), head.event, data, info);
        tell(this, `#${head.ev}`, data, info);
        tell(this, '#data', data, info);
        if (!head.verified) tell(subcluster!, 'unverified', data, info);
        return tell(subcluster!, head.event, data, info);
      }
      case 'answer': return tell(this, '#query', Buffer.from(bytes), head);
      case 'connecting':
        tell(this, '#connecting', head);
        // Of the ways not to be ready, those that come from another network, or from none.
        if (head.code === 'ENETDOWN' || head.code === 'EAGAIN') tell(this, '#network-change', head);
        return;
      case 'unopened': return tell(this, '#unopened', head);
      default: return tell(this, `#${head.ev}`, head);
    }
  }
  #remote(subcluster: Subcluster, head: Head): RemotePeer {
    let remote = subcluster.peers.get(head.peerId);
    if (remote === undefined) subcluster.peers.set(head.peerId, (remote = new RemotePeer(subcluster, head.peerId)));
    if (head.address !== undefined) Object.assign(remote, { address: head.address, port: head.port });
    return remote;
  }

  /** Joins those who share a key; the same object for the same key. */
  async subcluster({ sharedKey }: { sharedKey: Uint8Array }): Promise<Subcluster> {
    this.#joining++;
    try {
      const { subcluster: id } = (await call(this.#url('subcluster'), { sharedKey: hex(sharedKey) })) as { subcluster: string };
      let found = this.#subclusters.get(id);
      if (found === undefined) this.#subclusters.set(id, (found = new Subcluster(this, id)));
      return found;
    } finally {
      // After whoever asked has put listeners on it.
      setTimeout(() => {
        this.#joining--;
        const early = this.#early;
        this.#early = [];
        for (const [head, bytes] of early) this.#hear(head, bytes);
      });
    }
  }
  /** The subcluster of the option `sharedKey`. */
  async _open(sharedKey: Uint8Array): Promise<void> { this.#own = await this.subcluster({ sharedKey }); }

  /** Publishes in the bus's own subcluster; names with # are told to the listeners here. */
  override emit(name: EventName, ...args: any[]): any {
    if (isOwn(name)) return super.emit(name, ...args);
    return this.#ownOr('emit').emit(name, ...args);
  }
  #ownOr(method: string): Subcluster {
    if (this.#own === undefined) throw coded(new Error(`bus.${method} needs the option sharedKey: give it to network(), or use bus.subcluster()`), 'ERR_NO_SHARED_KEY');
    return this.#own;
  }
  /** By the key of the bus's own subcluster. */
  async seal(bytes: Uint8Array): Promise<Uint8Array> { return this.#ownOr('seal').seal(bytes); }
  async open(bytes: Uint8Array): Promise<Uint8Array> { return this.#ownOr('open').open(bytes); }
  async sealUnsigned(bytes: Uint8Array): Promise<Uint8Array> { return this.#ownOr('sealUnsigned').sealUnsigned(bytes); }
  async openUnsigned(bytes: Uint8Array): Promise<Uint8Array> { return this.#ownOr('openUnsigned').openUnsigned(bytes); }
  _tell(name: EventName, ...args: any[]): boolean { return super.emit(name, ...args); }
  /** A failure of what nobody awaits. */
  _fail(error: unknown): void { if (this.listenerCount('#error') > 0) super.emit('#error', error); else report(error); }

  _send(way: 'publish' | 'stream', subcluster: string, event: string, value: Value | undefined, more: Record<string, unknown>): Promise<unknown> {
    const bytes = bytesOf(value), params = { subcluster, event, ...more };
    return bytes.byteLength <= SMALL_BYTES ? call(this.#url(way), { ...params, data: base64(bytes) }) : upload(this.#url(way), bytes, params);
  }
  async _crypt(way: string, subcluster: string, bytes: Uint8Array): Promise<Uint8Array> {
    const params = { subcluster };
    const done = bytes.byteLength <= SMALL_BYTES ? call(this.#url(way), { ...params, data: base64(bytes) }) : upload(this.#url(way), bytes, params);
    return Buffer.from((await done) as string, 'base64');
  }
  async _leave(subcluster: Subcluster): Promise<void> {
    this.#subclusters.delete(subcluster.id);
    await call(this.#url('leave'), { subcluster: subcluster.id });
  }
  /** Asks the network; answers come as `#query`. */
  async query(query: object): Promise<string> { return ((await call(this.#url('query'), { query })) as { query: string }).query; }
  /** Compares the cache with that of every link; `#sync` tells whom that brought something. */
  async sync(): Promise<void> {
    super.emit('#sync-start');
    await call(this.#url('sync'));
    super.emit('#sync-end');
  }
  getInfo(): Promise<any> { return call(this.#url('info')); }
  /** The same figures: what was sent, received, dropped. */
  getMetrics(): Promise<any> { return this.getInfo(); }
  /** What a later `network({ state })` takes up; no keys are in it. */
  getState(): Promise<Uint8Array> { return callBytes(this.#url('state')); }
  /** One more well-known peer, for all pages that share this peer; as if it had been among `peers`. */
  async addIndexedPeer({ peerId, address, port }: Introducer): Promise<void> { await call(this.#url('addIndexedPeer'), { peerId, address, port }); }
  async disconnect(): Promise<void> { await call(this.#url('setOnline'), { online: false }); }
  async reconnect(): Promise<void> { await call(this.#url('setOnline'), { online: true }); }
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stop();
    await call(this.#url('close'));
  }
}

/** Options of the reference that change nothing here, and why. */
const IGNORED: Readonly<Record<string, string>> = {
  limitExempt: 'no page lifts the limits that protect the peer',
  natType: 'the peer finds out what NAT it is behind',
  siblingResolver: 'parts of a message have their order by verified numbers',
  syncWindow: 'the peer paces its comparisons itself',
  worker: 'the peer runs in the host, off the page in any case',
};
/** Joins a cluster. Listen to the bus at once: what happens is told from the next turn of the event loop on. */
export async function network(options: NetworkOptions): Promise<Bus> {
  const given = options as NetworkOptions & Record<string, unknown>;
  if (given['indexed']) throw coded(new TypeError("A page is no introducer: run './dunlin peer --role introducer'"), 'ERR_INVALID_ARG_VALUE');
  const cluster = typeof options.clusterId === 'string' ? Buffer.from(options.clusterId, 'hex') : options.clusterId;
  if (!(cluster instanceof Uint8Array) || cluster.byteLength !== 32) throw coded(new TypeError('clusterId is 32 bytes: make it of a text with Encryption.createClusterId'), 'ERR_INVALID_ARG_VALUE');
  const name = base64(cluster).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const { peerId, address, port, keepalive, peers, signingKeys: keys } = options;
  const params = JSON.parse(JSON.stringify({ peerId, address, port, keepalive, peers, probePort: options.probeInternalPort, signingKeys: keys && { publicKey: hex(keys.publicKey), privateKey: hex(keys.privateKey) } })) as Record<string, unknown>;
  const url = commandUrl('network', 'join', name);
  await readyForPush();
  const bus = new Bus((await (options.state === undefined ? call(url, params) : upload(url, options.state, params))) as ConstructorParameters<typeof Bus>[0]);
  if (options.sharedKey !== undefined) await bus._open(options.sharedKey);
  return bus._start(Object.keys(IGNORED).filter(name => given[name] !== undefined).map(name => `the option ${name} is ignored: ${IGNORED[name]!}`));
}
/** The app's own keys. Needs `ipc://network/exportKeys`, which nothing else does. */
export async function exportKeys(): Promise<KeyPair & { peerId: string }> {
  const keys = (await call('ipc://network/exportKeys')) as { peerId: string; publicKey: string; privateKey: string };
  return { peerId: keys.peerId, publicKey: Buffer.from(keys.publicKey, 'hex'), privateKey: Buffer.from(keys.privateKey, 'hex') };
}
export default network;
