// Run: ./dunlin run templates/vanilla --test=test/tour.test.js
import { readFile, readdir, rm, writeFile } from 'socket:fs/promises'
import * as application from 'socket:application'
import { DATA, RESOURCES, join } from 'socket:path'
import test from 'socket:test'

const $ = (id) => document.getElementById(id)

/** Waits until `check` gives something; looks again at every frame, for ten seconds at most. */
async function until (check, what) {
  const deadline = performance.now() + 10_000
  for (;;) {
    const value = check()
    if (value) return value
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const ready = () => until(() => document.documentElement.dataset.ready, 'the tour to be ready')

test('the page shows the versions and the security report that the host gives', async (t) => {
  await ready()
  const versions = await application.versions()
  const shown = $('versions').textContent
  for (const version of Object.values(versions)) {
    if (typeof version === 'string') t.ok(shown.includes(version), `shows ${version}`)
  }
  const { policy, rendererSandbox, origin } = await application.security()
  t.ok($('security').textContent.includes(origin), 'shows the origin')
  t.ok($('security').textContent.includes(rendererSandbox.detail), 'shows what is known of the sandbox')
  t.equal($('security').querySelector('[data-holds]').dataset.holds, String(rendererSandbox.active), 'and whether it holds')
  const sources = policy.split(/[;\s]+/).filter((word) => word.startsWith('ipc://'))
  const lines = [...$('policy').querySelectorAll('li')].map((line) => line.title)
  t.deepEqual(sources.filter((source) => !lines.includes(source)), [], 'shows every source of the policy')
  t.ok(!$('policy').open, 'which is folded up at first')
})

test('nothing of the first view has to be scrolled to', async (t) => {
  await ready()
  if (innerWidth < 1100 || innerHeight < 760) return t.comment('the window is smaller than socket.ini asks for')
  for (const part of [document.documentElement, ...document.querySelectorAll('aside, main, .card, textarea')]) {
    t.ok(part.scrollHeight <= part.clientHeight + 1 && part.scrollWidth <= part.clientWidth + 1, part.id || part.className || part.localName)
  }
})

test('a note is written to the data folder by itself', async (t) => {
  await ready()
  const path = join(DATA, 'note.txt')
  const before = $('note').value
  const text = `tour test, ${Math.random()}\ngrüße 🐦`
  $('note').value = text
  $('note').dispatchEvent(new Event('input', { bubbles: true }))
  await until(() => $('note-status').dataset.state === 'saved', 'the note to be saved')
  t.equal(await readFile(path, 'utf8'), text, 'the file holds what was typed')
  $('note').value = before
  $('note').dispatchEvent(new Event('input', { bubbles: true }))
  await until(() => $('note-status').dataset.state === 'saved', 'the old note to be saved')
  t.equal(await readFile(path, 'utf8'), before, 'the old note is back')
})

test('the folder of the app is listed with names, kinds and sizes, and walked by keyboard', async (t) => {
  await ready()
  const names = () => [...$('list').querySelectorAll('.row')].map((row) => row.dataset.name)
  const press = (key) => $('list').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  const expected = await readdir(RESOURCES)
  t.deepEqual(names().sort(), [...expected].sort(), 'every entry is there')
  t.equal($('list').querySelector('[data-name="test"]').dataset.kind, 'folder', 'test is a folder')
  t.ok(/ (B|KiB)$/.test($('list').querySelector('[data-name="app.css"] i').textContent), 'app.css has a size')
  press('Home')
  t.equal($('list').getAttribute('aria-activedescendant'), 'row-0', 'Home chooses the first')
  press('Enter')
  await until(() => names().includes('tour.test.js'), 'the folder test to open')
  t.pass('Enter opens the folder')
  press('Backspace')
  await until(() => names().includes('index.html'), 'the way back')
  t.equal($('list').querySelector('[aria-selected="true"]').dataset.name, 'test', 'the folder left is chosen')
})

test('a file that the policy does not name is denied, with the source to add', async (t) => {
  await ready()
  $('try').click()
  await until(() => $('answer').classList.contains('denied'), 'the denial')
  const path = $('forbidden').textContent
  t.ok($('answer').textContent.includes('Denied by the policy'), 'the page says who denied it')
  t.ok($('answer').textContent.includes('ipc://fs/readFile/'), 'the page names the source')
  try {
    await readFile(path, 'utf8')
    t.fail('it was read')
  } catch (error) {
    t.equal(error.name, 'NotAllowedError')
    t.equal(error.code, 'ERR_ACCESS_DENIED')
  }
})

test('nothing may be written or removed beside the note', async (t) => {
  for (const ask of [
    () => writeFile(join(RESOURCES, 'index.html'), ''),
    () => rm(join(DATA, 'note.txt')),
    () => readFile(join(DATA, '..', 'note.txt'), 'utf8')
  ]) {
    try {
      await ask()
      t.fail(`${ask} was allowed`)
    } catch (error) {
      t.equal(error.name, 'NotAllowedError', String(ask))
    }
  }
})

test('no script runs from text: the policy has no unsafe-inline and no unsafe-eval', async (t) => {
  t.throws(() => Function('return 1')(), undefined, 'eval is refused')
  const script = document.createElement('script')
  script.textContent = 'globalThis.ranInline = true'
  document.body.append(script)
  script.remove()
  t.equal(globalThis.ranInline, undefined, 'an inline script does not run')
})
