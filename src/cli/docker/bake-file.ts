/**
 * Bake definitions: HCL as far as build files use it (blocks, strings with `${…}`, lists, maps, variables with their environment), JSON, and
 * the build sections of a compose file. What HCL can do beyond that (functions, conditions) is refused by name.
 */
import { parse as parseYaml } from 'yaml'
import { DockerError } from './docker-error.ts'

type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value }
type Fields = { readonly [name: string]: Value }

export interface Definitions {
  readonly groups: ReadonlyMap<string, Fields>
  readonly targets: ReadonlyMap<string, Fields>
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

export function definitionsOf(
  files: readonly { readonly name: string; readonly text: string }[],
  env: Readonly<Record<string, string | undefined>>,
): Definitions {
  const groups = new Map<string, Fields>()
  const targets = new Map<string, Fields>()
  for (const { name, text } of files) {
    const document = /\.ya?ml$/.test(name) ? composed(text) : /\.json$/.test(name) ? json(name, text, env) : hcl(name, text, env)
    for (const [kind, into] of [
      ['group', groups],
      ['target', targets],
    ] as const) {
      const found = document[kind]
      if (isFields(found))
        for (const [key, value] of Object.entries(found)) if (isFields(value)) into.set(key, { ...into.get(key), ...value })
    }
  }
  return { groups, targets }
}

/** Targets asked for, groups unfolded, in order. */
export function chosen({ groups, targets }: Definitions, names: readonly string[]): string[] {
  const found: string[] = []
  const visit = (name: string) => {
    const group = groups.get(name)
    if (group) for (const one of (group.targets ?? []) as readonly string[]) visit(one)
    else if (!targets.has(name)) throw new DockerError(`ERROR: failed to find target ${name}`)
    else if (!found.includes(name)) found.push(name)
  }
  for (const name of names) visit(name)
  return found
}

/** A target with what it inherits. */
export function resolved(definitions: Definitions, name: string): Fields {
  const target = definitions.targets.get(name) ?? {}
  const inherited = ((target.inherits ?? []) as readonly string[]).map((parent) => resolved(definitions, parent))
  const { inherits: _, ...own } = target
  const merged: Record<string, Value> = {}
  for (const fields of [...inherited, own])
    for (const [key, value] of Object.entries(fields))
      merged[key] = isFields(value) && isFields(merged[key]) ? { ...(merged[key] as Fields), ...value } : value
  return merged
}

function composed(text: string): Fields {
  const { services = {} } = (parseYaml(text) ?? {}) as {
    readonly services?: Readonly<Record<string, { readonly image?: string; readonly build?: string | Fields }>>
  }
  const target: Record<string, Fields> = {}
  for (const [name, { image, build }] of Object.entries(services)) {
    if (build === undefined) continue
    const fields: Fields = typeof build === 'string' ? { context: build } : build
    const pairs = (value: Value | undefined): Fields =>
      Array.isArray(value)
        ? Object.fromEntries((value as readonly string[]).map((one) => [one.split('=')[0], one.slice(one.indexOf('=') + 1)]))
        : isFields(value)
          ? value
          : {}
    target[name] = {
      context: fields.context ?? '.',
      dockerfile: fields.dockerfile ?? 'Dockerfile',
      ...(fields.args ? { args: pairs(fields.args) } : {}),
      ...(fields.labels ? { labels: pairs(fields.labels) } : {}),
      ...(fields.target ? { target: fields.target } : {}),
      ...(image ? { tags: [image] } : {}),
    }
  }
  return { group: { default: { targets: Object.keys(target) } }, target }
}

function json(name: string, text: string, env: Readonly<Record<string, string | undefined>>): Fields {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    throw new DockerError(`ERROR: failed to parse ${name}: parsing json: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (!isFields(document)) throw new DockerError(`ERROR: failed to parse ${name}: parsing json: an object is expected`)
  const variables = isFields(document.variable)
    ? Object.fromEntries(
        Object.entries(document.variable).map(([key, value]) => [key, env[key] ?? String(isFields(value) ? (value.default ?? '') : '')]),
      )
    : {}
  return interpolated(document, variables) as Fields
}

function interpolated(value: Value, variables: Readonly<Record<string, Value>>): Value {
  if (typeof value === 'string') return value.replace(/\$\{(\w+)\}/g, (_, name: string) => String(variables[name] ?? ''))
  if (Array.isArray(value)) return (value as readonly Value[]).map((one) => interpolated(one, variables))
  if (isFields(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, interpolated(one, variables)]))
  return value
}

interface Token {
  readonly kind: 'word' | 'text' | 'number' | 'mark' | 'end'
  readonly text: string
  readonly line: number
}

function tokens(source: string): Token[] {
  const found: Token[] = []
  let line = 1
  const pattern = /(\s+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|([A-Za-z_][\w-]*)|"((?:\\.|\$\{[^}]*\}|[^"\\])*)"|(-?\d+(?:\.\d+)?)|(.)/gy
  for (let match = pattern.exec(source); match; match = pattern.exec(source)) {
    const [whole, blank, word, text, number, mark] = match
    if (word !== undefined) found.push({ kind: 'word', text: word, line })
    else if (text !== undefined)
      found.push({
        kind: 'text',
        text: text.replace(/\\(["\\nt])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter === 't' ? '\t' : letter)),
        line,
      })
    else if (number !== undefined) found.push({ kind: 'number', text: number, line })
    else if (blank === undefined) found.push({ kind: 'mark', text: mark, line })
    line += whole.split('\n').length - 1
  }
  return [...found, { kind: 'end', text: '', line }]
}

function hcl(name: string, source: string, env: Readonly<Record<string, string | undefined>>): Fields {
  const all = tokens(source)
  let at = 0
  const variables: Record<string, Value> = {}
  const next = (): Token => all[at++]
  const refuse = ({ line, text }: Token, what = `unexpected ${JSON.stringify(text)}`) => new DockerError(`ERROR: ${name}:${line}: ${what}`)
  const wants = (mark: string) => {
    const token = next()
    if (token.text !== mark || token.kind !== 'mark')
      throw refuse(token, `${JSON.stringify(mark)} is expected before ${JSON.stringify(token.text)}`)
  }
  const is = (mark: string): boolean => all[at].kind === 'mark' && all[at].text === mark
  const expression = (): Value => {
    const token = next()
    if (token.kind === 'text') return interpolated(token.text, variables)
    if (token.kind === 'number') return Number(token.text)
    if (token.kind === 'word') {
      if (is('(')) throw refuse(token, `the function ${token.text}() is not simulated in this sandbox`)
      if (token.text === 'true' || token.text === 'false') return token.text === 'true'
      if (token.text === 'null') return null
      if (!Object.hasOwn(variables, token.text))
        throw refuse(token, `Unknown variable; There is no variable named ${JSON.stringify(token.text)}.`)
      return variables[token.text]
    }
    if (token.text === '[') {
      const list: Value[] = []
      while (!is(']')) {
        list.push(expression())
        if (is(',')) next()
      }
      next()
      return list
    }
    if (token.text === '{') return body('}')
    throw refuse(token)
  }
  const body = (end: '}' | ''): Fields => {
    const fields: Record<string, Value> = {}
    while (end === '' ? all[at].kind !== 'end' : !is(end)) {
      const key = next()
      if (key.kind !== 'word' && key.kind !== 'text') throw refuse(key)
      if (is('=') || is(':')) {
        next()
        fields[key.text] = expression()
        if (is('?') || is('=')) throw refuse(all[at], 'conditions are not simulated in this sandbox')
        if (is(',')) next()
        continue
      }
      const label = all[at].kind === 'text' ? next().text : ''
      wants('{')
      const inner = body('}')
      if (key.text === 'variable') variables[label] = env[label] ?? inner.default ?? ''
      else fields[key.text] = { ...(isFields(fields[key.text]) ? (fields[key.text] as Fields) : {}), [label]: inner }
    }
    if (end !== '') next()
    return fields
  }
  // Variables may be used above where they stand: the first reading only gathers them.
  const gather = /variable\s+"(\w+)"\s*\{(?:[^{}]*?default\s*=\s*"([^"]*)")?/g
  for (const [, key, value = ''] of source.matchAll(gather)) variables[key] = env[key] ?? value
  return body('')
}
