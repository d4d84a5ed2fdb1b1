// Menus by name, and what was chosen of them, for the suite.
import * as application from 'socket:application'
import clipboard from 'socket:clipboard'
import { getCurrentWindow } from 'socket:window'

globalThis.application = application
globalThis.clipboard = clipboard
globalThis.menu = application.menu
globalThis.win = await getCurrentWindow()
globalThis.chosen = []
menu.addEventListener('menuitem', ({ menu, parent, title, checked }) => chosen.push([menu.type, parent, title, checked]))
globalThis.keys = []
addEventListener('keydown', event => keys.push(event.key))

/** What became of a call: its value, or the error's name. */
globalThis.outcome = async (call) => {
  try {
    return { value: await call() ?? null }
  } catch (error) {
    return { name: error.name, code: error.code, message: error.message }
  }
}

document.documentElement.dataset.ready = 'true'
