/**
 * `drydock exec`: the sandbox without a page. JSON lines on standard input, one step each; one JSON line of result each on standard
 * output, in order. The first line may be a preset, which says what world to start from.
 */
import { createInterface } from 'node:readline'
import { Session } from '../session/session.ts'
import { type Behind, isBehind, play, playBehind, type Step } from '../session/steps.ts'
import type { Preset } from '../session/presets.ts'
import { nodeSupplies, outliveFaults, tellFault } from './supplies.ts'

/** How long the answer to a command in the background waits for its end, when no other step comes. */
const patienceMs = 2_000

export async function exec(): Promise<number> {
  outliveFaults()
  let session: Session | undefined
  let exitCode = 0
  const answers = new Answers()
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === '') continue
    answers.stepCame()
    let result: object
    try {
      const step = parsed(line)
      if ('preset' in step) {
        session = await Session.create({ ...step, supplies: nodeSupplies, onFault: tellFault })
        result = { preset: step.preset }
      } else {
        session ??= await Session.create({ preset: 'laptop', supplies: nodeSupplies, onFault: tellFault })
        result = isBehind(step) ? await playBehind(session, step) : await play(session, step)
      }
    } catch (error) {
      exitCode = 1
      result = { error: error instanceof Error ? error.message : String(error) }
      if (process.env.DRYDOCK_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`)
    }
    await answers.add(result)
  }
  await answers.flush()
  return exitCode
}

/** Answers keep the order of their steps, so those that follow a command in the background wait for it. */
class Answers {
  #waiting: (object | Behind)[] = []
  #timer: NodeJS.Timeout | undefined

  async add(answer: object | Behind): Promise<void> {
    this.#waiting.push(answer)
    while (this.#waiting.length > 0 && !(isPending(this.#waiting[0]) && !this.#waiting[0].isOver())) await this.#writeFirst()
    // Who sends a step only after the last answer would wait for ever.
    if (this.#waiting.length > 0) this.#timer = setTimeout(() => void this.flush(), patienceMs)
  }

  stepCame(): void {
    clearTimeout(this.#timer)
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    while (this.#waiting.length > 0) await this.#writeFirst()
  }

  async #writeFirst(): Promise<void> {
    const answer = this.#waiting.shift()
    if (answer !== undefined) process.stdout.write(`${JSON.stringify(isPending(answer) ? await answer.end() : answer)}\n`)
  }
}

function isPending(answer: object): answer is Behind {
  return 'isOver' in answer
}

function parsed(line: string): Step | Preset {
  const step: unknown = JSON.parse(line)
  if (typeof step !== 'object' || step === null) throw new Error('a step is a JSON object')
  const kinds = ['preset', 'cmd', 'file', 'sleep', 'wait', 'stopHeartbeat', 'resumeHeartbeat']
  if (!kinds.some((kind) => kind in step)) throw new Error(`a step has one of ${kinds.join(', ')}`)
  return step as Step | Preset
}
