/**
 * `kubectl get`: tables made by the server, or whole objects for `-o`. Watching prints each change as a row of the same table; rows keep
 * the widths of those before.
 */
import { humanDuration } from '../../base/human-duration.ts'
import type { Blocking } from '../../unix/kernel/process.ts'
import { aligned, getStyle } from '../table.ts'
import type { Call } from './call.ts'
import { accept } from './connection.ts'
import { customColumns } from './custom-columns.ts'
import { apiVersionOf, pathOf, type Resource, singularWithGroup } from './discovery.ts'
import { at, type Json, type KubeObject } from './json.ts'
import { jsonPath, JsonPathError, relaxed } from './jsonpath.ts'
import { hasFiles } from './manifests.ts'
import { noSuchFormat, type Printer, printer, withoutManagedFields } from './printer.ts'
import { Aggregate, isNotFound, Refusal, StatusError, throwAll } from './refusal.ts'
import { fileInfos, listRefusal, namespaceFor, type Target, targets, typed } from './select.ts'

interface Column {
  readonly name: string
  readonly type?: string
  readonly format?: string
  readonly priority?: number
}

interface Row {
  readonly cells: readonly Json[]
  readonly object: Json
}

/** Rows of one type, one after another in one block of output. */
interface Block {
  readonly resource: Resource
  columns: readonly Column[]
  readonly rows: Row[]
}

export function* get(call: Call): Blocking<void> {
  const { flags, args } = call
  if (flags.text('raw') !== '') return yield* getRaw(call)
  checkFlags(call)
  const output = flags.text('output')
  const isTable = (output === '' && flags.text('template') === '') || output === 'wide'
  if (args.length === 0 && !hasFiles(call)) {
    yield* call.err(
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n',
    )
    throw call.usage(
      'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).'
        .replace('Required', 'error: Required')
        .replace('error: ', ''),
    )
  }
  if (flags.is('watch') || flags.is('watch-only')) return yield* watch(call, isTable)
  if (isTable && flags.is('server-print')) return yield* getTable(call)
  return yield* getObjects(call)
}

function checkFlags(call: Call): void {
  const { flags, args } = call
  if (flags.text('raw') !== '') return
  if (flags.is('show-labels')) {
    const output = flags.text('output')
    if (output !== '' && output !== 'wide')
      throw new Refusal('--show-labels option cannot be used with ' + `${output.split('=')[0]} printer`)
  }
  if (flags.is('output-watch-events') && !(flags.is('watch') || flags.is('watch-only')))
    throw call.usage('--output-watch-events option can only be used with --watch or --watch-only')
  if (hasFiles(call) && args.length > 0)
    throw new Refusal('when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well')
}

function* getRaw(call: Call): Blocking<void> {
  const { flags } = call
  if (call.args.length > 0) throw call.usage('arguments may not be passed when --raw is specified')
  if (flags.is('watch') || flags.is('watch-only') || flags.text('selector') !== '')
    throw call.usage('--raw may not be specified with other flags that filter the server request or alter the output')
  yield* call.out(yield* call.api.text('GET', flags.text('raw'), { accept: accept.any }))
}

/** What is asked for, file by file or word by word, with the namespace to look in. */
function* wanted(call: Call, errors: Error[]): Blocking<(Target & { namespace: string | undefined })[]> {
  const { flags } = call
  if (hasFiles(call)) {
    const infos = yield* fileInfos(call, errors)
    return infos.map(({ resource, name, namespace }) => ({ resource, name, namespace }))
  }
  const found = yield* targets(call, call.args)
  const hasNames = found.some(({ name }) => name !== undefined)
  if (hasNames && (flags.text('selector') !== '' || flags.text('field-selector') !== ''))
    throw new Refusal('name cannot be provided when a selector is specified')
  if (hasNames && flags.is('all-namespaces')) throw new Refusal('a resource cannot be retrieved by name across all namespaces')
  return found.map((target) => ({ ...target, namespace: flags.is('all-namespaces') ? undefined : namespaceFor(call, target.resource) }))
}

