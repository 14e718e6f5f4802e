/**
 * Lessons in a session: which are there, which is open, how far it has come. A step is checked by its own script, run unseen in the
 * sandbox's shell; what the script prints is the hint. Scripts in the background and foreground run beside each other, as
 * Killercoda's packs expect.
 */
import { textOf } from '../base/bytes.ts'
import { commandCount, commandsOf } from '../lesson/command-count.ts'
import { lessonTree } from '../lesson/markdown.ts'
import { type Lesson, type LessonStep, type PackFiles, parsePack, pictureIn } from '../lesson/pack.ts'
import type { Drive } from './drive.ts'
import type { Session } from './session.ts'
import { runUnseen } from './unseen.ts'

/** What a world remembers of the lesson that it was begun for. */
export interface LessonState {
  readonly lesson: string
  readonly passed: readonly string[]
  /** Steps whose scripts have been started: once each, however often a step is looked at. */
  readonly begun: readonly string[]
}

/** A verify script that takes longer, in session time, has failed. */
const checkPatienceMs = 60_000

const scriptFolder = '/var/lib/killercoda/'

/**
 * A script of a lesson is a file that is run, not a text that bash is given: it may be Python by its first line, and may delete itself with
 * `rm $0`.
 */
export function scriptCommand(session: Session, name: string, script: string): string {
  const path = `${scriptFolder}${name}.sh`
  session.writeFile(path, script, 0o755)
  return script.startsWith('#!') ? path : `bash ${path}`
}

/** How a lesson was solved. */
export interface LessonRecord {
  /** Steps whose solution was shown. */
  readonly seen: readonly string[]
  /** The fewest commands that all its steps were solved with. */
  readonly commands?: number
}

/** What outlives a world: the packs that there are, by name (Drydock's own has none), and which steps were ever passed, by lesson. */
export interface LessonShelf {
  readonly packs: ReadonlyMap<string, PackFiles>
  readonly passed: Map<string, readonly string[]>
  /** Where it matters how a lesson was solved. */
  readonly records?: Map<string, LessonRecord>
  /** Called when something of it has changed. */
  readonly onPassed?: () => void
}

interface Shelved extends Lesson {
  readonly pack: string
  readonly files: PackFiles
}

export class LessonRoom {
  readonly #session: Session
  readonly #shelf: LessonShelf
  readonly #lessons: readonly Shelved[]
  readonly problems: readonly string[]

