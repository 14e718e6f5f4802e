/**
 * What every answer of a real API server carries besides its body: an id for the audit log, and which flow schema and priority level
 * let the request in. Nothing is queued here, so the schema is only the one that would have matched the user.
 */
import type { Clock } from '../../base/clock.ts'
import { type HttpResponse, jsonHeaders } from '../../base/http.ts'
import { Random } from '../../base/random.ts'
import { kinds } from '../kinds/index.ts'
import type { User } from './access/authorization.ts'
import type { Registry } from './registry.ts'

const schemaKind = kinds.find(({ resource }) => resource === 'flowschemas')
const levelKind = kinds.find(({ resource }) => resource === 'prioritylevelconfigurations')
const group = 'flowcontrol.apiserver.k8s.io'

export class ResponseHeaders {
  readonly #registry: Registry
  readonly #clock: Clock
  /** Of its own, so that asking does not change the names of what is made next. */
  readonly #random = new Random(0xa0d17)
  #printed = { second: Number.NaN, text: '' }
  #lastFlow: { readonly user: User; readonly schemas: object; readonly levels: object; readonly flow: Flow | undefined } | undefined

  constructor(registry: Registry) {
    this.#registry = registry
    this.#clock = registry.clock
  }

  stamped({ status, headers, body }: HttpResponse, user: User | undefined): HttpResponse {
    const auditId = this.#random.uuid()
    const cacheControl = 'no-cache, private'
    const flow = user && this.#flowOf(user)
    // Written down at once, as nearly all answers have them: put together name by name they had V8 compile this function over and over.
    if (flow && headers === jsonHeaders)
      return {
        status,
        headers: {
          'audit-id': auditId,
          'cache-control': cacheControl,
          'content-type': 'application/json',
          'x-kubernetes-pf-flowschema-uid': flow.schemaUid,
          'x-kubernetes-pf-prioritylevel-uid': flow.levelUid,
          date: this.#date(),
        },
        body,
      }
    const ofFlow = flow && { 'x-kubernetes-pf-flowschema-uid': flow.schemaUid, 'x-kubernetes-pf-prioritylevel-uid': flow.levelUid }
    return { status, headers: { 'audit-id': auditId, 'cache-control': cacheControl, ...headers, ...ofFlow, date: this.#date() }, body }
  }

  /** Many answers fall into one second; dates are slow to print. */
  #date(): string {
    const second = Math.floor(this.#clock.now() / 1000)
    if (second !== this.#printed.second) this.#printed = { second, text: new Date(second * 1000).toUTCString() }
    return this.#printed.text
  }

  /** The same as long as the same user asks and no schema and no level changed: the store answers with the same lists until then. */
  #flowOf(user: User): Flow | undefined {
    const { store } = this.#registry
    const schemas = store.list(`flowschemas.${group}`)
    const levels = store.list(`prioritylevelconfigurations.${group}`)
    const last = this.#lastFlow
    if (last?.user !== user || last.schemas !== schemas || last.levels !== levels)
      this.#lastFlow = { user, schemas, levels, flow: this.#flowFound(user) }
    return this.#lastFlow?.flow
  }

  #flowFound(user: User): Flow | undefined {
    const schema = schemaKind && this.#registry.get(schemaKind, '', schemaFor(user))
    const name = (schema as { spec?: { priorityLevelConfiguration?: { name?: string } } } | undefined)?.spec?.priorityLevelConfiguration
      ?.name
    const level = levelKind && this.#registry.get(levelKind, '', name ?? '')
    return schema && level && { schemaUid: schema.metadata.uid, levelUid: level.metadata.uid }
  }
}

interface Flow {
  readonly schemaUid: string
  readonly levelUid: string
}

function schemaFor({ groups, name }: User): string {
  if (groups.includes('system:masters')) return 'exempt'
  if (groups.includes('system:nodes')) return 'system-nodes'
  if (name === 'system:kube-controller-manager' || name === 'system:kube-scheduler') return name.slice('system:'.length)
  if (groups.includes('system:serviceaccounts:kube-system')) return 'kube-system-service-accounts'
  if (groups.includes('system:serviceaccounts')) return 'service-accounts'
  return groups.includes('system:authenticated') ? 'global-default' : 'catch-all'
}
