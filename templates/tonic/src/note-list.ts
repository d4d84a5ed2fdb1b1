import Tonic from '@socketsupply/tonic'
import { define } from './define.ts'
import { day, matches, summary, title, type Note } from './notes.ts'

/** The notes, and a field that narrows them down. */
export class NoteList extends Tonic {
  notes: Note[] = []
  chosen = ''
  query = ''

  show (notes: Note[], chosen: string) {
    this.notes = notes
    this.chosen = chosen
    this.fill()
  }

  clear () {
    this.query = ''
    this.querySelector('input')!.value = ''
  }

  input (event: Event) {
    if (event.target instanceof HTMLInputElement) {
      this.query = event.target.value
      this.fill()
    }
  }

  /** The rows alone: the field keeps its cursor. */
  fill () {
    const found = this.notes.filter(one => matches(one, this.query))
    this.querySelector('ul')!.replaceChildren(...found.map(note => {
      const row = document.createElement('li')
      row.innerHTML = '<button><b></b><time></time><span></span></button>'
      const button = row.querySelector('button')!
      button.dataset.note = note.name
      button.setAttribute('aria-current', String(note.name === this.chosen))
      for (const [part, text] of [['b', title(note)], ['time', day(note)], ['span', summary(note)]]) row.querySelector(part)!.textContent = text
      return row
    }))
    const none = this.querySelector<HTMLElement>('.none')!
    none.hidden = found.length > 0 || !this.query
    none.textContent = `No note has “${this.query}”.`
  }

  updated () {
    this.fill()
  }

  render () {
    return this.html`
      <nav aria-label="Notes">
        <header>
          <img src="/dunlin.svg" alt="" width="40" height="40">
          <h1>Field notes <small>with Tonic</small></h1>
          <button class="primary add" data-do="add" aria-label="New note" title="New note">+</button>
        </header>
        <input type="search" placeholder="Search" aria-label="Search notes" value="${this.query}">
        <ul></ul>
        <p class="none" hidden></p>
      </nav>
    `
  }
}

define(NoteList, 'note-list')
import.meta.hot?.accept()
