/** File modes as people write them (`755`, `u+x,go-w`) and as `ls -l` shows them. */
import type { NodeKind } from '../files/node.ts'

export class ModeError extends Error {}

/** The mode after a change. Throws ModeError on what is no mode. */
export function changedMode(mode: number, change: string, { isDirectory, umask }: { isDirectory: boolean; umask: number }): number {
  if (/^[0-7]{1,5}$/.test(change)) {
    const bits = Number.parseInt(change, 8)
    // Octal modes keep setuid and setgid of directories unless they are spelled with five digits.
    return isDirectory && change.length < 5 ? bits | (mode & 0o6000) : bits
  }
  let result = mode
  for (const clause of change.split(',')) {
    const match = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause)
    if (!match) throw new ModeError(change)
    const who = match[1]
    const all = who === '' || who.includes('a')
    for (const [, operator, letters] of match[2].matchAll(/([-+=])([rwxXst]*|[ugo])/g)) {
      let bits = 0
      if (/^[ugo]$/.test(letters)) {
        const part = (result >> { u: 6, g: 3, o: 0 }[letters as 'u' | 'g' | 'o']) & 7
        bits = part * 0o111
      } else {
        if (letters.includes('r')) bits |= 0o444
        if (letters.includes('w')) bits |= 0o222
        if (letters.includes('x') || (letters.includes('X') && (isDirectory || (result & 0o111) !== 0))) bits |= 0o111
      }
      const u = all || who.includes('u')
      const g = all || who.includes('g')
      const o = all || who.includes('o')
      let mask = (u ? 0o700 : 0) | (g ? 0o070 : 0) | (o ? 0o007 : 0)
      if (letters.includes('s')) bits |= (u ? 0o4000 : 0) | (g ? 0o2000 : 0)
      if (letters.includes('t')) bits |= 0o1000
      let special = (letters.includes('s') ? bits & 0o6000 : 0) | (letters.includes('t') ? 0o1000 : 0)
      if (who === '') {
        bits &= ~umask
        if (operator === '=') mask = 0o777
      }
      const changed = (bits & mask & 0o777) | special
      if (operator === '+') result |= changed
      else if (operator === '-') result &= ~changed
      else result = (result & ~(mask | (isDirectory ? 0 : (u ? 0o4000 : 0) | (g ? 0o2000 : 0)))) | changed
      special = 0
    }
  }
  return result & 0o7777
}

const kindLetters: Readonly<Record<NodeKind, string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  fifo: 'p',
  character: 'c',
  block: 'b',
  socket: 's',
}

/** `drwxr-xr-x`. */
export function modeText(kind: NodeKind, mode: number): string {
  const triple = (bits: number, special: boolean, letter: string): string =>
    (bits & 4 ? 'r' : '-') + (bits & 2 ? 'w' : '-') + (special ? (bits & 1 ? letter : letter.toUpperCase()) : bits & 1 ? 'x' : '-')
  return (
    kindLetters[kind] +
    triple(mode >> 6, (mode & 0o4000) !== 0, 's') +
    triple(mode >> 3, (mode & 0o2000) !== 0, 's') +
    triple(mode, (mode & 0o1000) !== 0, 't')
  )
}
