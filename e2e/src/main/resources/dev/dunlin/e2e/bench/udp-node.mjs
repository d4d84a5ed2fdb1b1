// What Node's dgram does: node udp-node.mjs BYTES WINDOW MS RUNS ECHO_PORT TRIPS prints results by name.
import { fork } from 'node:child_process'
import dgram from 'node:dgram'
import { once } from 'node:events'

const [bytes, window, ms, runs, echo, trips] = process.argv.slice(2).map(Number)
const listening = async (options) => {
  const socket = dgram.createSocket(options).bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return socket
}
if (process.send !== undefined) {
  // The receiver: says how many came in how long, from the first to the last, each time it is asked.
  const to = await listening({ type: 'udp4', recvBufferSize: 4 << 20 })
  let heard = 0, first = 0, last = 0
  to.on('message', () => { last = performance.now(); if (heard++ === 0) first = last })
  process.on('message', () => { process.send({ heard, seconds: (last - first) / 1000 }); heard = 0 })
  process.on('disconnect', () => to.close())
  process.send({ port: to.address().port })
} else {
  const message = Buffer.alloc(bytes)
  const results = { two: [], one: [] }

  // One process sends as fast as it can, another receives.
  const child = fork(process.argv[1], ['receive'])
  const [{ port }] = await once(child, 'message')
  const from = await listening('udp4')
  for (let run = 0; run < runs; run++) {
    const end = performance.now() + ms
    await new Promise((resolve) => {
      let open = 0
      const more = () => {
        while (open < 64 && performance.now() < end) { open++; from.send(message, port, '127.0.0.1', done) }
        if (open === 0) resolve()
      }
      const done = () => { open--; more() }
      more()
    })
    await new Promise((resolve) => setTimeout(resolve, 100))
    child.send('how many')
    const [{ heard, seconds }] = await once(child, 'message')
    results.two.push(heard / seconds)
  }
  child.disconnect()

  // Both in one process, at most so many under way: what the page does.
  const to = await listening({ type: 'udp4', recvBufferSize: 4 << 20 })
  for (let run = 0; run < runs; run++) {
    let sent = 0, heard = 0, wake = () => {}
    const count = () => { heard++; if (sent - heard <= window / 2) wake() }
    to.on('message', count)
    const start = performance.now()
    while (performance.now() - start < ms) {
      while (sent - heard < window) { from.send(message, to.address().port, '127.0.0.1'); sent++ }
      await new Promise((resolve) => { wake = resolve; setTimeout(resolve, 1000) })
    }
    while (heard < sent) { const seen = heard; await new Promise((resolve) => { wake = () => { if (heard === sent) resolve() }; setTimeout(resolve, 300) }); if (seen === heard) break }
    results.one.push(heard * 1000 / (performance.now() - start))
    to.off('message', count)
  }
  to.close()

  results.pingPong = []
  for (let i = 0; i < trips; i++) {
    const start = performance.now()
    from.send(message.subarray(0, 64), echo, '127.0.0.1')
    await once(from, 'message')
    results.pingPong.push(performance.now() - start)
  }
  from.close()
  console.log(JSON.stringify(results))
}
