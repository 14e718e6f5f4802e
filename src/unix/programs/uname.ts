/** uname and arch: the kernel's name and release; the node name is the namespace's, so a container says its own. */
import type { Program } from '../kernel/process.ts'
import { flag, UsageError } from './options.ts'
import { print } from './text.ts'
import { quoted, tool } from './tool.ts'

export const uname = tool({
  name: 'uname',
  usage: '[OPTION]...',
  summary: 'Print certain system information.  With no OPTION, same as -s.',
  flags: {
    all: flag('a|all', 'print all information'),
    kernel: flag('s|kernel-name', 'print the kernel name'),
    node: flag('n|nodename', 'print the network node hostname'),
    release: flag('r|kernel-release', 'print the kernel release'),
    kernelVersion: flag('v|kernel-version', 'print the kernel version'),
    machine: flag('m|machine', 'print the machine hardware name'),
    processor: flag('p|processor', 'print the processor type (non-portable)'),
    platform: flag('i|hardware-platform', 'print the hardware platform (non-portable)'),
    system: flag('o|operating-system', 'print the operating system'),
  },
  *run({ process, flags, operands, busybox }) {
    if (operands.length > 0) throw new UsageError(`extra operand ${quoted(operands[0])}`)
    const { all } = flags
    const isUbuntu = !busybox && process.kernel.release.endsWith('-generic')
    const parts = [
      (all ||
        flags.kernel ||
        !(flags.node || flags.release || flags.kernelVersion || flags.machine || flags.processor || flags.platform || flags.system)) &&
        'Linux',
      (all || flags.node) && process.namespaces.uts.hostname,
      (all || flags.release) && process.kernel.release,
      (all || flags.kernelVersion) &&
        (isUbuntu ? '#71-Ubuntu SMP PREEMPT_DYNAMIC Tue Jul 22 16:52:38 UTC 2025' : '#1 SMP PREEMPT_DYNAMIC Debian 6.1.140-1 (2025-05-22)'),
      (all || flags.machine) && 'x86_64',
      // Debian's uname does not know them, Ubuntu's does.
      (flags.processor || (all && isUbuntu)) && (isUbuntu ? 'x86_64' : 'unknown'),
      (flags.platform || (all && isUbuntu)) && (isUbuntu ? 'x86_64' : 'unknown'),
      (all || flags.system) && (busybox && !all ? 'GNU/Linux' : busybox ? 'Linux' : 'GNU/Linux'),
    ]
    yield* print(process, `${parts.filter(Boolean).join(' ')}\n`)
    return 0
  },
})

export const arch: Program = function* (process) {
  yield* print(process, 'x86_64\n')
  return 0
}
