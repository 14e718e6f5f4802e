/**
 * Who set which field. Sets of fields are kept in the form they have on the wire (`f:spec`, `k:{"name":"c"}`, `.`), so nothing is
 * translated between what is computed and what is shown.
 */
import type { Field, MapSchema, Schema, StructSchema } from '../../kinds/schema.ts'
import { zeroStruct } from '../../kinds/schema.ts'
import { frozen } from '../../store/store.ts'
import { ApiError } from '../client.ts'
import { isRecord, isSame, sortedHere } from '../objects.ts'

/** A node owns the fields below it; `.` says that it is owned itself; an empty node is a leaf. */
export interface FieldSet {
  readonly [element: string]: FieldSet
}

export interface ManagedEntry {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly time: string
  readonly fieldsType: 'FieldsV1'
  readonly fieldsV1: FieldSet
  readonly subresource?: string
}

export interface Manager {
  readonly name: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly time: string
  readonly subresource?: string
}

type Json = Readonly<Record<string, unknown>>

const leaf: FieldSet = Object.freeze({})
const self: FieldSet = Object.freeze({ '.': leaf })

/** What a part of a value looks like to ownership: one thing, named parts, or a list of things with keys. */
type Shape =
  | { readonly form: 'atomic' }
  | { readonly form: 'fields'; readonly of: (name: string) => Shape; readonly isStruct: boolean; readonly zero: Json }
  | { readonly form: 'keyed'; readonly items: Shape; readonly keys: readonly string[]; readonly defaults: Json }
  | { readonly form: 'set' }

const atomic: Shape = { form: 'atomic' }
const shapes = new WeakMap<Schema, Shape>()

function shapeOf(schema: Schema): Shape {
  switch (schema.type) {
    case 'struct':
      return structShape(schema)
    case 'map':
      return mapShape(schema)
    default:
      return atomic
  }
}

function mapShape(schema: MapSchema): Shape {
  const known = shapes.get(schema)
  if (known) return known
  const values = shapeOf(schema.values)
  const shape: Shape = { form: 'fields', of: () => values, isStruct: false, zero: {} }
  shapes.set(schema, shape)
  return shape
}

function structShape(schema: StructSchema): Shape {
  const known = shapes.get(schema)
  if (known) return known
  const ofFields = new Map<string, Shape>()
  const shape: Shape = schema.isAtomic
    ? atomic
    : {
        form: 'fields',
        isStruct: true,
        zero: zeroStruct(schema) as Json,
        of: (name) => {
          const field = schema.fields.get(name)
          if (!field) return atomic
          let found = ofFields.get(name)
          if (!found) ofFields.set(name, (found = fieldShape(field)))
          return found
        },
      }
  shapes.set(schema, shape)
  return shape
}

function fieldShape({ schema, list, listKeys, isAtomicMap }: Field): Shape {
  if (isAtomicMap) return atomic
  if (schema.type !== 'list') return shapeOf(schema)
  if (list === 'set') return { form: 'set' }
  if (list !== 'map' || !listKeys) return atomic
  return { form: 'keyed', items: shapeOf(schema.items), keys: listKeys, defaults: keyDefaults(schema.items, listKeys) }
}

function keyDefaults(items: Schema, keys: readonly string[]): Json {
  const defaults: Record<string, unknown> = {}
  if (items.type === 'struct')
    for (const key of keys) if (items.fields.get(key)?.default !== undefined) defaults[key] = items.fields.get(key)?.default
  return defaults
}

function keyOf(item: unknown, keys: readonly string[], defaults: Json): string {
  const record = isRecord(item) ? item : {}
  const parts = [...keys].sort().map((key) => [key, record[key] ?? defaults[key]] as const)
  return `k:${JSON.stringify(Object.fromEntries(parts.filter(([, value]) => value !== undefined)))}`
}

