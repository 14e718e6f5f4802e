/**
 * Objects as JSON. Who wrote what is half of an object's text; objects that came in a series share it, and there it is put in as it was written once, which
 * saves a third of the writing.
 */
import { apiVersionOf, type Kind, type StoredObject } from '../../kinds/kind.ts'
import { sharedText } from '../patches/managed-fields.ts'

type Json = Readonly<Record<string, unknown>>

export function objectText(object: StoredObject): string {
  const { managedFields } = object.metadata
  const book = managedFields && sharedText(managedFields)
  return book === undefined ? JSON.stringify(object) : textWith(book, object, nothing)
}

/** In a list objects do not say again what they are. */
export function listText(kind: Kind, metadata: object, objects: readonly StoredObject[]): string {
  const items = objects.map((object) => {
    const { managedFields } = object.metadata
    const book = managedFields && sharedText(managedFields)
    return book === undefined ? JSON.stringify(withoutKind(object)) : textWith(book, object, typeMeta)
  })
  const head = JSON.stringify({ kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata })
  return `${head.slice(0, -1)},"items":[${items.join(',')}]}`
}

function withoutKind(object: StoredObject): object {
  const { kind: _, apiVersion: __, ...rest } = object
  return rest
}

const nothing: readonly string[] = []
const typeMeta: readonly string[] = ['kind', 'apiVersion']

function textWith(book: string, object: StoredObject, leftOut: readonly string[]): string {
  let text = ''
  for (const name in object) {
    const value = (object as unknown as Json)[name]
    if (value === undefined || leftOut.includes(name)) continue
    text += startOf(name, text) + (name === 'metadata' ? metadataText(book, object) : valueText(value))
  }
  return `${text}}`
}

function metadataText(book: string, { metadata }: StoredObject): string {
  let text = ''
  for (const name in metadata) {
    const value = (metadata as unknown as Json)[name]
    if (value !== undefined) text += startOf(name, text) + (name === 'managedFields' ? book : valueText(value))
  }
  return `${text}}`
}

/** `{"name":` or `,"name":`; an object's own fields have few names. */
function startOf(name: string, before: string): string {
  const known = before === '' ? firsts : others
  let start = known.get(name)
  if (start === undefined) {
    start = `${before === '' ? '{' : ','}${JSON.stringify(name)}:`
    if (known.size < 1000) known.set(name, start)
  }
  return start
}

const firsts = new Map<string, string>()
const others = new Map<string, string>()

/** Most texts are quoted as they are, which spares a call into the engine for each. */
function valueText(value: unknown): string {
  return typeof value === 'string' && isPlain.test(value) ? `"${value}"` : JSON.stringify(value)
}

const isPlain = /^[\w\-.:/ ]*$/
