/**
 * What one request is about: the kind and name its path says, who writes, and the form in which the answer is wanted.
 */
import { header, type HttpRequest, type Peer } from '../../../base/http.ts'
import { apiVersionOf, type Kind } from '../../kinds/kind.ts'
import type { User } from '../access/authorization.ts'
import { timestamp } from '../objects.ts'
import type { Manager } from '../patches/managed-fields.ts'
import type { IncludeObject } from '../published/table.ts'
import type { Query } from '../query.ts'
import type { Writer } from '../registry.ts'
import type { Form } from './negotiation.ts'

/** What a path names. */
export interface Target {
  readonly kind: Kind
  readonly namespace: string
  readonly name: string
  readonly subresource: string
  readonly rest: string
}

/** What one request is about. */
export interface Call extends Target {
  readonly request: HttpRequest
  readonly query: Query
  readonly writer: Writer
  readonly form: Form
  readonly warnings: string[]
  readonly user?: User
}

export function isWatch(query: Query): boolean {
  return query.flag('watch')
}

export function verbOf(method: string): string {
  return { GET: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }[method] ?? method.toLowerCase()
}

export function includeOf(query: Query): IncludeObject {
  const include = query.text('includeObject')
  return include === 'Object' || include === 'None' ? include : 'Metadata'
}

/** `kubectl/v1.33.1 (linux/amd64) …` is kubectl to everybody. */
function agentOf({ headers }: HttpRequest): string {
  const agent = header(headers, 'user-agent') ?? ''
  const end = agent.indexOf('/')
  return end === -1 ? agent : agent.slice(0, end)
}

export function writerOf(request: HttpRequest, query: Query, peer: Peer): Writer {
  return { by: agentOf(request) || query.text('fieldManager') || 'unknown', because: peer.because ?? 0 }
}

/** Whose name a write goes under in `managedFields`. */
export function managerOf(call: Call, operation: 'Apply' | 'Update', nowMs: number): Manager | undefined {
  const { query, kind, subresource, request } = call
  const name = query.text('fieldManager') || (operation === 'Update' ? agentOf(request) || 'unknown' : '')
  if (name === '') return undefined
  return { name, operation, apiVersion: apiVersionOf(kind), time: timestamp(nowMs), ...(subresource === '' ? {} : { subresource }) }
}
