import Tonic from '@socketsupply/tonic'
import { define } from './define.ts'
import { title, words, type Note } from './notes.ts'

/** One note, or a word on what to do without one. */
export class NoteEditor extends Tonic {
  note: Note | undefined

  show (note: Note | undefined) {
    this.note = note
    this.reRender()
  }

  input (event: Event) {
    if (this.note && event.target instanceof HTMLTextAreaElement) {
      this.note = { ...this.note, text: event.target.value }
      this.label()
    }
  }

  label () {
    if (!this.note) return
    this.querySelector('h2')!.textContent = title(this.note)
    this.querySelector('.bar span')!.textContent = `${words(this.note)} words`
  }

  updated () {
    const field = this.querySelector('textarea')
    if (!field || !this.note) return
    field.value = this.note.text
    this.label()
    field.focus()
  }

  render () {
    return this.note
      ? this.html`
        <article>
          <div class="bar">
            <h2></h2>
            <span></span>
            <button data-do="delete">Delete</button>
          </div>
          <textarea aria-label="Text of the note" placeholder="Write. It is saved as you type."></textarea>
        </article>
      `
      : this.html`<p class="empty">Nothing here yet. <button class="primary" data-do="add">Write the first note</button></p>`
  }
}

define(NoteEditor, 'note-editor')
import.meta.hot?.accept()
