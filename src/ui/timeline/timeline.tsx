/**
 * The timeline: triangles are commands, dots what the machines did, diamonds failures. Moving along it shows the world as it was;
 * nothing is undone by looking.
 */
import { Pause, Play, StepBack, StepForward } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Mark } from '../app/glyph.tsx'
import { plain } from '../app/plain.ts'
import { goByNote, goTo, setSpeed, useDock, useDrydock } from '../app/state.ts'
import { lastBefore, type Note } from '../causes.ts'
import { clockOf } from './clock-of.ts'
import style from './timeline.module.css'

const speeds: readonly { readonly speed: number; readonly title: string }[] = [
  { speed: 0.5, title: '½×' },
  { speed: 1, title: '1×' },
  { speed: 4, title: '4×' },
]

export function Timeline() {
  const drydock = useDrydock()
  const speed = useDock(({ live }) => live.speed)
  const isPast = useDock(({ position }) => position !== undefined)
  const isPaused = speed === 0
  return (
    <section className={style.timeline} aria-label="Timeline">
      <button className={style.icon} aria-label="Step back" title="Step back" onClick={() => goByNote(drydock, -1)}>
        <StepBack aria-hidden />
      </button>
      <button
        className={style.icon}
        aria-label={isPaused ? 'Go on' : 'Pause'}
        title={isPaused ? 'Let time go on' : 'Let time stand still'}
        onClick={() => setSpeed(drydock, isPaused ? 1 : 0)}
      >
        {isPaused ? <Play aria-hidden /> : <Pause aria-hidden />}
      </button>
      <button
        className={style.icon}
        aria-label="Step forward"
        title="Step forward"
        onClick={() => (isPast ? goByNote(drydock, 1) : drydock.end.send({ type: 'step' }))}
      >
        <StepForward aria-hidden />
      </button>
      <Scrub />
      <span className={style.speeds} role="group" aria-label="Speed">
        {speeds.map((each) => (
          <button key={each.speed} aria-pressed={each.speed === speed} onClick={() => setSpeed(drydock, each.speed)}>
            {each.title}
          </button>
        ))}
      </span>
      <button className={style.live} disabled={!isPast} onClick={() => goTo(drydock, undefined)}>
        {isPast ? 'Go to live' : 'Live'}
      </button>
    </section>
  )
}

/** Marks nearer than this share of the line cannot be told apart. */
const shareOfMark = 1 / 120
/** The line moves all its marks when it grows; it does so this often. */
const redrawMs = 400

/** How many notes there are and what time it is, told every now and then. */
function useNow(): { readonly noteCount: number; readonly now: number } {
  const { store } = useDrydock()
  const [present, setPresent] = useState(() => store.getState())
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = store.subscribe(() => {
      timer ??= setTimeout(() => {
        timer = undefined
        setPresent(store.getState())
      }, redrawMs)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [store])
  return { noteCount: present.noteCount, now: Math.floor(present.live.now / 1000) * 1000 }
}

function Scrub() {
  const drydock = useDrydock()
  const track = useRef<HTMLDivElement>(null)
  const position = useDock(({ position }) => position)
  const { noteCount, now } = useNow()
  const { notes: noted } = drydock
  const notes = noted.all
  const start = notes[0]?.at ?? now
  const end = Math.max(now, notes.at(-1)?.at ?? now)
  const here = position === undefined ? notes.length - 1 : lastBefore(notes, position)
  const hereAt = position === undefined ? end : (notes[here]?.at ?? start)
  const part = (at: number) => (end > start ? `${(2 + (96 * (at - start)) / (end - start)).toFixed(2)}%` : '2%')
  const marks = useMemo(() => thinned(notes, { start, end }), [notes, noteCount, start, end])

  const scrubTo = (clientX: number) => {
    const box = track.current?.getBoundingClientRect()
    if (!box || notes.length === 0) return
    const at = start + (end - start) * Math.min(1, Math.max(0, ((clientX - box.left) / box.width - 0.02) / 0.96))
    const nearest = notes.reduce((best, note) => (Math.abs(note.at - at) < Math.abs(best.at - at) ? note : best), notes[0])
    goTo(drydock, at > end - (end - start) * 0.01 ? undefined : nearest.position + 1)
  }

  return (
    <>
      <span className={style.time}>{clockOf(hereAt - start)}</span>
      <div
        ref={track}
        className={style.track}
        role="slider"
        tabIndex={0}
        aria-label="Moment shown"
        aria-valuemin={0}
        aria-valuemax={notes.length}
        aria-valuenow={Math.max(0, here + 1)}
        aria-valuetext={position === undefined ? 'live' : plain(notes[here]?.sentence ?? 'the beginning')}
        onKeyDown={(event) => {
          if (event.key === 'ArrowLeft') goByNote(drydock, -1)
          else if (event.key === 'ArrowRight') goByNote(drydock, 1)
          else if (event.key === 'End') goTo(drydock, undefined)
          else if (event.key === 'Home' && notes[0]) goTo(drydock, notes[0].position + 1)
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          scrubTo(event.clientX)
        }}
        onPointerMove={(event) => {
          if (event.buttons === 1) scrubTo(event.clientX)
        }}
      >
        <div className={style.line}>
          <i style={{ width: part(hereAt) }} />
        </div>
        {marks.map((note) => (
          <span
            key={note.position}
            className={`${style.mark} ${style[note.kind]}`}
            style={{ left: part(note.at) }}
            title={plain(note.sentence)}
          >
            <Mark kind={note.kind} />
          </span>
        ))}
        <span className={style.head} style={{ left: part(hereAt) }} />
      </div>
      <span className={style.time}>{clockOf(end - start)}</span>
    </>
  )
}

const loudness = { event: 0, command: 1, failure: 2 } as const

/** One mark for each place on the line: a failure rather than a command, a command rather than what it caused. */
function thinned(notes: readonly Note[], { start, end }: { readonly start: number; readonly end: number }): readonly Note[] {
  const places = new Map<number, Note>()
  for (const note of notes) {
    const place = end > start ? Math.round((note.at - start) / (end - start) / shareOfMark) : 0
    const there = places.get(place)
    if (!there || loudness[note.kind] > loudness[there.kind]) places.set(place, note)
  }
  return [...places.values()]
}
