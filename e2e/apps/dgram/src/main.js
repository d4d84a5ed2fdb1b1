import dgram from 'socket:dgram'
import { Buffer } from 'socket:buffer'
import * as ipc from 'socket:ipc'
import { corpus } from './corpus.js'

globalThis.differential = () => corpus({ dgram, Buffer })
Object.assign(globalThis, { ipc, dgram, Buffer })
/** A socket that listens at a free port of this machine. */
globalThis.listening = (options = 'udp4', address = '127.0.0.1') => new Promise((resolve, reject) => {
  const socket = dgram.createSocket(options)
  socket.once('error', reject)
  socket.bind(0, address, () => resolve(socket))
})
document.documentElement.dataset.ready = 'true'
