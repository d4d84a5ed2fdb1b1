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

Object.assign(globalThis, { sequential, inFlight, down, up, read, data: DATA })
document.documentElement.dataset.ready = 'true'
