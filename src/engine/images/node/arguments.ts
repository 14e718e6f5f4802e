/**
 * node's own options; what comes behind the script is the script's.
 */

export interface GuestOptions {
  readonly file: string | undefined
  readonly code: string | undefined
  readonly isPrinted: boolean
  readonly shows: 'version' | 'help' | undefined
  readonly problem: string | undefined
  readonly rest: readonly string[]
}

export function argumentsOf(args: readonly string[]): GuestOptions {
  const base: GuestOptions = { file: undefined, code: undefined, isPrinted: false, shows: undefined, problem: undefined, rest: [] }
  for (let at = 0; at < args.length; at++) {
    const [arg, value] = args[at].split(/=(.*)/s)
    if (arg === '-v' || arg === '--version') return { ...base, shows: 'version' }
    if (arg === '-h' || arg === '--help') return { ...base, shows: 'help' }
    if (arg === '-e' || arg === '--eval' || arg === '-p' || arg === '--print' || arg === '-pe') {
      const inline = value !== undefined
      return {
        ...base,
        code: inline ? value : (args[at + 1] ?? ''),
        isPrinted: arg !== '-e' && arg !== '--eval',
        rest: args.slice(at + (inline ? 1 : 2)),
      }
    }
    if (arg === '-' || arg === '-i' || arg === '--interactive') continue
    if (arg.startsWith('--')) {
      if (/^--(inspect|max|trace|no-|enable|experimental|watch|env-file|unhandled|abort|title|test|throw|use|dns|import|require)/.test(arg))
        continue
      return { ...base, problem: args[at] }
    }
    if (arg === '-r') at++
    else if (arg.startsWith('-')) return { ...base, problem: args[at] }
    else return { ...base, file: args[at], rest: args.slice(at + 1) }
  }
  return base
}
