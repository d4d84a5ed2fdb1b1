import { useEffect, useState } from 'react'
import Editor from './Editor.tsx'
import NoteList from './NoteList.tsx'
import { create, folder, load, matches, remove, save, saveSoon, type Note } from './notes.ts'

export default function App () {
  const [notes, setNotes] = useState<Note[]>([])
  const [chosen, setChosen] = useState('')
  const [query, setQuery] = useState('')
  const [status, setStatus] = useState('Opening…')

  useEffect(() => {
    load().then(found => {
      setNotes(found)
      setChosen(found[0]?.name ?? '')
      setStatus('All saved')
    }, tell)
  }, [])

  function tell (error: Error) {
    setStatus(error.message)
  }

  function edit (note: Note) {
    setNotes(all => all.map(one => (one.name === note.name ? note : one)))
    saveSoon(note, setStatus)
  }

  function add () {
    const note = create()
    setQuery('')
    setNotes(all => [note, ...all])
    setChosen(note.name)
    save(note).catch(tell)
  }

  function drop (note: Note) {
    remove(note).then(() => {
      const left = notes.filter(one => one.name !== note.name)
      setNotes(left)
      setChosen(left[0]?.name ?? '')
      setStatus('Deleted')
    }, tell)
  }

  const note = notes.find(one => one.name === chosen)
  return (
    <div className="app">
      <NoteList notes={notes.filter(one => matches(one, query))} chosen={chosen} query={query} onQuery={setQuery} onChoose={setChosen} onAdd={add} />
      <main>
        {note
          ? <Editor key={note.name} note={note} onEdit={edit} onDelete={drop} />
          : <p className="empty">Nothing here yet. <button className="primary" onClick={add}>Write the first note</button></p>}
        <footer>
          <span role="status">{status}</span>
          <code>{folder}</code>
        </footer>
      </main>
    </div>
  )
}
