/** Who may ask: `allow` and `deny` by address, `auth_basic` by password, `internal` for requests from outside. */
import { header, type HttpRequest } from '../../../base/http.ts'
import { UnixError } from '../../../unix/errors.ts'
import type { Blocking, Process } from '../../../unix/kernel/process.ts'
import { numberOf } from '../../../unix/network/namespace.ts'
import { allowedUser } from '../apr1.ts'
import { type Directive, named, single } from './config.ts'

export interface Refusal {
  readonly status: 401 | 403 | 404 | 500
  readonly headers?: Readonly<Record<string, string>>
  /** For the error log. */
  readonly reason?: string
}

/** `levels`: directives of http, server and location; the innermost level that has rules counts. */
export function* refused(
  process: Process,
  {
    request,
    client,
    levels,
  }: { readonly request: HttpRequest; readonly client: string; readonly levels: readonly (readonly Directive[])[] },
): Blocking<Refusal | undefined> {
  const rules =
    levels.map((level) => level.filter(({ name }) => name === 'allow' || name === 'deny')).findLast((list) => list.length > 0) ?? []
  const rule = rules.find(({ args }) => matchesAddress(args[0] ?? '', client))
  if (rule?.name === 'deny') return { status: 403, reason: 'access forbidden by rule' }
  const all = levels.flat()
  const realm = single(all, 'auth_basic')?.args[0]
  if (realm === undefined || realm === 'off') return undefined
  const path = named(all, 'auth_basic_user_file').at(-1)?.args[0] ?? ''
  let file: string
  try {
    file = process.files.readText(path.startsWith('/') ? path : `/etc/nginx/${path}`)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return { status: 403, reason: `open() "${path}" failed (2: No such file or directory)` }
  }
  const authorization = header(request.headers, 'authorization')
  if ((yield* allowedUser(file, authorization)) !== undefined) return undefined
  return {
    status: 401,
    headers: { 'www-authenticate': `Basic realm="${realm}"` },
    ...(authorization && { reason: 'user was not found in "' + path + '", or password mismatch' }),
  }
}

function matchesAddress(rule: string, client: string): boolean {
  if (rule === 'all') return true
  const [ip, bits = '32'] = rule.split('/')
  if (ip.includes(':') || !/^[\d.]+$/.test(client)) return ip === client
  const size = 2 ** (32 - Number(bits))
  return Math.floor(numberOf(ip) / size) === Math.floor(numberOf(client) / size)
}