function* getTable(call: Call): Blocking<void> {
  const { flags } = call
  const errors: Error[] = []
  const blocks: Block[] = []
  const goals = yield* wanted(call, errors)
  const sortBy = flags.text('sort-by')
  const kinds = new Set<string>()
  let isAllNamespaced = !flags.is('all-namespaces')
  for (const goal of goals) {
    kinds.add(`${goal.resource.group}/${goal.resource.plural}`)
    try {
      const table = yield* tableOf(call, goal, sortBy !== '')
      const last = blocks.at(-1)
      if (last && last.resource === goal.resource && !sortBy) {
        if (last.columns.length === 0) last.columns = table.columns
        last.rows.push(...table.rows)
      } else blocks.push(table)
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      if (flags.is('ignore-not-found') && isNotFound(error)) continue
      errors.push(error)
      // A list that cannot be had for one type does not hide the others, but an unknown namespace or name is one error each.
    }
  }
  if (sortBy !== '' && !goals.every(({ name }) => name !== undefined && goals.length === 1)) sortRows(blocks, sortBy)
  const isKindShown = flags.is('show-kind') || kinds.size > 1
  let text = ''
  let isFirst = true
  for (const block of blocks) {
    if (block.rows.length === 0) continue
    isAllNamespaced &&= block.resource.isNamespaced
    if (!isFirst && !flags.is('no-headers')) text += '\n'
    isFirst = false
    text += aligned(rowsText(call, block, { isKindShown, hasHeader: !flags.is('no-headers') }), getStyle)
  }
  yield* call.out(text)
  if (text === '' && !flags.is('ignore-not-found') && errors.length === 0) {
    const isNamespaced =
      isAllNamespaced &&
      (blocks.length === 0 ? goals.every(({ resource }) => resource.isNamespaced) : blocks.every(({ resource }) => resource.isNamespaced))
    yield* call.err(isNamespaced && goals.length > 0 ? `No resources found in ${call.namespace} namespace.\n` : 'No resources found\n')
  }
  throwAll(errors)
}

function* tableOf(
  call: Call,
  { resource, name, namespace }: Target & { namespace: string | undefined },
  isSorted: boolean,
): Blocking<Block> {
  const { flags } = call
  const selector = flags.text('selector')
  const fieldSelector = flags.text('field-selector')
  const limit = flags.number('chunk-size')
  const subresource = flags.text('subresource')
  const query: Record<string, string | number | undefined> =
    name !== undefined
      ? isSorted
        ? { includeObject: 'Object' }
        : {}
      : { labelSelector: selector, fieldSelector, ...(isSorted ? { includeObject: 'Object' } : { limit: limit > 0 ? limit : undefined }) }
  const rows: Row[] = []
  let columns: readonly Column[] = []
  let token: string | undefined
  do {
    let answer: Json
    try {
      answer = yield* call.api.get(pathOf(resource, namespace, name, subresource), { ...query, continue: token }, accept.table)
    } catch (error) {
      throw name === undefined ? listRefusal(error, resource, selector, fieldSelector) : error
    }
    const block = blockOf(call, resource, answer)
    if (columns.length === 0) columns = block.columns
    rows.push(...block.rows)
    token = answer.metadata?.continue || undefined
  } while (token)
  return { resource, columns, rows }
}

/** A Table of the server; from a server that makes none, the name and age of each object. */
function blockOf(call: Call, resource: Resource, answer: Json): Block {
  if (answer.kind === 'Table')
    return {
      resource,
      columns: answer.columnDefinitions ?? [],
      rows: (answer.rows ?? []).map((row: Json) => ({ cells: row.cells, object: row.object ?? {} })),
    }
  const objects: Json[] = Array.isArray(answer.items) ? answer.items : [answer]
  return {
    resource,
    columns: [{ name: 'Name' }, { name: 'Age' }],
    rows: objects.map((object) => ({ cells: [object.metadata?.name, ageOf(call, object.metadata?.creationTimestamp)], object })),
  }
}

export function ageOf(call: Call, timestamp: string | undefined | null): string {
  if (!timestamp) return '<unknown>'
  return humanDuration(call.process.now() - Date.parse(timestamp))
}

