/** uptime: since the machine was switched on; a container tells the machine's. */
import { loadText, upText } from './memory-text.ts'
import { flag } from './options.ts'
import { print } from './text.ts'
import { momentOf, strftime, zoneOf } from './time-text.ts'
import { tool } from './tool.ts'

export const uptime = tool({
  name: 'uptime',
  usage: '[options]',
  summary: 'Tell how long the system has been running.',
  package: 'uptime from procps-ng 4.0.2',
  flags: { pretty: flag('p|pretty', 'show uptime in pretty format'), since: flag('s|since', 'system up since') },
  *run({ process, flags, busybox }) {
    const up = process.now() - process.kernel.bootedAt
    if (flags.since) yield* print(process, `${strftime('%Y-%m-%d %H:%M:%S', momentOf(process.kernel.bootedAt, zoneOf(process)))}\n`)
    else if (flags.pretty) {
      const minutes = Math.floor(up / 60_000)
      const parts = [
        [Math.floor(minutes / 1440), 'day'],
        [Math.floor(minutes / 60) % 24, 'hour'],
        [minutes % 60, 'minute'],
      ] as const
      yield* print(
        process,
        `up ${parts
          .filter(([number, unit]) => number > 0 || (unit === 'minute' && minutes === 0))
          .map(([number, unit]) => `${number} ${unit}${number === 1 ? '' : 's'}`)
          .join(', ')}\n`,
      )
    } else
      yield* print(
        process,
        ` ${strftime('%H:%M:%S', momentOf(process.now(), zoneOf(process)))} up ${upText(up)},  ${busybox ? '0' : '1'} user${busybox ? 's' : ''},  load average: ${loadText(process)}\n`,
      )
    return 0
  },
})
