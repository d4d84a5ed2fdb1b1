// Notes are files of text in the app's own folder. Each call here is named in [security] of socket.ini.
import { mkdir, readdir, readFile, unlink, writeFile } from 'socket:fs/promises'
import { DATA, join } from 'socket:path'

export type Note = { name: string, text: string }

const SAVE_AFTER_MS = 400 // the longest that what is typed is nowhere but on the screen

const WELCOME = `Welcome
This note is a file of text in the folder that you see below. The page may read and write there, and nowhere else: the policy in socket.ini says so.

Run the app with npm run dev, change a file in src, and see it here while you write: what you typed stays.
`

export const folder = join(String(DATA), 'notes')

/** The newest first: a name begins with the time it was made. */
export async function load (): Promise<Note[]> {
  const isNew = await mkdir(folder, { recursive: true })
  if (isNew) await save({ ...create(), text: WELCOME })
  const names = (await readdir(folder)).map(String).filter(name => name.endsWith('.txt')).sort().reverse()
  return Promise.all(names.map(async name => ({ name, text: String(await readFile(join(folder, name), 'utf8')) })))
}

let made = 0
export const create = (): Note => ({ name: `${new Date().toISOString().replace(/[:.]/g, '-')}-${made++}.txt`, text: '' })

let waiting: Note | undefined
let timer = 0
let writing: Promise<unknown> = Promise.resolve()

/** One write at a time, so that an older text never lands on a newer one. */
export function save ({ name, text }: Note): Promise<void> {
  const saved = writing.then(() => writeFile(join(folder, name), text))
  writing = saved.catch(() => {})
  return saved
}

/** Saves a note a little later, with what is typed into it meanwhile. */
export function saveSoon (note: Note, tell: (status: string) => void) {
  if (waiting?.name !== note.name) saveNow(tell)
  waiting = note
  tell('Saving…')
  // Not begun anew at each key: who types on and on would have nothing saved.
  timer ||= window.setTimeout(saveNow, SAVE_AFTER_MS, tell)
}

function saveNow (tell: (status: string) => void) {
  clearTimeout(timer)
  timer = 0
  const note = waiting
  waiting = undefined
  if (!note) return
  save(note).then(() => { if (!waiting) tell('All saved') }, error => {
    // The next key tries again, if it is typed there.
    waiting ??= note
    tell(error.message)
  })
}

addEventListener('pagehide', () => saveNow(() => {}))

export function remove ({ name }: Note): Promise<void> {
  if (waiting?.name === name) waiting = undefined
  return writing.then(() => unlink(join(folder, name)))
}

export const title = ({ text }: Note) => text.trim().split('\n', 1)[0].trim() || 'New note'
export const summary = ({ text }: Note) => text.trim().split('\n').slice(1).join(' ').trim() || 'No more text'
export const matches = ({ text }: Note, query: string) => text.toLowerCase().includes(query.trim().toLowerCase())
export const words = ({ text }: Note) => text.split(/\s+/).filter(Boolean).length
export const day = ({ name }: Note) => new Date(name.slice(0, 10)).toLocaleDateString(undefined, { day: 'numeric', month: 'short' })
