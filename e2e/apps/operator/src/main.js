import * as ipc from 'socket:ipc'
import * as fs from 'socket:fs/promises'
import dgram from 'socket:dgram'
import { spawn } from 'socket:child_process'

const open = []

globalThis.work = async () => {
  for (let i = 0; i < 50; i++) await ipc.call('ipc://os/hrtime')
  const socket = dgram.createSocket('udp4')
  await new Promise((resolve, reject) => { socket.once('error', reject); socket.bind(0, '127.0.0.1', resolve) })
  open.push(socket, spawn('/bin/sleep', ['60']))
  console.log('the page has worked')
  return await fs.readFile('/etc/hostname').then(() => 'read', (e) => e.name)
}

document.documentElement.dataset.ready = 'true'
console.log('ready')
