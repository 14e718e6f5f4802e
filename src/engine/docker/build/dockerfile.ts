/**
 * Dockerfiles, parsed: lines joined, flags taken off, JSON forms recognised, here-documents collected. What cannot be read is refused in
 * the builder's words, with the line it stands on.
 */
import { badRequest, type DockerError } from '../docker-error.ts'

export interface HereDocument {
  readonly name: string
  readonly text: string
  /** Variables are expanded unless the delimiter was quoted. */
  readonly expands: boolean
}

export interface Instruction {
  /** Upper case. */
  readonly name: string
  /** As written, lines joined: what the legacy builder prints. */
  readonly original: string
  /** First and last line, from 1. */
  readonly line: number
  readonly lastLine: number
  readonly flags: Readonly<Record<string, readonly string[]>>
  /** All after the flags. */
  readonly rest: string
  /** The JSON form; undefined when it is the shell form. */
  readonly json: readonly string[] | undefined
  readonly documents: readonly HereDocument[]
}

export interface Stage {
  readonly name: string | undefined
  readonly base: string
  readonly platform: string | undefined
  readonly from: Instruction
  readonly instructions: readonly Instruction[]
}

export interface Dockerfile {
  /** ARGs before the first FROM. */
  readonly globals: readonly Instruction[]
  readonly stages: readonly Stage[]
  readonly count: number
}

const known: Readonly<Record<string, readonly string[]>> = {
  ADD: ['chown', 'chmod', 'checksum', 'keep-git-dir', 'link', 'exclude'],
  ARG: [],
  CMD: [],
  COPY: ['from', 'chown', 'chmod', 'link', 'parents', 'exclude'],
  ENTRYPOINT: [],
  ENV: [],
  EXPOSE: [],
  FROM: ['platform'],
  HEALTHCHECK: ['interval', 'timeout', 'start-period', 'start-interval', 'retries'],
  LABEL: [],
  MAINTAINER: [],
  ONBUILD: [],
  RUN: ['mount', 'network', 'security', 'device'],
  SHELL: [],
  STOPSIGNAL: [],
  USER: [],
  VOLUME: [],
  WORKDIR: [],
}

export function parseDockerfile(text: string, fileName = 'Dockerfile'): Dockerfile {
  if (text.trim() === '') throw badRequest(`the Dockerfile (${fileName}) cannot be empty`)
  const instructions = instructionsOf(text)
  if (instructions.length === 0) throw badRequest('failed to parse Dockerfile: file with no instructions')
  const globals: Instruction[] = []
  const stages: { name: string | undefined; base: string; platform: string | undefined; from: Instruction; instructions: Instruction[] }[] =
    []
  for (const instruction of instructions) {
    if (instruction.name === 'FROM') {
      const match = /^(\S+)(?:\s+as\s+(\S+))?$/i.exec(instruction.rest.trim())
      if (!match) throw refuse(instruction.line, 'FROM requires either one or three arguments')
      const [, base, name] = match
      if (name && !/^[a-z][a-z0-9-_.]*$/.test(name.toLowerCase()))
        throw refuse(instruction.line, `invalid name for build stage: "${name}", name can't start with a number or contain symbols`)
      stages.push({ name: name?.toLowerCase(), base, platform: instruction.flags.platform?.[0], from: instruction, instructions: [] })
    } else if (stages.length > 0) stages[stages.length - 1].instructions.push(instruction)
    else if (instruction.name === 'ARG') globals.push(instruction)
    else throw badRequest('no build stage in current context')
  }
  if (stages.length === 0) throw badRequest('no build stage in current context')
  return { globals, stages, count: instructions.length }
}

export function refuse(line: number, words: string): DockerError {
  return badRequest(`dockerfile parse error on line ${line}: ${words}`)
}

/** One line, as ONBUILD keeps it or `commit --change` gives it. */
export function parseInstruction(text: string, line = 1): Instruction {
  return makeInstruction(text, line, line, [])
}

