/** Every program that a machine or an image can contain, under the name its executable file carries (see kernel/execute.ts). */
import type { Program } from '../kernel/process.ts'
import { cat } from './cat.ts'
import { cp } from './cp.ts'
import { cut } from './cut.ts'
import { date } from './date.ts'
import { echo } from './echo.ts'
import { env } from './env.ts'
import { egrep, fgrep, grep } from './grep.ts'
import { head } from './head.ts'
import { ls } from './ls.ts'
import { mkdir } from './mkdir.ts'
import { mv } from './mv.ts'
import { printenv } from './printenv.ts'
import { printf } from './printf.ts'
import { pwd } from './pwd.ts'
import { rm } from './rm.ts'
import { rmdir } from './rmdir.ts'
import { sed } from './sed.ts'
import { sleep } from './sleep.ts'
import { sort } from './sort.ts'
import { tail } from './tail.ts'
import { tee } from './tee.ts'
import { bracket, test } from './test.ts'
import { touch } from './touch.ts'
import { tr } from './tr.ts'
import { falseProgram, trueProgram } from './true.ts'
import { uniq } from './uniq.ts'
import { wc } from './wc.ts'

export const programs: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['[', bracket],
  ['cat', cat],
  ['cp', cp],
  ['cut', cut],
  ['date', date],
  ['echo', echo],
  ['egrep', egrep],
  ['env', env],
  ['false', falseProgram],
  ['fgrep', fgrep],
  ['grep', grep],
  ['head', head],
  ['ls', ls],
  ['mkdir', mkdir],
  ['mv', mv],
  ['printenv', printenv],
  ['printf', printf],
  ['pwd', pwd],
  ['rm', rm],
  ['rmdir', rmdir],
  ['sed', sed],
  ['sleep', sleep],
  ['sort', sort],
  ['tail', tail],
  ['tee', tee],
  ['test', test],
  ['touch', touch],
  ['tr', tr],
  ['true', trueProgram],
  ['uniq', uniq],
  ['wc', wc],
])