function rowsText(
  call: Call,
  { resource, columns, rows }: Block,
  { isKindShown, hasHeader }: { isKindShown: boolean; hasHeader: boolean },
): string {
  const { flags } = call
  const isWide = flags.text('output') === 'wide'
  const shown = columns.flatMap((column, index) => ((column.priority ?? 0) === 0 || isWide ? [index] : []))
  const hasNamespace = flags.is('all-namespaces') && resource.isNamespaced
  const labels = flags.list('label-columns')
  const lines: string[] = []
  if (hasHeader) {
    lines.push(
      [
        ...(hasNamespace ? ['NAMESPACE'] : []),
        ...shown.map((index) => columns[index].name.toUpperCase()),
        ...labels.map((label) => (label.split('/').at(-1) ?? '').toUpperCase()),
        ...(flags.is('show-labels') ? ['LABELS'] : []),
      ].join('\t'),
    )
  }
  for (const { cells, object } of rows) {
    const meta = object.metadata ?? {}
    const nameColumn = columns.findIndex(({ format, type }) => format === 'name' && type === 'string')
    const texts = shown.map((index) => {
      const cell = cellText(cells[index])
      return isKindShown && index === (nameColumn < 0 ? 0 : nameColumn) ? `${singularWithGroup(resource)}/${cell}` : cell
    })
    lines.push(
      [
        ...(hasNamespace ? [meta.namespace ?? ''] : []),
        ...texts,
        ...labels.map((label) => meta.labels?.[label] ?? ''),
        ...(flags.is('show-labels') ? [labelText(meta.labels)] : []),
      ].join('\t'),
    )
  }
  return lines.map((line) => `${line}\n`).join('')
}

function cellText(cell: Json): string {
  if (cell === null || cell === undefined) return '<nil>'
  const text = typeof cell === 'string' ? cell : typeof cell === 'object' ? JSON.stringify(cell) : String(cell)
  const cut = text.search(/[\f\n\r]/)
  return cut < 0 ? text : `${text.slice(0, cut)}...`
}

function labelText(labels: Record<string, string> | undefined): string {
  const entries = Object.entries(labels ?? {})
  if (entries.length === 0) return '<none>'
  return entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}

// Sorting

function sortRows(blocks: Block[], sortBy: string): void {
  const path = sortPath(sortBy)
  const rows = blocks.flatMap(({ rows }) => rows)
  // The real tool's sorter of tables gives up without a word, and there is nothing left to print.
  if (rows.every(({ object }) => valueAt(path, object) === undefined)) for (const block of blocks) block.rows.length = 0
  for (const block of blocks) block.rows.sort((a, b) => compareValues(valueAt(path, a.object), valueAt(path, b.object)))
}

function sortPath(sortBy: string): ReturnType<typeof jsonPath> {
  try {
    return jsonPath(relaxed(sortBy))
  } catch (error) {
    if (error instanceof JsonPathError) throw new Refusal(error.message)
    throw error
  }
}

export function valueAt(path: ReturnType<typeof jsonPath>, object: Json): Json {
  return path.values(object)[0]?.[0]
}

/** As kubectl's runtime sorter: missing values first, numbers by value, quantities by size, texts naturally. */
function compareValues(a: Json, b: Json): number {
  if (a === undefined || a === null) return b === undefined || b === null ? 0 : -1
  if (b === undefined || b === null) return 1
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const left = String(a)
  const right = String(b)
  if (left === right) return 0
  return naturalLess(left, right) ? -1 : 1
}

/** Numbers inside texts compare by value, as `fvbommel/sortorder` does. */
function naturalLess(a: string, b: string): boolean {
  const parts = (text: string): string[] => text.match(/\d+|\D+/g) ?? []
  const left = parts(a)
  const right = parts(b)
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const [x, y] = [left[index], right[index]]
    if (x === y) continue
    if (/^\d/.test(x) && /^\d/.test(y)) {
      const difference = Number(x) - Number(y)
      if (difference !== 0) return difference < 0
      return x.length < y.length
    }
    return x < y
  }
  return left.length < right.length
}

// Whole objects

