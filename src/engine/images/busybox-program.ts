/**
 * The busybox binary: acts as the applet it was called by. Where busybox differs from GNU, the kernel has a program `busybox:<applet>`;
 * otherwise the ordinary one runs.
 */
import { err, out, type Program } from '../../unix/kernel/process.ts'
import { busyboxApplets } from './busybox.ts'

const banner = 'BusyBox v1.37.0 (2024-09-26 21:31:42 UTC) multi-call binary.\n'

export const busyboxProgram: Program = function* (process) {
  let argv = process.argv
  let name = (argv[0] ?? '').replace(/^.*\//, '').replace(/^-/, '')
  if (name === 'busybox') {
    argv = argv.slice(1)
    if (argv[0] === '--list') {
      yield* out(process, `${busyboxApplets.join('\n')}\n`)
      return 0
    }
    if (argv.length === 0 || argv[0] === '--help') {
      yield* out(process, `${banner}BusyBox is copyrighted by many authors between 1998-2015.\nLicensed under GPLv2. See source distribution for detailed\ncopyright notices.\n\nUsage: busybox [function [arguments]...]\n   or: busybox --list[-full]\n   or: busybox --show SCRIPT\n   or: busybox --install [-s] [DIR]\n   or: function [arguments]...\n\n\tBusyBox is a multi-call binary that combines many common Unix\n\tutilities into a single executable.  Most people will create a\n\tlink to busybox for each function they wish to use and BusyBox\n\twill act like whatever it was invoked as.\n\nCurrently defined functions:\n${wrapped(busyboxApplets)}\n`)
      return 0
    }
    name = argv[0].replace(/^.*\//, '')
    process.argv = argv
  }
  const { programs } = process.kernel
  const program = programs.get(name === 'sh' ? 'busybox:ash' : `busybox:${name}`) ?? (busyboxApplets.includes(name) ? (programs.get(name) ?? (name === 'sh' || name === 'ash' ? programs.get('bash') : undefined)) : undefined)
  if (!program) {
    yield* err(process, busyboxApplets.includes(name) ? `${name}: this busybox applet is not simulated\n` : `${name}: applet not found\n`)
    return 127
  }
  return yield* program(process)
}

function wrapped(names: readonly string[]): string {
  const lines: string[] = []
  let line = '\t'
  for (const name of names) {
    if (line.length + name.length + 2 > 72) {
      lines.push(line.trimEnd())
      line = '\t'
    }
    line += `${name}, `
  }
  return [...lines, line.replace(/, $/, '')].join('\n')
}
