/** The lesson: what it is about, its steps with one in hand, a ladder of hints, and the check. Nothing is locked: any step can be opened. */
import { ChevronLeft } from 'lucide-react'
import { lazy, Suspense, useEffect } from 'react'
import type { LessonSummary, OpenedLesson } from '../../worker/messages.ts'
import { Glyph } from '../app/glyph.tsx'
import { useDock, useDrydock } from '../app/state.ts'
import style from './lesson-pane.module.css'
import { bringPackOfAddress, PackDoor } from './pack-door.tsx'
import { checkStep, closeLesson, goToStep, listLessons, openLesson, useLessons, type Progress } from './lessons.ts'

const LessonText = lazy(() => import('./lesson-text.tsx').then(({ LessonText }) => ({ default: LessonText })))
const Goal = lazy(() => import('./goal.tsx').then(({ Goal }) => ({ default: Goal })))
const Hints = lazy(() => import('./hints.tsx').then(({ Hints }) => ({ default: Hints })))

export function LessonPane() {
  const drydock = useDrydock()
  const isOpen = useDock(({ phase }) => phase === 'open')
  const wanted = useDock(({ lesson }) => lesson)
  const { lesson } = useLessons()
  useEffect(() => {
    if (isOpen) void listLessons(drydock).then(() => bringPackOfAddress(drydock))
  }, [drydock, isOpen])
  useEffect(() => {
    if (isOpen && wanted && wanted !== lesson?.id) void openLesson(drydock, wanted)
  }, [drydock, isOpen, wanted, lesson?.id])
  return (
    <section className={style.pane} aria-label="Lesson">
      {lesson ? <Opened lesson={lesson} /> : <Choice />}
    </section>
  )
}

function Choice() {
  const drydock = useDrydock()
  const { all } = useLessons()
  const courses = [...new Set(all.map(({ course }) => course))]
  return (
    <div className={style.body} tabIndex={0} role="region" aria-label="Lessons">
      <h2>Lessons</h2>
      <p>Choose one, or just try things out: everything you type is real here.</p>
      {courses.map((course) => (
        <section key={course}>
          {course && <h3 className={style.course}>{course}</h3>}
          <ul className={style.choice}>
            {all
              .filter((each) => each.course === course)
              .map(({ id, title, description, effort, steps, passed, ...each }) => (
                <li key={id}>
                  <button onClick={() => void openLesson(drydock, id)}>
                    <Glyph
                      shape={passed >= steps && steps > 0 ? 'running' : passed > 0 ? 'starting' : 'waiting'}
                      label={passed >= steps && steps > 0 ? 'solved' : passed > 0 ? 'begun' : 'not begun'}
                    />
                    <span>
                      <b>{title}</b>
                      <Badge {...each} />
                      <small>{[description, effort].filter(Boolean).join(' · ')}</small>
                    </span>
                  </button>
                </li>
              ))}
          </ul>
        </section>
      ))}
      <PackDoor packs={[...new Set(all.map(({ pack }) => pack))].filter((pack) => pack !== '')} />
    </div>
  )
}

