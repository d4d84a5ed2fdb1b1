import fs from 'socket:fs'
import path, { DATA } from 'socket:path'
import { Buffer } from 'socket:buffer'
import * as ipc from 'socket:ipc'
import { corpus } from './corpus.js'

globalThis.data = DATA
globalThis.differential = (root, seed) => corpus({ fs, path, Buffer }, root, seed)
Object.assign(globalThis, { ipc, fs, path, Buffer })
document.documentElement.dataset.ready = 'true'
