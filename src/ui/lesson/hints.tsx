/**
 * The ladder of hints: a question, then where to look, then the command itself at the prompt. Showing that is no shame: it is asked
 * once, and the step is marked as seen.
 */
import { Lightbulb } from 'lucide-react'
import { useState } from 'react'
import type { OpenedLesson } from '../../worker/messages.ts'
import { insert, useDrydock } from '../app/state.ts'
import { commandIn } from './command-in.ts'
import style from './lesson-pane.module.css'
import { markSeen, showHint, useLessons } from './lessons.ts'
import { pointAt, pointOf } from './point.ts'

export function Hints({ step: { hints, name, isChecked } }: { readonly step: OpenedLesson['steps'][number] }) {
  const drydock = useDrydock()
  const { hintsShown, seen } = useLessons()
  const [asks, setAsks] = useState(false)
  const shown = hints.slice(0, hintsShown)
  const solution = commandIn(hints.at(-1)?.text ?? '')
  const isNextSolution = isChecked && solution !== undefined && shown.length === hints.length - 1
  const command = shown.length === hints.length ? solution : undefined

  const showNext = () => {
    setAsks(false)
    const next = hints[shown.length]
    showHint()
    if (next.points !== undefined || (shown.length > 0 && !isNextSolution))
      pointAt(drydock, pointOf(drydock.store.getState().shown, next, solution ?? ''))
    if (!isNextSolution || solution === undefined) return
    markSeen(drydock, name)
    insert(drydock, solution)
  }

  return (
    <div className={style.hints}>
      {shown.map(({ text }, index) => (
        <p key={index}>
          <small>{index + 1}</small>
          {commandIn(text) === text ? <code>{text}</code> : text.replaceAll('`', '')}
        </p>
      ))}
      {command && (
        <button className={style.run} onClick={() => insert(drydock, command)}>
          <code>{command}</code>
        </button>
      )}
      {asks && (
        <p className={style.asks} role="alert">
          This shows the solution and marks the step as seen.
          <button className={style.button} onClick={showNext}>
            Show it
          </button>
        </p>
      )}
      {shown.length < hints.length && !asks && (
        <button className={style.nudge} onClick={() => (isNextSolution && !seen.has(name) ? setAsks(true) : showNext())}>
          <Lightbulb aria-hidden />
          <b>{isNextSolution ? 'Show the command?' : 'Need a nudge?'}</b> Hint {shown.length + 1} of {hints.length}
        </button>
      )}
    </div>
  )
}