/** Every field a document names. */
export function fieldsOf(schema: StructSchema, document: Json): FieldSet {
  const { apiVersion: _, kind: __, metadata, ...body } = document
  const own = isRecord(metadata) ? Object.entries(metadata).filter(([name]) => !ofServer.inside?.metadata.names.has(name)) : []
  return namedFields(structShape(schema), own.length > 0 ? { ...body, metadata: Object.fromEntries(own) } : body)
}

function namedFields(shape: Shape, value: unknown): FieldSet {
  switch (shape.form) {
    case 'fields': {
      if (!isRecord(value)) return leaf
      return Object.fromEntries(
        Object.keys(value)
          .sort()
          .map((name) => [`f:${name}`, namedFields(shape.of(name), value[name])]),
      )
    }
    case 'keyed':
      if (!Array.isArray(value)) return leaf
      return Object.fromEntries(
        (value as readonly unknown[]).map((item) => [keyOf(item, shape.keys, shape.defaults), wholeItem(shape.items, item)]),
      )
    case 'set':
      if (!Array.isArray(value)) return leaf
      return Object.fromEntries((value as readonly unknown[]).map((item) => [`v:${JSON.stringify(item)}`, leaf]))
    default:
      return leaf
  }
}

function wholeItem(shape: Shape, item: unknown): FieldSet {
  return shape.form === 'atomic' ? leaf : { ...self, ...namedFields(shape, item) }
}

/** What became different from one object to the next: set anew or otherwise, and gone. */
export function changes(schema: StructSchema, before: Json | undefined, after: Json): { set: FieldSet; gone: FieldSet } {
  const shape = structShape(schema)
  const start = before ?? (shape.form === 'fields' ? shape.zero : {})
  return {
    set: setFields(shape, start, after, anyChange, ofServer) ?? leaf,
    // A new object lacks nothing that anybody had.
    gone: before === undefined ? leaf : (setFields(shape, after, before, onlyAbsent, ofServer) ?? leaf),
  }
}

interface How {
  /** Only what the first does not have at all. */
  readonly onlyAbsent: boolean
}

/** Fields that nobody owns, because the server writes them. */
interface Nobodys {
  readonly names: ReadonlySet<string>
  readonly inside?: Readonly<Record<string, Nobodys>>
}

const serverMetadata =
  'name namespace uid resourceVersion generation creationTimestamp managedFields selfLink deletionTimestamp deletionGracePeriodSeconds'
const ofServer: Nobodys = {
  names: new Set(['apiVersion', 'kind']),
  inside: { metadata: { names: new Set(serverMetadata.split(' ')) } },
}

const anyChange: How = { onlyAbsent: false }
const onlyAbsent: How = { onlyAbsent: true }

/** The fields of `after` that `before` has not, or has otherwise. Undefined when there are none. */
function setFields(shape: Shape, before: unknown, after: unknown, how: How, nobodys?: Nobodys): FieldSet | undefined {
  if (isSame(before, after)) return undefined
  if (after === undefined || after === null) return before === undefined || before === null || how.onlyAbsent ? undefined : leaf
  const isNew = before === undefined || before === null
  switch (shape.form) {
    case 'fields': {
      if (!isRecord(after)) return leaf
      const old: Json = isRecord(before) ? before : {}
      const result: Record<string, FieldSet> = isNew && !shape.isStruct ? { '.': leaf } : isNew && before === undefined ? { '.': leaf } : {}
      let count = 0
      for (const name of sortedHere(Object.keys(after))) {
        if (nobodys?.names.has(name)) continue
        const inner = setFields(shape.of(name), old[name], after[name], how, nobodys?.inside?.[name])
        if (!inner) continue
        result[fieldElement(name)] = inner
        count++
      }
      if (count > 0) return result
      return result['.'] ? leaf : undefined
    }
    case 'keyed': {
      const list = Array.isArray(after) ? (after as readonly unknown[]) : []
      const old = new Map(
        (Array.isArray(before) ? (before as readonly unknown[]) : []).map((item) => [keyOf(item, shape.keys, shape.defaults), item]),
      )
      const result: Record<string, FieldSet> = before === undefined ? { '.': leaf } : {}
      for (const item of list) {
        const key = keyOf(item, shape.keys, shape.defaults)
        const inner = setFields(shape.items, old.get(key), item, how)
        // One that is new is owned itself, too, and so is what is new in it.
        if (inner) result[key] = old.has(key) || shape.items.form === 'atomic' ? inner : { ...self, ...inner }
      }
      return Object.keys(result).length > 0 ? result : undefined
    }
    case 'set': {
      const old = Array.isArray(before) ? (before as readonly unknown[]) : []
      const fresh = (Array.isArray(after) ? (after as readonly unknown[]) : []).filter((item) => !old.some((other) => isSame(other, item)))
      const result: Record<string, FieldSet> = before === undefined ? { '.': leaf } : {}
      for (const item of fresh) result[`v:${JSON.stringify(item)}`] = leaf
      return Object.keys(result).length > 0 ? result : undefined
    }
    default:
      return how.onlyAbsent && !isNew ? undefined : leaf
  }
}

