/**
 * Plays steps in a session without a page: type a command, write a file, let time pass, wait until something is so. The step format
 * is that of the recordings, so a recording is a script and its answer in one. Session time runs ahead by itself while a command
 * waits.
 */
import { joined, textOf } from '../base/bytes.ts'
import { runAhead } from './drive.ts'
import type { Job } from './job.ts'
import type { Session } from './session.ts'

export interface CommandStep {
  readonly cmd: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Standard input; on a terminal keystrokes, each so many ms after the one before. */
  readonly input?: string | readonly (readonly [afterMs: number, keys: string])[]
  readonly tty?: boolean
  readonly cols?: number
  readonly rows?: number
  /** Session time after which Ctrl-C is pressed. */
  readonly ctrlCAfterMs?: number
  /** Goes on while the next steps run. */
  readonly background?: boolean | string
}

export type Step =
  | CommandStep
  | { readonly file: string; readonly content: string; readonly mode?: string | number }
  | { readonly sleep: number }
  | { readonly wait: string; readonly equals?: string; readonly matches?: string; readonly timeout?: number }
  | { readonly stopHeartbeat: string }
  | { readonly resumeHeartbeat: string }

/** What a command may take at most, in session time, before it counts as one that never ends by itself. */
const patienceMs = 15 * 60_000
/** What starting a command costs a person's machine: keeps two commands from happening in the same instant. */
const betweenCommandsMs = 60
/** Who leaves a command running looks at it before they turn to another terminal. */
const turningAwayMs = 1_000

export async function play(session: Session, step: Step): Promise<object> {
  if ('file' in step) {
    session.writeFile(step.file, step.content, step.mode === undefined ? undefined : Number.parseInt(String(step.mode), 8))
    return { file: step.file }
  }
  if ('sleep' in step) {
    await runAhead(session.clock, () => false, step.sleep * 1000)
    return { sleep: step.sleep }
  }
  if ('wait' in step) return waitFor(session, step)
  if ('stopHeartbeat' in step) {
    session.clusters.silence(step.stopHeartbeat)
    return step
  }
  if ('resumeHeartbeat' in step) {
    session.clusters.unsilence(step.resumeHeartbeat)
    return step
  }
  if (step.background) return (await playBehind(session, step)).end()
  return { ...step, ...(await finished(session, session.start(step), step)) }
}

/** A command that goes on while the next steps run. */
export interface Behind {
  readonly isOver: () => boolean
  /** Ctrl-C. */
  readonly interrupt: () => void
  /** Its result; waits for its end as for that of any other command. */
  end(): Promise<CommandStep & CommandResult>
}

export async function playBehind(session: Session, step: CommandStep): Promise<Behind> {
  const job = session.start(step)
  await runAhead(session.clock, () => false, turningAwayMs)
  return {
    isOver: () => job.process.isEnded,
    interrupt: job.interrupt,
    end: async () => ({ ...step, ...(await finished(session, job, step)) }),
  }
}

export function isBehind(step: object): step is CommandStep {
  return 'cmd' in step && 'background' in step && Boolean(step.background)
}

export interface CommandResult {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

/** Runs a command to its end. */
export async function run(session: Session, step: CommandStep): Promise<CommandResult> {
  return finished(session, session.start(step), step)
}

async function finished(session: Session, job: Job, step: CommandStep): Promise<CommandResult> {
  const stdout: Uint8Array[] = []
  const stderr: Uint8Array[] = []
  const collect = () => {
    stdout.push(job.stdout.readAll())
    stderr.push(job.stderr.readAll())
  }
  const isDone = () => {
    collect()
    return job.process.isEnded
  }
  if (step.ctrlCAfterMs !== undefined && !(await runAhead(session.clock, isDone, step.ctrlCAfterMs))) job.interrupt()
  const didEnd = await runAhead(session.clock, isDone, patienceMs)
  if (!didEnd) job.kill()
  await runAhead(session.clock, () => false, betweenCommandsMs)
  collect()
  return { stdout: textOf(joined(stdout)), stderr: textOf(joined(stderr)), code: job.process.exitCode ?? 124 }
}

async function waitFor(session: Session, step: { wait: string; equals?: string; matches?: string; timeout?: number }): Promise<object> {
  const until = session.clock.now() + (step.timeout ?? 120) * 1000
  const wanted = step.matches === undefined ? undefined : new RegExp(step.matches)
  for (;;) {
    const text = (await run(session, { cmd: step.wait })).stdout.trim()
    if (wanted ? wanted.test(text) : text === step.equals) return { wait: step.wait, ok: true }
    if (session.clock.now() >= until) return { wait: step.wait, ok: false }
    await runAhead(session.clock, () => false, 500)
  }
}
