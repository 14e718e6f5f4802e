/**
 * What `docker inspect -f` prints of whole objects. The CLI runs templates over Go structs, and JSON does not say which of its objects
 * were structs (`{0.0.0.0 8080}`) and which maps (`map[a:b]`), nor which null was a list, a map or a pointer: the names of the fields do.
 */
import { goFloat } from '../go-values.ts'

const maps = new Set(
  'Annotations AuxiliaryAddresses Containers Data DriverOpts ExposedPorts GenericResources Labels Networks Options PortBindings Ports StorageOpt Sysctls Tmpfs Volumes'.split(
    ' ',
  ),
)
const pointers = new Set(
  'CpuCount Health Healthcheck Init IPAMConfig MemorySwappiness Metadata OomKillDisable PidsLimit Platform SizeRootFs SizeRw StopTimeout UsageData'.split(
    ' ',
  ),
)

/** A list and a map that are nil: empty to look into, `null` as JSON. */
export const nilList: readonly unknown[] = Object.freeze([])
export const nilMap: Readonly<Record<string, unknown>> = Object.freeze({})

export function nilOf(key: string): unknown {
  if (pointers.has(key)) return null
  return maps.has(key) ? nilMap : nilList
}

/** Which objects of a decoded answer were maps, and how each is printed. */
export function structsOf(value: unknown): { isMap(object: object): boolean; show(value: unknown): string | undefined } {
  const isMap = new WeakSet<object>([nilMap])
  mark(value, '', isMap)
  return {
    isMap: (object) => isMap.has(object),
    show: (shown) => (shown === null ? '<nil>' : typeof shown === 'object' ? text(shown, isMap, 0) : undefined),
  }
}

function mark(value: unknown, key: string, isMap: WeakSet<object>): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const item of value) mark(item, key, isMap)
    return
  }
  // A log driver's options are called Config, as is the container's configuration.
  const isLogConfig = key === 'LogConfig'
  if (maps.has(key)) isMap.add(value)
  for (const [name, item] of Object.entries(value)) {
    if (isLogConfig && name === 'Config' && typeof item === 'object' && item !== null) isMap.add(item)
    mark(item, maps.has(key) && !Array.isArray(item) ? '' : name, isMap)
  }
}

function text(value: unknown, isMap: WeakSet<object>, depth: number, key = ''): string {
  if (value === null || value === undefined) {
    const nil = nilOf(key)
    return nil === null ? '<nil>' : nil === nilMap ? 'map[]' : '[]'
  }
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : goFloat(value)
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[${value.map((item) => text(item, isMap, depth + 1)).join(' ')}]`
  if (isMap.has(value)) {
    // The endpoints of Networks are pointers: their addresses are shown.
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `map[${entries.map(([name, item]) => `${name}:${isEndpoint(item) ? address(name) : text(item, isMap, depth + 1)}`).join(' ')}]`
  }
  const fields = Object.entries(value).map(([name, item]) =>
    depth > 0 && pointers.has(name) && item !== null ? address(name) : text(item, isMap, depth + 1, name),
  )
  if ('FinishedAt' in value && !('Health' in value)) fields.push('<nil>')
  return `{${fields.join(' ')}}`
}

const isEndpoint = (value: unknown): boolean => typeof value === 'object' && value !== null && 'IPAMConfig' in value

/** Where a pointer points is of no meaning; it only looks like one. */
export function address(name: string): string {
  let hash = 7
  for (const letter of name) hash = (hash * 31 + letter.charCodeAt(0)) % 0xffff
  return `0xc000${hash.toString(16).padStart(4, '0')}00`
}