/** Names of fields are few and come with every write: one put together anew must be looked up among all strings before it can name a field. */
const fieldElements = new Map<string, string>()

function fieldElement(name: string): string {
  let element = fieldElements.get(name)
  if (element === undefined) {
    element = `f:${name}`
    if (fieldElements.size < 5000) fieldElements.set(name, element)
  }
  return element
}

function isLeaf(set: FieldSet): boolean {
  for (const _ in set) return false
  return true
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  const result: Record<string, FieldSet> = { ...a }
  for (const [key, inner] of Object.entries(b)) result[key] = result[key] ? union(result[key], inner) : inner
  return Object.fromEntries(Object.entries(result).sort(([x], [y]) => (x < y ? -1 : 1)))
}

/** What `a` has and `b` has not. A leaf that is gone takes what was below it. */
export function minus(a: FieldSet, b: FieldSet): FieldSet {
  const result: Record<string, FieldSet> = {}
  for (const [key, inner] of Object.entries(a)) {
    const other = b[key]
    if (!other) {
      result[key] = inner
      continue
    }
    if (isLeaf(inner) || isLeaf(other)) continue
    const left = minus(inner, other)
    if (!isLeaf(left)) result[key] = left
  }
  return result
}

/** What `a` names and `b` does not, each field for itself: who names a list names none of its items, but who names an item names its list. */
function besides(a: FieldSet, b: FieldSet): FieldSet {
  const result: Record<string, FieldSet> = {}
  for (const [key, inner] of Object.entries(a)) {
    const other = b[key]
    if (!other) result[key] = inner
    else if (!isLeaf(inner)) {
      const { '.': _, ...below } = besides(inner, other)
      if (!isLeaf(below)) result[key] = below
    }
  }
  return result
}

function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const result: Record<string, FieldSet> = {}
  for (const [key, inner] of Object.entries(a)) {
    const other = b[key]
    if (!other) continue
    if (isLeaf(inner) && isLeaf(other)) result[key] = leaf
    else if (!isLeaf(inner) && !isLeaf(other)) {
      const both = intersection(inner, other)
      if (!isLeaf(both)) result[key] = both
    } else if (isLeaf(inner) ? other['.'] : inner['.']) result[key] = leaf
  }
  return result
}

/** The paths of a set's leaves: `.spec.template.spec.containers[name="c"].image`. */
export function pathsOf(set: FieldSet, prefix = ''): string[] {
  return Object.entries(set).flatMap(([key, inner]) => {
    if (key === '.') return [prefix]
    const path = prefix + pathElement(key)
    return isLeaf(inner) ? [path] : pathsOf(inner, path)
  })
}

function pathElement(key: string): string {
  const text = key.slice(2)
  if (key.startsWith('f:')) return `.${text}`
  if (key.startsWith('v:')) return `[=${text}]`
  const fields = Object.entries(JSON.parse(text) as Json).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  return `[${fields.join(',')}]`
}

