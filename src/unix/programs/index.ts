/** Every program that a machine or an image can contain, under the name its executable file carries (see kernel/execute.ts). */
import type { Program } from '../kernel/process.ts'
import { cat } from './cat.ts'
import { cp } from './cp.ts'
import { date } from './date.ts'
import { echo } from './echo.ts'
import { env } from './env.ts'
import { head } from './head.ts'
import { ls } from './ls.ts'
import { mkdir } from './mkdir.ts'
import { mv } from './mv.ts'
import { printenv } from './printenv.ts'
import { pwd } from './pwd.ts'
import { rm } from './rm.ts'
import { rmdir } from './rmdir.ts'
import { sleep } from './sleep.ts'
import { tail } from './tail.ts'
import { touch } from './touch.ts'
import { falseProgram, trueProgram } from './true.ts'
import { wc } from './wc.ts'

export const programs: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['cat', cat],
  ['cp', cp],
  ['date', date],
  ['echo', echo],
  ['env', env],
  ['false', falseProgram],
  ['head', head],
  ['ls', ls],
  ['mkdir', mkdir],
  ['mv', mv],
  ['printenv', printenv],
  ['pwd', pwd],
  ['rm', rm],
  ['rmdir', rmdir],
  ['sleep', sleep],
  ['tail', tail],
  ['touch', touch],
  ['true', trueProgram],
  ['wc', wc],
])
