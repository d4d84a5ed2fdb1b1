import { backend } from 'socket:application'
import * as cp from 'socket:child_process'
import * as dgram from 'socket:dgram'
import * as fs from 'socket:fs/promises'
import * as ipc from 'socket:ipc'
import { DATA, join } from 'socket:path'

Object.assign(globalThis, { backend, cp, dgram, fs, ipc, data: DATA, join })

/** What became of a promise: its value, or an error's members. */
globalThis.outcome = (promise) => promise.then((value) => ({ value }), ({ name, code, message }) => ({ name, code, message }))

const event = (target, name) => new Promise((resolve) => { target.addEventListener(name, resolve, { once: true }) })

/** Every part of the runtime that a page can ask, asked once; the name of the first that is silent or wrong, else ''. */
globalThis.silent = async () => {
  const kept = join(DATA, 'kept.txt')
  const parts = {
    call: async () => /^\d+$/.test(await ipc.call('ipc://os/hrtime')),
    write: async () => { await fs.writeFile(kept, 'kept'); return true },
    stream: async () => (await (await fetch(ipc.commandUrl('fs', 'readFile', ipc.pathResource(kept)))).text()) === 'kept',
    push: async () => (await cp.exec('echo pushed')).stdout === 'pushed\n',
    resource: async () => (await (await fetch('index.html', { cache: 'no-store' })).text()).includes('Faults'),
    // The network service keeps cookies, the storage service what IndexedDB and localStorage hold.
    cookie: async () => { document.cookie = 'kept=1'; return document.cookie.includes('kept=1') },
    storage: async () => { localStorage.setItem('kept', '1'); return localStorage.getItem('kept') === '1' },
    database: () => new Promise((resolve, reject) => {
      const opening = indexedDB.open('kept')
      opening.onsuccess = () => { opening.result.close(); resolve(true) }
      opening.onerror = () => reject(opening.error)
    }),
    frame: async () => {
      const frame = document.createElement('iframe')
      frame.src = 'empty.html'
      document.body.append(frame)
      await event(frame, 'load')
      frame.remove()
      return true
    },
  }
  for (const [name, ask] of Object.entries(parts)) {
    let timer
    const late = new Promise((resolve) => { timer = setTimeout(resolve, 20_000, 'no answer') })
    const answer = await Promise.race([ask().catch((error) => `${error.name}: ${error.message}`), late])
    clearTimeout(timer)
    if (answer !== true) return `${name}: ${answer}`
  }
  return ''
}

/** What the file of this number holds when it is whole. */
const whole = (number) => `${number}:${'x'.repeat(number * 7 % 5000)}:end`

/** So many calls in flight until `stop`: each lane writes a file, then asks the time. The console is told which files are written. */
globalThis.storm = async (width, from, to) => {
  await fs.mkdir(join(DATA, 'written'), { recursive: true })
  const written = [], failed = []
  let next = from, on = true, done = 0
  const lane = async () => {
    while (on) {
      const number = next++
      try {
        if (number < to) {
          await fs.writeFile(join(DATA, 'written', String(number)), whole(number))
          written.push(number)
        } else await ipc.call('ipc://os/hrtime')
        done++
      } catch ({ name, code, message }) {
        failed.push(`${code ?? name}: ${message}`)
      }
    }
  }
  const tell = setInterval(() => { if (written.length > 0) console.log('written ' + written.splice(0).join(' ')) }, 20)
  const lanes = Array.from({ length: width }, lane)
  globalThis.stormed = () => done
  globalThis.stop = async () => {
    on = false
    await Promise.all(lanes)
    clearInterval(tell)
    return { done, failed: failed.slice(0, 5) }
  }
}

globalThis.echoes = []
addEventListener('echo', ({ detail }) => echoes.push(detail))
if (new URLSearchParams(location.search).get('quiet') === null) await outcome(backend.open())
document.documentElement.dataset.ready = 'true'
console.log('ready')