function* getObjects(call: Call): Blocking<void> {
  const { flags } = call
  const errors: Error[] = []
  const print = objectPrinter(call)
  const goals = yield* wanted(call, errors)
  const selector = flags.text('selector')
  const fieldSelector = flags.text('field-selector')
  const subresource = flags.text('subresource')
  const objects: KubeObject[] = []
  let isSingle = goals.length === 1 && goals[0].name !== undefined
  for (const { resource, name, namespace } of goals) {
    try {
      if (name !== undefined)
        objects.push(typed(yield* call.api.get(pathOf(resource, namespace, name, subresource), {}, accept.json), resource))
      else {
        const limit = flags.number('chunk-size')
        let token: string | undefined
        do {
          const list = yield* listOnce(call, resource, namespace, {
            labelSelector: selector,
            fieldSelector,
            limit: limit > 0 ? limit : undefined,
            continue: token,
          })
          objects.push(...(list.items ?? []).map((item: Json) => typed(item, resource)))
          token = list.metadata?.continue || undefined
        } while (token)
      }
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      if (flags.is('ignore-not-found') && isNotFound(error)) {
        if (isSingle) return
        continue
      }
      if (isSingle) throw error
      errors.push(error)
    }
  }
  if (errors.length > 0 && objects.length === 0 && goals.every(({ name }) => name !== undefined)) throwAll(errors)
  const sortBy = flags.text('sort-by')
  if (sortBy !== '') {
    const path = sortPath(sortBy)
    if (objects.length > 0 && objects.every((object) => valueAt(path, object) === undefined))
      throw new Refusal(`couldn't find any field with path ${JSON.stringify(relaxed(sortBy))} in the list of objects`)
    objects.sort((a, b) => compareValues(valueAt(path, a), valueAt(path, b)))
  }
  if (isSingle) yield* call.out(print(objects[0]))
  else if (flags.text('output') === 'name') {
    for (const object of objects) yield* call.out(print(object))
  } else yield* call.out(print({ apiVersion: 'v1', items: objects, kind: 'List', metadata: { resourceVersion: '' } }))
  isSingle = false
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new Aggregate(errors)
}

function* listOnce(
  call: Call,
  resource: Resource,
  namespace: string | undefined,
  query: Record<string, string | number | undefined>,
): Blocking<Json> {
  try {
    return yield* call.api.get(pathOf(resource, namespace), query, accept.json)
  } catch (error) {
    throw listRefusal(error, resource, String(query.labelSelector ?? ''), String(query.fieldSelector ?? ''))
  }
}

function objectPrinter(call: Call): Printer {
  const output = call.flags.text('output')
  if (output.startsWith('custom-columns')) {
    const print = customColumns(call, output)
    return (object) => print(withoutManagedFields(object))
  }
  if (output === 'wide' || (output === '' && call.flags.text('template') === '')) return plainRows(call)
  try {
    return printer(call, { formats: ['custom-columns', 'custom-columns-file', 'wide'] })
  } catch (error) {
    if (error instanceof Refusal && error.message.startsWith('unable to match'))
      throw noSuchFormat(output, ['custom-columns', 'custom-columns-file', 'wide'])
    throw error
  }
}

/** `--server-print=false`: only what every object has. */
function plainRows(call: Call): Printer {
  return (object) => {
    const objects: Json[] = object.kind === 'List' ? object.items : [object]
    const lines = [
      call.flags.is('no-headers') ? [] : ['NAME\tAGE'],
      objects.map(({ metadata }) => `${metadata.name}\t${ageOf(call, metadata.creationTimestamp)}`),
    ].flat()
    return aligned(lines.map((line) => `${line}\n`).join(''), getStyle)
  }
}

// Watching

