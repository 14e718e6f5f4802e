/** Every program that a machine or an image can contain, under the name its executable file carries (see kernel/execute.ts). */
import type { Program } from '../kernel/process.ts'
import { basename } from './basename.ts'
import { cat } from './cat.ts'
import { chmod } from './chmod.ts'
import { chgrp, chown } from './chown.ts'
import { clear, reset } from './clear.ts'
import { cp } from './cp.ts'
import { curl } from './curl.ts'
import { cut } from './cut.ts'
import { date } from './date.ts'
import { df } from './df.ts'
import { dirname } from './dirname.ts'
import { du } from './du.ts'
import { echo } from './echo.ts'
import { env } from './env.ts'
import { free } from './free.ts'
import { egrep, fgrep, grep } from './grep.ts'
import { head } from './head.ts'
import { hostname } from './hostname.ts'
import { groups, id, whoami } from './id.ts'
import { kill, killall, pgrep, pidof, pkill } from './kill.ts'
import { ln } from './ln.ts'
import { ls } from './ls.ts'
import { mkdir } from './mkdir.ts'
import { mount, umount } from './mount.ts'
import { mv } from './mv.ts'
import { printenv } from './printenv.ts'
import { printf } from './printf.ts'
import { ps } from './ps.ts'
import { pwd } from './pwd.ts'
import { readlink, realpath } from './realpath.ts'
import { rm } from './rm.ts'
import { rmdir } from './rmdir.ts'
import { sed } from './sed.ts'
import { seq } from './seq.ts'
import { sleep } from './sleep.ts'
import { sort } from './sort.ts'
import { stat } from './stat.ts'
import { stty } from './stty.ts'
import { tail } from './tail.ts'
import { tee } from './tee.ts'
import { bracket, test } from './test.ts'
import { touch } from './touch.ts'
import { tput } from './tput.ts'
import { tr } from './tr.ts'
import { falseProgram, trueProgram } from './true.ts'
import { tty } from './tty.ts'
import { arch, uname } from './uname.ts'
import { uniq } from './uniq.ts'
import { uptime } from './uptime.ts'
import { wc } from './wc.ts'
import { wget } from './wget.ts'
import { which } from './which.ts'
import { yes } from './yes.ts'

export const programs: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['[', bracket],
  ['arch', arch],
  ['basename', basename],
  ['cat', cat],
  ['chgrp', chgrp],
  ['chmod', chmod],
  ['chown', chown],
  ['clear', clear],
  ['cp', cp],
  ['curl', curl],
  ['cut', cut],
  ['date', date],
  ['df', df],
  ['dirname', dirname],
  ['du', du],
  ['echo', echo],
  ['egrep', egrep],
  ['env', env],
  ['false', falseProgram],
  ['fgrep', fgrep],
  ['free', free],
  ['grep', grep],
  ['groups', groups],
  ['head', head],
  ['hostname', hostname],
  ['id', id],
  ['kill', kill],
  ['killall', killall],
  ['ln', ln],
  ['ls', ls],
  ['mkdir', mkdir],
  ['mount', mount],
  ['mv', mv],
  ['pgrep', pgrep],
  ['pidof', pidof],
  ['pkill', pkill],
  ['printenv', printenv],
  ['printf', printf],
  ['ps', ps],
  ['pwd', pwd],
  ['readlink', readlink],
  ['realpath', realpath],
  ['reset', reset],
  ['rm', rm],
  ['rmdir', rmdir],
  ['sed', sed],
  ['seq', seq],
  ['sleep', sleep],
  ['sort', sort],
  ['stat', stat],
  ['stty', stty],
  ['tail', tail],
  ['tee', tee],
  ['test', test],
  ['touch', touch],
  ['tput', tput],
  ['tr', tr],
  ['true', trueProgram],
  ['tty', tty],
  ['umount', umount],
  ['uname', uname],
  ['uniq', uniq],
  ['uptime', uptime],
  ['wc', wc],
  ['wget', wget],
  ['which', which],
  ['whoami', whoami],
  ['yes', yes],
])
