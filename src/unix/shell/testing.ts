/** For tests of the shell: the programs' bench with our shells in it. */
import { deviceFiles } from '../files/devices.ts'
import { procFiles } from '../files/proc-files.ts'
import type { Program } from '../kernel/process.ts'
import { type Bench, bench } from '../programs/testing.ts'
import { ash, bash } from './bash.ts'

export function snippetBench(programs: ReadonlyMap<string, Program>): Bench {
  const machine = bench(new Map([...programs, ['bash', bash], ['sh', bash], ['ash', ash]]))
  const { files } = machine.init
  if (!files.exists('/usr')) files.mkdir('/usr', { mode: 0o755 })
  if (!files.exists('/usr/bin')) files.symlink('/bin', '/usr/bin')
  files.mount({ at: '/dev', files: deviceFiles(machine.kernel), root: '/', isReadOnly: false, source: 'udev' })
  if (!files.exists('/proc')) files.mkdir('/proc', { mode: 0o555 })
  files.mount({ at: '/proc', files: procFiles(machine.kernel, machine.kernel.rootPids), root: '/', isReadOnly: false, source: 'proc' })
  return machine
}
