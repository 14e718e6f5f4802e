/** How containerd writes a line of a pod's container: `2026-01-05T09:00:21.538000015Z stderr F Serving securely`. F: whole, P: the rest follows. */
import type { LogFormat, OutputStream } from './log-file.ts'

export const criLog: LogFormat = {
  encode: ({ text, stream, time }) => `${time} ${stream} ${text.endsWith('\n') ? 'F' : 'P'} ${text.replace(/\n$/, '')}`,
  decode(line) {
    const [, time = '', stream = 'stdout', tag, text = ''] = /^(\S*) (\S+) ([FP])\S* ?(.*)$/s.exec(line) ?? []
    return { time, stream: stream as OutputStream, text: tag === 'P' ? text : `${text}\n` }
  },
}
