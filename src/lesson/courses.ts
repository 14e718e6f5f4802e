/** In which order lessons come and which course they belong to: `structure.json`, which may name folders with one of their own, and Katacoda's `*-pathway.json`. */
import * as v from 'valibot'
import { joinPath, type PackFiles, parsed } from './pack-files.ts'

const Structure = v.looseObject({
  title: v.optional(v.string()),
  description: v.optional(v.string()),
  items: v.array(v.looseObject({ path: v.string(), title: v.optional(v.string()), description: v.optional(v.string()) })),
})

/** Katacoda's way to say what `structure.json` says. */
const Pathway = v.looseObject({
  title: v.optional(v.string()),
  courses: v.array(v.looseObject({ course_id: v.string(), title: v.optional(v.string()), description: v.optional(v.string()) })),
})

interface Item {
  readonly folder: string
  readonly title?: string
  readonly description?: string
}

interface List {
  readonly path: string
  readonly title?: string
  readonly items: readonly Item[]
}

/** Where a lesson stands; what its course calls it goes before what it calls itself. */
export interface Place {
  readonly course: string
  readonly rank: number
  readonly title?: string
  readonly description?: string
}

/** By folder of the lesson. */
export function placesIn(files: PackFiles, problems: string[]): ReadonlyMap<string, Place> {
  const lists = new Map(
    [...files.keys()].flatMap((path) => readList(files, path, problems) ?? []).map((list) => [listedAs(list.path), list]),
  )
  const below = new Set([...lists.values()].flatMap(({ items }) => items.map(({ folder }) => folder)))
  const places = new Map<string, Place>()
  const visit = (list: List, title: string, seen: readonly List[]): void => {
    for (const item of list.items) {
      const inner = lists.get(item.folder)
      if (inner && !seen.includes(inner)) visit(inner, inner.title ?? item.title ?? title, [...seen, inner])
      else if (!files.has(joinPath(item.folder, 'index.json'))) problems.push(`${list.path}: ${item.folder} has no index.json`)
      else if (!places.has(item.folder))
        places.set(item.folder, { course: title, rank: places.size, title: item.title, description: item.description })
    }
  }
  for (const [folder, list] of [...lists].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (!below.has(folder)) visit(list, list.title ?? '', [list])
  return places
}

/** A `structure.json` stands for its folder; a pathway for itself. */
function listedAs(path: string): string {
  return path.endsWith('-pathway.json') ? path : path.replace(/\/?structure\.json$/, '')
}

function readList(files: PackFiles, path: string, problems: string[]): [List] | undefined {
  const base = path.replace(/\/?[^/]*$/, '')
  if (path.endsWith('-pathway.json')) {
    const read = parsed(Pathway, files, path, problems)
    return (
      read && [
        {
          path,
          title: read.title,
          items: read.courses.map(({ course_id, title, description }) => ({ folder: joinPath(base, course_id), title, description })),
        },
      ]
    )
  }
  if (!/(^|\/)structure\.json$/.test(path)) return undefined
  const read = parsed(Structure, files, path, problems)
  return (
    read && [
      {
        path,
        title: read.title,
        items: read.items.map(({ path: item, title, description }) => ({ folder: joinPath(base, item), title, description })),
      },
    ]
  )
}
