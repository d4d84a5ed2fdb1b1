/** The reference's names for a peer. The peer itself runs in the host: `Peer` is what a page holds of it. */
import { Bus } from 'socket:network';

export { RemotePeer, Encryption, sha256 } from 'socket:network';
export { Cache } from 'socket:latica/cache';
export { Packet } from 'socket:latica/packets';
export * as NAT from 'socket:latica/nat';
export { Bus as Peer };
export default Bus;

/** Milliseconds, as the protocol has them. */
export const PING_RETRY = 500;
export const PROBE_WAIT = 512;
export const DEFAULT_KEEP_ALIVE = 30_000;
/** Joins and publications of one address and port in a minute; more are refused. */
export const DEFAULT_RATE_LIMIT_THRESHOLD = 1024;
const OTHERS_THRESHOLD = 1_048_576;
/** Addresses that are remembered; one more forgets the oldest. */
const RATES = 65_536;

/** Counts a packet of a sender; whether it is one too many for this minute. Who was refused has one less in the next. */
export function rateLimit(rates: Map<string, { time: number; quota: number; used: number }>, type: number, port: number, address: string, quota?: number): boolean {
  const isRelayed = type === 4 || type === 5, most = isRelayed ? (quota ?? DEFAULT_RATE_LIMIT_THRESHOLD) : OTHERS_THRESHOLD;
  const key = `${isRelayed ? 'R' : 'C'}:${address}:${port}`, time = Math.floor(Date.now() / 60_000);
  let rate = rates.get(key);
  if (rate === undefined) {
    if (rates.size >= RATES) rates.delete(rates.keys().next().value!);
    rates.set(key, (rate = { time, quota: most, used: 0 }));
  }
  if (time !== rate.time) {
    if (rate.used > rate.quota) rate.quota--;
    else if (rate.used < most && rate.quota < most) rate.quota++;
    Object.assign(rate, { time, used: 0 });
  }
  return ++rate.used >= rate.quota;
}

/** A port that was not given before, from 1024 on; notes it. */
export function getRandomPort(ports: Set<number> = new Set(), given?: number | null): number {
  let port = given ?? 0;
  while (port < 1024 || port > 0xffff || ports.has(port)) port = Math.max(1024, globalThis.crypto.getRandomValues(new Uint16Array(1))[0]!);
  ports.add(port);
  return port;
}
