/** The shapes of states, and the few figures that are ours. A shape says the same as its colour and its word. */
import type { Shape } from '../status.ts'
import { toneOf } from '../status.ts'
import style from './glyph.module.css'

const disc = <circle cx="8" cy="8" r="6.2" fill="currentColor" />
const ring = <circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" strokeWidth="1.6" />

const drawings: Readonly<Record<Shape, React.ReactNode>> = {
  running: (
    <>
      {disc}
      <path d="M5 8.200 7.100 10.300 11.200 6" className={style.cut} />
    </>
  ),
  starting: (
    <>
      {ring}
      <path d="M8 2.400a5.600 5.600 0 0 1 0 11.200z" fill="currentColor" />
    </>
  ),
  waiting: <circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" strokeWidth="1.7" strokeDasharray="2.6 2.2" />,
  failing: (
    <>
      <path d="M8 1.800 14.600 13.800H1.400z" fill="currentColor" />
      <path d="M8 6.200v3.600M8 11.500v.8" className={style.cut} />
    </>
  ),
  completed: (
    <>
      {ring}
      <path d="M5.200 8.200 7.200 10.200 11 6.200" fill="none" stroke="currentColor" strokeWidth="1.6" />
    </>
  ),
  ending: (
    <>
      {ring}
      <path d="M5.800 5.800 10.200 10.200M10.200 5.800 5.800 10.200" stroke="currentColor" strokeWidth="1.6" />
    </>
  ),
  paused: (
    <>
      {ring}
      <path d="M6.400 5.500v5M9.600 5.500v5" stroke="currentColor" strokeWidth="1.7" />
    </>
  ),
}

/** Decoration beside its word; give it a `label` only where no word stands. */
export function Glyph({ shape, label }: { readonly shape: Shape; readonly label?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      className={`${style.glyph} ${style[toneOf(shape)]}`}
      {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}
    >
      {drawings[shape]}
    </svg>
  )
}

const marks = {
  command: <path d="M5 1 9 9H1z" />,
  event: <circle cx="5" cy="5" r="2.8" />,
  failure: <path d="M5 .5 9.500 5 5 9.500.5 5z" />,
} as const

export function Mark({ kind }: { readonly kind: keyof typeof marks }) {
  return (
    <svg viewBox="0 0 10 10" className={style.mark} aria-hidden fill="currentColor">
      {marks[kind]}
    </svg>
  )
}

/** The hull on blocks: Drydock's own sign. */
export function Sign() {
  return (
    <svg viewBox="0 0 24 24" className={style.sign} aria-hidden>
      <path d="M12 2.500 20 7.100v9.200L12 21.500 4 16.300V7.100z" />
      <path d="M12 8 16 10.300v4.200L12 17 8 14.500v-4.200z" />
    </svg>
  )
}
