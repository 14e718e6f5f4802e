/** The terminals, one tab each. All of them stay mounted: a hidden one goes on printing. */
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { closeTerminal, goTo, openTerminal, useDock, useDrydock } from '../app/state.ts'
import { EventList } from './event-list.tsx'
import { TerminalView } from './terminal-view.tsx'
import style from './terminal-dock.module.css'

export function TerminalDock() {
  const drydock = useDrydock()
  const terminals = useDock(({ terminals }) => terminals)
  const front = useDock(({ terminal }) => terminal)
  const isPast = useDock(({ position }) => position !== undefined)
  const [showsEvents, setShowsEvents] = useState(false)
  return (
    <section className={style.dock} aria-label="Terminal">
      <div className={style.head} role="tablist" aria-label="Terminals">
        {terminals.map((terminal, index) => (
          <span key={terminal} className={style.tab}>
            <button
              role="tab"
              aria-selected={!showsEvents && terminal === front}
              onClick={() => {
                setShowsEvents(false)
                drydock.store.setState({ terminal })
                queueMicrotask(() => drydock.sinks.get(terminal)?.focus())
              }}
            >
              {index === 0 ? 'Terminal' : `Terminal ${index + 1}`}
            </button>
            {terminals.length > 1 && (
              <button className={style.small} aria-label={`Close terminal ${index + 1}`} onClick={() => closeTerminal(drydock, terminal)}>
                <X aria-hidden />
              </button>
            )}
          </span>
        ))}
        <span className={style.tab}>
          <button role="tab" aria-selected={showsEvents} onClick={() => setShowsEvents(true)}>
            Events
          </button>
        </span>
        <span className={style.space} />
        <button className={style.small} aria-label="New terminal" title="New terminal" onClick={() => openTerminal(drydock)}>
          <Plus aria-hidden />
        </button>
        <kbd title="To the terminal">Ctrl `</kbd>
      </div>
      {isPast && (
        <div className={style.past}>
          You are looking at the past.
          <button onClick={() => goTo(drydock, undefined)}>Go to live</button>
        </div>
      )}
      <div className={style.views}>
        {terminals.map((terminal) => (
          <TerminalView key={terminal} terminal={terminal} isFront={!showsEvents && terminal === front} isReadOnly={isPast} />
        ))}
        {showsEvents && <EventList />}
      </div>
    </section>
  )
}
