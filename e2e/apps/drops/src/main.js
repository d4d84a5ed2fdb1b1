// Files that are dropped on the page, or opened with the app, for the suites.
import { createFileSystemFileHandle } from 'socket:fs/web'
import { on } from 'socket:ipc'
import { droppedHandles, openedHandles } from 'socket:window/files'

/** What became of a call: its value, or the error's name. */
globalThis.outcome = async (call) => {
  try {
    return { value: await call() ?? null }
  } catch (error) {
    return { name: error.name, code: error.code, message: error.message }
  }
}

/** Reads a file by its path. */
globalThis.read = (path) => outcome(async () => (await (await createFileSystemFileHandle(path)).getFile()).text())
globalThis.droppedHandles = droppedHandles
globalThis.openedHandles = openedHandles
globalThis.seen = []
globalThis.opened = 0
for (const type of ['dragenter', 'dragover', 'drop']) addEventListener(type, (event) => event.preventDefault())
addEventListener('dragenter', (event) => seen.push([event.isTrusted, ...event.dataTransfer.types]))
// The other program has its answer when movements have come.
let moves = 0
addEventListener('dragover', () => { if (++moves % 5 === 0) console.log('dragged over') })
on('applicationopenfiles', () => opened++)
addEventListener('drop', (event) => {
  globalThis.files = [...event.dataTransfer.files]
  globalThis.trusted = event.isTrusted
  if (globalThis.later) return
  globalThis.taken = outcome(async () => (globalThis.handles = await droppedHandles(event)).map((one) => [one.kind, one.name]))
})
document.documentElement.dataset.ready = 'true'
