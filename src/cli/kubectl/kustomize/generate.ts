/** ConfigMaps and Secrets made of literals, files and env files; their names get a suffix that changes with what is in them. */
import { base64Of, bytesOf, textOf } from '../../../base/bytes.ts'
import type { Json } from '../json.ts'
import { Refusal } from '../refusal.ts'
import type { Folder } from './folder.ts'
import { isSameId, type Resource, resourceOf } from './resource.ts'

interface Pair {
  readonly key: string
  readonly bytes: Uint8Array
}

export function generate(folder: Folder, fields: Json, resources: Resource[]): void {
  for (const kind of ['ConfigMap', 'Secret'] as const) {
    for (const generator of fields[kind === 'ConfigMap' ? 'configMapGenerator' : 'secretGenerator'] ?? []) {
      add(resources, generated(folder, kind, generator, fields.generatorOptions ?? {}), generator.behavior)
    }
  }
}

function generated(folder: Folder, kind: 'ConfigMap' | 'Secret', generator: Json, shared: Json): Resource {
  if (!generator.name) throw new Refusal('a generator must have a name')
  const own = generator.options ?? {}
  const pairs = pairsOf(folder, generator)
  const labels = { ...shared.labels, ...own.labels }
  const annotations = { ...shared.annotations, ...own.annotations }
  const metadata = {
    name: generator.name,
    ...(generator.namespace ? { namespace: generator.namespace } : {}),
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
  }
  const object: Json = { apiVersion: 'v1', kind, metadata }
  if (kind === 'Secret') object.type = generator.type ?? 'Opaque'
  for (const { key, bytes } of pairs) {
    const isText = isUtf8(bytes)
    const field = kind === 'Secret' || isText ? 'data' : 'binaryData'
    object[field] = { ...object[field], [key]: kind === 'Secret' || !isText ? base64Of(bytes) : textOf(bytes) }
  }
  if (own.immutable ?? shared.immutable) object.immutable = true
  return resourceOf(object, { needsHash: !(own.disableNameSuffixHash ?? shared.disableNameSuffixHash ?? false) })
}

function pairsOf(folder: Folder, { literals = [], files = [], envs = [], env }: Json): Pair[] {
  const pairs: Pair[] = []
  const add = (key: string, bytes: Uint8Array): void => {
    if (pairs.some((pair) => pair.key === key))
      throw new Refusal(`cannot add key ${JSON.stringify(key)}, another key by that name already exists`)
    pairs.push({ key, bytes })
  }
  for (const path of [...envs, ...(env ? [env] : [])]) {
    for (const line of textOf(
      folder.read(path, (why) => `loading KV pairs: env source files: [${[...envs, ...(env ? [env] : [])].join(' ')}]: ${why}`),
    ).split(/\r?\n/)) {
      const text = line.replace(/^\uFEFF/, '').trimStart()
      if (text === '' || text.startsWith('#')) continue
      const equals = text.indexOf('=')
      add(equals < 0 ? text : text.slice(0, equals), bytesOf(equals < 0 ? '' : text.slice(equals + 1)))
    }
  }
  for (const literal of literals) {
    const equals = String(literal).indexOf('=')
    if (equals <= 0)
      throw new Refusal(`loading KV pairs: literal sources [${literals.join(' ')}]: invalid literal source ${literal}, expected key=value`)
    add(literal.slice(0, equals), bytesOf(unquoted(literal.slice(equals + 1))))
  }
  for (const source of files) {
    const parts = String(source).split('=')
    if (parts.length > 2 || parts.some((part) => part === ''))
      throw new Refusal(
        `loading KV pairs: file sources: [${files.join(' ')}]: ${parts.length > 2 ? "key names or file paths cannot contain '='" : parts[0] === '' ? `missing key name for file path ${parts[1]} in file source ${JSON.stringify(source)}` : `missing file path for key name ${parts[0]} in file source ${JSON.stringify(source)}`}`,
      )
    const path = parts.at(-1) ?? ''
    add(
      parts.length === 2 ? parts[0] : path.slice(path.lastIndexOf('/') + 1),
      folder.read(path, (why) => `loading KV pairs: file sources: [${files.join(' ')}]: ${why}`),
    )
  }
  return pairs
}

function unquoted(text: string): string {
  return /^(".*"|'.*')$/s.test(text) && text.length > 1 ? text.slice(1, -1) : text
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

function add(resources: Resource[], made: Resource, behavior = 'create'): void {
  const { object } = made
  const place = resources.findIndex(
    (other) => isSameId(other.object, object) || (other.object.kind === object.kind && other.history[0]?.name === object.metadata.name),
  )
  if (behavior === 'create' || behavior === 'unspecified' || behavior === '') {
    if (place >= 0)
      throw new Refusal(
        `merging from generator &{<nil> <nil>}: id resid.ResId{Gvk:resid.Gvk{Group:"", Version:"v1", Kind:${JSON.stringify(object.kind)}, isClusterScoped:false}, Name:${JSON.stringify(object.metadata.name)}, Namespace:${JSON.stringify(object.metadata.namespace ?? '')}} exists; behavior must be merge or replace`,
      )
    resources.push(made)
    return
  }
  if (place < 0)
    throw new Refusal(
      `merging from generator &{<nil> <nil>}: id resid.ResId{Gvk:resid.Gvk{Group:"", Version:"v1", Kind:${JSON.stringify(object.kind)}, isClusterScoped:false}, Name:${JSON.stringify(object.metadata.name)}, Namespace:${JSON.stringify(object.metadata.namespace ?? '')}} does not exist; cannot merge or replace`,
    )
  const old = resources[place].object
  const together = (a: Json, b: Json): Json => (a || b ? { ...a, ...b } : undefined)
  const metadata: Json = { ...old.metadata }
  for (const field of ['labels', 'annotations']) {
    const all = together(old.metadata[field], object.metadata[field])
    if (all) metadata[field] = all
  }
  const next: Json = { ...(behavior === 'merge' ? old : {}), ...object, metadata }
  for (const field of behavior === 'merge' ? ['data', 'binaryData'] : []) {
    const all = together(old[field], object[field])
    if (all) next[field] = all
  }
  resources[place] = { ...resources[place], object: next, needsHash: made.needsHash || resources[place].needsHash }
}