function* watch(call: Call, isTable: boolean): Blocking<void> {
  const { flags } = call
  const errors: Error[] = []
  const goals = yield* wanted(call, errors)
  throwAll(errors)
  if (goals.length !== 1) {
    if (goals.length > 1 && goals.every(({ resource }) => resource === goals[0].resource))
      throw call.usage(
        'watch is only supported on individual resources and resource collections - more than 1 resource was found'.replace(' - ', ' - '),
      )
    throw new Refusal(
      goals.length > 1
        ? 'you may only specify a single resource type'
        : 'watch is only supported on individual resources and resource collections',
    )
  }
  const [{ resource, name, namespace }] = goals
  const acceptHeader = isTable && flags.is('server-print') ? accept.table : accept.json
  const path = pathOf(resource, namespace)
  const selectors = {
    labelSelector: flags.text('selector'),
    fieldSelector: name === undefined ? flags.text('field-selector') : `metadata.name=${name}`,
  }
  const print = new WatchPrinter(call, resource, isTable)
  let resourceVersion = '0'
  if (name !== undefined) {
    // The single object is read first, so that a wrong name is refused and not waited for.
    const answer = yield* call.api.get(pathOf(resource, namespace, name), {}, acceptHeader)
    if (flags.is('watch-only'))
      resourceVersion = at(answer, 'metadata', 'resourceVersion') ?? at(answer, 'rows', 0, 'object', 'metadata', 'resourceVersion') ?? '0'
    else {
      yield* call.out(print.initial(answer))
      resourceVersion =
        at(answer, 'kind') === 'Table'
          ? (at(answer, 'rows', 0, 'object', 'metadata', 'resourceVersion') ?? at(answer, 'metadata', 'resourceVersion') ?? '0')
          : at(answer, 'metadata', 'resourceVersion')
    }
  } else {
    const limit = flags.number('chunk-size')
    let token: string | undefined
    do {
      let answer: Json
      try {
        answer = yield* call.api.get(path, { ...selectors, limit: limit > 0 ? limit : undefined, continue: token }, acceptHeader)
      } catch (error) {
        throw listRefusal(error, resource, selectors.labelSelector, selectors.fieldSelector)
      }
      resourceVersion = answer.metadata?.resourceVersion ?? '0'
      token = answer.metadata?.continue || undefined
      if (!flags.is('watch-only')) yield* call.out(print.initial(answer))
    } while (token)
  }
  const stream = yield* call.api.watch(path, { ...selectors, resourceVersion }, acceptHeader)
  for (;;) {
    const event = yield* stream.next(call.process)
    if (!event) return
    if (event.type === 'BOOKMARK') continue
    if (event.type === 'ERROR') throw new StatusError(event.object)
    yield* call.out(print.event(event.type, event.object))
  }
}

class WatchPrinter {
  readonly #call: Call
  readonly #resource: Resource
  readonly #isTable: boolean
  readonly #widths: number[] = []
  #columns: readonly Column[] = []
  #hasHeader: boolean
  #print: Printer | undefined

  constructor(call: Call, resource: Resource, isTable: boolean) {
    this.#call = call
    this.#resource = resource
    this.#isTable = isTable
    this.#hasHeader = !call.flags.is('no-headers')
    // A format that cannot be printed is refused at once, not with the first object.
    if (!isTable) this.#print = objectPrinter(call)
  }

  initial(answer: Json): string {
    const isWithEvents = this.#call.flags.is('output-watch-events')
    if (this.#isTable) {
      const block = blockOf(this.#call, this.#resource, answer)
      return isWithEvents ? block.rows.map((row) => this.#rows({ ...block, rows: [row] }, 'ADDED')).join('') : this.#rows(block, undefined)
    }
    const objects: Json[] = Array.isArray(answer.items) ? answer.items : [answer]
    return objects.map((object) => this.event('ADDED', object)).join('')
  }

  event(type: string, object: Json): string {
    if (this.#isTable)
      return this.#rows(blockOf(this.#call, this.#resource, object), this.#call.flags.is('output-watch-events') ? type : undefined)
    const whole = typed(object, this.#resource)
    return (this.#print ?? objectPrinter(this.#call))(
      this.#call.flags.is('output-watch-events') ? { type, object: withoutManagedFields(whole) } : whole,
    )
  }

  #rows(block: Block, type: string | undefined): string {
    if (block.columns.length > 0) this.#columns = block.columns
    if (block.rows.length === 0) return ''
    let text = rowsText(
      this.#call,
      { ...block, columns: this.#columns },
      { isKindShown: this.#call.flags.is('show-kind'), hasHeader: this.#hasHeader },
    )
    if (type !== undefined) {
      const hasHeader = this.#hasHeader
      text = text.replace(/^.*\n/gm, (line: string, offset: number) => (hasHeader && offset === 0 ? `EVENT\t${line}` : `${type}\t${line}`))
    }
    this.#hasHeader = false
    return aligned(text, getStyle, this.#widths)
  }
}

export { apiVersionOf }
