// The page's own window by name, for the suites.
import { getCurrentWindow } from 'socket:window'

globalThis.win = await getCurrentWindow()

/** Does it and gives what the window says then; or the code of the error. */
globalThis.ask = async (command, ...words) => {
  const result = await win[command](...words)
  if (result.err) return { code: result.err.code, message: result.err.message }
  await win.update()
  return win.state
}

/** What became of a call that may be denied: its value, or the error's name. */
globalThis.outcome = async (call) => {
  try {
    return { value: await call() ?? null }
  } catch (error) {
    return { name: error.name, message: error.message }
  }
}

/** The outcome of a call that a person's click makes, once there was one. */
globalThis.onClick = (call) => {
  globalThis.clicked = new Promise((resolve) =>
    document.getElementById('try').addEventListener('click', () => resolve(outcome(call)), { once: true }))
  return true
}

document.documentElement.dataset.ready = 'true'
