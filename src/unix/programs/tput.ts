/** tput: the capabilities scripts ask for, as xterm has them. */
import type { Program } from '../kernel/process.ts'
import { err } from '../kernel/process.ts'
import { print } from './text.ts'

const texts: Readonly<Record<string, string>> = {
  clear: '\x1b[H\x1b[2J\x1b[3J',
  bold: '\x1b[1m',
  sgr0: '\x1b(B\x1b[m',
  smul: '\x1b[4m',
  rmul: '\x1b[24m',
  rev: '\x1b[7m',
  smso: '\x1b[7m',
  rmso: '\x1b[27m',
  dim: '\x1b[2m',
  civis: '\x1b[?25l',
  cnorm: '\x1b[?12l\x1b[?25h',
  el: '\x1b[K',
  ed: '\x1b[J',
  home: '\x1b[H',
  smcup: '\x1b[?1049h',
  rmcup: '\x1b[?1049l',
  sc: '\x1b7',
  rc: '\x1b8',
  bel: '\x07',
  cr: '\r',
  blink: '\x1b[5m',
  sitm: '\x1b[3m',
  ritm: '\x1b[23m',
  op: '\x1b[39;49m',
  el1: '\x1b[1K',
  cuu1: '\x1b[A',
  cud1: '\n',
  cuf1: '\x1b[C',
  cub1: '\b',
  ind: '\n',
  ri: '\x1bM',
  invis: '\x1b[8m',
  reset: '\x1bc\x1b[!p\x1b[?3;4l\x1b[4l\x1b>',
  longname: 'xterm with 256 colors',
}

/** Those that take a number. */
const moves: Readonly<Record<string, string>> = { cuu: 'A', cud: 'B', cuf: 'C', cub: 'D', hpa: 'G', il: 'L', dl: 'M', dch: 'P', ech: 'X' }

export const tput: Program = function* (process) {
  const [name, ...args] = process.argv[1] === '-T' ? process.argv.slice(3) : process.argv.slice(1)
  const numbers = args.map(Number)
  if (name === 'cols') yield* print(process, `${process.terminal?.cols ?? 80}\n`)
  else if (name === 'lines') yield* print(process, `${process.terminal?.rows ?? 24}\n`)
  else if (name === 'colors') yield* print(process, '256\n')
  else if (name === 'setaf' || name === 'setab')
    yield* print(
      process,
      numbers[0] < 8 ? `\x1b[${(name === 'setaf' ? 30 : 40) + numbers[0]}m` : `\x1b[${name === 'setaf' ? 38 : 48};5;${numbers[0]}m`,
    )
  else if (name === 'sgr' || name === 'init') yield* print(process, name === 'init' ? '\x1b[!p\x1b[?3;4l\x1b[4l\x1b>' : '\x1b(B\x1b[m')
  else if (name !== undefined && name in moves) yield* print(process, `\x1b[${numbers[0]}${moves[name]}`)
  else if (name === 'cup') yield* print(process, `\x1b[${numbers[0] + 1};${numbers[1] + 1}H`)
  else if (name !== undefined && name in texts) yield* print(process, texts[name])
  else {
    yield* err(process, name === undefined ? 'usage: tput [-V] [-S] [-T term] capname\n' : `tput: unknown terminfo capability '${name}'\n`)
    return name === undefined ? 2 : 4
  }
  return 0
}
