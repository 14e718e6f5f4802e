/**
 * sysctl, dmesg, lsmod, modprobe, rmmod, swapon and swapoff: what lessons about kubeadm ask of a kernel. Settings are the files below
 * /proc/sys; a module is only a name that is loaded or not, because what it would do is always there.
 */
import { hasCapability } from '../../kernel/capabilities.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Blocking, Process } from '../../kernel/process.ts'
import { err } from '../../kernel/process.ts'
import { count, flag, list, UsageError, value } from '../options.ts'
import { print } from '../text.ts'
import { momentOf, strftime, zoneOf } from '../time-text.ts'
import { baseName, complain, tool, wordsOf } from '../tool.ts'
import { UnixError } from '../../errors.ts'

export const sysctl = tool({
  name: 'sysctl',
  usage: '[options] [variable[=value] ...]',
  summary: '',
  package: 'sysctl from procps-ng 4.0.2',
  flags: {
    all: flag('a|all|A|X', 'display all variables'),
    ignore: flag('e|ignore', 'ignore unknown variables errors'),
    names: flag('N|names', 'print variable names without values'),
    values: flag('n|values', 'print only values of the given variable(s)'),
    file: flag('p|load|f', 'read values from file'),
    system: flag('system', 'read values from all system directories'),
    pattern: value('r|pattern', 'expression', 'select setting that match expression'),
    quiet: flag('q|quiet', 'do not echo variable set'),
    write: flag('w|write', 'enable writing a value to variable'),
  },
  *run(call) {
    const { process, flags, operands } = call
    let code = 0
    if (flags.all) {
      for (const name of names(process, '/proc/sys'))
        if (flags.pattern === undefined || new RegExp(flags.pattern).test(name)) yield* show(name)
      return 0
    }
    if (flags.system || flags.file) {
      const files = flags.system ? systemFiles(process) : operands.length > 0 ? operands : ['/etc/sysctl.conf']
      for (const file of files) {
        if (!process.files.exists(process.path(file))) {
          yield* complain(call, `cannot open "${file}": No such file or directory`)
          code = 1
          continue
        }
        if (flags.system) yield* print(process, `* Applying ${file} ...\n`)
        for (const line of process.files.readText(process.path(file)).split('\n')) {
          const setting = /^\s*-?([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line)
          if (setting && !(yield* set(setting[1], setting[2]))) code = 1
        }
      }
      return code
    }
    if (operands.length === 0) {
      yield* err(process, "sysctl: no variables specified\nTry `sysctl --help' for more information.\n")
      return 1
    }
    for (const operand of operands) {
      const equals = operand.indexOf('=')
      if (equals >= 0) {
        if (!(yield* set(operand.slice(0, equals), operand.slice(equals + 1)))) code = 1
      } else if (flags.write) {
        yield* complain(call, `"${operand}" must be of the form name=value`)
        code = 1
      } else {
        const path = pathOf(operand)
        if (!process.files.exists(path)) {
          if (!flags.ignore) {
            yield* complain(call, `cannot stat ${path}: No such file or directory`)
            code = 1
          }
        } else if (process.files.stat(path).kind === 'directory') for (const name of names(process, path)) yield* show(name)
        else yield* show(operand.replaceAll('/', '.'))
      }
    }
    return code

    function* show(name: string): Blocking<void> {
      const text = process.files.readText(pathOf(name)).replace(/\n$/, '')
      yield* print(
        process,
        flags.names
          ? `${name}\n`
          : flags.values
            ? `${text}\n`
            : text
                .split('\n')
                .map((line) => `${name} = ${line}\n`)
                .join(''),
      )
    }

    function* set(name: string, wanted: string): Blocking<boolean> {
      const path = pathOf(name)
      if (!process.files.exists(path)) {
        if (flags.ignore) return true
        yield* complain(call, `cannot stat ${path}: No such file or directory`)
        return false
      }
      try {
        const file = process.files.open(path, { write: true }, process.credentials)
        file.write(new TextEncoder().encode(`${wanted}\n`))
        file.close()
      } catch (error) {
        const words = wordsOf(error)
        yield* complain(
          call,
          words === 'Permission denied'
            ? `permission denied on key "${name}"${flags.ignore ? ', ignoring' : ''}`
            : `setting key "${name}"${flags.ignore ? ', ignoring' : ''}: ${words}`,
        )
        return false
      }
      if (!flags.quiet)
        yield* print(process, flags.names ? `${name}\n` : flags.values ? `${wanted}\n` : `${name.replaceAll('/', '.')} = ${wanted}\n`)
      return true
    }
  },
})

const pathOf = (name: string): string => `/proc/sys/${name.includes('/') ? name : name.replaceAll('.', '/')}`

function names(process: Process, folder: string): string[] {
  return [...process.files.list(folder)].sort().flatMap((name) => {
    const path = `${folder}/${name}`
    return process.files.stat(path).kind === 'directory' ? names(process, path) : [path.slice('/proc/sys/'.length).replaceAll('/', '.')]
  })
}

/** Where --system looks; of files of the same name the first folder's counts. */
function systemFiles(process: Process): string[] {
  const found = new Map<string, string>()
  for (const folder of ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d', '/lib/sysctl.d']) {
    if (!process.files.exists(folder)) continue
    for (const name of process.files.list(folder)) if (name.endsWith('.conf') && !found.has(name)) found.set(name, `${folder}/${name}`)
  }
  return [
    ...[...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path),
    ...(process.files.exists('/etc/sysctl.conf') ? ['/etc/sysctl.conf'] : []),
  ]
}

export const dmesg = tool({
  name: 'dmesg',
  usage: '[options]',
  summary: 'Display or control the kernel ring buffer.',
  package: 'dmesg from util-linux 2.38.1',
  flags: {
    clear: flag('C|clear', 'clear the kernel ring buffer'),
    human: flag('H|human', 'human readable output'),
    kernel: flag('k|kernel', 'display kernel messages'),
    color: value('color', 'when'),
    level: value('l|level', 'list', 'restrict output to defined levels'),
    time: flag('T|ctime', 'show human-readable timestamp'),
    noTime: flag('t|notime', "don't show any timestamp with messages"),
    follow: flag('w|follow', 'wait for new messages'),
    noPager: flag('P|nopager', 'do not pipe output into a pager'),
  },
  *run(call) {
    const { process, flags } = call
    const { kernel } = process
    if (!hasCapability(process.credentials, 'SYSLOG')) {
      yield* complain(call, call.busybox ? 'klogctl: Operation not permitted' : 'read kernel buffer failed: Operation not permitted')
      return 1
    }
    if (flags.clear) {
      clearedAt.set(kernel, kernel.messages.length)
      return 0
    }
    const line = ({ at, text }: { readonly at: number; readonly text: string }): string => {
      if (flags.noTime) return `${text}\n`
      if (flags.time || flags.human) return `[${strftime('%a %b %e %H:%M:%S %Y', momentOf(at, zoneOf(process)))}] ${text}\n`
      return `[${((at - kernel.bootedAt) / 1000).toFixed(6).padStart(12)}] ${text}\n`
    }
    // The start is told as information, what was killed as errors.
    const showsStart = !clearedAt.has(kernel) && /^$|\binfo\b/.test(flags.level ?? '')
    const showsKills = /^$|\b(err|warn|crit)\b/.test(flags.level ?? '')
    let seen = showsKills ? (clearedAt.get(kernel) ?? 0) : kernel.messages.length
    if (showsStart) yield* print(process, bootMessages(process).map(line).join(''))
    for (;;) {
      yield* print(process, kernel.messages.slice(seen).map(line).join(''))
      seen = showsKills ? kernel.messages.length : seen
      if (!flags.follow) break
      yield { until: process.now() + 1000 }
    }
    return 0
  },
})

/** How many messages were there when the buffer was last cleared. */
const clearedAt = new WeakMap<Kernel, number>()

function bootMessages({ kernel, files }: Process): readonly { readonly at: number; readonly text: string }[] {
  const root = files.mounts.find(({ at }) => at === '/')?.source ?? '/dev/vda1'
  return [
    `Linux version ${kernel.release} (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.140-1 (2025-05-22)`,
    `Command line: BOOT_IMAGE=/boot/vmlinuz-${kernel.release} root=${root} ro quiet`,
    `smpboot: Allowing ${kernel.cpus} CPUs, 0 hotplug CPUs`,
    `Memory: ${Math.round((kernel.memoryBytes * 0.92) / 1024)}K/${Math.round(kernel.memoryBytes / 1024)}K available`,
    'systemd[1]: Detected virtualization kvm.',
    `EXT4-fs (${baseName(root)}): mounted filesystem with ordered data mode. Quota mode: none.`,
  ].map((text, index) => ({ at: kernel.bootedAt + index * 217.4, text }))
}

/** What a Debian machine with Docker has loaded, with sizes; and what else lessons load. */
const builtIn: Readonly<Record<string, readonly [size: number, uses: number, by: string]>> = {
  overlay: [163840, 0, ''],
  br_netfilter: [36864, 0, ''],
  bridge: [311296, 1, 'br_netfilter'],
  stp: [16384, 1, 'bridge'],
  llc: [16384, 2, 'bridge,stp'],
  nf_nat: [57344, 3, 'xt_nat,nft_chain_nat,xt_MASQUERADE'],
  nf_conntrack: [188416, 5, 'xt_conntrack,nf_nat,xt_nat,nf_conntrack_netlink,xt_MASQUERADE'],
  veth: [40960, 0, ''],
  xt_conntrack: [16384, 1, ''],
  xt_MASQUERADE: [20480, 1, ''],
  ip_tables: [36864, 0, ''],
}
const loadable: Readonly<Record<string, number>> = {
  ip_vs: 184320,
  ip_vs_rr: 16384,
  ip_vs_wrr: 16384,
  ip_vs_sh: 16384,
  nf_conntrack_ipv4: 16384,
  vxlan: 143360,
  ipip: 20480,
  wireguard: 94208,
  dummy: 16384,
  macvlan: 28672,
  ipvlan: 53248,
  '8021q': 40960,
  nfs: 536576,
  nfsd: 720896,
  loop: 32768,
  fuse: 176128,
  rbd: 131072,
  xt_nat: 16384,
  iptable_nat: 16384,
  ip6_tables: 36864,
  ebtables: 36864,
  tun: 61440,
  zram: 36864,
  btrfs: 1777664,
  xfs: 1957888,
  dm_mod: 184320,
  configfs: 57344,
  kvm: 1142784,
  sctp: 425984,
}

const modules = new WeakMap<Kernel, Set<string>>()

function loaded(kernel: Kernel): Set<string> {
  let set = modules.get(kernel)
  if (!set) modules.set(kernel, (set = new Set(Object.keys(builtIn))))
  return set
}

export const lsmod = tool({
  name: 'lsmod',
  usage: '',
  summary: 'Show the status of modules in the Linux Kernel',
  package: 'kmod version 30',
  flags: {},
  *run({ process }) {
    const rows = [...loaded(process.kernel)].toReversed().map((name) => {
      const [size, uses, by] = builtIn[name] ?? [loadable[name], 0, '']
      return `${name.padEnd(20)} ${String(size).padStart(6)}  ${uses}${by === '' ? '' : ` ${by}`}\n`
    })
    yield* print(process, `Module                  Size  Used by\n${rows.join('')}`)
    return 0
  },
})

export const modprobe = tool({
  name: 'modprobe',
  usage: '[options] [-i] [-b] modulename\n[options] -a [-i] [-b] modulename [modulename...]\n[options] -r [-i] modulename',
  summary: '',
  package: 'kmod version 30',
  stopsAtOperand: true,
  flags: {
    all: flag('a|all'),
    remove: flag('r|remove'),
    quiet: flag('q|quiet'),
    verbose: count('v|verbose'),
    dryRun: flag('n|dry-run|show'),
    firstTime: flag('first-time'),
    force: flag('f|force'),
    blacklist: flag('b|use-blacklist'),
    ignore: flag('i|ignore-install'),
  },
  *run(call) {
    const { process, flags, operands } = call
    if (operands.length === 0) {
      yield* err(process, 'modprobe: ERROR: missing parameters. See -h.\n')
      return 1
    }
    let code = 0
    for (const typed of flags.all || flags.remove ? operands : operands.slice(0, 1)) {
      const name = typed.replaceAll('-', '_')
      if (!(name in builtIn) && !(name in loadable)) {
        if (!flags.quiet)
          yield* err(process, `modprobe: FATAL: Module ${typed} not found in directory /lib/modules/${process.kernel.release}\n`)
        code = 1
      } else if (!hasCapability(process.credentials, 'SYS_MODULE')) {
        if (loaded(process.kernel).has(name) !== flags.remove) continue
        yield* err(process, `modprobe: ERROR: could not ${flags.remove ? 'remove' : 'insert'} '${name}': Operation not permitted\n`)
        code = 1
      } else if (flags.dryRun) continue
      else if (flags.remove) {
        if (!loaded(process.kernel).delete(name)) {
          yield* err(process, `modprobe: FATAL: Module ${name} is not in kernel.\n`)
          code = 1
        }
      } else {
        if (flags.verbose > 0 && !loaded(process.kernel).has(name))
          yield* print(process, `insmod /lib/modules/${process.kernel.release}/kernel/${name}.ko \n`)
        loaded(process.kernel).add(name)
      }
    }
    return code
  },
})

export const rmmod = tool({
  name: 'rmmod',
  usage: '[options] modulename ...',
  summary: '',
  package: 'kmod version 30',
  flags: { force: flag('f|force'), syslog: flag('s|syslog'), verbose: flag('v|verbose') },
  *run({ process, operands }) {
    if (operands.length === 0) {
      yield* err(process, 'rmmod: ERROR: missing module name.\n')
      return 1
    }
    let code = 0
    for (const name of operands) {
      const words = !loaded(process.kernel).has(name)
        ? `Module ${name} is not currently loaded`
        : !hasCapability(process.credentials, 'SYS_MODULE')
          ? `could not remove '${name}': Operation not permitted`
          : undefined
      if (words === undefined) loaded(process.kernel).delete(name)
      else {
        yield* err(process, `rmmod: ERROR: ${words}\n`)
        code = 1
      }
    }
    return code
  },
})

/** No machine of the sandbox has swap, so there is nothing to turn off and nothing to show. */
export const swapoff = tool({
  name: 'swapoff',
  usage: '[options] [<spec>]',
  summary: 'Disable devices and files for paging and swapping.',
  package: 'swapoff from util-linux 2.38.1',
  flags: { all: flag('a|all', 'disable all swaps from /proc/swaps'), verbose: flag('v|verbose', 'verbose mode') },
  *run(call) {
    const { process, flags, operands } = call
    if (process.credentials.uid !== 0) {
      yield* complain(call, 'Not superuser.')
      return 1
    }
    if (!flags.all && operands.length === 0) throw new UsageError('bad usage')
    for (const one of operands)
      yield* complain(
        call,
        `${one}: swapoff failed: ${process.files.exists(process.path(one)) ? 'Invalid argument' : 'No such file or directory'}`,
      )
    return operands.length > 0 ? 4 : 0
  },
})

export const swapon = tool({
  name: 'swapon',
  usage: '[options] [<spec>]',
  summary: 'Enable devices and files for paging and swapping.',
  package: 'swapon from util-linux 2.38.1',
  flags: {
    all: flag('a|all'),
    show: flag('show'),
    summary: flag('s|summary'),
    noHeadings: flag('noheadings'),
    bytes: flag('bytes'),
    options: list('o|options'),
  },
  *run(call) {
    const { process, flags, operands } = call
    if (operands.length === 0 && !flags.all) return 0
    if (process.credentials.uid !== 0) {
      yield* complain(call, `cannot open ${operands[0] ?? '/etc/fstab'}: Permission denied`)
      return 255
    }
    for (const one of operands) {
      if (process.files.exists(process.path(one))) yield* complain(call, `${one}: swapon failed: the sandbox's machines have no swap`)
      else yield* complain(call, `cannot open ${one}: ${new UnixError('ENOENT').words}`)
    }
    return operands.length > 0 ? 255 : 0
  },
})
