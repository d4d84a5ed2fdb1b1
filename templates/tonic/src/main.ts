import './app.css'
import './note-list.ts'
import './note-editor.ts'
import './field-notes.ts'
