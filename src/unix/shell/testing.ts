/** For tests of the shell: the programs' bench with our shells in it. */
import type { Program } from '../kernel/process.ts'
import { type Bench, bench } from '../programs/testing.ts'
import { ash, bash } from './bash.ts'

export function snippetBench(programs: ReadonlyMap<string, Program>): Bench {
  return bench(new Map([...programs, ['bash', bash], ['sh', bash], ['ash', ash]]))
}
