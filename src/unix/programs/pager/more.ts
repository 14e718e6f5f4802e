/** more, as util-linux 2.38 has it: it stays at the end of a file, with blank lines below, until q; busybox's ends there. */
import type { Blocking, Program } from '../../kernel/process.ts'
import { err } from '../../kernel/process.ts'
import { isBusybox } from '../flavour.ts'
import { bytesOfString, openInput, print, stringOf, wholeInput } from '../text.ts'
import { isErrno, isTerminal, wordsOf } from '../tool.ts'
import { regularExpression } from '../regular-expression.ts'
import { rowsOf } from './rows.ts'
import { terminalKeys } from './terminal-keys.ts'

export const more: Program = function* (process) {
  const { terminal } = process
  const busybox = isBusybox(process)
  const args = process.argv.slice(1)
  const from = args.find((arg) => /^\+\d+$/.test(arg))
  const names = args.filter((arg) => !/^[-+]./.test(arg))
  const endsAtEnd = busybox || args.includes('-e') || args.includes('--exit-on-eof')
  if (names.length === 0 && isTerminal(process, 0)) {
    yield* err(process, busybox ? 'BusyBox: more: missing FILE\n' : "more: bad usage\nTry 'more --help' for more information.\n")
    return 1
  }
  for (const [index, name] of (names.length > 0 ? names : ['-']).entries()) {
    let text: string
    try {
      text = stringOf(yield* wholeInput(process, openInput(process, name)))
    } catch (error) {
      if (isErrno(error, 'EISDIR') && !busybox) yield* print(process, `\n*** ${name}: directory ***\n\n`)
      else
        yield* err(process, busybox ? `more: can't open '${name}': ${wordsOf(error)}\n` : `more: cannot open ${name}: ${wordsOf(error)}\n`)
      continue
    }
    if (names.length > 1) yield* print(process, `${index > 0 && terminal ? '\n' : ''}::::::::::::::\n${name}\n::::::::::::::\n`)
    if (!terminal || !isTerminal(process, 1)) yield* print(process, text)
    else if (!(yield* show(text, { name, start: from === undefined ? 0 : Number(from.slice(1)) - 1 }))) return 0
  }
  return 0

  /** Answers false when the reader had enough. */
  function* show(text: string, { name, start }: { readonly name: string; readonly start: number }): Blocking<boolean> {
    if (!terminal) return true
    const keys = terminalKeys(process, terminal)
    const before = { mode: terminal.mode, echo: terminal.echo }
    const lines = text.replace(/\n$/, '').split('\n')
    const rows = lines.flatMap((line, number) =>
      rowsOf(line, number, { cols: terminal.cols, numbers: false, chops: false, raw: true, shift: 0 }, undefined).map((row) => ({
        ...row,
        text: row.text.replace(/\x1b\[m$/, ''),
      })),
    )
    const sizes = lines.map((line) => bytesOfString(line).length + 1)
    const total = sizes.reduce((sum, size) => sum + size, 0)
    const page = (): number => Math.max(1, terminal.rows - 1)
    let next = Math.max(
      0,
      rows.findIndex(({ line }) => line === start),
    )
    let pattern: RegExp | undefined
    let lead = ''
    let count = page()
    Object.assign(terminal, { mode: 'raw', echo: false })
    try {
      for (;;) {
        const shown = rows.slice(next, next + count)
        next += shown.length
        const isEnd = next >= rows.length
        const [first, ...others] = [
          ...shown.map(({ text: row }) => row),
          ...(isEnd && !endsAtEnd ? Array.from({ length: count - shown.length }, () => '') : []),
        ]
        yield* print(process, `${lead}${first ?? ''}${lead === '\r' ? '\x1b[K' : ''}\n${others.map((row) => `${row}\n`).join('')}`)
        if (isEnd && endsAtEnd) return true
        const seen = sizes.slice(0, rows[next - 1]?.line + 1).reduce((sum, size) => sum + size, 0)
        const percent = Math.floor((seen * 100) / total)
        if (busybox) yield* print(process, `--More-- ${name === '-' ? '' : `(${percent}% of ${total} bytes)`}`)
        else
          yield* print(
            process,
            isEnd ? '\x1b[7m--More--\r\x1b[K(END)\x1b[27m' : `\x1b[7m--More--${name === '-' ? '' : `(${percent}%)`}\x1b[27m`,
          )
        lead = '\r'
        for (;;) {
          const key = yield* keys.next()
          if (key === undefined || key === 'q' || key === 'Q' || key === '\x03') {
            yield* print(process, '\r\x1b[K')
            return false
          }
          if (key === ' ' || key === 'f' || key === 'z') count = page()
          else if (key === '\r' || key === '\n' || key === 'j') count = 1
          else if (key === 'd' || key === '\x04') count = 11
          else if ((key === 'b' || key === '\x02') && !busybox) {
            next = Math.max(0, next - page() * 2 - 1)
            count = page()
            lead = '\r\x1b[K...back 1 page\n\r'
          } else if (key === '=') {
            yield* print(process, `\r\x1b[K${rows[Math.min(next, rows.length) - 1].line + 1}`)
            continue
          } else if ((key === '/' || key === 'n') && !busybox) {
            if (key === '/') {
              yield* print(process, '\r\x1b[K/')
              let typed = ''
              for (
                let letter = yield* keys.next();
                letter !== undefined && letter !== '\r' && letter !== '\n';
                letter = yield* keys.next()
              ) {
                typed += letter
                yield* print(process, letter)
              }
              pattern = regularExpression(typed, { extended: false })
            }
            const found = rows.findIndex(({ line }, row) => row >= next && pattern?.test(lines[line]))
            if (found < 0) {
              yield* print(process, '\r\x1b[K\x1b[7mPattern not found\x1b[27m')
              continue
            }
            next = Math.max(0, found - 2)
            count = page()
            lead = '\r\x1b[K...skipping\n'
          } else {
            if (!busybox) yield* print(process, "\r\x1b[K\x1b[7m[Press space to continue, 'q' to quit.]\x1b[27m")
            continue
          }
          break
        }
      }
    } finally {
      Object.assign(terminal, before)
    }
  }
}
