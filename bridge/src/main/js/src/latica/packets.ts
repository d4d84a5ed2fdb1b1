/**
 * Packets of the peer protocol, version 6, as bytes and as objects: for tools and tests. Those of an app's own peer are made and checked in the host,
 * which is stricter.
 */
import { sha256 as digest } from '@noble/hashes/sha2';
import { Buffer } from 'socket:buffer';
import { coded } from 'socket:internal/args';

export const MAGIC_BYTES_PREFIX: readonly number[] = [0x03, 0x05, 0x0b, 0x11];
export const MAGIC_BYTES = 4;
export const VERSION = 6;
/** Bytes of a message in one packet; more is refused with ETOOBIG. */
export const MESSAGE_BYTES = 1024;
/** Milliseconds that a packet lives. */
export const CACHE_TTL = 21_600_000;
export const MAX_HOPS = 16;
/** What a packet counts for in a cache: a figure of the reference, never a size on the wire. */
export const PACKET_BYTES = 2423;

export interface FieldSpec { readonly bytes: number; readonly encoding: 'number' | 'bytes'; readonly default: number | undefined; readonly signed?: boolean }
const number = (bytes: number, value: number, signed = false): FieldSpec => ({ bytes, encoding: 'number', default: value, signed });
const some = (bytes: number): FieldSpec => ({ bytes, encoding: 'bytes', default: undefined });
/** The fields in the order of the wire, with the most bytes that each has. */
export const PACKET_SPEC: Readonly<Record<string, FieldSpec>> = {
  type: number(1, 0), version: number(2, VERSION), clock: number(4, 1), hops: number(4, 0), index: number(4, -1, true), ttl: number(4, CACHE_TTL),
  clusterId: some(32), subclusterId: some(32), previousId: some(32), packetId: some(32), nextId: some(32),
  usr1: some(32), usr2: some(32), usr3: some(32), usr4: some(32), message: some(MESSAGE_BYTES), sig: some(64),
};
const FIELDS = Object.entries(PACKET_SPEC);
const UNSET = 0;
/** An empty field that nobody set is one zero byte. */
const unset = (): Buffer => Buffer.from([UNSET]);
const isUnset = (bytes: Uint8Array): boolean => bytes.byteLength === 1 && bytes[0] === UNSET;
/** A number that the reference writes as another. */
const WRAPPED_CLOCK = 2_000_000_000;

// ---- messages

/** What a value of a control message must be. */
export interface constraint { readonly type: 'string' | 'number' | 'boolean' | 'object'; readonly required?: boolean | undefined; readonly assert?: ((value: any) => boolean) | undefined }
const text = (pattern: RegExp, required = false): constraint => ({ type: 'string', required, assert: value => pattern.test(value) });
const flag: constraint = { type: 'boolean' }, figure: constraint = { type: 'number' }, words: constraint = { type: 'string' };
const peerId = /^[0-9a-f]{64}$/i, short = text(/^[0-9a-f]{12}$/i), ping = text(/^[0-9a-f]{12,13}$/i), hash = text(/^[0-9a-f]{40}$/i);
const natType: constraint = { type: 'number', assert: value => [5, 7, 13, 15, 21, 23, 29, 31].includes(value) };
const port = (required = false): constraint => ({ type: 'number', required, assert: value => Number.isInteger(value) && value > 0 && value <= 0xffff });
const SCHEMAS: Readonly<Record<number, Record<string, constraint>>> = {
  1: { requesterPeerId: text(peerId, true), cacheSummaryHash: hash, probeExternalPort: port(), reflectionId: short, pingId: ping, natType, uptime: figure, cacheSize: figure, isConnection: flag, isReflection: flag, isProbe: flag, isDebug: flag, timestamp: figure },
  2: { requesterPeerId: text(peerId, true), responderPeerId: text(peerId, true), cacheSummaryHash: hash, port: port(), address: words, uptime: figure, cacheSize: figure, natType, isReflection: flag, isConnection: flag, reflectionId: short, pingId: ping, isDebug: flag, isProbe: flag, rejected: flag },
  3: { requesterPeerId: text(peerId, true), responderPeerId: text(peerId, true), isRendezvous: flag, natType: { ...natType, required: true }, address: { ...words, required: true }, port: port(true), timestamp: figure },
  4: { rendezvousAddress: words, rendezvousPort: port(), rendezvousType: figure, rendezvousPeerId: text(peerId), rendezvousDeadline: figure, rendezvousRequesterPeerId: text(peerId), requesterPeerId: text(peerId, true), natType: { ...natType, required: true }, address: { ...words, required: true }, key: words, port: port(true), isConnection: flag },
};
/** Checks a control message; throws a RangeError that says what is wrong. */
export function validateMessage(message: object, constraints: { [key: string]: constraint }): void {
  if (message === null || typeof message !== 'object' || Array.isArray(message)) throw coded(new TypeError('A control message is an object'), 'EMALFORMED');
  const given = message as Record<string, unknown>;
  for (const key of Object.keys(given)) if (!(key in constraints)) throw coded(new RangeError(`'${key}' is no part of this message`), 'EMALFORMED');
  for (const [key, { type, required, assert }] of Object.entries(constraints)) {
    const value = given[key];
    if (value === undefined) {
      if (required) throw coded(new RangeError(`'${key}' is missing`), 'EMALFORMED');
    } else if (typeof value !== type || value === null || (assert !== undefined && !assert(value))) {
      throw coded(new RangeError(`'${key}' is not what it must be: ${JSON.stringify(value)}`), 'EMALFORMED');
    }
  }
}

