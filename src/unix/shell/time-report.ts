/**
 * What the word `time` tells after its pipeline, in the form that TIMEFORMAT asks for.
 */
import type { Blocking } from '../kernel/process.ts'
import type { Shell } from './shell.ts'

export function* tellTime(shell: Shell, ms: number, isPosix: boolean): Blocking<void> {
  if (shell.flavour === 'ash') {
    const shown = (value: number) => `${Math.floor(value / 60_000)}m ${((value % 60_000) / 1000).toFixed(2)}s`
    yield* shell.say(`real\t${shown(ms)}\nuser\t${shown(0)}\nsys\t${shown(0)}\n`)
    return
  }
  const format = isPosix ? 'real %2R\nuser %2U\nsys %2S' : (shell.parameter('TIMEFORMAT') ?? '\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS')
  if (format === '') return
  const values: Readonly<Record<string, number>> = { R: ms, U: Math.min(ms, 1), S: 0 }
  const text = format.replace(/%(\d?)(l?)([RUSP%])/g, (_, digits: string, isLong: string, letter: string) => {
    if (letter === '%') return '%'
    if (letter === 'P') return ms === 0 ? '0.00' : ((100 * values.U) / ms).toFixed(2)
    const places = Math.min(3, digits === '' ? 3 : Number(digits))
    const value = values[letter]
    return isLong ? `${Math.floor(value / 60_000)}m${((value % 60_000) / 1000).toFixed(places)}s` : (value / 1000).toFixed(places)
  })
  yield* shell.say(`${text}\n`)
}
