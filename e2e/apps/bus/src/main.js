import network, { Encryption, exportKeys, sha256 } from 'socket:network'
import * as latica from 'socket:latica'
import * as ipc from 'socket:ipc'
import fs from 'socket:fs/promises'
import { enter } from './enter.js'

Object.assign(globalThis, { network, Encryption, exportKeys, sha256, latica, ipc, fs, enter })
/** The code and text of what fails. */
globalThis.fault = async work => { try { await work(); return { code: 'done' } } catch (error) { return { code: error.code, name: error.name, message: error.message } } }
document.documentElement.dataset.ready = 'true'