function isBy(entry: ManagedEntry, manager: Manager): boolean {
  return (
    entry.manager === manager.name &&
    entry.operation === manager.operation &&
    (entry.subresource ?? '') === (manager.subresource ?? '') &&
    (manager.operation === 'Apply' || entry.apiVersion === manager.apiVersion)
  )
}

function entryOf({ name, operation, apiVersion, time, subresource }: Manager, fieldsV1: FieldSet): ManagedEntry {
  return { manager: name, operation, apiVersion, time, fieldsType: 'FieldsV1', fieldsV1, ...(subresource ? { subresource } : {}) }
}

/** Whether a client's own entries can be read; upstream takes what cannot for no entries at all. An empty entry closes the book. */
export function isReadableBook(entries: readonly object[]): boolean {
  const [only] = entries
  if (entries.length === 1 && Object.keys(only).length === 0) return true
  return entries.every((entry) => 'fieldsV1' in entry && isFieldSet(entry.fieldsV1))
}

function isFieldSet(value: unknown): value is FieldSet {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isFieldSet)
}

/** The entries after somebody wrote an object in any way but apply. */
export function afterUpdate(
  entries: readonly ManagedEntry[],
  { schema, before, after, manager }: { schema: StructSchema; before: Json | undefined; after: Json; manager: Manager },
): readonly ManagedEntry[] {
  // Whoever creates an object has set all of it.
  if (entries.length === 0 && before === undefined) return bookOfNew(schema, after, manager)
  const { set, gone } = changes(schema, before, after)
  // Nothing can be taken from a book that is empty.
  if (entries.length === 0) return isLeaf(set) ? entries : [entryOf(manager, set)]
  if (isLeaf(set) && isLeaf(gone)) return entries
  const others = entries.filter((entry) => !isBy(entry, manager)).map((entry) => withFields(entry, minus(minus(entry.fieldsV1, set), gone)))
  const own = entries.find((entry) => isBy(entry, manager))
  const kept = own && minus(own.fieldsV1, gone)
  // Who only takes away wrote nothing that could have a time.
  if (isLeaf(set)) return inOrder([...others, ...(own && kept ? [withFields(own, kept)] : [])])
  return inOrder([...others, entryOf(manager, union(kept ?? {}, set))])
}

type Book = readonly ManagedEntry[]

/** The book of the object that was made last, by kind. */
const lastBooks = new WeakMap<StructSchema, Book>()
/** The texts of those books that a second object has taken over. */
const sharedTexts = new WeakMap<object, string>()

/**
 * New objects come in series, and those of one shape that somebody makes within a second share one book: with a book of its own a small ConfigMap weighed
 * 1.4 kB instead of 1.0.
 */
function bookOfNew(schema: StructSchema, object: Json, manager: Manager): Book {
  const shape = structShape(schema)
  const last = lastBooks.get(schema)
  const zero = shape.form === 'fields' ? shape.zero : {}
  const isAlike = last !== undefined && setsJust(last[0].fieldsV1, shape, zero, object, ofServer)
  if (isAlike && isBy(last[0], manager) && last[0].time === manager.time) {
    if (!sharedTexts.has(last)) sharedTexts.set(last, JSON.stringify(last))
    return last
  }
  const set = isAlike ? last[0].fieldsV1 : changes(schema, undefined, object).set
  if (isLeaf(set)) return []
  const book = frozen([entryOf(manager, set)])
  lastBooks.set(schema, book)
  return book
}

/** A shared book as it is printed; undefined where it is one object's own. */
export function sharedText(book: readonly object[]): string | undefined {
  return sharedTexts.get(book)
}