function instructionsOf(text: string): Instruction[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const escape = /^#\s*escape\s*=\s*`\s*$/m.test(text.split(/^(?!#)/m)[0]) ? '`' : '\\'
  const continues = new RegExp(`\\${escape}[ \\t]*$`)
  const found: Instruction[] = []
  for (let index = 0; index < lines.length; index++) {
    if (/^\s*(#|$)/.test(lines[index])) continue
    const first = index
    let joined = lines[index].replace(/^\s+/, '')
    while (continues.test(joined) && index + 1 < lines.length) {
      joined = joined.replace(continues, '')
      index++
      // Comments and empty lines within an instruction are dropped.
      while (index < lines.length && /^\s*#/.test(lines[index])) index++
      while (index < lines.length - 1 && lines[index].trim() === '') index++
      joined += lines[index] ?? ''
    }
    joined = joined.replace(continues, '').replace(/\s+$/, '')
    const documents: HereDocument[] = []
    if (/^(RUN|COPY|ADD)\b/i.test(joined)) {
      for (const [, dash, quote, name] of joined.matchAll(/(?<![<\d])<<(-?)(["']?)([A-Za-z_][\w.]*)\2/g)) {
        const body: string[] = []
        for (index++; index < lines.length && (dash ? lines[index].replace(/^\t+/, '') : lines[index]) !== name; index++)
          body.push(dash ? lines[index].replace(/^\t+/, '') : lines[index])
        if (index >= lines.length) throw refuse(first + 1, 'unterminated heredoc')
        documents.push({ name, text: body.map((line) => `${line}\n`).join(''), expands: quote === '' })
      }
    }
    found.push(makeInstruction(joined, first + 1, Math.min(index, lines.length - 1) + 1, documents))
  }
  return found
}

function makeInstruction(original: string, line: number, lastLine: number, documents: readonly HereDocument[]): Instruction {
  const space = original.search(/\s/)
  const word = space < 0 ? original : original.slice(0, space)
  const name = word.toUpperCase()
  const allowed = known[name]
  if (!allowed) {
    const near = closest(name, Object.keys(known))
    throw refuse(line, `unknown instruction: ${word}${near ? ` (did you mean ${near}?)` : ''}`)
  }
  let rest = space < 0 ? '' : original.slice(space).trim()
  const flags: Record<string, string[]> = {}
  if (allowed.length > 0) {
    for (let match = /^--([\w-]+)(?:=("[^"]*"|\S*))?\s*/.exec(rest); match; match = /^--([\w-]+)(?:=("[^"]*"|\S*))?\s*/.exec(rest)) {
      const [whole, flag, value = 'true'] = match
      if (!allowed.includes(flag)) {
        const near = closest(flag, allowed)
        throw refuse(line, `unknown flag: --${flag}${near ? ` (did you mean ${near}?)` : ''}`)
      }
      if (flag === 'mount') checkMount(line, value)
      ;(flags[flag] ??= []).push(value.replace(/^"|"$/g, ''))
      rest = rest.slice(whole.length)
    }
  } else if (/^--[\w-]+/.test(rest) && !['CMD', 'ENTRYPOINT', 'ENV', 'LABEL', 'SHELL'].includes(name))
    throw refuse(line, `unknown flag: --${/^--([\w-]+)/.exec(rest)?.[1]}`)
  const instruction: Instruction = { name, original, line, lastLine, flags, rest, json: jsonForm(name, rest), documents }
  check(instruction)
  return instruction
}

function jsonForm(name: string, rest: string): readonly string[] | undefined {
  if (!['RUN', 'CMD', 'ENTRYPOINT', 'SHELL', 'VOLUME', 'ADD', 'COPY', 'HEALTHCHECK'].includes(name) || !rest.startsWith('['))
    return undefined
  try {
    const value: unknown = JSON.parse(rest)
    return Array.isArray(value) && value.every((part) => typeof part === 'string') ? (value as string[]) : undefined
  } catch {
    return undefined
  }
}

function check({ name, rest, json, line, documents }: Instruction): void {
  const words = json ?? rest.split(/\s+/).filter(Boolean)
  const needsOne = () => {
    if (words.length !== 1) throw refuse(line, `${name} requires exactly one argument`)
  }
  switch (name) {
    case 'ENV':
    case 'LABEL':
      if (words.length === 0) throw refuse(line, `${name} requires at least one argument`)
      if (!/=/.test(words[0]) && words.length < 2) throw refuse(line, `${name} must have two arguments`)
      return
    case 'ARG':
    case 'EXPOSE':
    case 'VOLUME':
      if (words.length === 0) throw refuse(line, `${name} requires at least one argument`)
      return
    case 'COPY':
    case 'ADD':
      if (words.length === 0) throw refuse(line, `${name} requires at least two arguments`)
      if (words.length < 2 && documents.length === 0)
        throw refuse(line, `${name} requires at least two arguments, but only one was provided. Destination could not be determined`)
      return
    case 'WORKDIR':
      if (rest.trim() === '') throw refuse(line, 'WORKDIR requires exactly one argument')
      if (words.length !== 1 && !/^".*"$/.test(rest)) needsOne()
      return
    case 'USER':
    case 'STOPSIGNAL':
      return needsOne()
    case 'MAINTAINER':
      if (rest.trim() === '') throw refuse(line, 'MAINTAINER requires exactly one argument')
      return
    case 'SHELL':
      if (!json) throw refuse(line, 'SHELL requires the arguments to be in JSON form')
      return
    case 'ONBUILD': {
      if (words.length === 0) throw refuse(line, 'ONBUILD requires at least one argument')
      const trigger = words[0].toUpperCase()
      if (trigger === 'ONBUILD') throw refuse(line, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")
      if (trigger === 'FROM' || trigger === 'MAINTAINER') throw refuse(line, `${trigger} isn't allowed as an ONBUILD trigger`)
      parseInstruction(rest, line)
      return
    }
    case 'HEALTHCHECK':
      if (words.length === 0) throw refuse(line, 'HEALTHCHECK requires at least one argument')
      if (words[0].toUpperCase() === 'NONE' && words.length > 1) throw refuse(line, 'HEALTHCHECK NONE takes no arguments')
      if (!['NONE', 'CMD'].includes(words[0].toUpperCase()))
        throw refuse(line, `Unknown type ${JSON.stringify(words[0].toUpperCase())} in HEALTHCHECK (try CMD)`)
      return
    default:
  }
}

const mountTypes = ['bind', 'cache', 'tmpfs', 'secret', 'ssh']
const mountKeys = [
  'type',
  'from',
  'source',
  'src',
  'target',
  'dst',
  'destination',
  'readonly',
  'ro',
  'rw',
  'readwrite',
  'id',
  'sharing',
  'required',
  'size',
  'mode',
  'uid',
  'gid',
  'env',
]

/** `--mount=type=cache,target=/c` by its names only; what it mounts is looked for when it is. */
function checkMount(line: number, text: string): void {
  for (const field of text.split(',')) {
    const [key, value = ''] = field.split('=')
    if (key === 'type' && !mountTypes.includes(value.toLowerCase()) && !value.includes('$')) {
      const near = closest(value, mountTypes)
      throw refuse(line, `unsupported mount type ${JSON.stringify(value)}${near ? ` (did you mean ${near}?)` : ''}`)
    }
    if (!mountKeys.includes(key.toLowerCase())) {
      const near = closest(key, mountKeys)
      throw refuse(line, `unexpected key '${key}' in '${field}'${near ? ` (did you mean ${near}?)` : ''}`)
    }
    if (!field.includes('=') && !['readonly', 'ro', 'rw', 'readwrite', 'required'].includes(key.toLowerCase()))
      throw refuse(line, `invalid field '${field}' must be a key=value pair`)
  }
}

/** The word that is fewer than three letters away, as a suggestion. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = 3
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]
}

/** `A=b C="d e"`, or the old form `A rest of the line`. */
export function pairsOf(rest: string): [string, string][] {
  const words = wordsOf(rest)
  if (!words[0]?.includes('=')) {
    const [, name, value] = /^(\S+)\s+([\s\S]*)$/.exec(rest) ?? []
    return name === undefined ? [] : [[name, value]]
  }
  return words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)])
}

/** Split at blanks outside quotes; quotes stay for `expanded` to take away. */
export function wordsOf(text: string): string[] {
  return text.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/gs) ?? []
}

/** `$NAME`, `${NAME}`, `${NAME:-x}`, `${NAME:+x}`; quotes are taken away, `\$` is a dollar. */
export function expanded(text: string, variable: (name: string) => string | undefined): string {
  let out = ''
  let quote = ''
  for (let index = 0; index < text.length; index++) {
    const letter = text[index]
    if (letter === "'" && quote !== '"') quote = quote === "'" ? '' : "'"
    else if (letter === '"' && quote !== "'") quote = quote === '"' ? '' : '"'
    else if (letter === '\\' && quote !== "'" && index + 1 < text.length) {
      const next = text[++index]
      out += quote === '"' && !'"\\$'.includes(next) ? `\\${next}` : next
    } else if (letter === '$' && quote !== "'") {
      const match = /^\$(?:(\w+)|\{(\w+)(?:(:?[-+?])((?:[^{}]|\{[^}]*\})*))?\})/.exec(text.slice(index))
      if (!match) {
        out += letter
        continue
      }
      index += match[0].length - 1
      const [, plain, braced, operator, word = ''] = match
      const value = variable(plain ?? braced)
      const isSet = value !== undefined && !(operator?.startsWith(':') && value === '')
      if (operator?.endsWith('+')) out += isSet ? expanded(word, variable) : ''
      else if (operator?.endsWith('-')) out += isSet ? value : expanded(word, variable)
      else out += value ?? ''
    } else out += letter
  }
  return out
}
