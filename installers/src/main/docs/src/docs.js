// Search and the menu; the pages themselves need no script.
const root = document.documentElement.dataset.root
const query = document.getElementById('query')
const found = document.getElementById('found')
const count = document.getElementById('count')
const menu = document.getElementById('menu')
const pages = document.getElementById('pages')
const MOST = 12
const AROUND = 70
let sections
let chosen = -1

/** Each with its words, once. */
async function load () {
  sections ??= (await (await fetch(`${root}search.json`)).json()).map(section => ({
    ...section, names: `${section.page} ${section.heading}`.toLowerCase(), words: section.text.toLowerCase(),
  }))
  return sections
}

/** Names count more than text, and the beginning of a word more than its middle. */
function score (section, terms) {
  let sum = 0
  for (const term of terms) {
    const name = section.names.indexOf(term)
    const word = section.words.indexOf(term)
    if (name < 0 && word < 0) return 0
    if (name >= 0) sum += name === 0 || /[^\p{L}\p{N}]/u.test(section.names[name - 1]) ? 12 : 6
    if (word >= 0) sum += 1
    if (section.heading.toLowerCase() === term) sum += 12
  }
  return sum
}

/** Text with what was looked for in <mark>; never HTML. */
function marked (text, terms) {
  const parts = text.split(new RegExp(`(${terms.map(term => term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`, 'i'))
  return parts.map((part, i) => {
    if (i % 2 === 0) return document.createTextNode(part)
    return Object.assign(document.createElement('mark'), { textContent: part })
  })
}

function excerpt (section, terms) {
  const at = Math.max(0, Math.min(...terms.map(term => section.words.indexOf(term)).filter(place => place >= 0), section.words.length))
  const from = at >= section.words.length ? 0 : Math.max(0, at - AROUND)
  return (from > 0 ? '…' : '') + section.text.slice(from, from + 2 * AROUND) + (from + 2 * AROUND < section.text.length ? '…' : '')
}

function element (name, content) {
  const made = document.createElement(name)
  made.append(...content)
  return made
}

function choose (index) {
  const all = [...found.children]
  chosen = all.length === 0 ? -1 : (index + all.length) % all.length
  all.forEach((option, i) => option.setAttribute('aria-selected', i === chosen))
  all[chosen]?.scrollIntoView({ block: 'nearest' })
  if (chosen >= 0) query.setAttribute('aria-activedescendant', all[chosen].id)
  else query.removeAttribute('aria-activedescendant')
}

function close () {
  found.hidden = true
  query.setAttribute('aria-expanded', 'false')
  choose(-1)
}

function go (option) {
  location.assign(option.dataset.to)
  query.value = ''
  close()
}

async function search () {
  const asked = query.value
  const terms = asked.toLowerCase().split(/\s+/).filter(Boolean)
  if (terms.length === 0) {
    count.textContent = ''
    return close()
  }
  const all = await load()
  // Typed on meanwhile.
  if (asked !== query.value) return
  const hits = all.map(section => [score(section, terms), section]).filter(([points]) => points > 0)
    .sort(([a], [b]) => b - a).slice(0, MOST)
  found.replaceChildren(...hits.map(([, section], i) => {
    const option = element('li', [
      element('i', [section.page]),
      element('b', marked(section.heading, terms)),
      element('p', marked(excerpt(section, terms), terms)),
    ])
    Object.assign(option, { id: `hit-${i}`, role: 'option' })
    option.dataset.to = root + section.to
    option.addEventListener('click', () => go(option))
    return option
  }))
  count.textContent = hits.length === 0 ? `Nothing says “${asked.trim()}”` : `${hits.length} places`
  if (hits.length === 0) found.append(Object.assign(element('li', [count.textContent]), { role: 'option', ariaDisabled: 'true' }))
  found.hidden = false
  query.setAttribute('aria-expanded', 'true')
  choose(hits.length === 0 ? -1 : 0)
}

query.addEventListener('input', search)
query.addEventListener('focus', load)
query.addEventListener('keydown', event => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step && !found.hidden) choose(chosen + step)
  else if (event.key === 'Enter' && found.children[chosen]?.dataset.to) go(found.children[chosen])
  else if (event.key === 'Escape') close()
  else return
  event.preventDefault()
})
query.closest('[role=search]').addEventListener('focusout', close)
// A click on a hit must not take the focus first.
found.addEventListener('mousedown', event => event.preventDefault())

document.addEventListener('keydown', event => {
  if (event.key === '/' && event.target !== query || event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault()
    query.focus()
    query.select()
  }
})

menu.addEventListener('click', () => {
  menu.setAttribute('aria-expanded', document.body.classList.toggle('menu'))
})
pages.querySelector('[aria-current]')?.scrollIntoView({ block: 'center' })
// The keys scroll the text, without a click first.
if (!location.hash) document.getElementById('content').focus({ preventScroll: true })
document.documentElement.dataset.ready = 'true'
