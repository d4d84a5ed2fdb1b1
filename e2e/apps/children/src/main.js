import * as cp from 'socket:child_process'
import { backend } from 'socket:application'
import { Extension } from 'socket:extension'
import * as ipc from 'socket:ipc'

Object.assign(globalThis, { cp, backend, Extension, ipc, events: [] })
for (const name of ['echo', 'alive', 'flood', 'backend-exit', 'process-error']) {
  addEventListener(name, ({ detail }) => events.push([name, detail]))
}

globalThis.outcome = (promise) => promise.then(
  (value) => ({ value }),
  (error) => ({ name: error.name, code: error.code, message: error.message, source: error.source }))

/** All that a child said, and how it ended. */
globalThis.ended = async (child) => {
  let out = '', err = '', failed
  child.stdout?.on('data', (bytes) => { out += bytes })
  child.stderr?.on('data', (bytes) => { err += bytes })
  child.on('error', (error) => { failed = { name: error.name, code: error.code, message: error.message, source: error.source } })
  const [code, signal] = await new Promise((resolve) => child.on('close', (...end) => resolve(end)))
  return { out, err, code, signal, failed }
}
document.documentElement.dataset.ready = 'true'
