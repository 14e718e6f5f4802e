/** The top bar: where we are, guided or free, and the few things that concern the whole page. */
import { Moon, Presentation, Redo2, RotateCcw, Search, Share2, Sun, Undo2 } from 'lucide-react'
import { useLessons } from '../lesson/lessons.ts'
import { Sign } from './glyph.tsx'
import { setTheme, useDock, useDrydock, type Mode } from './state.ts'
import style from './top-bar.module.css'
import { redo, resetSession, undo } from './whole.ts'

export function TopBar() {
  const drydock = useDrydock()
  const theme = useDock(({ theme }) => theme)
  const projector = useDock(({ projector }) => projector)
  return (
    <header className={style.bar}>
      <h1 className={style.brand}>
        <Sign />
        Drydock
      </h1>
      <Crumb />
      <span className={style.space} />
      <ModeSwitch />
      <button className={style.button} onClick={() => void undo(drydock)} title="Back to before the last command">
        <Undo2 aria-hidden />
        <span className={style.word}>Undo</span>
      </button>
      <button className={style.button} onClick={() => void redo(drydock)} aria-label="Redo" title="Do again what was undone">
        <Redo2 aria-hidden />
      </button>
      <button className={style.button} onClick={() => void resetSession(drydock)} title="Back to the beginning">
        <RotateCcw aria-hidden />
        <span className={style.word}>Reset</span>
      </button>
      <button className={style.button} onClick={() => drydock.store.setState({ dialog: 'share' })}>
        <Share2 aria-hidden />
        <span className={style.word}>Share</span>
      </button>
      <button
        className={style.button}
        aria-pressed={projector}
        onClick={() => drydock.store.setState({ projector: !projector, enlarged: undefined })}
      >
        <Presentation aria-hidden />
        <span className={style.word}>Projector</span>
      </button>
      <button
        className={style.button}
        aria-label={theme === 'dark' ? 'Light theme' : 'Dark theme'}
        title={theme === 'dark' ? 'Light theme' : 'Dark theme'}
        onClick={() => setTheme(drydock, theme === 'dark' ? 'light' : 'dark')}
      >
        {theme === 'dark' ? <Sun aria-hidden /> : <Moon aria-hidden />}
      </button>
      <button className={style.button} aria-label="Commands (Ctrl K)" onClick={() => drydock.store.setState({ dialog: 'palette' })}>
        <Search aria-hidden />
        <kbd>Ctrl K</kbd>
      </button>
    </header>
  )
}

function Crumb() {
  const { lesson, progress } = useLessons()
  if (!lesson) return null
  return (
    <>
      <span className={style.crumb}>
        <b>{lesson.title}</b>
      </span>
      <span className={style.path} role="img" aria-label={`Step ${progress.current + 1} of ${lesson.steps.length}`}>
        {lesson.steps.map(({ name }, index) => (
          <i key={name} className={progress.passed.has(name) ? style.done : index === progress.current ? style.here : ''} />
        ))}
      </span>
    </>
  )
}

const modes: readonly { readonly mode: Mode; readonly title: string }[] = [
  { mode: 'guided', title: 'Guided' },
  { mode: 'sandbox', title: 'Sandbox' },
]

function ModeSwitch() {
  const drydock = useDrydock()
  const present = useDock(({ mode }) => mode)
  return (
    <div className={style.switch} role="group" aria-label="With a lesson or without">
      {modes.map(({ mode, title }) => (
        <button key={mode} aria-pressed={mode === present} onClick={() => drydock.store.setState({ mode })}>
          {title}
        </button>
      ))}
    </div>
  )
}
