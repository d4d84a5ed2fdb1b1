// What the engine does for a page, for the suites.
import { getCurrentWindow } from 'socket:window'
import * as application from 'socket:application'

globalThis.application = application
globalThis.win = await getCurrentWindow()

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

document.documentElement.dataset.ready = 'true'
