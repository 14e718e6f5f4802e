/** The terminals, one tab each, and what else stands there. All terminals stay mounted: a hidden one goes on printing. */
import { Plus, X } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { closeTerminal, goTo, openTerminal, useDock, useDrydock, type DockView } from '../app/state.ts'
import { EventList } from './event-list.tsx'
import { TerminalView } from './terminal-view.tsx'
import style from './terminal-dock.module.css'

const LogList = lazy(() => import('../logs/log-list.tsx').then(({ LogList }) => ({ default: LogList })))
const BrowserPane = lazy(() => import('../browser/browser-pane.tsx').then(({ BrowserPane }) => ({ default: BrowserPane })))

const others: readonly { readonly view: DockView; readonly title: string }[] = [
  { view: 'events', title: 'Events' },
  { view: 'logs', title: 'Logs' },
  { view: 'browser', title: 'Browser' },
]

export function TerminalDock() {
  const drydock = useDrydock()
  const terminals = useDock(({ terminals }) => terminals)
  const front = useDock(({ terminal }) => terminal)
  const isPast = useDock(({ position }) => position !== undefined)
  const searches = useDock(({ searchesTerminal }) => searchesTerminal)
  const dock = useDock(({ dock }) => dock)
  const hasBrowser = useDock(({ dock, visit }) => dock === 'browser' || visit !== undefined)
  return (
    <section className={style.dock} aria-label="Terminal">
      <div className={style.head}>
        <div className={style.tabs} role="tablist" aria-label="Terminals">
          {terminals.map((terminal, index) => (
            <button
              key={terminal}
              role="tab"
              aria-selected={dock === 'terminal' && terminal === front}
              onClick={() => {
                drydock.store.setState({ terminal, dock: 'terminal' })
                queueMicrotask(() => drydock.sinks.get(terminal)?.focus())
              }}
            >
              {index === 0 ? 'Terminal' : `Terminal ${index + 1}`}
            </button>
          ))}
          {others.map(({ view, title }) => (
            <button key={view} role="tab" aria-selected={dock === view} onClick={() => drydock.store.setState({ dock: view })}>
              {title}
            </button>
          ))}
        </div>
        <span className={style.space} />
        {searches && <Search terminal={front} />}
        {terminals.length > 1 && dock === 'terminal' && (
          <button
            className={style.small}
            aria-label="Close this terminal"
            title="Close this terminal"
            onClick={() => closeTerminal(drydock, front)}
          >
            <X aria-hidden />
          </button>
        )}
        <button className={style.small} aria-label="New terminal" title="New terminal" onClick={() => openTerminal(drydock)}>
          <Plus aria-hidden />
        </button>
        <kbd title="To the terminal, and back">Ctrl `</kbd>
      </div>
      {isPast && (
        <div className={style.past}>
          You are looking at the past.
          <button onClick={() => goTo(drydock, undefined)}>Go to live</button>
        </div>
      )}
      <div className={style.views}>
        {terminals.map((terminal) => (
          <TerminalView key={terminal} terminal={terminal} isFront={dock === 'terminal' && terminal === front} isReadOnly={isPast} />
        ))}
        {dock === 'events' && <EventList />}
        {dock === 'logs' && (
          <Suspense>
            <LogList />
          </Suspense>
        )}
        {hasBrowser && (
          <Suspense>
            <BrowserPane isFront={dock === 'browser'} />
          </Suspense>
        )}
      </div>
    </section>
  )
}

/** The newest place first, as one looks for what was just printed. */
function Search({ terminal }: { readonly terminal: string }) {
  const { store, sinks } = useDrydock()
  const [isFound, setIsFound] = useState(true)
  const find = (text: string, way: 'forward' | 'back') =>
    void sinks
      .get(terminal)
      ?.find(text, way)
      .then((found) => setIsFound(found || text === ''))
  return (
    <input
      className={`${style.search} ${isFound ? '' : style.unfound}`}
      type="search"
      autoFocus
      placeholder="Search the terminal"
      aria-label="Search the terminal; Enter goes to an earlier place, Shift Enter to a later one"
      onChange={({ target }) => find(target.value, 'back')}
      onKeyDown={({ key, shiftKey, currentTarget }) => {
        if (key === 'Enter') find(currentTarget.value, shiftKey ? 'forward' : 'back')
        if (key !== 'Escape') return
        store.setState({ searchesTerminal: false })
        sinks.get(terminal)?.focus()
      }}
    />
  )
}
