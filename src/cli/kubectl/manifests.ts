/**
 * Objects from files: `-f` with files, folders, `-` and URLs, several documents in each, lists taken apart. Nothing is checked here that
 * the server checks; the refusals are those of kubectl's own decoder.
 */
import { bytesOf, textOf } from '../../base/bytes.ts'
import { UnixError } from '../../unix/errors.ts'
import { type Blocking, readAll } from '../../unix/kernel/process.ts'
import { goJson } from '../go-json.ts'
import { jsonProblem } from '../../base/go-json-errors.ts'
import { firstDocument } from '../go-yaml-errors.ts'
import { documents, fromYaml, YamlError } from '../yaml-input.ts'
import type { Call } from './call.ts'
import { isMap, type Json, type KubeObject } from './json.ts'
import { type Built, kustomized } from './kustomize/build.ts'
import { Refusal } from './refusal.ts'
import { send } from './transport.ts'

export interface Manifest {
  readonly object: KubeObject
  /** How messages name where it came from: `x.yaml`, `STDIN`. */
  readonly source: string
  /** It stood in a list; kubectl then words an unknown kind in another way. */
  readonly isListed?: boolean
}

export interface Source {
  readonly name: string
  readonly text: string
}

export function hasFiles(call: Call): boolean {
  return (
    (call.flags.knows('filename') && call.flags.list('filename').length > 0) ||
    (call.flags.knows('kustomize') && call.flags.text('kustomize') !== '')
  )
}

