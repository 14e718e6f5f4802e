/**
 * The forms a client speaks and wants to hear. Who accepts nothing but protobuf gets JSON all the same: every client that asks for protobuf
 * reads the answer by its own content type.
 */
import { Document } from 'yaml'
import { header, type HttpRequest, type HttpResponse } from '../../../base/http.ts'
import type { Kind } from '../../kinds/kind.ts'
import { ApiError } from '../client.ts'
import { unsupportedMediaType } from '../errors.ts'

export type Form = ({ readonly as: 'object' } | { readonly as: 'table' | 'metadata'; readonly version: string }) & {
  readonly isYaml?: boolean
}

const json = 'application/json'
const yaml = 'application/yaml'
const protobuf = 'application/vnd.kubernetes.protobuf'
const known = [json, yaml, protobuf]

/** Clients ask in few ways, over and over. */
const forms = new Map<string, Form | undefined>()

/** Undefined where nothing that is asked for can be answered. */
export function formAccepted(request: HttpRequest): Form | undefined {
  const accept = header(request.headers, 'accept') ?? ''
  if (forms.has(accept)) return forms.get(accept)
  const form = firstKnown(accept)
  if (forms.size < 100) forms.set(accept, form)
  return form
}

export function formOf(request: HttpRequest): Form {
  const form = formAccepted(request)
  if (!form) throw new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${known.join(', ')}`)
  return form
}

function firstKnown(accept: string): Form | undefined {
  if (accept === '') return { as: 'object' }
  for (const clause of byQuality(accept)) {
    const [media, ...parameters] = clause.split(';').map((part) => part.trim())
    const type = media === '*/*' || media === 'application/*' ? json : media
    if (!known.includes(type)) continue
    const given = new Map(parameters.map((parameter) => parameter.split('=', 2) as [string, string]))
    const form = formNamed(given)
    if (form) return type === yaml ? { ...form, isYaml: true } : form
  }
  return undefined
}

function formNamed(given: ReadonlyMap<string, string>): Form | undefined {
  const as = given.get('as')
  if (as === undefined) return { as: 'object' }
  const version = given.get('v') ?? ''
  if (given.get('g') !== 'meta.k8s.io' || !['v1', 'v1beta1'].includes(version)) return undefined
  if (as === 'Table') return { as: 'table', version }
  return as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList' ? { as: 'metadata', version } : undefined
}

function byQuality(accept: string): readonly string[] {
  const quality = (clause: string) => Number(/;\s*q=([\d.]+)/.exec(clause)?.[1] ?? 1)
  return accept.split(',').toSorted((a, b) => quality(b) - quality(a))
}

/** Refuses a body in a form that nobody here reads: what `curl -d` sends unless told otherwise. */
export function checkBodyType(request: HttpRequest, kind?: Kind): void {
  const type = bodyType(request)
  const read = kind?.decode ? [json, yaml] : known
  if (type !== '' && !read.includes(type))
    throw unsupportedMediaType(`the body of the request was in an unknown format - accepted media types include: ${read.join(', ')}`)
}

export function isYamlBody(request: HttpRequest): boolean {
  return bodyType(request) === yaml
}

/** Without parameters. Clients send in few ways, as they ask. */
const bodyTypes = new Map<string, string>()

function bodyType(request: HttpRequest): string {
  const given = header(request.headers, 'content-type') ?? ''
  let type = bodyTypes.get(given)
  if (type === undefined) {
    type = given.split(';')[0].trim().toLowerCase()
    if (bodyTypes.size < 100) bodyTypes.set(given, type)
  }
  return type
}

/** An answer as the client reads it: YAML for who asked for it, lines and indents for who asks with curl or a browser, or says `pretty`. */
export function readable(request: HttpRequest, response: HttpResponse): HttpResponse {
  if (typeof response.body !== 'string' || !String(response.headers['content-type']).startsWith(json)) return response
  if (formAccepted(request)?.isYaml)
    return { ...response, headers: { ...response.headers, 'content-type': yaml }, body: yamlText(JSON.parse(response.body)) }
  const asked = /[?&]pretty=(\w*)/.exec(request.url)?.[1]
  const isPerson =
    asked === undefined ? /^(curl|Wget|Mozilla)\//.test(header(request.headers, 'user-agent') ?? '') : !/^(false|0)$/i.test(asked)
  return isPerson ? { ...response, body: JSON.stringify(JSON.parse(response.body), null, 2) } : response
}

/** As Go's YAML writes JSON: names in the order of their letters, lists not indented. */
function yamlText(value: unknown): string {
  return new Document(value, { sortMapEntries: true, version: '1.1' }).toString({ indentSeq: false, lineWidth: 0 })
}
