// The modules by name, for the suites.
import * as fs from 'socket:fs/promises'
import { readFileSync } from 'socket:fs'
import * as ipc from 'socket:ipc'
import * as path from 'socket:path'

Object.assign(globalThis, { fs, ipc, path, readFileSync, data: path.DATA })

globalThis.sha256 = async (bytes) =>
  [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((b) => b.toString(16).padStart(2, '0')).join('')

/** What became of a promise: its value, or an error's members. */
globalThis.outcome = (promise) => promise.then(
  (value) => ({ value }),
  (error) => ({ name: error.name, code: error.code, message: error.message, source: error.source, directive: error.directive }))

document.documentElement.dataset.ready = 'true'
