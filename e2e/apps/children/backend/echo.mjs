// The same in Node.js.
import { createInterface } from 'node:readline'
const send = (event, value) => console.log(`ipc://send?event=${encodeURIComponent(event)}&value=${encodeURIComponent(JSON.stringify(value))}`)
console.log('ipc://heartbeat?seq=7')
for await (const line of createInterface({ input: process.stdin })) {
  const url = new URL(line), params = url.searchParams
  if (url.host === 'resolve') send('alive', { seq: params.get('seq'), state: params.get('state') })
  else send('echo', JSON.parse(params.get('value')).text.toUpperCase())
}
