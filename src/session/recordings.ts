/**
 * Replays a recording in a session and counts what is equal: stdout, stderr and exit code, normalised. Steps whose answer is held out are
 * run for their effect and not judged.
 */
import type { Preset } from './presets.ts'
import type { Session } from './session.ts'
import { type CommandResult, isBehind, play, playBehind, type Step } from './steps.ts'

export interface Recording {
  readonly scenario: string
  readonly images?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  readonly setup?: string
  readonly world?: string
  readonly plugins?: boolean
  readonly steps: readonly (Step &
    Partial<CommandResult> & { readonly heldOut?: boolean; readonly timedOut?: boolean; readonly note?: string })[]
}

export interface Difference {
  /** Which step of the recording, counted from 0. */
  readonly step: number
  readonly cmd: string
  readonly wanted: CommandResult
  readonly got: CommandResult
}

export interface Outcome {
  readonly judged: number
  readonly equal: number
  readonly differences: readonly Difference[]
}

export function presetOf(recording: Recording, kind: 'docker' | 'kubernetes'): Preset {
  if (kind === 'kubernetes') return { preset: 'kubernetes' }
  const { files, images, setup, world, plugins } = recording
  return { preset: 'docker', files, images, setup, world, plugins }
}

export interface ReplayOptions {
  readonly normalise: (text: string) => string
  /** What the recording's machine had in its environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Everything is put back as it was after each command, as it was when this recording was made. */
  readonly isTidied?: boolean
  /** Step → seconds that passed unseen before it. */
  readonly waits?: Readonly<Record<string, number>>
  /** Step in the background → the step before which it was interrupted. */
  readonly interruptedBefore?: Readonly<Record<string, number>>
  /** Is told each answer as it comes, those that are not judged too. */
  readonly hear?: (step: number, answer: CommandResult) => void
}

export async function replay(
  session: Session,
  { steps }: Recording,
  { normalise, env, isTidied, waits = {}, interruptedBefore = {}, hear }: ReplayOptions,
): Promise<Outcome> {
  let judged = 0
  const putBack = isTidied ? putsBack(session) : () => {}
  const differences: Difference[] = []
  const behind: (() => Promise<void>)[] = []
  const interrupts = new Map<number, (() => void)[]>()
  for (const [index, step] of steps.entries()) {
    const {
      stdout: wantedOut,
      stderr: wantedErr,
      code: wantedCode,
      heldOut,
      timedOut,
      ...own
    } = step as Step & { stdout?: string; stderr?: string; code?: number; heldOut?: boolean; timedOut?: boolean }
    const bare = 'cmd' in own && env ? { ...own, env: { ...env, ...own.env } } : own
    for (const interrupt of interrupts.get(index) ?? []) interrupt()
    if (waits[index]) await play(session, { sleep: waits[index] })
    // The recordings' own scripts were executable; only those of other names say so.
    const isScript = 'file' in bare && bare.mode === undefined && bare.file.endsWith('.sh')
    const judge = (got: CommandResult) => {
      if ('cmd' in bare) hear?.(index, got)
      if (!('cmd' in bare) || heldOut || wantedOut === undefined) return
      judged++
      const wanted = { stdout: wantedOut, stderr: wantedErr ?? '', code: wantedCode ?? 0 }
      const isEqual =
        normalise(got.stdout) === normalise(wanted.stdout) &&
        normalise(got.stderr) === normalise(wanted.stderr) &&
        (timedOut || got.code === wanted.code)
      if (!isEqual)
        differences.push({ step: index, cmd: bare.cmd, wanted, got: { stdout: got.stdout, stderr: got.stderr, code: got.code } })
    }
    if (isBehind(bare)) {
      const { end, interrupt } = await playBehind(session, bare)
      const until = interruptedBefore[index]
      if (until !== undefined) interrupts.set(until, [...(interrupts.get(until) ?? []), interrupt])
      behind.push(async () => judge(await end()))
    } else judge((await play(session, isScript ? { ...bare, mode: '755' } : (bare as Step))) as CommandResult)
    if ('cmd' in bare) putBack()
  }
  for (const end of behind) await end()
  differences.sort((a, b) => a.step - b.step)
  return { judged, equal: judged - differences.length, differences }
}

/** Answers what deletes all that was not there when it was called, at once and without a trace. */
export function putsBack(session: Session): () => void {
  const stores = [...session.stores().values()]
  const here = () => stores.flatMap((store) => Array.from(store.all(), ({ resource, key }) => ({ store, resource, key })))
  const before = new Set(here().map(({ resource, key }) => `${resource} ${key}`))
  return () => {
    for (const { store, resource, key } of here())
      if (!before.has(`${resource} ${key}`) && !/^(events|leases)/.test(resource))
        store.delete(resource, key, { by: 'recorder', because: 0 })
    session.clock.settle()
  }
}
