// node dgram-node.mjs CORPUS: what Node's dgram does, as JSON.
import { Buffer } from 'node:buffer'
import dgram from 'node:dgram'
import { pathToFileURL } from 'node:url'
const { corpus } = await import(pathToFileURL(process.argv[2]))
console.log(JSON.stringify(await corpus({ dgram, Buffer })))
