import process from 'node:process'
import { execFile } from 'node:child_process'
import { listen } from 'socket:internal/signals'

const say = (text) => process.stdout.write(text + '\n')
process.on('SIGUSR2', (name, number) => say(`heard ${name} ${number}`))
let prevented = false
process.on('SIGTERM', (_name, _number, event) => {
  if (!prevented) event.preventDefault()
  say(prevented ? 'puts things away' : 'goes on')
  prevented = true
})
process.on('SIGHUP', () => say('never'))
process.on('warning', (warning) => say(`warned: ${warning.source}`))
// They are heard from the answers of these on.
await Promise.all(['SIGUSR2', 'SIGTERM'].map(listen))
try {
  process.kill(1, 'SIGNONE')
} catch (error) {
  say(`kill: ${error.code} ${process.kill(process.pid, 0)}`)
}
say(`env: ${(await execFile('printenv', ['LD_BIND_NOW'])).stdout.trim()}`)
say(`ready ${process.pid}`)
process.stdin.setEncoding('utf8')
let bytes = 0, line = ''
for await (const text of process.stdin) {
  bytes += text.length
  line += text
  if (line.endsWith('\n')) say(`in ${line.trim().slice(0, 20)}`)
  if (line.endsWith('\n')) line = ''
}
say(`end after ${bytes}`)
