/** What an audit event says of a request: who asks, for whom, and what for. */
import { header, type HttpRequest, type Peer } from '../../../base/http.ts'
import { realUser, userOf } from '../access/authentication.ts'
import { allowing, type User } from '../access/authorization.ts'
import { ApiError } from '../client.ts'
import type { Registry } from '../registry.ts'
import { readParts, type Paths } from '../rest/paths.ts'
import type { Asked } from './audit-log.ts'

const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }

export function askedOf(
  { registry, paths }: { readonly registry: Registry; readonly paths: Paths },
  request: HttpRequest,
  peer: Peer,
): Asked {
  const [path, query = ''] = request.url.split('?', 2)
  const parts = readParts(path)
  const found =
    parts && ((parts[0] === 'api' && parts.length > 2) || (parts[0] === 'apis' && parts.length > 3)) ? paths.target(parts) : undefined
  const isWatching = /(^|&)watch=(1|t|true|True|TRUE)(&|$)/.test(query)
  const reading = isWatching ? 'watch' : found && found.name === '' ? 'list' : 'get'
  const changing = request.method === 'DELETE' && found?.name === '' ? 'deletecollection' : verbs[request.method]
  const real = known(() => realUser(registry, request.headers, peer))
  const spoken = header(request.headers, 'impersonate-user') === undefined ? undefined : known(() => userOf(registry, request, peer))
  const user = spoken ?? real
  const verb = found ? (changing ?? reading) : request.method.toLowerCase()
  const target = found && {
    group: found.kind.group,
    resource: found.kind.resource,
    subresource: found.subresource,
    namespace: found.namespace,
    name: found.name,
  }
  return {
    user: user?.name ?? '',
    groups: user?.groups ?? [],
    verb,
    path,
    target,
    reason:
      user && allowing(registry, user, target ? { verb, ...target } : { verb, group: '', resource: '', namespace: '', name: '', path }),
    version: found?.kind.version ?? '',
    userInfo: real ? infoOf(real) : {},
    impersonated: spoken && infoOf(spoken),
  }
}

function known(ask: () => User): User | undefined {
  try {
    return ask()
  } catch (error) {
    // Wrong credentials: the answer says so, and the event names nobody.
    if (error instanceof ApiError) return undefined
    throw error
  }
}

function infoOf({ name, groups, uid, extra }: User): object {
  return { username: name, ...(uid && { uid }), groups, ...(extra && { extra }) }
}