/** Whether `setFields` would answer this very set. A wrong no only costs time: lists with keys are never looked through. */
function setsJust(set: FieldSet, shape: Shape, before: unknown, after: unknown, nobodys?: Nobodys): boolean {
  if (after === undefined || after === null) return false
  if (shape.form === 'atomic') return isLeaf(set)
  if (shape.form !== 'fields' || !isRecord(after)) return false
  const old: Json = isRecord(before) ? before : {}
  let named = 0
  for (const name in after) {
    if (nobodys?.names.has(name) || isSame(old[name], after[name])) continue
    const inner = set[fieldElement(name)]
    const part = shape.of(name)
    const below = nobodys?.inside?.[name]
    if (inner ? !setsJust(inner, part, old[name], after[name], below) : setFields(part, old[name], after[name], anyChange, below))
      return false
    if (inner) named++
  }
  const isOwnedItself = before === undefined || (before === null && !shape.isStruct)
  if (named === 0) return isOwnedItself && isLeaf(set)
  return isOwnedItself ? set['.'] !== undefined && sizeOf(set) === named + 1 : sizeOf(set) === named
}

function sizeOf(set: FieldSet): number {
  let size = 0
  for (const _ in set) size++
  return size
}

const mostUpdaters = 10

/** As they are printed: who applied first, then by time and name. */
function inOrder(entries: readonly ManagedEntry[]): readonly ManagedEntry[] {
  const filled = entries.filter((entry) => !isLeaf(entry.fieldsV1)).toSorted(byPlace)
  const updaters = filled.filter(({ operation }) => operation === 'Update')
  if (updaters.length <= mostUpdaters) return filled
  // The two oldest of one version become one that has no name any more.
  for (const older of updaters) {
    const newer = updaters.find((each) => each !== older && each.apiVersion === older.apiVersion)
    if (!newer) continue
    const { apiVersion, time } = newer
    const ancient = { name: 'ancient-changes', operation: 'Update', apiVersion, time } as const
    const others = filled.filter((entry) => entry !== older && entry !== newer)
    return inOrder([...others, entryOf(ancient, union(older.fieldsV1, newer.fieldsV1))])
  }
  return filled
}

function byPlace(a: ManagedEntry, b: ManagedEntry): number {
  const compared = (x = '', y = '') => (x < y ? -1 : x > y ? 1 : 0)
  return (
    compared(a.operation, b.operation) ||
    compared(a.time, b.time) ||
    compared(a.manager, b.manager) ||
    compared(a.apiVersion, b.apiVersion) ||
    compared(a.subresource, b.subresource)
  )
}

function withFields(entry: ManagedEntry, fieldsV1: FieldSet): ManagedEntry {
  return { ...entry, fieldsV1 }
}

export interface Applying {
  readonly schema: StructSchema
  readonly live: Json | undefined
  readonly config: Json
  readonly manager: Manager
  readonly isForced: boolean
  readonly entries: readonly ManagedEntry[]
}

/** Server-side apply: the object as it should become, and who then owns what. */
export function applied({ schema, live, config, manager, isForced, entries }: Applying): {
  document: Json
  entries: readonly ManagedEntry[]
} {
  const shape = structShape(schema)
  const wanted = fieldsOf(schema, config)
  const merged = merge(shape, live, config) as Json
  const touched = live === undefined ? {} : changes(schema, live, merged).set
  const others = entries.filter((entry) => !isBy(entry, manager))
  const conflicts = others
    .map((entry) => ({ entry, fields: intersection(intersection(entry.fieldsV1, touched), wanted) }))
    .filter(({ fields }) => !isLeaf(fields))
  if (conflicts.length > 0 && !isForced) throw conflictError(conflicts)
  const kept = others.map((entry) => {
    const lost = conflicts.find((conflict) => conflict.entry === entry)?.fields
    return lost ? withFields(entry, minus(entry.fieldsV1, lost)) : entry
  })
  // What it applied before and does not mention now goes, unless somebody else wants it, too.
  const before = entries.find((entry) => isBy(entry, manager))?.fieldsV1 ?? {}
  const abandoned = kept.reduce((set, entry) => besides(set, entry.fieldsV1), besides(before, wanted))
  const document = prune(shape, merged, abandoned) as Json
  const own = entryOf(manager, wanted)
  const previous = entries.find((entry) => isBy(entry, manager))
  const isUnchanged = previous && isSame(previous.fieldsV1, wanted) && isSame(document, live)
  return { document, entries: inOrder([...kept, isUnchanged ? previous : own]) }
}

