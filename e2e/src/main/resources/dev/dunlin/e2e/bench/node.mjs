// What plain Node does: node node.mjs FOLDER prints results by name, in ms, MiB/s or calls/s.
import { statSync } from 'node:fs'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const [folder, small, large, mib] = process.argv.slice(2)
const timed = async (runs, work) => {
  const times = []
  for (let run = 0; run < runs; run++) {
    const start = process.hrtime.bigint()
    await work()
    times.push(Number(process.hrtime.bigint() - start) / 1e6)
  }
  return times
}
const rates = (times) => times.map((ms) => Number(mib) * 1000 / ms)
const bytes = new Uint8Array(Number(mib) * 1024 * 1024)
const read = await timed(1000, () => readFile(join(folder, small), 'utf8'))
const down = rates(await timed(7, () => readFile(join(folder, large))))
const up = rates(await timed(7, () => writeFile(join(folder, 'node-up.bin'), bytes)))
const results = { read, down, up }
for (const [name, runs] of [['1m', 100], ['16m', 21], ['128m', 7]]) results['fs.read.' + name] = await timed(runs, () => readFile(join(folder, name + '.bin')))
const sixteen = bytes.subarray(0, 16 * 1024 * 1024)
results['fs.write.16m'] = await timed(11, () => writeFile(join(folder, 'node-16m.bin'), sixteen))
results['fs.readdir.10k'] = await timed(21, () => readdir(join(folder, '10k'), { withFileTypes: true }))
const perSecond = (times, calls) => times.map((ms) => calls * 1000 / ms)
results['fs.stat'] = perSecond(await timed(5, async () => { for (let i = 0; i < 2000; i++) await stat(join(folder, small)) }), 2000)
results['fs.statSync'] = perSecond(await timed(5, () => { for (let i = 0; i < 2000; i++) statSync(join(folder, small)) }), 2000)
console.log(JSON.stringify(results))
