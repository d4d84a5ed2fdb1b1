// A dedicated worker has the stream lane only.
import * as ipc from 'socket:ipc'
import { readFile } from 'socket:fs/promises'

onmessage = async ({ data }) => {
  try {
    const time = await ipc.call('ipc://os/hrtime')
    postMessage({ time, text: await readFile(data, 'utf8') })
  } catch (error) {
    postMessage({ error: String(error) })
  }
}