function conflictError(conflicts: readonly { readonly entry: ManagedEntry; readonly fields: FieldSet }[]): ApiError {
  const all = conflicts.flatMap(({ entry, fields }) => pathsOf(fields).map((path) => ({ who: managerText(entry), path })))
  const causes = all.map(({ who, path }) => ({ reason: 'FieldManagerConflict', message: `conflict with ${who}`, field: path }))
  if (all.length === 1)
    return new ApiError(409, 'Conflict', `Apply failed with 1 conflict: conflict with ${all[0].who}: ${all[0].path}`, { causes })
  const managers = [...new Set(all.map(({ who }) => who))].sort()
  const lines = managers.flatMap((who) => [
    `conflicts with ${who}:`,
    ...all.filter((each) => each.who === who).map(({ path }) => `- ${path}`),
  ])
  return new ApiError(409, 'Conflict', `Apply failed with ${all.length} conflicts: ${lines.join('\n')}`, { causes })
}

function managerText({ manager, subresource, operation, apiVersion }: ManagedEntry): string {
  const name = JSON.stringify(manager) + (subresource ? ` with subresource ${JSON.stringify(subresource)}` : '')
  return operation === 'Update' ? `${name} using ${apiVersion}` : name
}

/** What is applied laid over what is there. */
function merge(shape: Shape, live: unknown, config: unknown): unknown {
  if (live === undefined || live === null) return config
  switch (shape.form) {
    case 'fields': {
      if (!isRecord(live) || !isRecord(config)) return config
      const result: Record<string, unknown> = { ...live }
      for (const name of Object.keys(config)) result[name] = merge(shape.of(name), live[name], config[name])
      return result
    }
    case 'keyed': {
      if (!Array.isArray(live) || !Array.isArray(config)) return config
      const fresh = new Map((config as readonly unknown[]).map((item) => [keyOf(item, shape.keys, shape.defaults), item]))
      const result = (live as readonly unknown[]).map((item) => {
        const key = keyOf(item, shape.keys, shape.defaults)
        const over = fresh.get(key)
        fresh.delete(key)
        return over === undefined ? item : merge(shape.items, item, over)
      })
      return [...result, ...fresh.values()]
    }
    case 'set': {
      if (!Array.isArray(live) || !Array.isArray(config)) return config
      return [
        ...(live as readonly unknown[]),
        ...(config as readonly unknown[]).filter((item) => !live.some((other) => isSame(other, item))),
      ]
    }
    default:
      return config
  }
}

/** The value without the fields of a set. */
function prune(shape: Shape, value: unknown, set: FieldSet): unknown {
  if (isLeaf(set)) return value
  switch (shape.form) {
    case 'fields': {
      if (!isRecord(value)) return value
      const result: Record<string, unknown> = {}
      for (const [name, inner] of Object.entries(value)) {
        const gone = set[`f:${name}`]
        if (!gone) result[name] = inner
        else if (!isLeaf(gone)) result[name] = prune(shape.of(name), inner, gone)
      }
      return result
    }
    case 'keyed':
      if (!Array.isArray(value)) return value
      return (value as readonly unknown[]).flatMap((item) => {
        const gone = set[keyOf(item, shape.keys, shape.defaults)]
        if (!gone) return [item]
        return gone['.'] ? [] : [prune(shape.items, item, gone)]
      })
    case 'set':
      if (!Array.isArray(value)) return value
      return (value as readonly unknown[]).filter((item) => !set[`v:${JSON.stringify(item)}`])
    default:
      return value
  }
}
