/**
 * `drydock replay FILE…`: plays recordings and says how much is equal; with --verbose also what differs, with --update the list of
 * known differences beside the recordings is written anew; --matters --verbose passes over those of chance and folds it away in the
 * others, --whole cuts no answer; --held-out shows what we answer where no answer is recorded. For those who work on fidelity.
 */
import { basename } from 'node:path'
import { withoutChance } from './chance.ts'
import { withoutClusterChance } from './cluster-chance.ts'
import { isOfChance, knownDifferences, writeDifferences } from './differences.ts'
import { recordedAt } from './recorded.ts'
import { type Recording, replay } from '../session/recordings.ts'
import { Session } from '../session/session.ts'
import type { CommandResult } from '../session/steps.ts'
import { nodeSupplies, tellFault } from './supplies.ts'

export async function replayFiles(args: readonly string[]): Promise<number> {
  const isVerbose = args.includes('--verbose')
  const longest = args.includes('--whole') ? Infinity : 1_500
  const limit = Number(args.find((arg) => arg.startsWith('--limit='))?.slice(8) ?? 1_000)
  let judged = 0
  let equal = 0
  let butForChance = 0
  for (const path of args.filter((arg) => !arg.startsWith('--'))) {
    const { kind, recording, preset, options } = recordedAt(path)
    const { normalise } = options
    const fold = kind === 'docker' ? withoutChance : withoutClusterChance
    const show = (cmd: string, text: string) => cut(args.includes('--matters') ? fold(cmd, normalise(text)) : normalise(text), longest)
    const started = Date.now()
    try {
      const session = await Session.create({ ...preset, supplies: nodeSupplies, onFault: tellFault })
      const hear = args.includes('--held-out') ? (step: number, answer: CommandResult) => tellHeldOut(recording, step, answer) : undefined
      const outcome = await replay(session, recording, { ...options, hear })
      judged += outcome.judged
      equal += outcome.equal
      const chance = outcome.differences.filter((difference) => isOfChance(difference, normalise, fold))
      butForChance += chance.length
      console.log(
        `${basename(path).padEnd(32)} ${outcome.equal}/${outcome.judged}${chance.length > 0 ? ` (${outcome.equal + chance.length} but for chance)` : ''}  ${Date.now() - started} ms`,
      )
      if (args.includes('--update')) writeDifferences(path, outcome.differences, knownDifferences(path))
      if (isVerbose)
        for (const { step, cmd, wanted, got } of outcome.differences
          .filter((difference) => !args.includes('--matters') || !chance.includes(difference))
          .slice(0, limit))
          console.log(
            `--- ${step} $ ${cmd}\n${lines('-', wanted.code, show(cmd, wanted.stdout), show(cmd, wanted.stderr))}${lines('+', got.code, show(cmd, got.stdout), show(cmd, got.stderr))}`,
          )
    } catch (error) {
      console.log(`${basename(path).padEnd(32)} failed: ${error instanceof Error ? (isVerbose ? error.stack : error.message) : error}`)
    }
  }
  console.log(`${equal}/${judged} equal${butForChance > 0 ? `, ${equal + butForChance} but for chance` : ''}`)
  return equal === judged ? 0 : 1
}

function tellHeldOut({ steps }: Recording, index: number, { stdout, stderr, code }: CommandResult) {
  const step = steps[index]
  if (step?.heldOut && 'cmd' in step) console.log(`--- ${index} $ ${step.cmd}\n${lines('=', code, stdout, stderr)}`)
}

function lines(sign: string, code: number, stdout: string, stderr: string): string {
  return [`exit ${code}`, ...stdout.split('\n'), ...(stderr ? ['stderr:', ...stderr.split('\n')] : [])]
    .map((line) => `${sign} ${line}\n`)
    .join('')
}

function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
