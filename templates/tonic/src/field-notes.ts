import Tonic from '@socketsupply/tonic'
import { define } from './define.ts'
import type { NoteEditor } from './note-editor.ts'
import type { NoteList } from './note-list.ts'
import { create, folder, load, remove, save, saveSoon, type Note } from './notes.ts'

/** The app: holds the notes, and tells its two parts what to show. */
export class FieldNotes extends Tonic {
  notes: Note[] = []
  chosen = ''
  status = 'Opening…'

  async connected () {
    try {
      this.notes = await load()
      this.choose(this.notes[0]?.name ?? '')
      this.tell('All saved')
    } catch (error) {
      this.tell((error as Error).message)
    }
  }

  tell (status: string) {
    this.status = status
    this.querySelector('[role=status]')!.textContent = status
  }

  fail = (error: Error) => this.tell(error.message)

  showList () {
    this.querySelector<NoteList>('note-list')?.show(this.notes, this.chosen)
  }

  choose (name: string) {
    this.chosen = name
    this.showList()
    this.querySelector<NoteEditor>('note-editor')?.show(this.notes.find(one => one.name === name))
  }

  edit (text: string) {
    const note = { name: this.chosen, text }
    this.notes = this.notes.map(one => (one.name === note.name ? note : one))
    this.showList()
    saveSoon(note, said => this.tell(said))
  }

  add () {
    const note = create()
    this.notes = [note, ...this.notes]
    this.querySelector<NoteList>('note-list')?.clear()
    this.choose(note.name)
    save(note).catch(this.fail)
  }

  async drop () {
    try {
      await remove({ name: this.chosen, text: '' })
      this.notes = this.notes.filter(one => one.name !== this.chosen)
      this.choose(this.notes[0]?.name ?? '')
      this.tell('Deleted')
    } catch (error) {
      this.fail(error as Error)
    }
  }

  click (event?: MouseEvent) {
    const button = event && Tonic.match(event.target as Element, 'button')
    if (button?.dataset.note) this.choose(button.dataset.note)
    if (button?.dataset.do === 'add') this.add()
    if (button?.dataset.do === 'delete') this.drop()
  }

  input (event: Event) {
    if (event.target instanceof HTMLTextAreaElement) this.edit(event.target.value)
  }

  updated () {
    this.choose(this.chosen)
  }

  render () {
    return this.html`
      <note-list id="list"></note-list>
      <main>
        <note-editor id="editor"></note-editor>
        <footer>
          <span role="status">${this.status}</span>
          <code>${folder}</code>
        </footer>
      </main>
    `
  }
}

define(FieldNotes, 'field-notes')
import.meta.hot?.accept()
