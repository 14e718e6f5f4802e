/** `replacements`: a value is read from one resource and written into others, whole or as a part between delimiters. */
import { isMap, type Json } from '../json.ts'
import { Refusal } from '../refusal.ts'
import { isSelected } from './patches.ts'
import { remember, type Resource } from './resource.ts'

export function replaceAll(replacements: readonly Json[], resources: readonly Resource[]): void {
  for (const { source, sourceValue, targets } of replacements) {
    if (!source && sourceValue === undefined) throw new Refusal('replacements must specify a source and at least one target')
    if (!targets?.length) throw new Refusal('replacements must specify a source and at least one target')
    const value = sourceValue ?? valueOf(source, resources)
    for (const target of targets) putInto(target, value, resources)
  }
}

function valueOf(source: Json, resources: readonly Resource[]): Json {
  const found = resources.filter((resource) => isSelected(resource, source))
  const said = Object.entries({ group: source.group, version: source.version, kind: source.kind }).flatMap(([, text]) =>
    text ? [text] : [],
  )
  const shown = `${[source.kind, source.version || '[noVer]', source.group || '[noGrp]'].join('.')}/${source.name || '[noName]'}.${source.namespace || '[noNs]'}`
  if (found.length === 0)
    throw new Refusal(
      `nothing selected by ${said.length > 0 || source.name ? shown : '[noKind].[noVer].[noGrp]/[noName].[noNs]'}${source.fieldPath ? `:${source.fieldPath}` : ''}`,
    )
  if (found.length > 1) throw new Refusal(`multiple matches for selector ${shown}`)
  const path = source.fieldPath ?? 'metadata.name'
  let value: Json = found[0].object
  for (const step of steps(path)) value = isMap(value) || Array.isArray(value) ? childOf(value, step) : undefined
  if (value === undefined)
    throw new Refusal(`fieldPath \`${path}\` is missing for replacement source ${shown}${source.fieldPath ? `:${source.fieldPath}` : ''}`)
  const { delimiter, index = 0 } = source.options ?? {}
  if (!delimiter) return value
  const parts = String(value).split(delimiter)
  if (index >= parts.length || index < 0) throw new Refusal(`options.index ${index} is out of bounds for value ${value}`)
  return parts[index]
}

function putInto(
  { select, reject = [], fieldPaths = ['metadata.name'], options = {} }: Json,
  value: Json,
  resources: readonly Resource[],
): void {
  if (!select) throw new Refusal('target must specify resources to select')
  for (const resource of resources) {
    if (!isSelected(resource, select) || reject.some((each: Json) => isSelected(resource, each))) continue
    for (const path of fieldPaths) {
      if (path === 'metadata.name') remember(resource)
      set(resource.object, steps(path), value, options, path)
    }
  }
}

function set(holder: Json, [step, ...rest]: readonly string[], value: Json, options: Json, path: string): void {
  if (step === '*' && Array.isArray(holder)) {
    for (const index of holder.keys()) set(holder, [String(index), ...rest], value, options, path)
    return
  }
  const query = /^\[([^=\]]+)=(.*)\]$/.exec(step)
  if (query && Array.isArray(holder)) {
    let matching = [...holder.keys()].filter((index) => String(holder[index]?.[query[1]]) === query[2])
    if (matching.length === 0 && options.create) matching = [holder.push({ [query[1]]: query[2] }) - 1]
    if (matching.length === 0) throw new Refusal(`unable to find field ${JSON.stringify(path)} in replacement target`)
    for (const index of matching) set(holder, [String(index), ...rest], value, options, path)
    return
  }
  const key = Array.isArray(holder) && step === '-' ? holder.length : bare(step)
  if (rest.length === 0) {
    if (holder[key] === undefined && !options.create)
      throw new Refusal(`unable to find field ${JSON.stringify(path)} in replacement target`)
    holder[key] = options.delimiter ? spliced(holder[key], value, options) : value
    return
  }
  if (holder[key] === undefined) {
    if (!options.create) throw new Refusal(`unable to find field ${JSON.stringify(path)} in replacement target`)
    holder[key] = /^(\d+|-|\[.*=.*\])$/.test(rest[0]) ? [] : {}
  }
  set(holder[key], rest, value, options, path)
}

function spliced(before: Json, value: Json, { delimiter, index = 0 }: Json): string {
  const parts = String(before).split(delimiter)
  if (index < 0) return [value, ...parts].join(delimiter)
  if (index >= parts.length) return [...parts, value].join(delimiter)
  return parts.map((part, place) => (place === index ? String(value) : part)).join(delimiter)
}

function childOf(holder: Json, step: string): Json {
  const query = /^\[([^=\]]+)=(.*)\]$/.exec(step)
  return query && Array.isArray(holder) ? holder.find((item) => String(item?.[query[1]]) === query[2]) : holder[bare(step)]
}

function bare(step: string): string {
  return /^\[[^=]*\]$/.test(step) ? step.slice(1, -1) : step
}

/** Dots divide, but not between brackets nor behind a backslash. */
function steps(path: string): string[] {
  return (path.match(/(?:\\.|\[[^\]]*\]|[^.\\[])+/g) ?? []).map((step) => step.replace(/\\(.)/g, '$1'))
}
