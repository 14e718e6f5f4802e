/** less and more beside recordings of less 590 and util-linux 2.38: one key at a time on a terminal of 80 by 24. */
import { describe, expect, test } from 'vitest'
import { bytesOf, textOf } from '../../../base/bytes.ts'
import type { Program } from '../../kernel/process.ts'
import { Descriptor } from '../../kernel/open-file.ts'
import { createTerminal } from '../../kernel/terminal.ts'
import { bench } from '../testing.ts'
import { less } from './less.ts'
import { more } from './more.ts'

const hundred = Array.from({ length: 100 }, (_, index) => `line ${index + 1}\n`).join('')
const lines = (from: number, to: number): string => Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\r\n`).join('')
const enter = '\x1b[?1049h\x1b[22;0;0t\x1b[?1h\x1b=\r'
const leave = '\r\x1b[K\x1b[?1l\x1b>\x1b[?1049l\x1b[23;0;0t'

/** What is sent at the start and after each key. */
function sent(
  program: Program,
  argv: readonly string[],
  keys: readonly string[],
  texts: Readonly<Record<string, string>> = { 'f.txt': hundred, 's.txt': '1\n2\n3\n' },
): string[] {
  const { kernel, init, clock } = bench(new Map([['pager', program]]), texts)
  const terminal = createTerminal(kernel, { name: '/dev/pts/0' })
  const descriptor = new Descriptor(terminal.file)
  kernel.spawn({
    program,
    argv,
    env: init.env,
    cwd: '/w',
    namespaces: init.namespaces,
    credentials: init.credentials,
    cgroup: init.cgroup,
    terminal,
    descriptors: new Map([0, 1, 2].map((number) => [number, descriptor])),
    parent: init,
  })
  const look = (): string => {
    clock.advance(20)
    return textOf(terminal.takeOutput())
  }
  return [
    look(),
    ...keys.map((key) => {
      terminal.type(bytesOf(key))
      return look()
    }),
  ]
}

describe('less', () => {
  test('a page names the file, later ones end with a colon', () => {
    expect(sent(less, ['less', 'f.txt'], [' ', 'j', 'q'])).toEqual([
      `${enter}${lines(1, 23)}\x1b[7mf.txt\x1b[27m\x1b[K`,
      `\r\x1b[K${lines(24, 46)}:\x1b[K`,
      '\r\x1b[Kline 47\r\n:\x1b[K',
      leave,
    ])
  })

  test('back is drawn from above, the end says so and a short file is at its end at once', () => {
    expect(sent(less, ['less', 'f.txt'], ['j', 'k', 'G'])).toEqual([
      `${enter}${lines(1, 23)}\x1b[7mf.txt\x1b[27m\x1b[K`,
      '\r\x1b[Kline 24\r\n:\x1b[K',
      '\r\x1b[K\x1b[H\x1bMline 1\r\n\x1b[24;1H\r\x1b[K:\x1b[K',
      `\r\x1b[K...skipping...\r\n${lines(78, 100)}\x1b[7m(END)\x1b[27m\x1b[K`,
    ])
    expect(sent(less, ['less', 's.txt'], ['j', 'q'])).toEqual([
      `${enter}1\r\n2\r\n3\r\n\x1b[7ms.txt (END)\x1b[27m\x1b[K`,
      '\r\x1b[K\x07\x1b[7m(END)\x1b[27m\x1b[K',
      leave,
    ])
  })

  test('what was searched for stands in reverse, and n goes on to the next', () => {
    const [, , next] = sent(less, ['less', 'f.txt'], ['/line 5\r', 'n'])
    expect(next).toBe(
      `\r\x1b[K/\r\x1b[K...skipping...\r\n${lines(50, 59).replaceAll('line 5', '\x1b[7mline 5\x1b[27m')}${lines(60, 72)}:\x1b[K`,
    )
  })

  test('what is not there is said, and the next key counts', () => {
    const [, missing, after] = sent(less, ['less', 'f.txt'], ['/zzz\r', 'q'])
    expect(missing.endsWith('\x1b[7mPattern not found  (press RETURN)\x1b[27m')).toBe(true)
    expect(after).toBe(`\x1b[24;1H\x1b[K${leave}`)
  })

  test('-F leaves a short file on the screen, -N numbers, -S chops', () => {
    expect(sent(less, ['less', '-F', 's.txt'], [])).toEqual(['1\r\n2\r\n3\r\n'])
    expect(sent(less, ['less', '-N', 's.txt'], [])).toEqual([
      `${enter}      1 1\r\n      2 2\r\n      3 3\r\n\x1b[7ms.txt (END)\x1b[27m\x1b[K`,
    ])
    expect(sent(less, ['less', '-S', 'w.txt'], [], { 'w.txt': `${'abcdefghij'.repeat(9)}\nx\n` })).toEqual([
      `${enter}${'abcdefghij'.repeat(8).slice(0, 79)}\x1b[7m>\x1b[27m\r\nx\r\n\x1b[7mw.txt (END)\x1b[27m\x1b[K`,
    ])
  })

  test('what cannot be opened is refused', () => {
    expect(sent(less, ['less', 'nosuch'], [])).toEqual(['nosuch: No such file or directory\r\n'])
    expect(sent(less, ['less', '/tmp'], [])).toEqual(['/tmp is a directory\r\n'])
    expect(sent(less, ['less'], [])).toEqual(['Missing filename ("less --help" for help)\r\n'])
  })
})

test('more shows how far it is, and stays at the end', () => {
  expect(sent(more, ['more', 'f.txt'], [' ', '\r', 'q'])).toEqual([
    `${lines(1, 23)}\x1b[7m--More--(22%)\x1b[27m`,
    `\rline 24\x1b[K\r\n${lines(25, 46)}\x1b[7m--More--(45%)\x1b[27m`,
    '\rline 47\x1b[K\r\n\x1b[7m--More--(46%)\x1b[27m',
    '\r\x1b[K',
  ])
  expect(sent(more, ['more', 's.txt'], [])).toEqual([`1\r\n2\r\n3\r\n${'\r\n'.repeat(20)}\x1b[7m--More--\r\x1b[K(END)\x1b[27m`])
})
