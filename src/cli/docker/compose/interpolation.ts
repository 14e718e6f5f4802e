/** `${NAME}`, `${NAME:-default}`, `${NAME:?message}` and their kin in every text of a Compose file; `$$` is a dollar. */
import { DockerError } from '../command.ts'

type Environment = Readonly<Record<string, string | undefined>>

export function interpolated(value: unknown, environment: Environment, unset: (name: string) => void, path = ''): unknown {
  if (typeof value === 'string') return substituted(value, environment, unset, path)
  if (Array.isArray(value)) return value.map((one, index) => interpolated(one, environment, unset, `${path}.[${index}]`))
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, interpolated(one, environment, unset, path === '' ? key : `${path}.${key}`)]))
  return value
}

function substituted(text: string, environment: Environment, unset: (name: string) => void, path: string): string {
  return text.replace(/\$(?:(\$)|(\w+)|\{([^}]*)\}|)/g, (_, dollar: string | undefined, plain: string | undefined, braced: string | undefined) => {
    if (dollar) return '$'
    const found = /^(\w+)(?:(:?[-?+])(.*))?$/s.exec(plain ?? braced ?? '')
    if (!found) throw new DockerError(`invalid interpolation format for ${path}.\nYou may need to escape any $ with another $.\n${text}`)
    const [, name, operator = '', word = ''] = found
    const value = environment[name]
    const isSet = value !== undefined && !(operator.startsWith(':') && value === '')
    if (operator.endsWith('+')) return isSet ? word : ''
    if (isSet) return value
    if (operator.endsWith('-')) return substituted(word, environment, unset, path)
    if (operator.endsWith('?')) throw new DockerError(`error while interpolating ${path}: required variable ${name} is missing a value${word === '' ? '' : `: ${word}`}`)
    if (value === undefined) unset(name)
    return ''
  })
}