/** SHA-256 in hex. */
export async function sha256(value: string | Uint8Array, options: { bytes?: boolean } = {}): Promise<any> {
  const bytes = digest(typeof value === 'string' ? new TextEncoder().encode(value) : value);
  return options.bytes ? Buffer.from(bytes) : Buffer.from(bytes).toString('hex');
}

/** The type of a datagram; 0 for what is no packet. */
export function getTypeFromBytes(bytes: Uint8Array): number { return Packet.isPacket(bytes) ? bytes[MAGIC_BYTES]! : 0; }

// ---- packets

/** One packet. What is not given has its default. */
export class Packet {
  static ttl = CACHE_TTL;
  static maxLength = MESSAGE_BYTES;
  type!: number; version!: number; clock!: number; hops!: number; index!: number; ttl!: number;
  clusterId!: Buffer; subclusterId!: Buffer; previousId!: Buffer; packetId!: Buffer; nextId!: Buffer;
  usr1!: Buffer; usr2!: Buffer; usr3!: Buffer; usr4!: Buffer; sig!: Buffer;
  /** Bytes, or the object of a control message. */
  message!: any;
  timestamp: number | undefined;
  isComposed = false;
  isReconciled = false;
  meta: any;

  constructor(options: Partial<Packet> | object | null = {}) {
    const given = (options ?? {}) as Record<string, unknown>, own = this as Record<string, unknown>;
    for (const [name, { encoding, default: value }] of FIELDS) own[name] = given[name] ?? (encoding === 'number' ? value : unset());
    this.timestamp = given.timestamp as number | undefined;
    this.isComposed = given.isComposed === true;
    this.isReconciled = given.isReconciled === true;
    this.meta = given.meta;
  }
  static empty(): Packet { return new this(); }
  static from(packet: Packet | object): Packet { return packet instanceof Packet ? packet : new this(packet); }
  copy(): Packet { return Object.assign(new (this.constructor as typeof Packet)(this), { message: this.message }); }
  /** Whether bytes begin as a packet does. */
  static isPacket(packet: unknown): boolean {
    if (packet instanceof Packet) return true;
    if (!(packet instanceof Uint8Array) && !Array.isArray(packet)) return false;
    return packet.length > MAGIC_BYTES && MAGIC_BYTES_PREFIX.every((byte, i) => packet[i] === byte);
  }
  static decode(bytes: Uint8Array): Packet | null { return decode(bytes); }

