/** Releases as Helm keeps them: one Secret for each revision, its content JSON, packed and in base64 twice. */
import { gunzipSync, gzipSync } from 'fflate'
import { base64Of, bytesOf, bytesOfBase64, textOf } from '../../base/bytes.ts'
import type { Blocking, Process } from '../../unix/kernel/process.ts'
import type { Flags } from '../flags.ts'
import { Call } from '../kubectl/call.ts'
import { pathOf, type Resource } from '../kubectl/discovery.ts'
import { StatusError } from '../kubectl/refusal.ts'
import { wholeText } from '../kubectl/connection.ts'
import { HelmError, isMap } from './chart.ts'

export interface StoredRelease {
  readonly name: string
  readonly namespace: string
  readonly version: number
  readonly info: {
    readonly first_deployed: string
    readonly last_deployed: string
    readonly deleted: string
    readonly description: string
    readonly status: string
    readonly notes: string
  }
  readonly chart: {
    readonly metadata: { readonly name: string; readonly version: string; readonly appVersion?: string }
    readonly values: object
  }
  readonly config: object
  readonly manifest: string
}

/** The cluster as Helm speaks to it. */
export class Cluster {
  readonly #call: Call

  constructor(process: Process, flags: Flags) {
    this.#call = new Call(process, 'helm', flags, [])
  }

  get namespace(): string {
    return this.#call.namespace
  }

  *json(method: string, path: string, body?: object, contentType?: string): Blocking<Readonly<Record<string, unknown>> | undefined> {
    try {
      const text = yield* wholeText(yield* this.#call.api.ask(method, path, { ...(body && { body }), ...(contentType && { contentType }) }))
      return text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>)
    } catch (error) {
      if (error instanceof StatusError && error.status.code === 404) return undefined
      throw error
    }
  }

  *resources(): Blocking<readonly Resource[]> {
    return (yield* this.#call.discovery()).resources
  }

  *pathOf(object: Readonly<Record<string, unknown>>, namespace: string, isNew = false): Blocking<string> {
    const { apiVersion, kind } = object
    const [group, version] = String(apiVersion).includes('/') ? String(apiVersion).split('/') : ['', String(apiVersion)]
    const resource = (yield* this.resources()).find((one) => one.kind === kind && one.group === group && one.version === version)
    const metadata = isMap(object.metadata) ? object.metadata : {}
    if (!resource)
      throw new HelmError(
        `unable to build kubernetes objects from release manifest: resource mapping not found for name: "${String(metadata.name)}" namespace: "${String(metadata.namespace ?? '')}" from "": no matches for kind "${String(kind)}" in version "${String(apiVersion)}"\nensure CRDs are installed first`,
      )
    return pathOf(resource, String(metadata.namespace ?? namespace), isNew ? undefined : String(metadata.name))
  }

  *releases(namespace: string | undefined, name?: string): Blocking<StoredRelease[]> {
    const selector = `owner=helm${name === undefined ? '' : `,name=${name}`}`
    const found = yield* this.json(
      'GET',
      `/api/v1/${namespace === undefined ? '' : `namespaces/${namespace}/`}secrets?labelSelector=${encodeURIComponent(selector)}`,
    )
    const items = (found?.items ?? []) as readonly { readonly data: { readonly release: string } }[]
    return items
      .map(({ data }) => JSON.parse(textOf(gunzipSync(bytesOfBase64(textOf(bytesOfBase64(data.release)))))) as StoredRelease)
      .sort((a, b) => a.version - b.version)
  }

  *save(release: StoredRelease, isNew: boolean): Blocking<void> {
    const name = `sh.helm.release.v1.${release.name}.v${release.version}`
    const packed = base64Of(bytesOf(base64Of(gzipSync(bytesOf(JSON.stringify(release)), { mtime: 0 }))))
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'helm.sh/release.v1',
      metadata: {
        name,
        namespace: release.namespace,
        labels: {
          name: release.name,
          owner: 'helm',
          status: release.info.status,
          version: String(release.version),
          modifiedAt: String(Math.floor(Date.parse(release.info.last_deployed) / 1000)),
        },
      },
      data: { release: packed },
    }
    if (isNew) yield* this.json('POST', `/api/v1/namespaces/${release.namespace}/secrets`, secret)
    else yield* this.json('PUT', `/api/v1/namespaces/${release.namespace}/secrets/${name}`, secret)
  }

  forget(release: StoredRelease): Blocking<unknown> {
    return this.json('DELETE', `/api/v1/namespaces/${release.namespace}/secrets/sh.helm.release.v1.${release.name}.v${release.version}`)
  }
}