function Opened({ lesson }: { readonly lesson: OpenedLesson }) {
  const drydock = useDrydock()
  const { all, progress, isChecking } = useLessons()
  const { current } = progress
  const step = lesson.steps[current]
  const isAtEnd = current >= lesson.steps.length
  const summary = all.find(({ id }) => id === lesson.id)
  return (
    <>
      <div className={style.body} tabIndex={0} role="region" aria-label="Lesson text">
        <button className={style.back} onClick={() => closeLesson(drydock)}>
          <ChevronLeft aria-hidden />
          {lesson.course || 'Lessons'}
        </button>
        <h2>{lesson.title}</h2>
        {step?.goal && (
          <Suspense>
            <Goal rows={step.goal} />
          </Suspense>
        )}
        {current === -1 && lesson.intro && <Text tree={lesson.intro.text} />}
        <Steps lesson={lesson} progress={progress} />
        {isAtEnd && summary && <Solved {...summary} />}
        {isAtEnd && (lesson.finish ? <Text tree={lesson.finish.text} /> : <p>That is all of it.</p>)}
        {isAtEnd && (
          <button
            className={`${style.button} ${style.onward}`}
            title="The same world, without the lesson"
            onClick={() => drydock.store.setState({ mode: 'sandbox' })}
          >
            Continue from here in Sandbox
          </button>
        )}
      </div>
      {step && step.hints.length > 0 && (
        <Suspense>
          <Hints key={step.name} step={step} />
        </Suspense>
      )}
      <div className={style.nav}>
        <button className={style.button} disabled={current <= (lesson.intro ? -1 : 0)} onClick={() => goToStep(drydock, current - 1)}>
          Back
        </button>
        <span className={style.space} />
        {isAtEnd ? (
          <button className={`${style.button} ${style.first}`} onClick={() => closeLesson(drydock)}>
            All lessons
          </button>
        ) : (
          <>
            {step?.isChecked && (
              <button className={style.button} onClick={() => goToStep(drydock, current + 1)}>
                Skip
              </button>
            )}
            <button className={`${style.button} ${style.first}`} disabled={isChecking} onClick={() => void checkStep(drydock)}>
              {current === -1 ? 'Begin' : !step?.isChecked ? 'Next' : isChecking ? 'Checking …' : 'Check'}
            </button>
          </>
        )}
      </div>
    </>
  )
}

function Text({ tree }: { readonly tree: object }) {
  return (
    <Suspense>
      <div className={style.text}>
        <LessonText tree={tree} />
      </div>
    </Suspense>
  )
}

function Steps({ lesson, progress: { current, passed } }: { readonly lesson: OpenedLesson; readonly progress: Progress }) {
  const drydock = useDrydock()
  const { result, seen } = useLessons()
  return (
    <ol className={style.steps}>
      {lesson.steps.map(({ name, title, text }, index) => {
        const isHere = index === current
        const shape = passed.has(name) ? 'running' : isHere ? 'starting' : 'waiting'
        return (
          <li key={name} className={isHere ? style.here : passed.has(name) ? style.passed : ''} aria-current={isHere ? 'step' : undefined}>
            <Glyph shape={shape} label={passed.has(name) ? 'done' : isHere ? 'now' : 'later'} />
            <div>
              {isHere ? (
                <>
                  <h3>
                    {title}
                    {seen.has(name) && <small className={style.badge}>seen</small>}
                  </h3>
                  <Text tree={text} />
                  {result?.step === name && !result.passed && (
                    <p className={style.missing} role="alert">
                      <Glyph shape="failing" /> {result.hint || 'Not yet.'}
                    </p>
                  )}
                </>
              ) : (
                <button onClick={() => goToStep(drydock, index)}>
                  {title}
                  {seen.has(name) && <small className={style.badge}>seen</small>}
                </button>
              )}
            </div>
          </li>
        )
      })}
    </ol>
  )
}

/** Said only after it is solved: nobody should count while they learn. */
function Badge({ commands, solution, seen }: Pick<LessonSummary, 'commands' | 'solution' | 'seen'>) {
  if (!commands) return null
  return (
    <small className={style.badge} title={solution > 0 ? `The solution takes ${inCommands(solution)}; looking does not count.` : ''}>
      in {inCommands(commands)}
      {seen > 0 && ', solution seen'}
    </small>
  )
}

function Solved({ commands, solution, seen }: LessonSummary) {
  if (!commands) return null
  const than =
    solution === 0 ? '' : commands <= solution ? ' That is as few as its solution takes.' : ` The solution takes ${inCommands(solution)}.`
  return (
    <p className={style.solved} role="status">
      <Glyph shape="running" />
      <span>
        Solved in {inCommands(commands)}; looking does not count.{than}
        {seen > 0 && ` ${seen === 1 ? 'One solution was' : `${seen} solutions were`} shown.`}
      </span>
    </p>
  )
}

function inCommands(count: number): string {
  return count === 1 ? 'one command' : `${count} commands`
}