  /** The datagram. Works out the id of a packet that has none. */
  static async encode(of: Packet | object): Promise<Uint8Array> {
    const packet = Packet.from(of), fields = packet as unknown as Record<string, any>;
    const message = messageBytes(packet);
    if (message.byteLength > MESSAGE_BYTES) throw coded(new RangeError(`A packet's message has at most ${MESSAGE_BYTES} bytes, this has ${message.byteLength}: send it in fragments`), 'ETOOBIG');
    if (isUnset(packet.packetId)) packet.packetId = Buffer.from(digest(Buffer.concat([packet.previousId, message, packet.nextId])));
    const parts: Uint8Array[] = [Uint8Array.from(MAGIC_BYTES_PREFIX)];
    for (const [name, { bytes, encoding, signed }] of FIELDS) {
      if (encoding === 'number') {
        const value = name === 'clock' && fields[name] === WRAPPED_CLOCK ? 0 : fields[name] as number;
        const limit = 2 ** (8 * bytes), least = signed ? -limit / 2 : 0, most = signed ? limit / 2 : limit;
        if (!Number.isInteger(value) || value < least || value >= most) throw coded(new RangeError(`'${name}' is a whole number of ${bytes} bytes, not ${value}`), 'ERR_OUT_OF_RANGE');
        const part = new Uint8Array(bytes);
        for (let i = bytes - 1, rest = value >>> 0; i >= 0; i--, rest >>>= 8) part[i] = rest & 0xff;
        parts.push(part);
      } else {
        const value = name === 'message' ? message : fields[name];
        if (!(value instanceof Uint8Array) || value.byteLength > bytes) throw coded(new RangeError(`'${name}' is at most ${bytes} bytes`), 'ERR_OUT_OF_RANGE');
        parts.push(Uint8Array.of(value.byteLength >> 8, value.byteLength & 0xff), value);
      }
    }
    return Buffer.concat(parts);
  }
}

function messageBytes({ message, index }: Packet): Uint8Array {
  if (message instanceof Uint8Array) return message;
  if (typeof message === 'string') return new TextEncoder().encode(message);
  if (index > 0) throw coded(new TypeError('A fragment is bytes'), 'ERR_INVALID_ARG_TYPE');
  // The reference takes the length of the text for that of its bytes: what is not ASCII is escaped.
  return new TextEncoder().encode(JSON.stringify(message).replace(/[\u0080-\uffff]/g, unit => '\\u' + unit.charCodeAt(0).toString(16).padStart(4, '0')));
}

/** A packet of a datagram; null for what is none. As liberal as the reference: the last field may be cut short, and more may follow. */
export function decode(bytes: Uint8Array): Packet | null {
  if (!Packet.isPacket(bytes)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), fields: Record<string, unknown> = {};
  let at = MAGIC_BYTES;
  for (const [name, { bytes: most, encoding, signed }] of FIELDS) {
    if (encoding === 'number') {
      if (at + most > bytes.byteLength) return null;
      fields[name] = most === 1 ? view.getUint8(at) : most === 2 ? view.getUint16(at) : signed ? view.getInt32(at) : view.getUint32(at);
      at += most;
    } else {
      if (at + 2 > bytes.byteLength) return null;
      const length = view.getUint16(at);
      if (length > most) return null;
      fields[name] = Buffer.from(bytes.slice(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  const type = fields.type as number, kind = KINDS[type];
  if (kind === undefined) return null;
  const schema = SCHEMAS[type];
  if (schema !== undefined || type === 8 || fields.index === 0) {
    try { fields.message = JSON.parse((fields.message as Buffer).toString()); } catch { if (schema !== undefined) return null; }
  }
  if (schema !== undefined) {
    try { validateMessage(fields.message as object, schema); } catch { return null; }
  }
  return new kind(fields);
}

const of = (type: number) => (options: object | null | undefined): object => ({ ...options, type });
export class PacketPing extends Packet { static type = 1; constructor(options?: object | null) { super(of(1)(options)); } }
export class PacketPong extends Packet { static type = 2; constructor(options?: object | null) { super(of(2)(options)); } }
export class PacketIntro extends Packet { static type = 3; constructor(options?: object | null) { super(of(3)(options)); } }
export class PacketJoin extends Packet { static type = 4; constructor(options?: object | null) { super(of(4)(options)); } }
export class PacketPublish extends Packet { static type = 5; constructor(options?: object | null) { super(of(5)(options)); } }
export class PacketStream extends Packet { static type = 6; constructor(options?: object | null) { super(of(6)(options)); } }
export class PacketSync extends Packet { static type = 7; constructor(options?: object | null) { super(of(7)(options)); } }
export class PacketQuery extends Packet { static type = 8; constructor(options?: object | null) { super(of(8)(options)); } }
const KINDS: readonly (typeof PacketPing | undefined)[] = [undefined, PacketPing, PacketPong, PacketIntro, PacketJoin, PacketPublish, PacketStream, PacketSync, PacketQuery];
export default Packet;
