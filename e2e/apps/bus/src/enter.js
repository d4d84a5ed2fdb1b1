import network, { Encryption } from 'socket:network'

const EVENTS = ['ready', 'connecting', 'connection', 'disconnection', 'join', 'leave', 'packet', 'stream', 'data', 'send', 'sync', 'sync-start', 'sync-end', 'query', 'network-change', 'state', 'firewall', 'unopened', 'warning', 'error']
/** Joins, and notes what the bus tells as `[event, ...values]` in `told`. */
export async function enter (options, cluster = 'bus e2e') {
  const bus = await network({ clusterId: await Encryption.createClusterId(cluster), ...options })
  const told = globalThis.told = []
  const plain = value => ArrayBuffer.isView(value) ? new TextDecoder().decode(value.subarray(0, 200)) : value?.peerId !== undefined ? { ...value, peerId: value.peerId } : value
  for (const name of EVENTS) bus.on('#' + name, (...values) => told.push(['#' + name, ...values.map(value => JSON.parse(JSON.stringify(plain(value) ?? null, (key, one) => key === 'bus' ? undefined : one)))]))
  globalThis.bus = bus
  return bus
}
