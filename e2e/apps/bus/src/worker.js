import { Encryption } from 'socket:network'
import { enter } from './enter.js'

onmessage = async ({ data }) => {
  try {
    const bus = await enter(data)
    const room = await bus.subcluster({ sharedKey: await Encryption.createSharedKey('room') })
    room.on('greet', bytes => postMessage('heard ' + bytes))
    bus.on('#ready', () => postMessage('ready'))
    room.on('#join', remote => postMessage('join ' + remote.peerId))
    globalThis.room = room
  } catch (error) {
    postMessage('failed ' + error.code + ' ' + error.message)
  }
}
