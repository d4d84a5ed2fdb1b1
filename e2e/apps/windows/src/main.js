// The page's window by name, for the suites.
import application from 'socket:application'
import fs from 'socket:fs/promises'

globalThis.app = application
globalThis.fs = fs
globalThis.win = await application.getCurrentWindow()
globalThis.told = []
for (const name of ['windowclosed', 'windowhidden', 'windowshown', 'greeting', 'close']) {
  globalThis.addEventListener(name, ({ detail }) => told.push([name, detail?.index ?? detail]))
}

/** What became of a call: its value, or the error's code. */
globalThis.outcome = async (call) => {
  try {
    const result = await call()
    return result?.err ? { code: result.err.code, message: result.err.message } : { value: result?.data ?? result?.state ?? null }
  } catch (error) {
    return { code: error.code, message: error.message }
  }
}

document.documentElement.dataset.ready = 'true'
