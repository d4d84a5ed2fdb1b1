// What plain Node does: node node.mjs FOLDER prints {read: [ms], down: [MiB/s], up: [MiB/s]}.
import { readFile, writeFile } from 'node:fs/promises'
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
console.log(JSON.stringify({ read, down, up }))
