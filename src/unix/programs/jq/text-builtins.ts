/**
 * Builtins over strings: cutting, regular expressions, dates. Oniguruma's expressions are run as JavaScript's.
 */
import { momentOf, strftime } from '../time-text.ts'
import type { Builtin, Call } from './call.ts'
import { brokenDown, parsedDate } from './dates.ts'
import type { Result } from './environment.ts'
import type { Json } from './json.ts'
import { at } from './paths.ts'
import { JqError, compareJson, withValue } from './values.ts'

export const textBuiltins: Readonly<Record<string, Builtin>> = {
  'split/1': function* ({ text, each }) {
    yield* each((by) => (text() === '' ? [] : text().split(String(by))))
  },
  'split/2': function* ({ args, env, here, give, text, run }) {
    for (const re of run(args[0], here, env))
      for (const flags of run(args[1], here, env))
        yield give(text().split(new RegExp(String(re.value), `g${String(flags.value ?? '').replace(/[gx]/g, '')}`)))
  },
  'ascii_downcase/0': function* ({ give, text }) {
    yield give(text().replace(/[A-Z]/g, (letter) => letter.toLowerCase()))
  },
  'ascii_upcase/0': function* ({ give, text }) {
    yield give(text().replace(/[a-z]/g, (letter) => letter.toUpperCase()))
  },
  'startswith/1': function* ({ value, each }) {
    yield* each((start) => {
      if (typeof value !== 'string' || typeof start !== 'string') throw new JqError('startswith() requires string inputs')
      return value.startsWith(start)
    })
  },
  'endswith/1': function* ({ value, each }) {
    yield* each((end) => {
      if (typeof value !== 'string' || typeof end !== 'string') throw new JqError('endswith() requires string inputs')
      return value.endsWith(end)
    })
  },
  'ltrimstr/1': function* ({ value, each }) {
    yield* each((start) =>
      typeof value === 'string' && typeof start === 'string' && value.startsWith(start) ? value.slice(start.length) : value,
    )
  },
  'rtrimstr/1': function* ({ value, each }) {
    yield* each((end) =>
      typeof value === 'string' && typeof end === 'string' && end !== '' && value.endsWith(end) ? value.slice(0, -end.length) : value,
    )
  },
  'trim/0': function* ({ give, text }) {
    yield give(text().trim())
  },
  'ltrim/0': function* ({ give, text }) {
    yield give(text().trimStart())
  },
  'rtrim/0': function* ({ give, text }) {
    yield give(text().trimEnd())
  },
  'explode/0': function* ({ give, text }) {
    yield give([...text()].map((letter) => letter.codePointAt(0) ?? 0))
  },
  'implode/0': function* ({ give, array }) {
    yield give(String.fromCodePoint(...array().map(Number)))
  },
  'indices/1': function* ({ value, array, each }) {
    yield* each((wanted) => {
      if (typeof value === 'string') {
        const found: Json[] = []
        for (let index = value.indexOf(String(wanted)); index >= 0 && wanted !== ''; index = value.indexOf(String(wanted), index + 1))
          found.push(index)
        return found
      }
      if (value === null) return null
      return Array.isArray(wanted) ? at(value, wanted) : array().flatMap((one, index) => (compareJson(one, wanted) === 0 ? [index] : []))
    })
  },
  'test/1': regular,
  'test/2': regular,
  'match/1': regular,
  'match/2': regular,
  'sub/2': regular,
  'gsub/2': regular,
  'sub/3': regular,
  'gsub/3': regular,
  'gmtime/0': function* ({ value, give }) {
    if (typeof value !== 'number') throw new JqError('gmtime() requires a number')
    yield give(brokenDown(value))
  },
  'strftime/1': function* ({ value, each }) {
    yield* each((format) => {
      if (typeof value !== 'number' && !Array.isArray(value)) throw new JqError('strftime/1 requires parsed datetime inputs')
      const seconds = typeof value === 'number' ? value : Date.UTC(...(value.slice(0, 6) as [number, number])) / 1000
      return strftime(String(format), momentOf(Math.floor(seconds) * 1000, 'UTC'))
    })
  },
  'strptime/1': function* ({ value, each }) {
    yield* each((format) => {
      if (typeof value !== 'string') throw new JqError(`strptime/1 requires string inputs and arguments`)
      return parsedDate(value, String(format))
    })
  },
  'mktime/0': function* ({ value, give }) {
    if (!Array.isArray(value)) throw new JqError('mktime requires array of 6 numbers')
    yield give(Math.floor(Date.UTC(...(value.slice(0, 6) as [number, number])) / 1000))
  },
  'splits/1': function* ({ args, env, here, give, text, run }) {
    for (const re of run(args[0], here, env)) for (const one of text().split(new RegExp(String(re.value)))) yield give(one)
  },
}

function* regular({ name, args, value, here, env, run }: Call): Generator<Result> {
  if (typeof value !== 'string') throw new JqError(`${withValue(value)} cannot be matched, as it is not a string`)
  const isSubstitute = name === 'sub' || name === 'gsub'
  const flagNode = isSubstitute ? args[2] : args[1]
  for (const given of run(args[0], here, env)) {
    const [source, inline] = Array.isArray(given.value) ? [String(given.value[0]), String(given.value[1] ?? '')] : [String(given.value), '']
    for (const flagged of flagNode ? run(flagNode, here, env) : [{ value: inline }]) {
      const flags = String(flagged.value ?? '') + (name === 'gsub' ? 'g' : '')
      const expression = new RegExp(
        flags.includes('x') ? source.replace(/\s+|#.*$/gm, '') : source,
        `gu${flags.includes('i') ? 'i' : ''}${flags.includes('s') ? 's' : ''}`,
      )
      const all = [...value.matchAll(expression)].slice(0, flags.includes('g') ? undefined : 1)
      if (name === 'test') yield { value: all.length > 0, path: undefined }
      else if (name === 'match') {
        for (const match of all) {
          const names = Object.entries(match.groups ?? {})
          let position = 0
          yield {
            value: {
              offset: match.index,
              length: match[0].length,
              string: match[0],
              captures: match.slice(1).map((one): Json => {
                const offset = one === undefined ? -1 : value.indexOf(one, match.index)
                position++
                return {
                  offset,
                  length: one?.length ?? 0,
                  string: one ?? null,
                  name: names.find(([, text], index) => text === one && index <= position)?.[0] ?? null,
                }
              }),
            },
            path: undefined,
          }
        }
      } else {
        let result = ''
        let last = 0
        for (const match of all) {
          const captures: { [key: string]: Json } = {}
          for (const [key, text] of Object.entries(match.groups ?? {})) captures[key] = text ?? null
          const [replacement] = run(args[1], { value: captures, path: undefined }, env)
          result += value.slice(last, match.index) + String(replacement.value)
          last = match.index + match[0].length
        }
        yield { value: result + value.slice(last), path: undefined }
      }
    }
  }
}
