/** Runs a command for the page: in the sandbox's shell, as the learner, but not among what was typed. */
import { joined } from '../base/bytes.ts'
import type { Drive } from './drive.ts'
import type { Session } from './session.ts'

export interface Unseen {
  /** Undefined when it was ended because it took too long. */
  readonly code: number | undefined
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
}

/** `patienceMs` is session time. */
export function runUnseen(session: Session, cmd: string, patienceMs: number, drive: Drive | undefined): Promise<Unseen> {
  const job = session.start({ cmd, isUnseen: true })
  const until = session.clock.now() + patienceMs
  const stdout: Uint8Array[] = []
  const stderr: Uint8Array[] = []
  drive?.kick()
  return new Promise((resolve) => {
    const answer = (code: number | undefined) => resolve({ code, stdout: joined(stdout), stderr: joined(stderr) })
    const look = () => {
      stdout.push(job.stdout.readAll())
      stderr.push(job.stderr.readAll())
      if (job.process.isEnded) return answer(job.process.exitCode ?? 1)
      if (session.clock.now() > until) {
        job.kill()
        return answer(undefined)
      }
      session.clock.after(20, look)
    }
    look()
  })
}