  constructor(session: Session, shelf: LessonShelf) {
    this.#session = session
    this.#shelf = shelf
    const packs = [...shelf.packs].map(([pack, files]) => ({ pack, files, ...parsePack(files) }))
    this.#lessons = packs.flatMap(({ pack, files, lessons }) =>
      lessons.map((lesson) => ({
        ...lesson,
        id: pack === '' ? lesson.id : `${pack}/${lesson.id}`,
        course: lesson.course || pack,
        pack,
        files,
      })),
    )
    this.problems = packs.flatMap(({ problems }) => problems)
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
    return this.#lessons.map(({ id, title, description, effort, course, pack, steps }) => ({
      ...this.#recorded(id),
      solution: commandCount(steps.flatMap(({ solution = '' }) => commandsOf(solution))),
      id,
      title,
      description,
      effort,
      course,
      pack,
      steps: steps.length,
      passed: this.#shelf.passed.get(id)?.length ?? 0,
    }))
  }

  opened(id: string): object {
    const lesson = this.#lesson(id)
    const page = (step: LessonStep) => ({
      title: step.title,
      text: lessonTree(step.markdown, { picture: pictureIn(lesson.files, step) }),
    })
    const shown = (step: LessonStep | undefined) => (step && !step.isHidden ? page(step) : null)
    return {
      id,
      title: lesson.title,
      course: lesson.course,
      intro: shown(lesson.intro),
      steps: lesson.steps.map((step, index) => ({
        ...page(step),
        name: String(index),
        hints: step.hints,
        goal: step.goal ?? null,
        isChecked: step.verify !== undefined,
        passed: this.#passedHere(id).includes(String(index)),
        seen: this.#shelf.records?.get(id)?.seen.includes(String(index)) ?? false,
      })),
      finish: shown(lesson.finish),
    }
  }

  /** Puts the lesson's files in place and starts its scripts. */
  async start(id: string, drive?: Drive): Promise<void> {
    const lesson = this.#lesson(id)
    for (const { target, path, content, mode, machine } of lesson.assets) {
      const folder = target.replace(/^~/, this.#session.home).replace(/\/$/, '')
      if (machine === 0) this.#session.writeFile(`${folder}/${path}`, content, mode)
      else this.#session.writeBeside(machine, `${folder}/${path}`, content, mode)
    }
    this.#session.lesson = { lesson: id, passed: [], begun: [] }
    this.#begin(lesson.intro, 0)
    this.reach('0', drive)
  }

  /** The learner has come to a step, by its index as text, or to the `finish`: its scripts start, the first time. */
  reach(step: string, drive?: Drive): void {
    const state = this.#session.lesson
    if (!state || state.begun.includes(step)) return
    this.#session.lesson = { ...state, begun: [...state.begun, step] }
    const lesson = this.#lesson(state.lesson)
    if (step === 'finish') this.#begin(lesson.finish, lesson.steps.length + 1)
    else this.#begin(lesson.steps[Number(step)], Number(step) + 1)
    drive?.kick()
  }

  /** A step with nothing to check is passed by going on. */
  pass(step: string): void {
    const state = this.#session.lesson
    if (!state) return
    this.#session.lesson = { ...state, passed: [...new Set([...state.passed, step])] }
    this.#record()
    const everPassed = this.#shelf.passed.get(state.lesson) ?? []
    if (!everPassed.includes(step)) this.#shelf.passed.set(state.lesson, [...everPassed, step])
    this.#shelf.onPassed?.()
  }

  /** The solution of a step was shown. */
  see(step: string): void {
    const lesson = this.current
    if (lesson === undefined) return
    const record = this.#shelf.records?.get(lesson)
    this.#shelf.records?.set(lesson, { ...record, seen: [...new Set([...(record?.seen ?? []), step])] })
    this.#shelf.onPassed?.()
  }

  #recorded(id: string): { readonly seen: number; readonly commands: number | null } {
    const record = this.#shelf.records?.get(id)
    return { seen: record?.seen.length ?? 0, commands: record?.commands ?? null }
  }

  /** When the last step is passed, in how many commands: those of this world that worked, without the lesson's own scripts. */
  #record(): void {
    if (!this.#session.lesson) return
    const { lesson: id, passed } = this.#session.lesson
    const lesson = this.#lesson(id)
    if (!lesson.steps.every((_, index) => passed.includes(String(index)))) return
    const foreground = new Set([lesson.intro, ...lesson.steps, lesson.finish].flatMap((page) => page?.foreground?.split('\n') ?? []))
    const typed = this.#session
      .typedCommands()
      .filter(({ line, exitCode }) => exitCode === 0 && !foreground.has(line) && !line.includes(scriptFolder))
    const commands = commandCount(typed.map(({ line }) => line))
    const record = this.#shelf.records?.get(id)
    this.#shelf.records?.set(id, { seen: record?.seen ?? [], commands: Math.min(commands, record?.commands ?? commands) })
  }

  /** Runs a step's script; `step` is its index as text. */
  async check(step: string, drive?: Drive): Promise<{ step: string; passed: boolean; hint: string }> {
    const id = this.current
    if (id === undefined) throw new Error('No lesson is open.')
    const lesson = this.#lesson(id)
    const { verify } = lesson.steps[Number(step)] ?? {}
    const { code, output } = verify === undefined ? { code: 0, output: '' } : await this.#scriptResult(verify, drive)
    const passed = code === 0
    if (passed) this.pass(step)
    return { step, passed, hint: passed ? '' : output.trim() || 'Not yet: the check of this step has failed.' }
  }

  /** `number`: 0 is the introduction, as in the names of Killercoda's logs. */
  #begin(page: LessonStep | undefined, number: number): void {
    const logs = `/var/log/killercoda/background${number}`
    if (page?.background) {
      for (const stream of ['stdout', 'stderr']) this.#session.writeFile(`${logs}_${stream}.log`, '', 0o644)
      const cmd = scriptCommand(this.#session, `background${number}`, page.background)
      this.#session.start({ cmd: `${cmd} > ${logs}_stdout.log 2> ${logs}_stderr.log`, background: true })
    }
    if (page?.foreground) this.#session.typeInto(page.foreground)
  }

  async #scriptResult(script: string, drive: Drive | undefined): Promise<{ code: number; output: string }> {
    const { code, stdout } = await runUnseen(this.#session, scriptCommand(this.#session, 'verify', script), checkPatienceMs, drive)
    return code === undefined ? { code: 124, output: 'The check took too long.' } : { code, output: textOf(stdout) }
  }

  #passedHere(id: string): readonly string[] {
    return this.#session.lesson?.lesson === id ? this.#session.lesson.passed : []
  }

  #lesson(id: string): Shelved {
    const lesson = this.#lessons.find((one) => one.id === id)
    if (!lesson) throw new Error(`There is no lesson "${id}".`)
    return lesson
  }
}
