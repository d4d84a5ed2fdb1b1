import fs from 'socket:fs'

const hex = async (bytes) => Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), (b) => b.toString(16).padStart(2, '0')).join('')
onmessage = async ({ data: file }) => {
  try {
    postMessage(await hex(await fs.promises.readFile(file)))
  } catch (error) {
    postMessage(String(error))
  }
}
