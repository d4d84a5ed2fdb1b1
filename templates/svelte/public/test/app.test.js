// dunlin run . --test=test/app.test.js (after npm run build): TAP, in the app's own window.
import { readFile, readdir, unlink } from 'socket:fs/promises'
import { DATA, join } from 'socket:path'
import { test } from 'socket:test'

const WAIT_MS = 10_000
const folder = join(DATA, 'notes')
const $ = selector => document.querySelector(selector)

async function until (holds, what) {
  const end = performance.now() + WAIT_MS
  for (;;) {
    const found = await holds()
    if (found) return found
    if (performance.now() > end) throw new Error(`${what} did not come`)
    await new Promise(resolve => requestAnimationFrame(resolve))
  }
}

/** As a person types: the frameworks look at the value that the browser has set. */
function type (field, text) {
  const prototype = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype
  Object.getOwnPropertyDescriptor(prototype, 'value').set.call(field, text)
  field.dispatchEvent(new Event('input', { bubbles: true }))
}

const titles = () => [...document.querySelectorAll('nav li b')].map(title => title.textContent)

test('a note is written, found and deleted', async t => {
  await until(() => $('[role=status]')?.textContent === 'All saved', 'the start')
  const before = await readdir(folder)
  $('.add').click()
  await until(() => titles()[0] === 'New note', 'the new note')
  const text = await until(() => $('textarea')?.value === '' && $('textarea'), 'its editor')
  type(text, 'Dunlins at low tide\nForty or more, with two knots')
  await until(() => titles()[0] === 'Dunlins at low tide', 'the title in the list')
  const name = await until(async () => (await readdir(folder)).find(one => !before.includes(one)), 'the file')
  await until(async () => (await readFile(join(folder, name), 'utf8')).includes('two knots'), 'the text in the file')
  t.equal($('[aria-current=true] b').textContent, 'Dunlins at low tide', 'it is the one that is open')
  type($('input[type=search]'), 'no such words')
  await until(() => titles().length === 0, 'the empty list')
  type($('input[type=search]'), 'KNOTS')
  await until(() => titles().includes('Dunlins at low tide'), 'the note that is looked for')
  type($('input[type=search]'), '')
  $('.bar button').click()
  await until(async () => !(await readdir(folder)).includes(name), 'the end of the file')
  t.deepEqual((await readdir(folder)).sort(), before.sort(), 'the others are as they were')
})

test('what is typed is saved, whatever is typed next and without a pause', async t => {
  const before = await readdir(folder)
  const made = async () => (await readdir(folder)).filter(one => !before.includes(one)).sort()
  const texts = async () => Promise.all((await made()).map(one => readFile(join(folder, one), 'utf8')))
  const editor = text => until(() => $('textarea')?.value === text && $('textarea'), `the editor of '${text}'`)
  $('.add').click()
  type(await editor(''), 'First')
  $('.add').click()
  type(await editor(''), 'Second')
  await until(async () => {
    type($('textarea'), $('textarea').value + '.')
    const [first, second] = await texts()
    return first === 'First' && second?.startsWith('Second.')
  }, 'the text of both in their files')
  for (const left of [1, 0]) {
    $('.bar button').click()
    await until(async () => (await made()).length === left, 'the end of a file')
    if (left) await editor('First')
  }
  t.deepEqual((await readdir(folder)).sort(), before.sort(), 'the others are as they were')
})

test('nothing else is allowed', async t => {
  for (const ask of [
    () => readFile('/etc/hostname', 'utf8'),
    () => unlink(join(folder, '..', 'other.txt')),
    () => readdir(DATA)
  ]) {
    try {
      await ask()
      t.fail(`${ask} was allowed`)
    } catch (error) {
      t.equal(error.name, 'NotAllowedError', String(ask))
    }
  }
  t.throws(() => Function('return 1')(), undefined, 'no script runs from text')
})

test('every control has a name', t => {
  for (const control of document.querySelectorAll('button, input, textarea')) {
    t.ok(control.getAttribute('aria-label') || control.textContent.trim(), control.outerHTML.slice(0, 80))
  }
  t.ok($('main') && $('nav[aria-label]') && document.title, 'landmarks and a title')
})
