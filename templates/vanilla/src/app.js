// The tour: four calls to the system, each named in [security] of socket.ini, and one that is not.
import * as application from 'socket:application'
import { lstat, mkdir, readFile, readdir, writeFile } from 'socket:fs/promises'
import { DATA, DOCUMENTS, RESOURCES, dirname, join } from 'socket:path'
import process from 'socket:process'

const SAVE_AFTER_MS = 400 // the longest that what is typed is nowhere but on the screen
const ROWS = 500 // entries of a folder that are shown

const $ = (id) => document.getElementById(id)
const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties)
  made.append(...children)
  return made
}

/** A path that may break after each separator, and is still one word to copy. */
const showPath = (id, path) => $(id).replaceChildren(...path.split(/(?<=[/\\])/).flatMap((part) => [part, document.createElement('wbr')]))

// --- What is running, and what holds

/** What may differ from one system to the next is shown as it comes: `{a: {b: true}}` is "a b" and "yes". */
function rows (value, path = []) {
  if (value !== null && typeof value === 'object') {
    return Object.entries(value).flatMap(([key, inner]) => rows(inner, Array.isArray(value) ? path : [...path, words(key)]))
  }
  const text = value === true ? 'yes' : value === false ? 'no' : value === null ? 'unknown' : String(value)
  return [[path.join(' '), text]]
}

const names = { cef: 'CEF', vertx: 'Vert.x' }
const words = (key) => names[key] ?? key.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[-_]/g, ' ').toLowerCase()

const fact = (name, text, detail = '') =>
  element('div', {}, element('dt', { textContent: name }),
    element('dd', { textContent: text, className: text.length > 24 ? 'long' : '' }),
    ...(detail ? [element('dd', { textContent: detail, className: 'long' })] : []))

async function report (list, ask, show = (answer) => rows(answer).map(([name, text]) => fact(name, text))) {
  let facts
  try {
    facts = show(await ask())
  } catch (error) {
    facts = [fact('no answer', error.message)]
  }
  list.replaceChildren(...facts)
  list.removeAttribute('aria-busy')
}

/** The sandbox with what the host found, the policy below in groups, all else in a row each. */
function security ({ policy, rendererSandbox, otherProcesses = {}, ...others }) {
  showPolicy(policy)
  const boxed = Object.values(otherProcesses)
  const sandbox = fact('renderer sandbox', rendererSandbox.active ? 'active' : 'not active', rendererSandbox.detail)
  sandbox.dataset.holds = String(rendererSandbox.active)
  const rest = boxed.length ? [fact('other processes in one', `${boxed.filter(Boolean).length} of ${boxed.length}`)] : []
  return [...rows(others).map(([name, text]) => fact(name, text)), sandbox, ...rest]
}

/** A path as socket.ini names it: `$DATA/` says more than where that is on this machine. */
function placed (path) {
  try {
    path = decodeURIComponent(path)
  } catch {
    // Not encoded: shown as it is.
  }
  for (const [name, folder] of Object.entries({ $DATA: DATA, $RESOURCES: RESOURCES, $DOCUMENTS: DOCUMENTS })) {
    const root = folder?.replaceAll('\\', '/').replace(/^(?=[A-Za-z]:)/, '/')
    if (root && (path === root || path.startsWith(`${root}/`))) return name + path.slice(root.length)
  }
  return path
}

/** `ipc://fs/readFile/…` goes to the group fs, what concerns the page alone to the group page. */
function showPolicy (policy) {
  const groups = new Map()
  const page = []
  let calls = 0
  for (const directive of policy.split(';')) {
    const [name, ...sources] = directive.trim().split(/\s+/)
    const others = []
    for (const source of sources) {
      const [, module, call, path = ''] = /^ipc:\/\/([^/]+)\/?([^/]*)(\/.*)?$/.exec(source) ?? []
      if (!module) {
        others.push(source)
        continue
      }
      if (!groups.has(module)) groups.set(module, [])
      groups.get(module).push([call || 'everything', placed(path), source])
      calls++
    }
    if (others.length) page.push([name, others.join(' '), directive])
  }
  $('policy-count').textContent = `${calls} ${calls === 1 ? 'source' : 'sources'}`
  groups.set('page', page)
  $('policy-groups').replaceChildren(...[...groups].flatMap(([group, lines]) => [
    element('h3', { textContent: group }),
    element('ul', {}, ...lines.map(([name, value, title]) =>
      element('li', { title }, element('span', { textContent: name }), ' ', element('code', { textContent: value }))))
  ]))
  $('policy').hidden = false
}

