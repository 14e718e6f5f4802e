/**
 * One Compose file laid over another, and a service over the one it extends: mappings are joined, lists added to, commands replaced; what can be
 * written as a list or a mapping becomes a mapping first. `!reset` takes a value away, `!override` puts one in its place.
 */
import type { Fields } from './tree.ts'
import { isFields, pairsOf } from './tree.ts'

/** What the tags become while a file is read (see tree.ts). */
export const resetMark = '\0reset'
export const overrideMark = '\0override'

const replacedWhole = /^services\.[^.]+\.(command|entrypoint|healthcheck\.test|image|build\.tags)$/
const pairLists =
  /^services\.[^.]+\.(environment|labels|annotations|sysctls|extra_hosts|build\.(args|labels|additional_contexts|extra_hosts)|deploy\.labels)$|^(networks|volumes|secrets|configs)\.[^.]+\.labels$/
const nameLists = /^services\.[^.]+\.(depends_on|networks|models)$/

export function overlaid(base: unknown, over: unknown, path: readonly string[] = []): unknown {
  if (isFields(over) && overrideMark in over) return over[overrideMark]
  const place = path.join('.')
  if (replacedWhole.test(place)) return over
  if (/^services\.[^.]+\.build$/.test(place)) return joinedFields(asContext(base), asContext(over), path)
  if (
    /^services\.[^.]+\.logging$/.test(place) &&
    isFields(base) &&
    isFields(over) &&
    base.driver !== undefined &&
    over.driver !== undefined &&
    base.driver !== over.driver
  )
    return over
  if (pairLists.test(place)) return { ...pairsOf(base), ...pairsOf(over) }
  if (nameLists.test(place)) return joinedFields(asNames(base, path), asNames(over, path), path)
  if (isFields(base) && isFields(over)) return joinedFields(base, over, path)
  if (/^services\.[^.]+\.(env_file|dns|dns_search|tmpfs|label_file)$/.test(place) || (Array.isArray(base) && Array.isArray(over)))
    return joinedLists([base].flat(), [over].flat(), path.at(-1) ?? '')
  return over
}

function joinedFields(base: Fields, over: Fields, path: readonly string[]): Fields {
  const result: Record<string, unknown> = { ...base }
  for (const [name, value] of Object.entries(over)) {
    if (value === resetMark) delete result[name]
    else result[name] = name in base && base[name] !== null ? overlaid(base[name], value, [...path, name]) : clean(value)
  }
  return result
}

/** Volumes are told apart by where they are mounted, ports and the rest by what they say. */
function joinedLists(base: readonly unknown[], over: readonly unknown[], name: string): unknown[] {
  const keyOf = (one: unknown): string => (name === 'volumes' ? targetOf(one) : JSON.stringify(one))
  const all = new Map<string, unknown>()
  for (const one of [...base, ...over]) if (one !== undefined && one !== null) all.set(keyOf(one), one)
  return [...all.values()]
}

function targetOf(volume: unknown): string {
  if (isFields(volume)) return String(volume.target ?? '')
  const parts = String(volume).split(':')
  return parts[1] ?? parts[0]
}

const asContext = (build: unknown): Fields => (typeof build === 'string' ? { context: build } : isFields(build) ? build : {})

function asNames(value: unknown, path: readonly string[]): Fields {
  if (!Array.isArray(value)) return isFields(value) ? value : {}
  return Object.fromEntries(
    value.map((name) => [String(name), path.at(-1) === 'depends_on' ? { condition: 'service_started', required: true } : null]),
  )
}

/** Without the marks, for what has nothing to be laid over. */
export function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean)
  if (!isFields(value)) return value
  if (overrideMark in value) return clean(value[overrideMark])
  return Object.fromEntries(Object.entries(value).flatMap(([name, one]) => (one === resetMark ? [] : [[name, clean(one)]])))
}
