/** base64: 76 letters a line, unless -w says otherwise; busybox knows -w too. */
import { base64Of, bytesOfBase64, joined } from '../../base/bytes.ts'
import { writeTo } from '../kernel/process.ts'
import { eachFile } from './each-file.ts'
import { flag, value } from './options.ts'
import { print, stringOf, wholeInput } from './text.ts'
import { complain, quoted, tool } from './tool.ts'

export const base64 = tool({
  name: 'base64',
  usage: '[OPTION]... [FILE]',
  summary: 'Base64 encode or decode FILE, or standard input, to standard output.',
  flags: {
    decode: flag('d|decode', 'decode data'),
    decodeBig: flag('D'),
    ignoreGarbage: flag('i|ignore-garbage', 'when decoding, ignore non-alphabet characters'),
    wrap: value('w|wrap', 'COLS', 'wrap encoded lines after COLS character (default 76).'),
  },
  *run(call) {
    const { process, flags } = call
    const columns = Number(flags.wrap ?? 76)
    if (!(columns >= 0)) {
      yield* complain(call, `invalid wrap size: ${quoted(flags.wrap ?? '')}`)
      return 1
    }
    let isBad = false
    const code = yield* eachFile(call, function* (descriptor) {
      const bytes = yield* wholeInput(process, descriptor)
      if (!flags.decode && !flags.decodeBig) {
        const text = base64Of(bytes)
        yield* print(process, columns === 0 ? text : text.replace(new RegExp(`.{1,${columns}}`, 'g'), '$&\n'))
        return
      }
      const text = stringOf(bytes).replace(flags.ignoreGarbage ? /[^A-Za-z0-9+/=]/g : /\n/g, '')
      // What is good before the bad is still written.
      const good = /^[A-Za-z0-9+/]*={0,2}/.exec(text)?.[0] ?? ''
      const whole = good.slice(0, Math.floor(good.length / 4) * 4)
      isBad = whole.length !== text.length
      const parts = [bytesOfBase64(whole)]
      const rest = good.slice(whole.length).replace(/=+$/, '')
      if (rest.length > 1) parts.push(bytesOfBase64(rest.padEnd(4, '=')))
      yield* writeTo(process, 1, joined(parts))
    })
    if (isBad) {
      yield* complain(call, call.busybox ? 'truncated input' : 'invalid input')
      return 1
    }
    return code
  },
})
