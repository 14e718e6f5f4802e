/** `${NAME}`, `${NAME:-default}`, `${NAME:?message}`, `${NAME:+other}` and their kin, one inside the other, in every text of a Compose file; `$$` is a dollar. */
import { DockerError } from '../docker-error.ts'

type Environment = Readonly<Record<string, string | undefined>>

interface Filling {
  readonly environment: Environment
  readonly unset: (name: string) => void
  readonly path: string
  /** The whole text, for complaints. */
  readonly whole: string
}

export function interpolated(value: unknown, environment: Environment, unset: (name: string) => void, path = ''): unknown {
  if (typeof value === 'string') return value.includes('$') ? substituted(value, { environment, unset, path, whole: value }) : value
  if (Array.isArray(value)) return value.map((one, index) => interpolated(one, environment, unset, `${path}.[${index}]`))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, interpolated(one, environment, unset, path === '' ? key : `${path}.${key}`)]),
    )
  return value
}

/** One text by itself: a line of an env file. */
export function filledIn(text: string, environment: Environment): string {
  return text.includes('$') ? substituted(text, { environment, unset: () => {}, path: '', whole: text }) : text
}

function substituted(text: string, filling: Filling): string {
  let result = ''
  let at = 0
  for (;;) {
    const dollar = text.indexOf('$', at)
    if (dollar < 0) return result + text.slice(at)
    result += text.slice(at, dollar)
    const next = text[dollar + 1]
    if (next === '$') {
      result += '$'
      at = dollar + 2
    } else if (next === '{') {
      const end = closingBrace(text, dollar + 1)
      if (end < 0) throw badFormat(filling)
      result += expression(text.slice(dollar + 2, end), filling)
      at = end + 1
    } else {
      const name = /^[_a-z][_a-z0-9]*/i.exec(text.slice(dollar + 1))?.[0]
      if (name === undefined) throw badFormat(filling)
      result += plain(name, filling)
      at = dollar + 1 + name.length
    }
  }
}

function closingBrace(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{' && text[at - 1] === '$') depth++
    else if (text[at] === '}' && --depth === 0) return at
  }
  return -1
}

function badFormat({ path, whole }: Filling): DockerError {
  return new DockerError(`invalid interpolation format for ${path}.\nYou may need to escape any $ with another $.\n${whole}`)
}

function plain(name: string, { environment, unset }: Filling): string {
  const value = environment[name]
  if (value === undefined) unset(name)
  return value ?? ''
}

function expression(inner: string, filling: Filling): string {
  const [, name, operator, word = ''] = /^([_a-z][_a-z0-9]*)(?:(:?[-?+])([\s\S]*))?$/i.exec(inner) ?? []
  if (name === undefined) throw badFormat(filling)
  if (operator === undefined) return plain(name, filling)
  const value = filling.environment[name]
  const isSet = value !== undefined && !(operator.startsWith(':') && value === '')
  if (operator.endsWith('+')) return isSet ? substituted(word, filling) : ''
  if (isSet) return value
  if (operator.endsWith('-')) return substituted(word, filling)
  const message = substituted(word, filling)
  throw new DockerError(
    `error while interpolating ${filling.path}: required variable ${name} is missing a value${message === '' ? '' : `: ${message}`}`,
  )
}

export interface Variable {
  readonly name: string
  readonly isRequired: boolean
  readonly fallback: string
  /** What stands in its place when it is set: `${NAME:+other}`. */
  readonly other: string
}

/** The variables that a file that was not filled in asks for, sorted by name. */
export function variablesIn(value: unknown): readonly Variable[] {
  const found = new Map<string, Variable>()
  const look = (text: string): void => {
    for (const [, braced, bare] of text.replaceAll('$$', '').matchAll(/\$(?:\{([^}]*)\}?|([_a-z][_a-z0-9]*))/gi)) {
      const [, name = '', operator = '', word = ''] = /^([_a-z][_a-z0-9]*)(?:(:?[-?+])([\s\S]*))?$/i.exec(braced ?? bare) ?? []
      if (name !== '')
        found.set(name, {
          name,
          isRequired: operator.endsWith('?'),
          fallback: operator.endsWith('-') ? word : '',
          other: operator.endsWith('+') ? word : '',
        })
    }
  }
  const walk = (part: unknown): void => {
    if (typeof part === 'string') look(part)
    else if (typeof part === 'object' && part !== null) Object.values(part).forEach(walk)
  }
  walk(value)
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
