/** What the thing looked at is, in plain words first; then its owners, its events, its YAML, and what it prints. */
import { Globe, X } from 'lucide-react'
import { Fragment, useState } from 'react'
import { Glyph } from '../app/glyph.tsx'
import { Sentence } from '../app/sentence.tsx'
import { browse, insert, select, useDock, useDrydock, type Subject } from '../app/state.ts'
import { LogView } from '../logs/log-view.tsx'
import { shelf, type KubernetesEvent } from '../objects.ts'
import { toneOf } from '../status.ts'
import { clockOf } from '../timeline/clock-of.ts'
import { objectAt, type World } from '../world.ts'
import { explained, type Explained } from './explain.ts'
import style from './inspector.module.css'
import { yamlOf } from './yaml-of.ts'

const tabs = ['Explain', 'Events', 'YAML', 'Logs'] as const
type Tab = (typeof tabs)[number]

export function Inspector() {
  const subject = useDock(({ subject }) => subject)
  const world = useDock(({ shown }) => shown)
  const [tab, setTab] = useState<Tab>('Explain')
  const drydock = useDrydock()
  const found = subject && explained(world, subject)
  if (!subject) return null
  if (!found) {
    return (
      <section className={style.pane} aria-label="Inspector">
        <h2 className={style.title}>Gone</h2>
        <p className={style.soft}>{subject.key} is not there now. Move along the timeline to see it as it was.</p>
      </section>
    )
  }
  return (
    <section className={style.pane} aria-label="Inspector">
      <header className={style.head}>
        {found.status && <Glyph shape={found.status.shape} />}
        <h2 className={style.title} title={`${found.kind} ${found.name}`}>
          <small>{found.kind}</small>
          {found.name}
        </h2>
        {found.status && <span className={`${style.badge} ${style[toneOf(found.status.shape)]}`}>{found.status.word}</span>}
        <button className={style.close} aria-label="Close" onClick={() => select(drydock, undefined)}>
          <X aria-hidden />
        </button>
      </header>
      <div className={style.tabs} role="tablist" aria-label="What to show">
        {tabs.map((each) => (
          <button key={each} role="tab" aria-selected={each === tab} onClick={() => setTab(each)}>
            {each}
          </button>
        ))}
      </div>
      <div className={style.body} role="tabpanel" aria-label={tab} tabIndex={0}>
        {tab === 'Explain' && <Explain found={found} subject={subject} />}
        {tab === 'Events' && <Events subject={subject} world={world} />}
        {tab === 'YAML' && (
          <pre className={style.yaml}>{yamlOf(withoutManagedFields(objectAt(world, subject.store, subject.resource, subject.key)))}</pre>
        )}
        {tab === 'Logs' && <Logs found={found} subject={subject} />}
      </div>
    </section>
  )
}

function Explain({ found, subject }: { readonly found: Explained; readonly subject: Subject }) {
  const drydock = useDrydock()
  return (
    <>
      <p className={style.why}>
        <Sentence text={found.why} />
      </p>
      {found.life && (
        <div className={style.life} role="img" aria-label={`Of ${found.life.all.join(', ')} it is ${found.life.now}`}>
          {found.life.all.map((state) => (
            <span key={state} className={state === found.life?.now ? style.now : ''}>
              {state}
            </span>
          ))}
        </div>
      )}
      {found.owners.length > 0 && (
        <section>
          <h3>{found.kind === 'Container' ? 'Made from' : 'Owned by'}</h3>
          <p className={style.owners}>
            {found.owners.map(({ text, subject }, index) => (
              <Fragment key={text}>
                {index > 0 && <span aria-hidden>›</span>}
                {subject ? <button onClick={() => select(drydock, subject)}>{text}</button> : <span className={style.owner}>{text}</span>}
              </Fragment>
            ))}
          </p>
        </section>
      )}
      <dl className={style.facts}>
        {found.facts
          .filter(([, value]) => value !== '')
          .map(([name, value], index) => (
            <Fragment key={`${name} ${index}`}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </Fragment>
          ))}
      </dl>
      {found.pages && found.pages.length > 0 && (
        <p className={style.pages}>
          {found.pages.map((page) => (
            <button key={page} onClick={() => browse(drydock, page)} title="Show it in the browser">
              <Globe aria-hidden />
              Open {page}
            </button>
          ))}
        </p>
      )}
      <Recent subject={subject} />
      <Commands title="Try" commands={found.commands} />
    </>
  )
}

function Recent({ subject }: { readonly subject: Subject }) {
  const drydock = useDrydock()
  useDock(({ noteCount }) => noteCount)
  const position = useDock(({ position }) => position ?? Number.POSITIVE_INFINITY)
  const start = drydock.notes.all[0]?.at ?? 0
  const notes = drydock.notes.all
    .filter(
      (note) => note.store === subject.store && note.resource === subject.resource && note.key === subject.key && note.position < position,
    )
    .slice(-5)
  if (notes.length === 0) return null
  return (
    <section>
      <h3>What just happened</h3>
      <ul className={style.events}>
        {notes.map((note) => (
          <li key={note.position}>
            <time>{clockOf(note.at - start)}</time>
            <span>
              <Sentence text={note.sentence} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Events({ subject, world }: { readonly subject: Subject; readonly world: World }) {
  const object = objectAt(world, subject.store, subject.resource, subject.key)
  const uid = object && 'metadata' in object ? (object.metadata as { uid?: string }).uid : undefined
  const name = subject.key.split('/').at(-1)
  const events = uid
    ? [...shelf<KubernetesEvent>(world, subject.store, 'events').values()].filter(
        ({ involvedObject }) => involvedObject?.uid === uid || (involvedObject?.kind === 'Node' && involvedObject.name === name),
      )
    : []
  if (events.length === 0) return <Recent subject={subject} />
  return (
    <ul className={style.events}>
      {events.map((event) => (
        <li key={event.metadata.name} className={`${style.event} ${event.type === 'Warning' ? style.warning : ''}`}>
          <b>{event.reason}</b>
          <span>
            {event.message}
            {(event.count ?? 1) > 1 && <small> ×{event.count}</small>}
          </span>
        </li>
      ))}
    </ul>
  )
}

function Logs({ found, subject }: { readonly found: Explained; readonly subject: Subject }) {
  if (found.logs.length === 0) return <p className={style.soft}>A {found.kind} writes no logs.</p>
  return (
    <>
      {(subject.resource === 'pods' || subject.resource === 'containers') && <LogView subject={subject} />}
      <Commands title="In the terminal" commands={found.logs} />
    </>
  )
}

function Commands({ title, commands }: { readonly title: string; readonly commands: readonly string[] }) {
  const drydock = useDrydock()
  return (
    <section>
      {title && <h3>{title}</h3>}
      <ul className={style.commands}>
        {commands.map((command) => (
          <li key={command}>
            <button onClick={() => insert(drydock, command)} title="Put it at the prompt">
              {command}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Who set which field is for machines; `kubectl get -o yaml` leaves it out, too. */
function withoutManagedFields(object: object | undefined): unknown {
  if (!object || !('metadata' in object)) return object
  const { managedFields: _, ...metadata } = object.metadata as Record<string, unknown>
  return { ...object, metadata }
}
