/**
 * What every answer of a real API server carries besides its body: an id for the audit log, and which flow schema and priority level
 * let the request in. Nothing is queued here, so the schema is only the one that would have matched the user.
 */
import type { Clock } from '../../base/clock.ts'
import type { HttpResponse } from '../../base/http.ts'
import { Random } from '../../base/random.ts'
import { kinds } from '../kinds/index.ts'
import type { User } from './access/authorization.ts'
import type { Registry } from './registry.ts'

const schemaKind = kinds.find(({ resource }) => resource === 'flowschemas')
const levelKind = kinds.find(({ resource }) => resource === 'prioritylevelconfigurations')

export class ResponseHeaders {
  readonly #registry: Registry
  readonly #clock: Clock
  /** Of its own, so that asking does not change the names of what is made next. */
  readonly #random = new Random(0xa0d17)
  #printed = { second: Number.NaN, text: '' }

  constructor(registry: Registry) {
    this.#registry = registry
    this.#clock = registry.clock
  }

  stamped(response: HttpResponse, user: User | undefined): HttpResponse {
    const headers: Record<string, string | readonly string[]> = { 'audit-id': this.#random.uuid(), 'cache-control': 'no-cache, private' }
    for (const name in response.headers) headers[name] = response.headers[name]
    this.#addFlow(headers, user)
    headers.date = this.#date()
    return { status: response.status, headers, body: response.body }
  }

  /** Many answers fall into one second; dates are slow to print. */
  #date(): string {
    const second = Math.floor(this.#clock.now() / 1000)
    if (second !== this.#printed.second) this.#printed = { second, text: new Date(second * 1000).toUTCString() }
    return this.#printed.text
  }

  #addFlow(headers: Record<string, string | readonly string[]>, user: User | undefined): void {
    if (!user || !schemaKind || !levelKind) return
    const schema = this.#registry.get(schemaKind, '', schemaFor(user))
    const level =
      schema &&
      this.#registry.get(
        levelKind,
        '',
        (schema as { spec?: { priorityLevelConfiguration?: { name?: string } } }).spec?.priorityLevelConfiguration?.name ?? '',
      )
    if (!schema || !level) return
    headers['x-kubernetes-pf-flowschema-uid'] = schema.metadata.uid ?? ''
    headers['x-kubernetes-pf-prioritylevel-uid'] = level.metadata.uid ?? ''
  }
}

function schemaFor({ groups, name }: User): string {
  if (groups.includes('system:masters')) return 'exempt'
  if (groups.includes('system:nodes')) return 'system-nodes'
  if (name === 'system:kube-controller-manager' || name === 'system:kube-scheduler') return name.slice('system:'.length)
  if (groups.includes('system:serviceaccounts:kube-system')) return 'kube-system-service-accounts'
  if (groups.includes('system:serviceaccounts')) return 'service-accounts'
  return groups.includes('system:authenticated') ? 'global-default' : 'catch-all'
}
