import * as ipc from 'socket:ipc'

await ipc.call('ipc://os/hrtime')
console.log(`first answered call at ${performance.timeOrigin + performance.now()}`)

const fs = await import('socket:fs/promises')
const { DATA, join } = await import('socket:path')
const file = (name) => join(DATA, name)

/** Round trips in ms: differences of the host's clock, as the page's is too coarse. */
export async function sequential (calls) {
  let before = BigInt(await ipc.call('ipc://os/hrtime'))
  const trips = []
  for (let i = 0; i < calls; i++) {
    const now = BigInt(await ipc.call('ipc://os/hrtime'))
    trips.push(Number(now - before) / 1e6)
    before = now
  }
  return trips
}

/** Calls a second, each run of `calls` with so many in flight. */
export async function inFlight (width, calls, runs) {
  const rates = []
  for (let run = 0; run < runs; run++) {
    let left = calls
    const start = performance.now()
    await Promise.all(Array.from({ length: width }, async () => {
      while (left-- > 0) await ipc.call('ipc://os/hrtime')
    }))
    rates.push(calls * 1000 / (performance.now() - start))
  }
  return rates
}

const MIB = 1024 * 1024

/** MiB a second of a file's bytes as they come. */
export async function down (name, runs) {
  const rates = []
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    const { body } = await ipc.openStream(ipc.commandUrl('fs', 'readFile', ipc.pathResource(file(name))))
    const reader = body.getReader()
    let bytes = 0
    for (let part = await reader.read(); !part.done; part = await reader.read()) bytes += part.value.byteLength
    rates.push(bytes / MIB * 1000 / (performance.now() - start))
  }
  return rates
}

/** MiB a second of a file written from memory. */
export async function up (name, mib, runs) {
  const bytes = new Uint8Array(mib * MIB)
  const rates = []
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    await fs.writeFile(file(name), bytes)
    rates.push(mib * 1000 / (performance.now() - start))
  }
  return rates
}

/** Milliseconds to read a small file as text. */
export async function read (name, runs) {
  const times = []
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    await fs.readFile(file(name), 'utf8')
    times.push(performance.now() - start)
  }
  return times
}

const timed = async (runs, work) => {
  const times = []
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    await work()
    times.push(performance.now() - start)
  }
  return times
}

/** Milliseconds to read a file as bytes. */
export const readBytes = (name, runs) => timed(runs, () => fs.readFile(file(name)))

/** Milliseconds to write a file from memory. */
export const writeBytes = (name, mib, runs) => {
  const bytes = new Uint8Array(mib * MIB)
  return timed(runs, () => fs.writeFile(file(name), bytes))
}

/** Milliseconds to list a folder with types. */
export const list = (name, runs) => timed(runs, () => fs.readdir(file(name), { withFileTypes: true }))

/** Calls of stat a second, one after the other. */
export async function stats (name, calls, runs) {
  return (await timed(runs, async () => { for (let i = 0; i < calls; i++) await fs.stat(file(name)) })).map((ms) => calls * 1000 / ms)
}
export async function statsSync (name, calls, runs) {
  const { statSync } = await import('socket:fs')
  return (await timed(runs, () => { for (let i = 0; i < calls; i++) statSync(file(name)) })).map((ms) => calls * 1000 / ms)
}

const listening = async (options) => {
  const dgram = await import('socket:dgram')
  return new Promise((resolve, reject) => {
    const socket = dgram.createSocket(options)
    socket.once('error', reject)
    socket.bind(0, '127.0.0.1', () => resolve(socket))
  })
}

/** Datagrams a second from one socket of this page to another, at most so many under way; and what was lost. */
export async function datagrams (bytes, window, ms, runs) {
  const to = await listening({ type: 'udp4', recvBufferSize: 4 * MIB }), from = await listening('udp4')
  const { port } = to.address(), message = new Uint8Array(bytes)
  const rates = []
  let lost = 0
  for (let run = 0; run < runs; run++) {
    let sent = 0, heard = 0, wake = () => {}
    const count = () => { heard++; if (sent - heard <= window / 2) wake() }
    to.on('message', count)
    const start = performance.now()
    while (performance.now() - start < ms) {
      while (sent - heard < window) { from.send(message, port, '127.0.0.1'); sent++ }
      await new Promise((resolve) => { wake = resolve; setTimeout(resolve, 1000) })
    }
    while (heard < sent) { const seen = heard; await new Promise((resolve) => { wake = () => { if (heard === sent) resolve() }; setTimeout(resolve, 300) }); if (seen === heard) break }
    rates.push(heard * 1000 / (performance.now() - start))
    to.off('message', count)
    lost += sent - heard
  }
  const { dropped } = to.stats()
  to.close()
  from.close()
  return { rates, lost, dropped }
}

/** Milliseconds from a datagram to its echo. */
export async function pingPong (port, bytes, trips) {
  const socket = await listening('udp4'), message = new Uint8Array(bytes)
  const times = []
  for (let i = 0; i < trips; i++) {
    const start = performance.now()
    await new Promise((resolve) => { socket.once('message', resolve); socket.send(message, port, '127.0.0.1') })
    times.push(performance.now() - start)
  }
  socket.close()
  return times
}

Object.assign(globalThis, { datagrams, pingPong, readBytes, writeBytes, list, stats, statsSync, sequential, inFlight, down, up, read, data: DATA })
document.documentElement.dataset.ready = 'true'
