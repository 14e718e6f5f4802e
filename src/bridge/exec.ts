/**
 * `drydock exec`: the sandbox without a page. JSON lines on standard input, one step each; one JSON line of result each on standard
 * output, in order. The first line may be a preset, which says what world to start from.
 */
import { createInterface } from 'node:readline'
import { Session } from '../session/session.ts'
import { play, type Step } from '../session/steps.ts'
import type { Preset } from '../session/presets.ts'
import { nodeSupplies, tellFault } from './supplies.ts'

export async function exec(): Promise<number> {
  let session: Session | undefined
  let exitCode = 0
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === '') continue
    let result: object
    try {
      const step = parsed(line)
      if ('preset' in step) {
        session = await Session.create({ ...step, supplies: nodeSupplies, onFault: tellFault })
        result = { preset: step.preset }
      } else {
        session ??= await Session.create({ preset: 'laptop', supplies: nodeSupplies, onFault: tellFault })
        result = await play(session, step)
      }
    } catch (error) {
      exitCode = 1
      result = { error: error instanceof Error ? error.message : String(error) }
      if (process.env.DRYDOCK_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`)
    }
    process.stdout.write(`${JSON.stringify(result)}\n`)
  }
  return exitCode
}

function parsed(line: string): Step | Preset {
  const step: unknown = JSON.parse(line)
  if (typeof step !== 'object' || step === null) throw new Error('a step is a JSON object')
  const kinds = ['preset', 'cmd', 'file', 'sleep', 'wait', 'stopHeartbeat', 'resumeHeartbeat']
  if (!kinds.some((kind) => kind in step)) throw new Error(`a step has one of ${kinds.join(', ')}`)
  return step as Step | Preset
}
