#!/usr/bin/env node
// npm create dunlin-app: what dunlin init does (NewApp.java), for who has Node and not yet Dunlin. The build puts templates/ beside it.
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const LONGEST = { name: 64, title: 200 }
const NAME = /^[A-Za-z0-9_-]+$/
const ID = /^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?)+$/
// npm leaves out files of this name.
const GITIGNORE = '.dunlin/\nbuild/\ndist/\nnode_modules/\n'

const templates = join(dirname(fileURLToPath(import.meta.url)), 'templates')
const there = readdirSync(templates).sort()
const help = `Usage: npm create dunlin-app [DIR] -- [OPTIONS]

Makes a new Dunlin app in DIR. Nothing is overwritten.

  -t, --template NAME   ${there.join(', ')}
  -n, --name NAME       name of the program: A-Z a-z 0-9 _ -
      --id ID           bundle identifier, as com.example.my-app
      --title TEXT      what people call it
`

class Wrong extends Error {}

function words () {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        template: { type: 'string', short: 't' },
        name: { type: 'string', short: 'n' },
        id: { type: 'string' },
        title: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new Wrong(error.message)
  }
}

const nameFor = title => title.normalize('NFKD').replace(/\p{M}+/gu, '').replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '')
  .slice(0, LONGEST.name).replace(/-+$/, '') || 'my-app'
const idFor = name => `com.example.${name.toLowerCase().replace(/^[_-]+|[_-]+$/g, '').slice(0, 60) || 'my-app'}`

/** As it is where socket.ini reads it back so; else in quotes. */
function iniValue (title) {
  const plain = title === title.trim() && !/^["']|(^|\s)[;#]/.test(title)
  if (title.includes('{{')) throw new Wrong(`socket.ini has no way to write the title ${title}: leave out {{`)
  if (plain) return title
  if (!title.includes('"')) return `"${title}"`
  if (!title.includes("'")) return `'${title}'`
  throw new Wrong(`socket.ini has no way to write the title ${title}: leave out one kind of its quotes`)
}

function files (folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap(entry => (entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]))
}

/** The one place of a file that names the app; bytes of other files stay as they are. */
function renamed (path, content, { name, id, title }) {
  const set = (text, pattern, by) => text.replace(pattern, () => by)
  const npm = `"name": "${name.toLowerCase()}"`
  switch (path) {
    case 'socket.ini': {
      let text = set(content.toString(), /^name = .*$/m, `name = ${name}`)
      text = set(text, /^bundle_identifier = .*$/m, `bundle_identifier = ${id}`)
      return set(text, /^title = .*$/m, `title = ${iniValue(title)}`)
    }
    case 'package.json':
      return set(content.toString(), /^ {2}"name": "[^"]*"/m, `  ${npm}`)
    case 'package-lock.json':
      return set(set(content.toString(), /^ {2}"name": "[^"]*"/m, `  ${npm}`), /^ {4}"": \{\n {6}"name": "[^"]*"/m, `    "": {\n      ${npm}`)
    case 'pom.xml':
      return set(content.toString(), /^ {2}<artifactId>[^<]*<\/artifactId>/m, `  <artifactId>${name}</artifactId>`)
    case 'index.html':
    case 'src/index.html':
      return set(content.toString(), /<title>[^<]*<\/title>/, `<title>${title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</title>`)
    default:
      return content
  }
}

async function main () {
  const { values, positionals } = words()
  if (values.help) return process.stdout.write(help)
  if (positionals.length > 1) throw new Wrong('name one folder')
  const terminal = process.stdin.isTTY && createInterface({ input: process.stdin, output: process.stderr })
  const ask = async (question, otherwise) => (terminal && (await terminal.question(`${question} [${otherwise}]: `)).trim()) || otherwise
  try {
    const folder = resolve(positionals[0] ?? await ask('Folder', '.'))
    const template = values.template ?? await ask(`Template (${there.join(', ')})`, 'vanilla')
    if (!there.includes(template)) throw new Wrong(`there is no template '${template}'; there are ${there.join(', ')}`)
    const title = values.title ?? await ask('Title', basename(folder) || 'my-app')
    const name = values.name ?? await ask('Name', nameFor(title))
    const id = values.id ?? await ask('Identifier', idFor(name))
    if (!NAME.test(name) || name.length > LONGEST.name) throw new Wrong(`the name '${name}' is not 1 to ${LONGEST.name} of A-Z a-z 0-9 _ -: give one with --name`)
    if (!ID.test(id)) throw new Wrong(`'${id}' is no identifier: give one with --id that begins with a domain of yours, as com.example.my-app, in lower case`)
    // eslint-disable-next-line no-control-regex
    if (!title.trim() || title.length > LONGEST.title || /[\0-\x1f\x7f]/.test(title)) throw new Wrong(`the title must be a text of one line with at most ${LONGEST.title} characters`)
    if (existsSync(folder) && (!statSync(folder).isDirectory() || readdirSync(folder).some(one => one !== '.git'))) {
      throw new Wrong(`${folder} is there and not empty, and nothing is overwritten: name another folder`)
    }
    const from = join(templates, template)
    const all = files(from).map(file => [relative(from, file).split(sep).join('/'), file])
      .map(([path, file]) => [path, renamed(path, readFileSync(file), { name, id, title })])
    for (const [path, content] of [...all, ['.gitignore', GITIGNORE]]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), content)
    }
    console.log(`Made ${folder} from the template ${template}. Open it:\n  cd ${JSON.stringify(folder)} && ${template === 'vanilla' ? 'dunlin run' : 'npm run dev'}`)
  } finally {
    terminal?.close()
  }
}

main().catch(error => {
  console.error(error instanceof Wrong ? `create-dunlin-app: ${error.message}` : error)
  process.exitCode = 1
})
