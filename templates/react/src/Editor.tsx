import { title, words, type Note } from './notes.ts'

type Props = { note: Note, onEdit: (note: Note) => void, onDelete: (note: Note) => void }

export default function Editor ({ note, onEdit, onDelete }: Props) {
  return (
    <article>
      <div className="bar">
        <h2>{title(note)}</h2>
        <span>{words(note)} words</span>
        <button onClick={() => onDelete(note)}>Delete</button>
      </div>
      <textarea
        aria-label="Text of the note"
        placeholder="Write. It is saved as you type."
        value={note.text}
        onChange={event => onEdit({ ...note, text: event.target.value })}
        autoFocus
      />
    </article>
  )
}