$('policy').addEventListener('toggle', () => { if ($('policy').open) $('policy').scrollIntoView({ block: 'nearest' }) })

// --- A note that stays

const note = $('note')
const notePath = join(DATA, 'note.txt')
let saveTimer = 0
let saving = Promise.resolve()

function noteStatus (text, state = '') {
  $('note-status').textContent = text
  $('note-status').dataset.state = state
}

async function openNote () {
  showPath('note-path', notePath)
  try {
    await mkdir(DATA, { recursive: true })
    note.value = await readFile(notePath, 'utf8')
    noteStatus('Opened', 'saved')
  } catch (error) {
    if (error.code !== 'ENOENT') {
      noteStatus(error.message, 'failed')
      return
    }
    note.value = 'Write something and close the window.\nIt will be here when you come back.'
    noteStatus('New')
  }
  note.disabled = false
}

/** One write at a time, so that an older text never lands on a newer one. */
function saveNote () {
  clearTimeout(saveTimer)
  saveTimer = 0
  saving = saving.then(async () => {
    try {
      await writeFile(notePath, note.value, { atomic: true })
      if (!saveTimer) noteStatus(`Saved at ${new Date().toLocaleTimeString()}`, 'saved')
    } catch (error) {
      noteStatus(error.message, 'failed')
    }
  })
  return saving
}

note.addEventListener('input', () => {
  noteStatus('Writing…')
  // Not begun anew at each key: who types on and on would have nothing saved.
  if (!saveTimer) saveTimer = setTimeout(saveNote, SAVE_AFTER_MS)
})
addEventListener('pagehide', () => { if (saveTimer) saveNote() })
note.addEventListener('blur', () => { if (saveTimer) saveNote() })

// --- A folder

const places = { app: RESOURCES, documents: DOCUMENTS }
const list = $('list')
const icons = {
  folder: 'M1.5 4.5h5l1.5 2h6.5v7h-13z',
  file: 'M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3',
  link: 'M6 10l4-4M7 4.5l2-2a3 3 0 0 1 4.5 4.5l-2 2M9 11.5l-2 2A3 3 0 0 1 2.5 9l2-2',
  other: 'M2.5 8a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0-11 0'
}
let root = ''
let folder = ''
let selected = -1
let visit = 0

const kindOf = (entry) =>
  entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : entry.isSymbolicLink() ? 'link' : 'other'

function size (bytes) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  return `${(bytes / 1024 ** power).toFixed(power && bytes / 1024 ** power < 10 ? 1 : 0)} ${units[power]}`
}

function icon (kind) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 16 16')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', icons[kind])
  svg.append(path)
  return svg
}

async function browse (path, select = '') {
  const mine = ++visit
  folder = path
  showPath('folder-path', path)
  $('up').disabled = path === root
  let entries
  try {
    entries = await readdir(path, { withFileTypes: true })
  } catch (error) {
    if (mine === visit) show([], error.code === 'ENOENT' ? 'There is no such folder here.' : error.message)
    return
  }
  const kinds = entries.map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
  kinds.sort((a, b) => (b.kind === 'folder') - (a.kind === 'folder') || a.name.localeCompare(b.name))
  const shown = kinds.slice(0, ROWS)
  // One task, so all of these calls travel to the host as one message.
  await Promise.all(shown.map(async (entry) => {
    if (entry.kind !== 'file') return
    entry.size = await lstat(join(path, entry.name)).then((stat) => size(Number(stat.size)), (error) => error.code)
  }))
  if (mine !== visit) return
  const more = kinds.length > ROWS ? `, the first ${ROWS} shown` : ''
  show(shown, kinds.length ? '' : 'This folder is empty.', `${kinds.length} ${kinds.length === 1 ? 'entry' : 'entries'}${more}.`)
  choose(Math.max(0, shown.findIndex((entry) => entry.name === select)))
}

