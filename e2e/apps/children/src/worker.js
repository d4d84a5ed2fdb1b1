import * as cp from 'socket:child_process'
import fs from 'socket:fs'
import { watch } from 'socket:fs/promises'
import process from 'socket:process'

/** What needs pushes, done in a worker. The page asks by name, and hears of all that comes. */
const say = (...words) => postMessage(words.join(' '))
const asked = {
  watch (folder) {
    const watcher = fs.watch(folder, (type, name) => say('saw', name))
    asked.unwatch = () => watcher.close()
    watcher.on('close', () => say('unwatched'))
    say('watching')
  },
  async iterate (folder) {
    const changes = watch(folder, { recursive: true })
    for (const next = changes.next(); ;) {
      say('iterating')
      say('next', (await next).value.filename)
      return changes.return()
    }
  },
  async spawn () {
    const child = cp.spawn('cat')
    child.stdin.end('x'.repeat(3_000_000) + 'ende ü')
    let out = ''
    child.stdout.setEncoding('utf8').on('data', text => { out += text })
    const [code] = await new Promise(done => child.on('close', (...end) => done(end)))
    const { stdout } = await cp.exec('echo $((6*7))')
    say('spawned', out.length, out.slice(-6), code, stdout.trim())
  },
  signal () {
    process.on('SIGUSR2', name => say('heard', name))
  },
  async stay () {
    const child = cp.spawn('cat', ['/dev/zero'])
    await new Promise(done => child.on('spawn', done))
    say('pid', child.pid)
  }
}
onmessage = async ({ data: [name, ...args] }) => {
  try {
    await asked[name](...args)
  } catch (error) {
    say(name, error.message)
  }
}
