/** Which rule a request falls to, and what its filters make of request and answer: pure, in the order that Gateway API lays down. */
import { header, type HttpHeaders, type HttpRequest } from '../../../base/http.ts'
import { isWithin, type Backend, type ServedHost, type ServedRule } from './evaluate.ts'
import type { Filter, HeaderFilter, Match, NamedMatch, PathChange } from './resources.ts'

export interface Choice {
  readonly served: ServedRule
  readonly match: Match
}

/** Exact before prefix, longer before shorter, then method, headers, parameters, and the older route. */
export function chosen(hosts: readonly ServedHost[], port: number, { method, url, headers }: HttpRequest): Choice | undefined {
  const host = hostOf(headers)
  const [path, query = ''] = url.split(/\?(.*)/s)
  const here = hosts
    .filter((each) => each.port === port && isWithin(host, each.hostname))
    .sort((a, b) => Number(b.hostname === host) - Number(a.hostname === host) || b.hostname.length - a.hostname.length)
  // The narrowest host name takes the request, whether or not one of its rules does.
  const rules = here[0]?.rules ?? []
  const parameters = new Map(query.split('&').map((pair) => [decoded(pair.split('=')[0]), decoded(pair.split('=')[1] ?? '')]))
  return rules
    .flatMap((served) => (served.rule.matches?.length ? served.rule.matches : [{}]).map((match: Match) => ({ served, match })))
    .filter(
      ({ match }) =>
        isPathFitting(match, path) &&
        (match.method === undefined || match.method === method) &&
        fits(match.headers, (name) => textOf(header(headers, name.toLowerCase()))) &&
        fits(match.queryParams, (name) => parameters.get(name)),
    )
    .sort(
      ({ match: a }, { match: b }) =>
        rank(b) - rank(a) ||
        (b.path?.value ?? '/').length - (a.path?.value ?? '/').length ||
        Number(b.method !== undefined) - Number(a.method !== undefined) ||
        (b.headers?.length ?? 0) - (a.headers?.length ?? 0) ||
        (b.queryParams?.length ?? 0) - (a.queryParams?.length ?? 0),
    )[0]
}

export function hostOf(headers: HttpHeaders): string {
  return (textOf(header(headers, 'host')) ?? '').replace(/:\d+$/, '').toLowerCase()
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.join(',')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // As it came: a broken escape matches only itself.
    return text
  }
}

function rank({ path }: Match): number {
  return path?.type === 'Exact' ? 1 : 0
}

function isPathFitting({ path }: Match, wanted: string): boolean {
  const { type = 'PathPrefix', value = '/' } = path ?? {}
  if (type === 'Exact') return wanted === value
  if (type === 'RegularExpression') return new RegExp(`^(?:${value})$`).test(wanted)
  const prefix = value.replace(/\/+$/, '')
  return wanted === prefix || wanted.startsWith(`${prefix}/`)
}

function fits(wanted: readonly NamedMatch[] | undefined, valueOf: (name: string) => string | undefined): boolean {
  return (wanted ?? []).every(({ name, value, type }) =>
    type === 'RegularExpression' ? new RegExp(`^(?:${value})$`).test(valueOf(name) ?? '') : valueOf(name) === value,
  )
}

/** By weight; undefined where all weigh nothing. */
export function drawn(backends: readonly Backend[], below: (limit: number) => number): Backend | undefined {
  const total = backends.reduce((sum, { weight }) => sum + weight, 0)
  if (total === 0) return undefined
  let left = below(total)
  return backends.find(({ weight }) => (left -= weight) < 0)
}

export function redirect(
  { requestRedirect }: Filter,
  { url, headers }: HttpRequest,
  match: Match,
  port: number,
): { readonly status: number; readonly location: string } {
  const { scheme = 'http', hostname = hostOf(headers), port: toPort, statusCode = 302, path } = requestRedirect ?? {}
  const shown = toPort ?? (requestRedirect?.scheme ? undefined : port)
  const isUsual = shown === undefined || shown === (scheme === 'https' ? 443 : 80)
  return { status: statusCode, location: `${scheme}://${hostname}${isUsual ? '' : `:${shown}`}${changedUrl(url, path, match)}` }
}

export function changedUrl(url: string, change: PathChange | undefined, match: Match): string {
  if (!change) return url
  const [path, query] = url.split(/\?(.*)/s)
  const prefix = match.path?.value ?? '/'
  const rest = path.slice(prefix.replace(/\/$/, '').length).replace(/^\/+/, '')
  const to = change.replacePrefixMatch ?? ''
  const fresh =
    change.type === 'ReplaceFullPath' ? (change.replaceFullPath ?? '/') : rest === '' ? to || '/' : `${to.replace(/\/$/, '')}/${rest}`
  return query === undefined ? fresh : `${fresh}?${query}`
}

export function changedHeaders(headers: HttpHeaders, filters: readonly (HeaderFilter | undefined)[]): HttpHeaders {
  const result: Record<string, string | readonly string[]> = { ...headers }
  for (const { set = [], add = [], remove = [] } of filters.filter((each) => each !== undefined)) {
    for (const { name, value } of set) result[name.toLowerCase()] = value
    for (const { name, value } of add)
      result[name.toLowerCase()] = result[name.toLowerCase()] === undefined ? value : `${textOf(result[name.toLowerCase()])},${value}`
    for (const name of remove) delete result[name.toLowerCase()]
  }
  return result
}
