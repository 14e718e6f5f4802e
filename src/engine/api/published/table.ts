/** Objects as the rows `kubectl get` prints. All columns are the server's; the client only aligns them. */
import type { Column, Kind, StoredObject } from '../../kinds/kind.ts'
import { age, nameDescription, ageDescription } from '../../kinds/columns.ts'

/** What a row carries of its object: kubectl needs names and labels, `--sort-by` asks for all of it. */
export type IncludeObject = 'Metadata' | 'Object' | 'None'

const plainColumns: readonly Column[] = [
  { name: 'Name', type: 'string', format: 'name', description: nameDescription, priority: 0, value: ({ metadata }) => metadata.name },
  { name: 'Created At', type: 'date', description: ageDescription, priority: 0, value: ({ metadata }) => metadata.creationTimestamp },
]

export function columnsOf(kind: Kind): readonly Column[] {
  return kind.columns ?? plainColumns
}

export interface TableOptions {
  readonly include: IncludeObject
  readonly version: string
  readonly nowMs: number
}

export function columnDefinitions(kind: Kind): readonly object[] {
  return columnsOf(kind).map(({ name, type, format = '', description, priority }) => ({ name, type, format, description, priority }))
}

export function tableRow(kind: Kind, object: StoredObject, { include, version, nowMs }: TableOptions): object {
  const cells = columnsOf(kind).map((column) => column.value(object, nowMs))
  if (include === 'None') return { cells, object: null }
  return { cells, object: include === 'Object' ? object : partialMetadata(object, version) }
}

export function partialMetadata({ metadata }: StoredObject, version = 'v1'): object {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata }
}

export function table(kind: Kind, objects: readonly StoredObject[], listMetadata: object, options: TableOptions): object {
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata: listMetadata,
    columnDefinitions: columnDefinitions(kind),
    rows: objects.map((object) => tableRow(kind, object, options)),
  }
}

export { age }
