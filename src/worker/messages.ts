/**
 * What crosses between the page and the worker: the only two crossings there are. Up go keystrokes, edited files and the pace of
 * time, as a learner gives them; down come terminal output and frames of what changed.
 *
 * One frame is under way at a time: the worker coalesces until the page has drawn the last one and said so.
 */
import type { GoalRow } from '../lesson/goal.ts'
import type { Hint } from '../lesson/pack.ts'
import type { Logged, LogLine } from '../session/container-log.ts'
import type { Visited } from '../session/visit.ts'

/** One change of one store. `object` is null when it was deleted. */
export interface FrameEntry {
  /** `session` (typed commands), `docker/<machine>` (Engine API inspect shapes), `cluster/<name>` (API objects). */
  readonly store: string
  readonly revision: number
  readonly resource: string
  readonly key: string
  readonly object: object | null
  readonly by: string
  /** Revision in the same store that led to this one; 0: none. */
  readonly because: number
  /** Session time, ms. */
  readonly at: number
}

export interface Frame {
  readonly type: 'frame'
  readonly number: number
  /** Session time, ms. */
  readonly now: number
  /** 0 is paused. */
  readonly speed: number
  /** Oldest first. After a `reset` the entries are the whole present state. */
  readonly entries: readonly FrameEntry[]
  readonly reset: boolean
}

/** A command as typed, in store `session`, resource `commands`. */
export interface TypedCommand {
  readonly line: string
  readonly machine: string
  readonly cwd: string
  /** Undefined while it runs. */
  readonly exitCode?: number
}

export interface FileEntry {
  readonly path: string
  readonly kind: 'file' | 'directory' | 'symlink'
  readonly sizeBytes: number
}

export interface CheckResult {
  readonly step: string
  readonly passed: boolean
  /** What is still missing, computed from the state; empty when passed. */
  readonly hint: string
}

export type { Hint, LogLine, Visited }

/** Answers `lessons`: what there is to choose from, in order. */
export interface LessonSummary {
  readonly id: string
  readonly title: string
  readonly description: string
  /** How hard and how long, in the author's words; empty where nothing is said. */
  readonly effort: string
  /** Empty when the lesson stands alone. */
  readonly course: string
  /** Name of the pack that somebody brought; empty for Drydock's own. */
  readonly pack: string
  readonly steps: number
  readonly passed: number
  /** Steps whose solution was shown. */
  readonly seen: number
  /** The fewest commands that all of it was solved with; null until then. */
  readonly commands: number | null
  /** Commands of its own solution, counted the same way; 0 where it has none. */
  readonly solution: number
}

/** Answers `pack-open`. */
export interface OpenedPack {
  readonly lessons: number
  /** For the author: file and reason. What is whole in the pack works. */
  readonly problems: readonly string[]
}

export interface LessonText {
  readonly title: string
  /** Markdown as a tree that is safe to draw (hast). */
  readonly text: object
}

/** Answers `lesson-open`. */
export interface OpenedLesson {
  readonly id: string
  readonly title: string
  readonly course: string
  readonly intro: LessonText | null
  readonly steps: readonly (LessonText & {
    /** What `lesson-check` calls the step. */
    readonly name: string
    /** From a question to the command itself. */
    readonly hints: readonly Hint[]
    /** What is there when the step is done; null where the step changes nothing that is drawn. */
    readonly goal: readonly GoalRow[] | null
    /** Whether there is something to check. */
    readonly isChecked: boolean
    readonly passed: boolean
    /** Its solution was shown. */
    readonly seen: boolean
  })[]
  readonly finish: LessonText | null
}

export type ToWorker =
  | { readonly type: 'open'; readonly workspace: string; readonly preset: string; readonly takeOver: boolean }
  | { readonly type: 'terminal-open'; readonly terminal: string; readonly cols: number; readonly rows: number }
  | { readonly type: 'terminal-input'; readonly terminal: string; readonly text: string }
  | { readonly type: 'terminal-resize'; readonly terminal: string; readonly cols: number; readonly rows: number }
  | { readonly type: 'terminal-close'; readonly terminal: string }
  | { readonly type: 'frame-drawn'; readonly number: number }
  | { readonly type: 'speed'; readonly speed: number }
  /** Runs to the next thing that happens while paused. */
  | { readonly type: 'step' }
  | { readonly type: 'ask'; readonly id: number; readonly question: Question }

/**
 * What the page asks and is answered, by id: a file's text, its entries (`FileEntry[]`), `LogLine[]`, a `Visited`, `LessonSummary[]`, an `OpenedLesson`, a
 * `CheckResult`, an `OpenedPack`, the exported bytes; nothing for the others.
 */
export type Question =
  | { readonly type: 'read-file'; readonly path: string }
  | { readonly type: 'write-file'; readonly path: string; readonly text: string }
  | { readonly type: 'list-files'; readonly path: string }
  /** What a container or a Pod has printed. */
  | ({ readonly type: 'log' } & Logged)
  /** What is at an address, as seen from the learner's machine. */
  | { readonly type: 'visit'; readonly url: string }
  | { readonly type: 'lessons' }
  | { readonly type: 'lesson-open'; readonly lesson: string }
  | { readonly type: 'lesson-check'; readonly lesson: string; readonly step: string }
  /** The learner has come to a step of the open lesson, by its name, or to its `finish`. */
  | { readonly type: 'lesson-reach'; readonly step: string }
  /** A step with nothing to check is done. */
  | { readonly type: 'lesson-pass'; readonly step: string }
  /** The solution of a step was shown. */
  | { readonly type: 'lesson-seen'; readonly step: string }
  /** A zip archive, or a folder's files by their paths. */
  | { readonly type: 'pack-open'; readonly name: string; readonly content: Uint8Array | ReadonlyMap<string, Uint8Array> }
  | { readonly type: 'pack-forget'; readonly name: string }
  | { readonly type: 'reset' }
  | { readonly type: 'undo' }
  | { readonly type: 'redo' }
  | { readonly type: 'export' }
  | { readonly type: 'import'; readonly data: Uint8Array }

export type FromWorker =
  | Frame
  | { readonly type: 'opened'; readonly home: string; readonly lesson: string | null }
  /** Another tab owns the workspace; `open` with `takeOver` takes it. */
  | { readonly type: 'taken' }
  | { readonly type: 'terminal-output'; readonly terminal: string; readonly bytes: Uint8Array }
  | { readonly type: 'terminal-ended'; readonly terminal: string }
  | { readonly type: 'file-changed'; readonly path: string }
  /** A program asks for a browser. */
  | { readonly type: 'browse'; readonly address: string }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'refused'; readonly id: number; readonly message: string }
  /** Storage is damaged, too new or full: said, never hidden. */
  | { readonly type: 'trouble'; readonly message: string }
