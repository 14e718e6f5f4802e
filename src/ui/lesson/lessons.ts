/** The lesson that is open and how far it has come. Checks are asked of the worker, which looks at the state and not at what was typed. */
import { createStore, useStore } from 'zustand'
import type { CheckResult, LessonSummary, OpenedLesson } from '../../worker/messages.ts'
import type { Drydock } from '../app/state.ts'
import { wordsOf } from '../app/words-of.ts'

export interface Progress {
  /** Index of the step shown; -1 is the introduction, and the number of steps is the end. */
  readonly current: number
  readonly passed: ReadonlySet<string>
}

interface Lessons {
  readonly all: readonly LessonSummary[]
  readonly lesson: OpenedLesson | undefined
  readonly progress: Progress
  readonly hintsShown: number
  readonly isChecking: boolean
  readonly result: CheckResult | undefined
}

const nothing: Lessons = {
  all: [],
  lesson: undefined,
  progress: { current: 0, passed: new Set() },
  hintsShown: 0,
  isChecking: false,
  result: undefined,
}

const store = createStore<Lessons>(() => nothing)

export function useLessons(): Lessons {
  return useStore(store)
}

export async function listLessons({ end }: Drydock): Promise<void> {
  const all = (await end.ask({ type: 'lessons' })) as readonly LessonSummary[] | null
  store.setState({ all: all ?? [] })
}

export async function openLesson(drydock: Drydock, id: string): Promise<void> {
  try {
    const lesson = (await drydock.end.ask({ type: 'lesson-open', lesson: id })) as OpenedLesson
    const passed = new Set(lesson.steps.filter((step) => step.passed).map(({ name }) => name))
    const firstOpen = lesson.steps.findIndex(({ name }) => !passed.has(name))
    const current = firstOpen === 0 && lesson.intro ? -1 : firstOpen < 0 ? lesson.steps.length : firstOpen
    store.setState({ lesson, progress: { current, passed }, hintsShown: 0, result: undefined })
    drydock.store.setState({ mode: 'guided', lesson: id })
  } catch (refusal) {
    drydock.store.setState({ notice: wordsOf(refusal) })
  }
}

export function closeLesson(drydock: Drydock): void {
  store.setState({ lesson: undefined, result: undefined, hintsShown: 0 })
  drydock.store.setState({ lesson: null })
}

export function goToStep(step: number): void {
  const { lesson, progress } = store.getState()
  if (!lesson) return
  const lowest = lesson.intro ? -1 : 0
  store.setState({
    progress: { ...progress, current: Math.min(lesson.steps.length, Math.max(lowest, step)) },
    hintsShown: 0,
    result: undefined,
  })
}

export function showHint(): void {
  store.setState({ hintsShown: store.getState().hintsShown + 1 })
}

/** Asks whether the present step is done, and goes on when it is. */
export async function checkStep(drydock: Drydock): Promise<void> {
  const { lesson, progress } = store.getState()
  const step = lesson?.steps[progress.current]
  if (!lesson || !step) return goToStep(progress.current + 1)
  if (!step.isChecked) {
    store.setState({ progress: { ...progress, passed: new Set([...progress.passed, step.name]) } })
    return goToStep(progress.current + 1)
  }
  store.setState({ isChecking: true, result: undefined })
  try {
    const result = (await drydock.end.ask({ type: 'lesson-check', lesson: lesson.id, step: step.name })) as CheckResult
    store.setState({ isChecking: false, result })
    if (!result.passed) return
    store.setState({ progress: { ...progress, passed: new Set([...progress.passed, step.name]) } })
    goToStep(progress.current + 1)
  } catch (refusal) {
    store.setState({ isChecking: false, result: { step: step.name, passed: false, hint: wordsOf(refusal) } })
  }
}
