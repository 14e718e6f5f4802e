/** The command line `drydock`: bridge, exec, lesson check and goals. */
import { bridge } from './bridge.ts'
import { exec } from './exec.ts'
import { lessonCheck, writeGoals } from './lesson-check.ts'
import { replayFiles } from './replay.ts'

const usage = `Usage: drydock COMMAND

Commands:
  bridge [--port N] [--docker-port N] [--preset NAME]   serve the sandbox to your own kubectl and docker
  exec                                                  run steps from standard input, one JSON object a line
  lesson check FOLDER                                   play a lesson pack with its own solutions
  lesson goals FOLDER                                   write beside each lesson what its steps lead to
  replay [--verbose] FILE…                              play recordings of the real tools and count what is equal
`

export async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args
  if (command === 'bridge') return bridge(rest)
  if (command === 'exec') return exec()
  if (command === 'lesson' && rest[0] === 'check' && rest[1]) return lessonCheck(rest[1])
  if (command === 'lesson' && rest[0] === 'goals' && rest[1]) return writeGoals(rest[1])
  if (command === 'replay') return replayFiles(rest)
  process.stderr.write(usage)
  return command === undefined || command === '--help' || command === 'help' ? 0 : 1
}
