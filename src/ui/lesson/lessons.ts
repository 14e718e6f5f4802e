/** The lesson that is open and how far it has come. Checks are asked of the worker, which looks at the state and not at what was typed. */
import { createStore, useStore } from 'zustand'
import type { CheckResult, LessonSummary, OpenedLesson, OpenedPack } from '../../worker/messages.ts'
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
  /** Steps whose solution was shown. */
  readonly seen: ReadonlySet<string>
  readonly isChecking: boolean
  readonly result: CheckResult | undefined
  /** The pack that was opened last, with what is wrong in it. */
  readonly report: (OpenedPack & { readonly name: string }) | undefined
}

const nothing: Lessons = {
  all: [],
  lesson: undefined,
  progress: { current: 0, passed: new Set() },
  hintsShown: 0,
  seen: new Set(),
  isChecking: false,
  result: undefined,
  report: undefined,
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
    const seen = new Set(lesson.steps.filter((step) => step.seen).map(({ name }) => name))
    if (current === lesson.steps.length) void listLessons(drydock)
    store.setState({ lesson, seen, progress: { current, passed }, hintsShown: 0, result: undefined })
    drydock.store.setState({ mode: 'guided', lesson: id })
  } catch (refusal) {
    drydock.store.setState({ notice: wordsOf(refusal) })
  }
}

export function closeLesson(drydock: Drydock): void {
  store.setState({ lesson: undefined, result: undefined, hintsShown: 0 })
  drydock.store.setState({ lesson: null })
  void listLessons(drydock)
}

/** Shows a step; what it prepares in the sandbox is begun the first time. */
export function goToStep(drydock: Drydock, step: number): void {
  const { end } = drydock
  const { lesson, progress } = store.getState()
  if (!lesson) return
  const lowest = lesson.intro ? -1 : 0
  const current = Math.min(lesson.steps.length, Math.max(lowest, step))
  store.setState({ progress: { ...progress, current }, hintsShown: 0, result: undefined })
  if (current === lesson.steps.length) void listLessons(drydock)
  if (current >= 0) void end.ask({ type: 'lesson-reach', step: lesson.steps[current]?.name ?? 'finish' })
}

/** Takes a pack from a zip archive or a folder's files, and lists what is there now. */
export async function openPack(drydock: Drydock, name: string, content: Uint8Array | ReadonlyMap<string, Uint8Array>): Promise<void> {
  try {
    const opened = (await drydock.end.ask({ type: 'pack-open', name, content })) as OpenedPack
    store.setState({ report: { name, ...opened } })
    await listLessons(drydock)
  } catch (refusal) {
    store.setState({ report: { name, lessons: 0, problems: [wordsOf(refusal)] } })
  }
}

export function hasPack(name: string): boolean {
  return store.getState().all.some(({ pack }) => pack === name)
}

export async function forgetPack(drydock: Drydock, name: string): Promise<void> {
  store.setState({ report: undefined })
  await drydock.end.ask({ type: 'pack-forget', name })
  await listLessons(drydock)
}

export function showHint(): void {
  store.setState({ hintsShown: store.getState().hintsShown + 1 })
}

export function markSeen({ end }: Drydock, step: string): void {
  store.setState({ seen: new Set([...store.getState().seen, step]) })
  void end.ask({ type: 'lesson-seen', step })
}

/** Asks whether the present step is done, and goes on when it is. */
export async function checkStep(drydock: Drydock): Promise<void> {
  const { lesson, progress } = store.getState()
  const step = lesson?.steps[progress.current]
  if (!lesson || !step) return goToStep(drydock, progress.current + 1)
  if (!step.isChecked) {
    void drydock.end.ask({ type: 'lesson-pass', step: step.name })
    store.setState({ progress: { ...progress, passed: new Set([...progress.passed, step.name]) } })
    return goToStep(drydock, progress.current + 1)
  }
  store.setState({ isChecking: true, result: undefined })
  try {
    const result = (await drydock.end.ask({ type: 'lesson-check', lesson: lesson.id, step: step.name })) as CheckResult
    store.setState({ isChecking: false, result })
    if (!result.passed) return
    store.setState({ progress: { ...progress, passed: new Set([...progress.passed, step.name]) } })
    goToStep(drydock, progress.current + 1)
  } catch (refusal) {
    store.setState({ isChecking: false, result: { step: step.name, passed: false, hint: wordsOf(refusal) } })
  }
}
