// The same in every kind of worker: modules, a command, bytes by the stream lane.
import { readFile } from 'node:fs/promises';
import { Buffer } from 'socket:buffer';
import { createHash } from 'node:crypto';
import { cpus } from 'socket:os';
import path from 'socket:path';

async function work(file) {
  const bytes = await readFile(file);
  return { cpus: cpus().length > 0, joined: path.join('a', 'b'), isBuffer: Buffer.isBuffer(bytes), size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
const answer = async (port, file) => port.postMessage(await work(file).catch(error => ({ error: String(error) })));
if ('SharedWorkerGlobalScope' in globalThis) addEventListener('connect', ({ ports: [port] }) => { port.onmessage = ({ data }) => answer(port, data); });
else addEventListener('message', ({ data }) => answer(self, data));
