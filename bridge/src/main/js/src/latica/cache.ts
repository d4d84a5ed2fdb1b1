/** A cache of packets, by hex id, and its summaries, by which two peers find what each lacks. That of the app's own peer is the host's. */
import { sha1 as digest } from '@noble/hashes/legacy';
import { Buffer } from 'socket:buffer';
import { coded } from 'socket:internal/args';
import Packet, { PACKET_BYTES } from 'socket:latica/packets';

export type CacheEntry = Packet;
/** Which of two packets with the same predecessor is the earlier: below 0 for the first. */
export type CacheEntrySiblingResolver = (a: CacheEntry, b: CacheEntry) => number;
export function defaultSiblingResolver(a: CacheEntry, b: CacheEntry): number { return a.clock - b.clock; }
/** Packets; one more pushes out the oldest. */
export const DEFAULT_MAX_SIZE: number = Math.ceil(16_000_000 / PACKET_BYTES);
export class CacheData extends Map<string, CacheEntry> {}
/** Of the packets whose ids begin with `prefix`: SHA-1 of those under each next digit, and of all. */
export interface Summary { prefix: string; hash: string; buckets: (string | null)[] }

export class Cache {
  static HASH_SIZE_BYTES = 20;
  static HASH_EMPTY = 'da39a3ee5e6b4b0d3255bfef95601890afd80709';
  data: CacheData;
  maxSize: number = DEFAULT_MAX_SIZE;
  siblingResolver: CacheEntrySiblingResolver;
  constructor(data: CacheData | Iterable<readonly [string, CacheEntry]> | null = new CacheData(), siblingResolver: CacheEntrySiblingResolver = defaultSiblingResolver) {
    this.data = data instanceof CacheData ? data : new CacheData(data ?? []);
    this.siblingResolver = siblingResolver;
  }
  get size(): number { return this.data.size; }
  get bytes(): number { return this.data.size * PACKET_BYTES; }
  /** False for what it has already. */
  insert(id: string, packet: CacheEntry): boolean {
    if (this.data.has(id)) return false;
    if (this.data.size >= this.maxSize) {
      let oldest: string | undefined, since = Infinity;
      for (const [key, { timestamp = 0 }] of this.data) if (timestamp < since) [oldest, since] = [key, timestamp];
      if (oldest !== undefined) this.data.delete(oldest);
    }
    packet.timestamp ??= Date.now();
    this.data.set(id, packet);
    return true;
  }
  get(id: string): CacheEntry | null { return this.data.get(id) ?? null; }
  delete(id: string): boolean { return this.data.delete(id); }
  has(id: string): boolean { return this.data.has(id); }

  /** The whole message that a fragment is of; null while some are missing. */
  async compose(packet: Packet, source: CacheData = this.data): Promise<Packet | null> {
    const id = hex(packet.index > 0 ? packet.previousId : packet.packetId), head = packet.index === 0 ? packet : source.get(id);
    if (head === undefined || head.message === null || typeof head.message !== 'object' || head.message instanceof Uint8Array) return null;
    const { meta, size, indexes, ts } = head.message as { meta: object; size: number; indexes: number; ts: number };
    const parts = new Map<number, Packet>();
    for (const one of source.values()) if (one.index > 0 && hex(one.previousId) === id) parts.set(one.index, one);
    if (packet.index > 0) parts.set(packet.index, packet);
    const all: Uint8Array[] = [];
    for (let i = 1; i <= indexes; i++) {
      const part = parts.get(i);
      if (part === undefined) return null;
      all.push(part.message);
    }
    return Object.assign(new Packet(head), { index: -1, message: Buffer.concat(all).subarray(0, size), isComposed: true, meta: { ...meta, ts } });
  }

  async sha1(value: string | Uint8Array, toHex = true): Promise<any> {
    const bytes = digest(typeof value === 'string' ? new TextEncoder().encode(value) : value);
    return toHex ? hex(bytes) : Buffer.from(bytes);
  }
  async summarize(prefix = '', predicate: (packet: CacheEntry) => boolean = () => true): Promise<Summary> {
    const under = new Map<string, string[]>();
    for (const [id, packet] of this.data) {
      if (!id.startsWith(prefix) || id.length === prefix.length || !predicate(packet)) continue;
      const digit = id[prefix.length]!;
      under.set(digit, [...(under.get(digit) ?? []), id]);
    }
    const buckets = await Promise.all([...'0123456789abcdef'].map(digit => (under.has(digit) ? this.sha1(under.get(digit)!.sort().join('')) as Promise<string> : null)));
    return { prefix, hash: under.size === 0 ? Cache.HASH_EMPTY : await this.sha1(buckets.join('')), buckets };
  }

  static isValidSummaryHashFormat(hash: unknown): boolean { return typeof hash === 'string' && /^[0-9a-f]{40}$/.test(hash); }
  static encodeSummary({ prefix, hash, buckets }: Summary): Buffer {
    const parts: Uint8Array[] = [Uint8Array.of(prefix.length), Buffer.from(prefix.length % 2 ? '0' + prefix : prefix, 'hex'), Buffer.from(hash, 'hex')];
    buckets.forEach((bucket, i) => { if (bucket !== null) parts.push(Uint8Array.of(i), Buffer.from(bucket, 'hex')); });
    return Buffer.concat(parts);
  }
  /** Throws a RangeError for what is no summary. */
  static decodeSummary(bytes: Uint8Array): Summary {
    const length = bytes[0] ?? 255, start = 1 + Math.ceil(length / 2), size = Cache.HASH_SIZE_BYTES, rest = bytes.byteLength - start - size;
    if (length > 64 || rest < 0 || rest % (size + 1) !== 0 || rest > 16 * (size + 1)) throw coded(new RangeError('This is no summary of a cache'), 'EMALFORMED');
    const buckets: (string | null)[] = Array.from({ length: 16 }, () => null);
    for (let at = start + size; at < bytes.byteLength; at += size + 1) {
      if (bytes[at]! > 15) throw coded(new RangeError('A summary has 16 buckets'), 'EMALFORMED');
      buckets[bytes[at]!] = hex(bytes.subarray(at + 1, at + 1 + size));
    }
    return { prefix: hex(bytes.subarray(1, start)).slice(length % 2), hash: hex(bytes.subarray(start, start + size)), buckets };
  }
}
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
export default Cache;
