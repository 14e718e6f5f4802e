/** free: the machine's memory. */
import { memoryUse } from './memory-text.ts'
import { flag, value } from './options.ts'
import { print } from './text.ts'
import { tool } from './tool.ts'

export const free = tool({
  name: 'free',
  usage: '[options]',
  summary: 'Display amount of free and used memory in the system.',
  package: 'free from procps-ng 4.0.2',
  flags: {
    bytes: flag('b|bytes', 'show output in bytes'),
    kibi: flag('k|kibi', 'show output in kibibytes'),
    mebi: flag('m|mebi', 'show output in mebibytes'),
    gibi: flag('g|gibi', 'show output in gibibytes'),
    mega: flag('mega'),
    giga: flag('giga'),
    human: flag('h|human', 'show human-readable output'),
    wide: flag('w|wide', 'wide output'),
    total: flag('t|total', 'show total for RAM + swap'),
    seconds: value('s|seconds', 'N'),
    count: value('c|count', 'N'),
  },
  *run({ process, flags, busybox }) {
    const use = memoryUse(process)
    const text = (bytes: number): string => {
      if (flags.human) return human(bytes)
      return String(
        Math.floor(bytes / (flags.bytes ? 1 : flags.mebi ? 2 ** 20 : flags.gibi ? 2 ** 30 : flags.mega ? 1e6 : flags.giga ? 1e9 : 1024)),
      )
    }
    const row = (name: string, values: readonly number[]): string =>
      name.padEnd(busybox ? 7 : 8) +
      values
        .map((bytes) => text(bytes).padStart(12))
        .join('')
        .replace(/^ /, busybox ? ' ' : ' ') +
      '\n'
    const memory = [use.total, use.used, use.free, use.shared, use.cache, use.available]
    let shown = busybox
      ? '              total        used        free      shared  buff/cache   available\n'
      : '               total        used        free      shared  buff/cache   available\n'
    shown += row('Mem:', memory) + row('Swap:', [0, 0, 0])
    if (flags.total) shown += row('Total:', [use.total, use.used, use.free])
    yield* print(process, shown)
    return 0
  },
})

function human(bytes: number): string {
  const units = ['B', 'Ki', 'Mi', 'Gi', 'Ti']
  let size = bytes
  let power = 0
  while (size >= 1000 && power < 4) {
    size /= 1024
    power++
  }
  return power === 0 ? `${size}B` : `${size < 10 ? size.toFixed(1) : Math.round(size)}${units[power]}`
}