function show (entries, blank, status = '') {
  list.replaceChildren(...entries.map((entry, index) => {
    const row = element('div', { className: 'row', id: `row-${index}`, title: entry.name }, icon(entry.kind),
      element('b', { textContent: entry.name }), element('i', { textContent: entry.size ?? entry.kind }))
    row.setAttribute('role', 'option')
    row.dataset.kind = entry.kind
    row.dataset.name = entry.name
    return row
  }))
  if (blank) list.append(element('p', { className: 'blank', textContent: blank }))
  $('list-status').textContent = status || blank
  choose(-1)
}

function choose (index) {
  const options = list.querySelectorAll('.row')
  options[selected]?.setAttribute('aria-selected', 'false')
  selected = Math.min(index, options.length - 1)
  list.removeAttribute('aria-activedescendant')
  const row = options[selected]
  if (!row) return
  row.setAttribute('aria-selected', 'true')
  list.setAttribute('aria-activedescendant', row.id)
  // Scrolls the list, never the page.
  const { offsetTop: top, offsetHeight: height } = row
  if (top < list.scrollTop) list.scrollTop = top
  else if (top + height > list.scrollTop + list.clientHeight) list.scrollTop = top + height - list.clientHeight
}

function open () {
  const row = list.querySelectorAll('.row')[selected]
  if (row?.dataset.kind === 'folder') browse(join(folder, row.dataset.name))
}

function up () {
  if (folder !== root) browse(dirname(folder), folder.slice(dirname(folder).length).replace(/^[/\\]/, ''))
}

function enter (place) {
  for (const button of document.querySelectorAll('[data-place]')) {
    button.setAttribute('aria-pressed', String(button.dataset.place === place))
  }
  root = places[place] ?? ''
  if (root) return browse(root)
  visit++
  folder = ''
  $('folder-path').textContent = ''
  $('up').disabled = true
  show([], 'This system names no such folder.')
}

list.addEventListener('keydown', (event) => {
  const last = list.querySelectorAll('.row').length - 1
  const moves = {
    ArrowDown: () => choose(selected + 1),
    ArrowUp: () => choose(Math.max(0, selected - 1)),
    PageDown: () => choose(selected + 8),
    PageUp: () => choose(Math.max(0, selected - 8)),
    Home: () => choose(0),
    End: () => choose(last),
    Enter: open,
    ArrowRight: open,
    ArrowLeft: up,
    Backspace: up
  }
  const move = moves[event.key]
  if (!move || event.ctrlKey || event.altKey || event.metaKey) return
  event.preventDefault()
  move()
})
list.addEventListener('click', (event) => {
  const row = event.target.closest('.row')
  if (!row) return
  choose([...list.querySelectorAll('.row')].indexOf(row))
  open()
})
$('up').addEventListener('click', up)
for (const button of document.querySelectorAll('[data-place]')) {
  button.addEventListener('click', () => enter(button.dataset.place))
}

// --- A closed door

const forbidden = process.platform === 'win32' ? 'C:/Windows/System32/config/SAM' : '/etc/shadow'
$('forbidden').textContent = forbidden

$('try').addEventListener('click', async () => {
  const answer = $('answer')
  try {
    const text = await readFile(forbidden, 'utf8')
    answer.className = 'answer'
    answer.replaceChildren(element('p', { textContent: `The policy let it through: ${text.length} characters. Look at [security] in socket.ini.` }))
  } catch (error) {
    answer.className = 'answer denied'
    answer.replaceChildren(
      element('strong', { textContent: error.name === 'NotAllowedError' ? 'Denied by the policy' : error.name }),
      element('p', { className: 'message', textContent: error.message }))
    if (error.source) {
      answer.append(element('pre', { textContent: `${error.directive} … ${error.source}` }))
    }
  }
})

await Promise.all([
  report($('versions'), application.versions),
  report($('security'), application.security, security),
  openNote(),
  enter('app')
])
document.documentElement.dataset.ready = 'true'
