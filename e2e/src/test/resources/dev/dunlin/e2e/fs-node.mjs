// What Node makes of the corpus: node fs-node.mjs CORPUS ROOT SEED OUT writes [[name, outcome], …] to OUT.
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

process.umask(0o022)
const [corpus, root, seed, out] = process.argv.slice(2)
const script = await import(pathToFileURL(corpus))
fs.writeFileSync(out, JSON.stringify(await script.corpus({ fs, path, Buffer }, root, Number(seed))))
