/** What happened, newest first; a click goes there on the timeline. */
import { Mark } from '../app/glyph.tsx'
import { Sentence } from '../app/sentence.tsx'
import { goTo, useDock, useDrydock } from '../app/state.ts'
import { clockOf } from '../timeline/clock-of.ts'
import style from './terminal-dock.module.css'

const eventsShown = 200

export function EventList() {
  const drydock = useDrydock()
  useDock(({ noteCount }) => noteCount)
  const start = drydock.notes.all[0]?.at ?? 0
  const notes = drydock.notes.all.slice(-eventsShown).reverse()
  return (
    <div className={style.events} role="tabpanel" aria-label="Events">
      {notes.length === 0 && <p className={style.none}>Nothing has happened yet.</p>}
      {notes.map((note) => (
        <button
          key={note.position}
          className={`${style.event} ${note.kind === 'failure' ? style.failure : ''}`}
          onClick={() => goTo(drydock, note.position + 1)}
        >
          <time>{clockOf(note.at - start)}</time>
          <Mark kind={note.kind} />
          <span>
            <Sentence text={note.sentence} />
          </span>
        </button>
      ))}
    </div>
  )
}
