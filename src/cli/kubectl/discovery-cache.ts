/**
 * What the server offers, kept on disk as client-go keeps it: `~/.kube/cache/discovery/<host>/servergroups.json` and one
 * `serverresources.json` a group version, good for six hours. So kubectl asks once, and what came to the server since is noticed only by who
 * does not find a type: then it asks anew.
 */
import { textOf } from '../../base/bytes.ts'
import type { Process } from '../../unix/kernel/process.ts'
import { UnixError } from '../../unix/errors.ts'
import type { Api } from './connection.ts'
import type { Json } from './json.ts'

/** An `APIResourceList`: what a group version has, subresources among it. */
export interface ResourceList {
  readonly groupVersion: string
  readonly resources: readonly Json[]
}

const goodForMs = 6 * 3_600_000

export function cachedLists(api: Api): readonly ResourceList[] | undefined {
  const { process } = api
  const folder = folderOf(api)
  const { groups } = read(process, `${folder}/servergroups.json`) ?? {}
  if (!Array.isArray(groups)) return undefined
  const lists: ResourceList[] = []
  for (const { versions } of groups as readonly { readonly versions: readonly { readonly groupVersion: string }[] }[]) {
    for (const { groupVersion } of versions) {
      const list = read(process, `${folder}/${groupVersion}/serverresources.json`)
      if (!list) return undefined
      lists.push(list as ResourceList)
    }
  }
  return lists
}

export function keepLists(api: Api, lists: readonly ResourceList[]): void {
  const folder = folderOf(api)
  const groups = new Map<string, { groupVersion: string; version: string }[]>()
  for (const { groupVersion } of lists) {
    const [group, version] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion]
    groups.set(group, [...(groups.get(group) ?? []), { groupVersion, version }])
  }
  write(api.process, `${folder}/servergroups.json`, {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [...groups].map(([name, versions]) => ({ name, versions, preferredVersion: versions[0] })),
  })
  for (const { groupVersion, resources } of lists)
    write(api.process, `${folder}/${groupVersion}/serverresources.json`, {
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion,
      resources,
    })
}

function folderOf({ process, host, flags }: Api): string {
  const given = flags.knows('cache-dir') && flags.isSet('cache-dir') ? flags.text('cache-dir') : ''
  const root = given || process.env.KUBECACHEDIR || `${process.env.HOME ?? ''}/.kube/cache`
  return process.path(`${root}/discovery/${host.replace(/[^\w/.]/g, '_')}`)
}

/** What a file says; undefined where it is missing, too old, or not readable as it should be. */
function read(process: Process, path: string): Json | undefined {
  try {
    if (process.now() > process.files.stat(path, process.credentials).modifiedMs + goodForMs) return undefined
    return JSON.parse(textOf(process.files.readFile(path, process.credentials)))
  } catch (error) {
    if (error instanceof UnixError || error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Who has no home that can be written to does without. */
function write(process: Process, path: string, document: Json): void {
  try {
    process.files.mkdir(path.slice(0, path.lastIndexOf('/')), { mode: 0o750, parents: true }, process.credentials)
    process.files.writeFile(path, `${JSON.stringify(document)}\n`, { mode: 0o660 }, process.credentials)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
  }
}
