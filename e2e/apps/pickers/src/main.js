// What the person picks, for the suites.
import { createFileSystemFileHandle } from 'socket:fs/web'

/** What became of a call: its value, or the error's name. */
globalThis.outcome = async (call) => {
  try {
    return { value: await call() ?? null }
  } catch (error) {
    return { name: error.name, code: error.code, message: error.message }
  }
}

/** The outcome of a call that a person's click makes, once there was one. */
globalThis.onClick = (call) => {
  globalThis.clicked = new Promise((resolve) =>
    document.getElementById('try').addEventListener('click', () => resolve(outcome(call)), { once: true }))
  return true
}

/** Reads a file by its path. */
globalThis.read = (path) => outcome(async () => (await (await createFileSystemFileHandle(path)).getFile()).text())
globalThis.write = async (handle, text) => {
  const stream = await handle.createWritable()
  await stream.write(text)
  await stream.close()
}

document.documentElement.dataset.ready = 'true'
