/**
 * The answers of ours that differ from a recording are listed beside it, each with its reason: `docker/ps.golden.json` has
 * `docker/ps.differences.json`, and where the real client played it `docker/ps.real-client.differences.json`. A reason that is empty says
 * that nobody has looked yet.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Difference } from '../session/recordings.ts'

export interface KnownDifference {
  readonly step: number
  readonly cmd: string
  readonly reason: string
}

/** Who typed the commands: our own command line, or the real one through the bridge. */
export type Player = 'ours' | 'real-client'

/** Whether only chance made it differ: `withoutChance` is that of chance.ts or cluster-chance.ts. */
export function isOfChance(
  { cmd, wanted, got }: Difference,
  normalise: (text: string) => string,
  withoutChance: (cmd: string, text: string) => string,
): boolean {
  const fold = (text: string) => withoutChance(cmd, normalise(text))
  return fold(wanted.stdout) === fold(got.stdout) && fold(wanted.stderr) === fold(got.stderr) && wanted.code === got.code
}

/** What is known to differ from the recording at `path`. */
export function knownDifferences(path: string, player: Player = 'ours'): readonly KnownDifference[] {
  const list = listOf(path, player)
  return existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as KnownDifference[]) : []
}

/** Writes the list anew, with the reasons that were known. */
export function writeDifferences(
  path: string,
  differences: readonly Difference[],
  known: readonly KnownDifference[],
  player: Player = 'ours',
): void {
  const reasons = new Map(known.map(({ step, reason }) => [step, reason]))
  const lines = differences.map(({ step, cmd }) => JSON.stringify({ step, cmd, reason: reasons.get(step) ?? '' } satisfies KnownDifference))
  if (lines.length > 0) writeFileSync(listOf(path, player), `[\n  ${lines.join(',\n  ')}\n]\n`)
  else rmSync(listOf(path, player), { force: true })
}

function listOf(path: string, player: Player): string {
  return path.replace('.golden.json', player === 'ours' ? '.differences.json' : `.${player}.differences.json`)
}
