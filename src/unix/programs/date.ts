/** date, on the session's clock. Setting it is refused: a container may not, and a machine's time belongs to the session. */
import { dateOf } from './date-text.ts'
import { eachLines } from './each-file.ts'
import { flag, optional, UsageError, value } from './options.ts'
import { print } from './text.ts'
import { momentOf, strftime, zoneOf } from './time-text.ts'
import { complain, quoted, tool } from './tool.ts'

const isoFormats: Readonly<Record<string, string>> = {
  '': '%Y-%m-%d',
  date: '%Y-%m-%d',
  hours: '%Y-%m-%dT%H%:z',
  minutes: '%Y-%m-%dT%H:%M%:z',
  seconds: '%Y-%m-%dT%H:%M:%S%:z',
  s: '%Y-%m-%dT%H:%M:%S%:z',
  ns: '%Y-%m-%dT%H:%M:%S,%N%:z',
}

export const date = tool({
  name: 'date',
  usage: '[OPTION]... [+FORMAT]\n[-u|--utc|--universal] [MMDDhhmm[[CC]YY][.ss]]',
  summary: 'Display date and time in the given FORMAT.',
  flags: {
    date: value('d|date', 'STRING', "display time described by STRING, not 'now'"),
    file: value('f|file', 'DATEFILE', 'like --date; once for each line of DATEFILE'),
    iso: optional('I|iso-8601', 'FMT', 'output date/time in ISO 8601 format'),
    mail: flag('R|rfc-email', 'output date and time in RFC 5322 format'),
    rfc3339: value('rfc-3339', 'FMT', 'output date/time in RFC 3339 format'),
    reference: value('r|reference', 'FILE', 'display the last modification time of FILE'),
    set: value('s|set', 'STRING', 'set time described by STRING'),
    utc: flag('u|utc|universal', 'print or set Coordinated Universal Time (UTC)'),
  },
  *run(call) {
    const { process, flags, operands } = call
    const zone = flags.utc ? 'UTC' : zoneOf(process)
    const format = operands.find((operand) => operand.startsWith('+'))?.slice(1)
    const extra = operands.filter((operand) => !operand.startsWith('+'))
    if (operands.length > 1) {
      yield* complain(call, `extra operand ${quoted(operands[1])}\nTry '${call.name} --help' for more information.`)
      return 1
    }
    if (flags.set !== undefined || extra.length > 0) {
      const ms = flags.set === undefined ? process.now() : dateOf(flags.set, process.now(), zone)
      if (ms === undefined || (flags.set === undefined && !/^\d{8,12}(\.\d\d)?$/.test(extra[0]))) {
        yield* complain(call, `invalid date ${quoted(flags.set ?? extra[0])}`)
        return 1
      }
      yield* complain(call, 'cannot set date: Operation not permitted')
      return 1
    }
    const fallback = process.env.LC_ALL === 'en_US.UTF-8' ? '%a %b %e %r %Z %Y' : '%a %b %e %H:%M:%S %Z %Y'
    const rfc3339 =
      flags.rfc3339 === undefined
        ? undefined
        : { date: '%Y-%m-%d', seconds: '%Y-%m-%d %H:%M:%S%:z', ns: '%Y-%m-%d %H:%M:%S.%N%:z' }[flags.rfc3339]
    const pattern =
      format ??
      (flags.iso !== undefined ? isoFormats[flags.iso] : undefined) ??
      rfc3339 ??
      (flags.mail ? '%a, %d %b %Y %H:%M:%S %z' : fallback)
    if (flags.iso !== undefined && !(flags.iso in isoFormats))
      throw new UsageError(`invalid argument ${quoted(flags.iso)} for '--iso-8601'`)
    let code = 0
    const show = function* (ms: number | undefined, text: string) {
      if (ms === undefined) {
        yield* complain(call, `invalid date ${quoted(text)}`)
        code = 1
      } else yield* print(process, `${strftime(pattern, momentOf(ms, zone))}\n`)
    }
    if (flags.file !== undefined) {
      return yield* eachLines({ ...call, operands: [flags.file] }, function* (lines) {
        for (const line of lines) yield* show(dateOf(line, process.now(), zone), line)
      })
    }
    if (flags.reference !== undefined) yield* show(process.files.stat(process.path(flags.reference)).modifiedMs, '')
    else if (flags.date !== undefined) yield* show(dateOf(flags.date, process.now(), zone), flags.date)
    else yield* show(process.now(), '')
    return code
  },
})
