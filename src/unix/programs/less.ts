/** less and more: a page at a time on a terminal; into a pipe, plain cat. Keys: space, b, j, k, g, G, /text, n, q. */
import { type Blocking, type Process, type Program, readFrom } from '../kernel/process.ts'
import { eachFile } from './each-file.ts'
import { isBusybox } from './flavour.ts'
import { print, stringOf, wholeInput } from './text.ts'
import { isTerminal } from './tool.ts'

function* pager(process: Process): Blocking<number> {
  const call = { process, name: process.argv[0], operands: process.argv.slice(1).filter((arg) => arg === '-' || !/^[-+]/.test(arg)), busybox: isBusybox(process) }
  const { terminal } = process
  let text = ''
  const code = yield* eachFile(call, function* (descriptor) {
    text += stringOf(yield* wholeInput(process, descriptor))
  })
  if (!terminal || !isTerminal(process, 1)) {
    yield* print(process, text)
    return code
  }
  const lines = text.replace(/\n$/, '').split('\n')
  const page = (): number => Math.max(1, terminal.rows - 1)
  const keys = terminal.file
  const fd = process.install(keys, undefined, 3)
  const before = { mode: terminal.mode, echo: terminal.echo, signals: terminal.signals }
  terminal.mode = 'raw'
  terminal.echo = false
  let top = 0
  let search = ''
  try {
    for (;;) {
      top = Math.max(0, Math.min(top, lines.length - page()))
      const shown = lines.slice(top, top + page()).map((line) => line.slice(0, terminal.cols))
      while (shown.length < page()) shown.push('~')
      const isEnd = top + page() >= lines.length
      yield* print(process, `\x1b[H\x1b[2J${shown.join('\r\n')}\r\n${isEnd ? '\x1b[7m(END)\x1b[m' : ':'}`)
      const key = stringOf(yield* readFrom(process, fd, 16))
      if (key === '' || /^[qQ\x03]/.test(key)) return code
      if (key === ' ' || key === 'f' || key === '\x1b[6~') top += page()
      else if (key === 'b' || key === '\x1b[5~') top -= page()
      else if (key === 'k' || key === '\x1b[A') top--
      else if (key === 'g') top = 0
      else if (key === 'G') top = lines.length
      else if (key === '/') {
        search = ''
        for (;;) {
          yield* print(process, `\r\x1b[K/${search}`)
          const typed = stringOf(yield* readFrom(process, fd, 16))
          if (/[\r\n]/.test(typed)) break
          search = typed === '\x7f' ? search.slice(0, -1) : search + typed
        }
        top = found(top)
      } else if (key === 'n' && search !== '') top = found(top + 1)
      else top++
    }
  } finally {
    Object.assign(terminal, before)
    if (!process.isEnded) process.file(1).write(new TextEncoder().encode('\r\x1b[K'))
  }
  function found(from: number): number {
    const at = lines.findIndex((line, index) => index >= from && line.includes(search))
    return at < 0 ? top : at
  }
}

export const less: Program = (process) => pager(process)
export const more: Program = (process) => pager(process)
