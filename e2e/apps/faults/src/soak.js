// A mixed load, round after round, until it is told to stop. Whatever a round opens it closes.
import { createWindow } from 'socket:application'
import * as cp from 'socket:child_process'
import * as dgram from 'socket:dgram'
import * as fs from 'socket:fs/promises'
import * as ipc from 'socket:ipc'
import network, { Encryption } from 'socket:network'
import { DATA, join } from 'socket:path'

const CALLS = 300, DATAGRAMS = 200, BYTES = 1 << 20
/** The system's buffer holds all datagrams of a round: what has not come by then is lost. */
const LONGEST_MS = 20_000
const event = (target, name) => new Promise((resolve) => { target.addEventListener(name, resolve, { once: true }) })
const file = (name) => join(DATA, name)
const large = new Uint8Array(3 * BYTES)

async function calls () {
  await Promise.all(Array.from({ length: CALLS }, (none, i) => i % 3 === 0 ? fs.stat(DATA) : ipc.call('ipc://os/hrtime')))
}
async function streams () {
  await fs.writeFile(file('soak.bin'), large)
  const { body } = await ipc.openStream(ipc.commandUrl('fs', 'readFile', ipc.pathResource(file('soak.bin'))))
  let bytes = 0
  for await (const part of body) bytes += part.byteLength
  // By the blob lane, and by the call lane.
  const whole = await fs.readFile(file('soak.bin'))
  await fs.writeFile(file('soak.txt'), 'x'.repeat(10_000))
  const text = await fs.readFile(file('soak.txt'), 'utf8')
  if (bytes !== large.length || whole.length !== large.length || text.length !== 10_000) throw new Error('bytes are missing')
  const handle = await fs.open(file('soak.txt'))
  await handle.close()
}
async function udp () {
  const open = () => new Promise((resolve, reject) => {
    const socket = dgram.createSocket('udp4').on('error', reject)
    socket.bind(0, '127.0.0.1', () => resolve(socket))
  })
  const [one, other] = await Promise.all([open(), open()])
  let heard = 0
  await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${DATAGRAMS - heard} datagrams are missing`)), LONGEST_MS)
    other.on('message', () => { if (++heard === DATAGRAMS) resolve(clearTimeout(late)) })
    for (let i = 0; i < DATAGRAMS; i++) one.send('a datagram', other.address().port, '127.0.0.1')
  })
  await Promise.all([one, other].map((socket) => new Promise((resolve) => socket.close(resolve))))
}
async function children () {
  if ((await cp.exec('echo $((6*7))')).stdout !== '42\n') throw new Error('the child said something else')
}
async function frames () {
  const frame = Object.assign(document.createElement('iframe'), { src: 'empty.html' })
  document.body.append(frame)
  await event(frame, 'load')
  frame.remove()
  const worker = new Worker('soak-worker.js', { type: 'module' })
  await event(worker, 'message')
  worker.terminate()
}
async function windows () {
  const opened = await createWindow({ path: 'empty.html', width: 200, height: 200 })
  await opened.close()
}
async function peers () {
  const bus = await network({ clusterId: await Encryption.createClusterId('soak'), address: '127.0.0.1', port: 0, peers: [] })
  await bus.close()
}

const WORK = { calls, streams, udp, children, frames, windows, peers }
/** The rare ones: a round in so many. */
const EVERY = { windows: 4, peers: 4 }

export const counts = Object.fromEntries(Object.keys(WORK).map((name) => [name, 0]))
export const faults = []
let on = true, ended
export function start () {
  ended = (async () => {
    for (let round = 0; on; round++) {
      for (const [name, work] of Object.entries(WORK)) {
        if (round % (EVERY[name] ?? 1) !== 0) continue
        try {
          await work()
          counts[name]++
        } catch (error) {
          if (faults.length < 20) faults.push(`${name}: ${error.code ?? error.name}: ${error.message}`)
        }
      }
      // The page's own tasks have their turn: Chromium collects its garbage between them.
      await new Promise((resolve) => setTimeout(resolve))
    }
  })()
}
export async function stop () {
  on = false
  await ended
}
