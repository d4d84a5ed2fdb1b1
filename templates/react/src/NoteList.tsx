import { day, summary, title, type Note } from './notes.ts'

type Props = {
  notes: Note[]
  chosen: string
  query: string
  onQuery: (query: string) => void
  onChoose: (name: string) => void
  onAdd: () => void
}

export default function NoteList ({ notes, chosen, query, onQuery, onChoose, onAdd }: Props) {
  return (
    <nav aria-label="Notes">
      <header>
        <img src="/dunlin.svg" alt="" width="40" height="40" />
        <h1>Field notes <small>with React</small></h1>
        <button className="primary add" onClick={onAdd} aria-label="New note" title="New note">+</button>
      </header>
      <input type="search" placeholder="Search" aria-label="Search notes" value={query} onChange={event => onQuery(event.target.value)} />
      <ul>
        {notes.map(note => (
          <li key={note.name}>
            <button aria-current={note.name === chosen} onClick={() => onChoose(note.name)}>
              <b>{title(note)}</b>
              <time>{day(note)}</time>
              <span>{summary(note)}</span>
            </button>
          </li>
        ))}
      </ul>
      {query && !notes.length && <p className="none">No note has “{query}”.</p>}
    </nav>
  )
}
