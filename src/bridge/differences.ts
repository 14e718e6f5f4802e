/**
 * The answers of ours that differ from a recording are listed beside it, each with its reason: `docker/ps.golden.json` has
 * `docker/ps.differences.json`. A reason that is empty says that nobody has looked yet.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Difference } from '../session/recordings.ts'

export interface KnownDifference {
  readonly step: number
  readonly cmd: string
  readonly reason: string
}

/** What is known to differ from the recording at `path`. */
export function knownDifferences(path: string): readonly KnownDifference[] {
  const list = listOf(path)
  return existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as KnownDifference[]) : []
}

/** Writes the list anew, with the reasons that were known. */
export function writeDifferences(path: string, differences: readonly Difference[], known: readonly KnownDifference[]): void {
  const reasons = new Map(known.map(({ step, reason }) => [step, reason]))
  const lines = differences.map(({ step, cmd }) => JSON.stringify({ step, cmd, reason: reasons.get(step) ?? '' } satisfies KnownDifference))
  if (lines.length > 0) writeFileSync(listOf(path), `[\n  ${lines.join(',\n  ')}\n]\n`)
  else rmSync(listOf(path), { force: true })
}

function listOf(path: string): string {
  return path.replace('.golden.json', '.differences.json')
}
