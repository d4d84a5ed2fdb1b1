import dgram from 'socket:dgram'

/** Answers each datagram with its text in capitals, and tells the page of it. */
const socket = dgram.createSocket('udp4')
socket.on('error', error => postMessage({ error: error.code + ' ' + error.message }))
socket.on('message', (message, from) => {
  const text = message.toString()
  socket.send(text.toUpperCase(), from.port, from.address, error => postMessage({ text, length: message.length, stats: socket.stats(), error: error?.message }))
})
onmessage = ({ data }) => {
  if (data === 'bind') socket.bind(0, '127.0.0.1', () => postMessage({ port: socket.address().port }))
  if (data === 'close') socket.close(() => postMessage({ closed: true }))
}
