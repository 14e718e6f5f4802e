/**
 * Bent manifests, written to an API server of their own and answered as kubectl prints the refusal. For tests only: one line of YAML is one thing
 * wrong with an object that is otherwise right.
 */
import { parse } from 'yaml'
import { bytesOf } from '../../base/bytes.ts'
import { ManualClock } from '../../base/clock.ts'
import type { HttpResponse } from '../../base/http.ts'
import { Random } from '../../base/random.ts'
import { isRecord } from '../api/objects.ts'
import { ApiServer, stampResourceVersion } from '../api/server.ts'
import { Store } from '../store/store.ts'

type Json = Readonly<Record<string, unknown>>

export interface Bench {
  /** Creates the sound manifest with a change, and takes it away again; what kubectl would print to stderr. */
  readonly create: (change: string) => string
  /** Creates it as it is, writes the change over it, and takes it away again. */
  readonly update: (change: string, subresource?: string) => string
}

export function bench(sound: string): Bench {
  const clock = new ManualClock(0)
  const api = new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(1) })
  const manifest = parse(sound) as Json
  const { kind } = manifest as { readonly kind: string }
  const group = String(manifest.apiVersion)
  const warnings: string[] = []
  const ask = (method: string, url: string, body?: Json): Json => {
    const request = { method, url, headers: { 'content-type': 'application/json' }, body: bytesOf(body ? JSON.stringify(body) : '') }
    const response = api.handle(request, {}) as HttpResponse
    const { warning } = response.headers
    if (warning) warnings.push(...[warning].flat().map((each) => each.replace(/^299 - "(.*)"$/s, '$1').replace(/\\(.)/g, '$1')))
    clock.advance(1)
    return JSON.parse(String(response.body)) as Json
  }
  const root = group.includes('/') ? `/apis/${group}` : `/api/${group}`
  const listed = ask('GET', root).resources as readonly { readonly kind: string; readonly name: string; readonly namespaced: boolean }[]
  const resource = listed.find((each) => each.kind === kind && !each.name.includes('/'))
  const url = `${root}${resource?.namespaced ? '/namespaces/default' : ''}/${resource?.name}`
  const printed = (answer: Json): string => {
    const told = [...new Set(warnings.splice(0))].map((warning) => `Warning: ${warning}`)
    const lines = answer.kind === 'Status' && answer.status === 'Failure' ? [refusal(answer, kind)] : []
    return [...told, ...lines].join('\n')
  }
  const remove = () => ask('DELETE', `${url}/${(manifest.metadata as { readonly name: string }).name}?propagationPolicy=Background`)
  return {
    create: (change) => {
      const changed = merged(manifest, (parse(change) ?? {}) as Json)
      const text = printed(ask('POST', url, changed))
      const { name } = changed.metadata as { readonly name?: string }
      ask('DELETE', `${url}/${name ?? 'x'}?propagationPolicy=Background`)
      warnings.length = 0
      return text
    },
    update: (change, subresource) => {
      const { metadata: made } = ask('POST', url, manifest)
      const { metadata, ...whole } = ask('GET', `${url}/${(made as { readonly name: string }).name}`)
      warnings.length = 0
      const { managedFields: _, ...kept } = metadata as Json
      const { name } = kept as { readonly name: string }
      const fresh = merged({ ...whole, metadata: kept }, parse(change) as Json)
      const text = printed(ask('PUT', `${url}/${name}${subresource ? `/${subresource}` : ''}`, fresh))
      remove()
      warnings.length = 0
      return text
    },
  }
}

function refusal({ message, details, reason }: Json, kind: string): string {
  if (reason !== 'Invalid') return `Error from server (${String(reason)}): ${String(message)}`
  const { name = '', causes = [] } = details as { readonly name?: string; readonly causes?: readonly { field: string; message: string }[] }
  const lines = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))]
  const subject = `The ${kind} "${name}" is invalid: `
  return lines.length === 1 ? `${subject}${lines[0]}` : `${subject}\n${lines.map((line) => `* ${line}`).join('\n')}`
}

/** Fields over fields; null takes one away. */
function merged(before: Json, change: Json): Json {
  const result: Record<string, unknown> = { ...before }
  for (const [key, value] of Object.entries(change)) {
    const old = result[key]
    if (value === null) delete result[key]
    else result[key] = isRecord(old) && isRecord(value) ? merged(old, value) : value
  }
  return result
}
