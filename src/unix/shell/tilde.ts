/**
 * `~`, `~+`, `~-` and `~name` at the start of a word, and behind colons in assignments.
 */
import type { Shell } from './shell.ts'

/** `--prefix=~/x` stays, `HOME=~` as an argument is expanded by bash. */
export const looksAssigned = /^[A-Za-z_]\w*=/

export function withHome(shell: Shell, text: string, isFirst: boolean, isLast: boolean, mode: 'start' | 'assignment'): string {
  const replaced = (part: string, isWhole: boolean): string => {
    const match = /^~([^/:]*)/.exec(part)
    // `~"x"` is no tilde prefix: what follows is quoted.
    if (!match || (!isWhole && match[0].length === part.length && !isLast)) return part
    const who = match[1]
    const home =
      who === '' ? shell.home() : who === '+' ? shell.process.cwd : who === '-' ? shell.variables.get('OLDPWD') : shell.homeOf(who)
    return home === undefined ? part : home + part.slice(match[0].length)
  }
  if (mode === 'start') return isFirst ? replaced(text, isLast) : text
  const equals = isFirst && looksAssigned.test(text) ? text.indexOf('=') + 1 : 0
  return (
    text.slice(0, equals) +
    text
      .slice(equals)
      .split(':')
      .map((part, index) => (index === 0 && !isFirst ? part : replaced(part, isLast)))
      .join(':')
  )
}
