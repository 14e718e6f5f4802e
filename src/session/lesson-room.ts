/**
 * Lessons in a session: which are there, which is open, how far it has come. A step is checked by its own script, run unseen in the
 * sandbox's shell; what the script prints is the hint. Scripts in the background and foreground run beside each other, as
 * Killercoda's packs expect.
 */
import { lessonTree } from '../lesson/markdown.ts'
import { type Lesson, type LessonStep, parsePack } from '../lesson/pack.ts'
import type { Drive } from './drive.ts'
import type { Session } from './session.ts'

export interface LessonState {
  readonly lesson: string
  readonly passed: readonly string[]
}

/** A verify script that takes longer, in session time, has failed. */
const checkPatienceMs = 60_000

export class LessonRoom {
  readonly #session: Session
  readonly #lessons: readonly Lesson[]
  readonly problems: readonly string[]

  constructor(session: Session, files: ReadonlyMap<string, string>) {
    this.#session = session
    const { lessons, problems } = parsePack(files)
    this.#lessons = lessons
    this.problems = problems
  }

  get current(): string | undefined {
    return this.#session.lesson?.lesson
  }

  isStarted(id: string): boolean {
    return this.current === id
  }

  presetOf(id: string): string {
    return this.#lesson(id).environment
  }

  summaries(): object[] {
    return this.#lessons.map(({ id, title, description, course, steps }) => ({
      id,
      title,
      description,
      course,
      steps: steps.length,
      passed: this.#passed(id).length,
    }))
  }

  opened(id: string): object {
    const lesson = this.#lesson(id)
    const page = (step: LessonStep) => ({ title: step.title, text: lessonTree(step.markdown) })
    return {
      id,
      title: lesson.title,
      course: lesson.course,
      intro: lesson.intro ? page(lesson.intro) : null,
      steps: lesson.steps.map((step, index) => ({
        ...page(step),
        name: String(index),
        hints: step.hints,
        goal: step.goal ?? null,
        isChecked: step.verify !== undefined,
        passed: this.#passed(id).includes(String(index)),
      })),
      finish: lesson.finish ? page(lesson.finish) : null,
    }
  }

  /** Puts the lesson's files in place and starts its scripts. */
  async start(id: string, drive?: Drive): Promise<void> {
    const lesson = this.#lesson(id)
    for (const { target, path, content, isExecutable } of lesson.assets) {
      const folder = target.replace(/^~/, this.#session.home).replace(/\/$/, '')
      this.#session.writeFile(`${folder}/${path}`, content, isExecutable ? 0o755 : 0o644)
    }
    this.#session.lesson = { lesson: id, passed: [] }
    for (const page of [lesson.intro, lesson.steps[0]]) this.#begin(page)
    drive?.kick()
  }

  /** Runs a step's script; `step` is its index as text. */
  async check(step: string, drive?: Drive): Promise<{ step: string; passed: boolean; hint: string }> {
    const id = this.current
    if (id === undefined) throw new Error('No lesson is open.')
    const lesson = this.#lesson(id)
    const { verify } = lesson.steps[Number(step)] ?? {}
    const { code, output } = verify === undefined ? { code: 0, output: '' } : await this.#scriptResult(verify, drive)
    const passed = code === 0
    if (passed) {
      this.#session.lesson = { lesson: id, passed: [...new Set([...this.#passed(id), step])] }
      this.#begin(lesson.steps[Number(step) + 1])
      drive?.kick()
    }
    return { step, passed, hint: passed ? '' : output.trim() || 'Not yet: the check of this step has failed.' }
  }

  #begin(page: LessonStep | undefined): void {
    if (page?.background) this.#session.start({ cmd: page.background, background: true })
    if (page?.foreground) this.#session.typeInto(page.foreground)
  }

  async #scriptResult(script: string, drive: Drive | undefined): Promise<{ code: number; output: string }> {
    const job = this.#session.start({ cmd: script, isUnseen: true })
    const until = this.#session.clock.now() + checkPatienceMs
    let output = ''
    drive?.kick()
    return new Promise((resolve) => {
      const look = () => {
        output += new TextDecoder().decode(job.stdout.readAll())
        job.stderr.readAll()
        if (job.process.isEnded) return resolve({ code: job.process.exitCode ?? 1, output })
        if (this.#session.clock.now() > until) {
          job.kill()
          return resolve({ code: 124, output: 'The check took too long.' })
        }
        this.#session.clock.after(20, look)
      }
      look()
    })
  }

  #passed(id: string): readonly string[] {
    return this.#session.lesson?.lesson === id ? this.#session.lesson.passed : []
  }

  #lesson(id: string): Lesson {
    const lesson = this.#lessons.find((one) => one.id === id)
    if (!lesson) throw new Error(`There is no lesson "${id}".`)
    return lesson
  }
}