/** Every object of the files named with -f and -k. Errors of single documents are gathered, as kubectl goes on after them. */
export function* manifests(call: Call, errors: Error[]): Blocking<Manifest[]> {
  const found: Manifest[] = []
  for (const source of yield* sources(call)) {
    const parts = /^\s*\{/.test(source.text) ? jsonDocuments(source.text) : documents(source.text)
    for (const part of parts) {
      if (isBlank(part)) continue
      try {
        found.push(...taken(decoded(part, source.name, call), source.name))
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        errors.push(error)
        // The reader of a stream cannot find its way after broken YAML.
        if (error.message.startsWith('error parsing')) break
      }
    }
  }
  return found
}

export function* sources(call: Call): Blocking<Source[]> {
  const { process, flags } = call
  const found: Source[] = []
  if (flags.knows('kustomize') && flags.text('kustomize') !== '') {
    const { yaml, warnings } = yield* kustomization(call, flags.text('kustomize'))
    for (const warning of warnings) yield* call.err(`${warning}\n`)
    found.push({ name: flags.text('kustomize'), text: yaml })
  }
  for (const path of flags.list('filename')) {
    if (path === '-') found.push({ name: 'STDIN', text: textOf(yield* readAll(process, 0)) })
    else if (/^https?:\/\//.test(path)) found.push({ name: path, text: yield* downloaded(call, path) })
    else found.push(...read(call, path))
  }
  return found
}

export function kustomization(call: Call, folder: string): Blocking<Built> {
  return kustomized(call.process, folder, (url) => downloaded(call, url))
}

function read(call: Call, path: string): Source[] {
  const { process, flags } = call
  const full = process.path(path)
  let kind: string
  try {
    kind = process.files.stat(full, process.credentials).kind
  } catch (error) {
    if (error instanceof UnixError && error.errno === 'ENOENT') {
      // Go's filepath.Glob finds nothing and the path is taken as it is.
      throw new Refusal(`the path ${JSON.stringify(path)} does not exist`)
    }
    if (error instanceof UnixError)
      throw new Refusal(`the path ${JSON.stringify(path)} cannot be accessed: stat ${path}: ${error.words.toLowerCase()}`)
    throw error
  }
  if (kind !== 'directory') return [{ name: path, text: textOfFile(call, path) }]
  const names = [...process.files.list(full, process.credentials)].sort()
  const found = names.flatMap((name) => {
    const inner = `${path.replace(/\/+$/, '')}/${name}`
    if (process.files.stat(process.path(inner), process.credentials).kind === 'directory')
      return flags.is('recursive') ? read(call, inner) : []
    return /\.(json|yaml|yml)$/.test(name) ? [{ name: inner, text: textOfFile(call, inner) }] : []
  })
  if (found.length === 0) throw new Refusal(`error reading [${path}]: recognized file extensions are [.json .yaml .yml]`)
  return found
}

function textOfFile({ process }: Call, path: string): string {
  try {
    return textOf(process.files.readFile(process.path(path), process.credentials))
  } catch (error) {
    if (error instanceof UnixError) throw new Refusal(`open ${path}: ${error.words.toLowerCase()}`)
    throw error
  }
}

function* downloaded(call: Call, url: string): Blocking<string> {
  const { status, body } = yield* send(call.process, { headers: {} }, { method: 'GET', url, headers: {}, body: undefined }, 0)
  if (status !== 200)
    throw new Refusal(
      `unable to read URL ${JSON.stringify(url)}, server reported ${status} ${status === 404 ? 'Not Found' : ''}, status code=${status}`,
    )
  return typeof body === 'string' ? body : body instanceof Uint8Array ? textOf(body) : textOf(body.readAll())
}

function isBlank(part: string): boolean {
  return part.split('\n').every((line) => /^\s*(#.*)?$/.test(line) || /^\.\.\.\s*$/.test(line))
}

/** JSON documents one after another. */
function jsonDocuments(text: string): string[] {
  const found: string[] = []
  let depth = 0
  let start = -1
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (isQuoted) {
      if (letter === '\\') at++
      else if (letter === '"') isQuoted = false
    } else if (letter === '"') isQuoted = true
    else if (letter === '{' || letter === '[') {
      if (depth++ === 0) start = at
    } else if ((letter === '}' || letter === ']') && --depth === 0) found.push(text.slice(start, at + 1))
  }
  return depth === 0 ? found : [text]
}

/** A stream that begins with a brace is JSON to kubectl; what is not is tried as YAML, and the JSON's problem told if that fails too. */
function fromJson(text: string, source: string): Json {
  const problem = jsonProblem(text)
  if (!problem) return JSON.parse(text) as Json
  if ('message' in firstDocument(text)) throw new Refusal(`error parsing ${source}: json: offset ${problem.offset}: ${problem.message}`)
  return fromYaml(text)
}

function decoded(text: string, source: string, call: Call): Json {
  let value: Json
  try {
    value = /^\s*\{/.test(text) ? fromJson(text, source) : fromYaml(text)
  } catch (error) {
    if (error instanceof YamlError) throw new Refusal(`error parsing ${source}: error converting YAML to JSON: ${error.message}`)
    throw error
  }
  if (value === null || value === undefined) return undefined
  const isValidated = call.flags.knows('validate') && call.validation !== 'Ignore'
  if (!isMap(value)) {
    if (isValidated)
      throw new Refusal(
        `error validating ${JSON.stringify(source)}: error validating data: invalid object to validate; if you choose to ignore these errors, turn validation off with --validate=false`,
      )
    throw new Refusal(
      `unable to decode ${JSON.stringify(source)}: json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type unstructured.detector`,
    )
  }
  if (isValidated) {
    const missing = [
      ...(typeof value.apiVersion === 'string' && value.apiVersion !== '' ? [] : ['apiVersion not set']),
      ...(typeof value.kind === 'string' && value.kind !== '' ? [] : ['kind not set']),
    ]
    if (missing.length > 0) {
      const list = missing.length === 1 ? missing[0] : `[${missing.join(', ')}]`
      throw new Refusal(
        `error validating ${JSON.stringify(source)}: error validating data: ${list}; if you choose to ignore these errors, turn validation off with --validate=false`,
      )
    }
  }
  checkTypes(value, source)
  return value
}

/** What Go's decoder finds before anything is sent: the fields that kubectl itself reads. */
function checkTypes(value: Record<string, Json>, source: string): void {
  const refuse = (message: string): never => {
    throw new Refusal(`unable to decode ${JSON.stringify(source)}: ${message}`)
  }
  if (typeof value.kind !== 'string' || value.kind === '')
    refuse(`Object 'Kind' is missing in '${goJson(value, { sorted: true, plainHtml: true })}'`)
  const { metadata } = value
  if (metadata === undefined || metadata === null) return
  if (!isMap(metadata))
    refuse(
      `json: cannot unmarshal ${jsonType(metadata)} into Go struct field .metadata of type struct`.replace(
        '.metadata of type struct',
        'PartialObjectMetadata.metadata of type v1.ObjectMeta',
      ),
    )
  for (const field of ['name', 'namespace', 'generateName', 'uid', 'resourceVersion']) {
    const found = metadata[field]
    if (found !== undefined && found !== null && typeof found !== 'string')
      refuse(
        `json: cannot unmarshal ${jsonType(found)} into Go struct field ObjectMeta.metadata.${field} of type ${field === 'uid' ? 'types.UID' : 'string'}`,
      )
  }
  for (const field of ['labels', 'annotations']) {
    const found = metadata[field]
    if (found === undefined || found === null) continue
    if (!isMap(found))
      refuse(`json: cannot unmarshal ${jsonType(found)} into Go struct field ObjectMeta.metadata.${field} of type map[string]string`)
    for (const item of Object.values(found)) {
      if (item !== null && typeof item !== 'string')
        refuse(`json: cannot unmarshal ${jsonType(item)} into Go struct field ObjectMeta.metadata.${field} of type string`)
    }
  }
}

function jsonType(value: Json): string {
  if (typeof value === 'boolean') return 'bool'
  if (Array.isArray(value)) return 'array'
  return value === null ? 'null' : typeof value
}

function taken(value: Json, source: string): Manifest[] {
  if (value === undefined) return []
  if (value.kind.endsWith('List') && Array.isArray(value.items)) {
    return value.items.flatMap((item: Json) => {
      const whole = withKind(item, value)
      checkTypes(whole, source)
      return taken(whole, source).map((manifest) => ({ ...manifest, isListed: true }))
    })
  }
  value.metadata ??= {}
  return [{ object: value, source }]
}

/** Items of `PodList` may leave out what they are. */
function withKind(item: Json, list: Json): Json {
  if (item.kind || list.kind === 'List') return item
  return { apiVersion: list.apiVersion, kind: list.kind.replace(/List$/, ''), ...item }
}

export { bytesOf }
