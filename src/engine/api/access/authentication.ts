/**
 * Who asks: a client certificate, the token of a service account, or nobody; and whom they ask for (impersonation). What comes from inside the
 * program, over no network, is the cluster's admin; who comes over the network without credentials is anonymous.
 */
import { header, type HttpRequest, type Peer } from '../../../base/http.ts'
import { subjectOf } from './authority.ts'
import { isAllowed, refusal, type User } from './authorization.ts'
import { ApiError } from '../client.ts'
import { isRecord } from '../objects.ts'
import type { Registry } from '../registry.ts'
import { claimsOf, isSigned, signedToken } from './service-account-keys.ts'

const admin: User = { name: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] }
const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

export const serviceAccountIssuer = 'https://kubernetes.default.svc.cluster.local'

const credentialId = 'authentication.kubernetes.io/credential-id'

/** The user behind a request; refuses credentials that are wrong, and those who may not speak for another. */
export function userOf(registry: Registry, { headers }: HttpRequest, peer: Peer): User {
  const real = realUser(registry, headers, peer)
  const name = header(headers, 'impersonate-user')
  if (name === undefined) return real
  const mayBe = (resource: string, namespace: string, wanted: string, group = '', subresource = '') => {
    const asked = { verb: 'impersonate', group, resource, subresource, namespace, name: wanted }
    if (!isAllowed(registry, real, asked)) throw refusal(real, asked)
  }
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name)
  if (account) mayBe('serviceaccounts', account[1], account[2])
  else mayBe('users', '', name)
  const asked = headers['impersonate-group']
  const groups = asked === undefined ? [] : typeof asked === 'string' ? asked.split(/,\s*/) : asked
  for (const group of groups) mayBe('groups', '', group)
  const uid = header(headers, 'impersonate-uid')
  if (uid !== undefined) mayBe('uids', '', uid, 'authentication.k8s.io')
  const extra: Record<string, readonly string[]> = {}
  for (const [title, value] of Object.entries(headers)) {
    if (!title.toLowerCase().startsWith(extraPrefix) || value === undefined) continue
    const key = unescaped(title.slice(extraPrefix.length).toLowerCase())
    extra[key] = typeof value === 'string' ? [value] : value
    for (const each of extra[key]) mayBe('userextras', '', each, 'authentication.k8s.io', key)
  }
  const given = groups.length === 0 && account ? accountGroups(account[1]) : groups
  const everybody = name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated'
  return {
    name,
    groups: given.includes(everybody) ? given : [...given, everybody],
    ...(uid === undefined ? {} : { uid }),
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  }
}

const extraPrefix = 'impersonate-extra-'

/** Keys may hold what header names may not, escaped with percent signs. */
function unescaped(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

/** Who holds the credentials, whoever it speaks for. */
export function realUser(registry: Registry, headers: HttpRequest['headers'], peer: Peer): User {
  const authorization = header(headers, 'authorization')
  const token = /^Bearer\s+(.*)$/i.exec(authorization ?? '')?.[1]
  if (token !== undefined) return registry.settings.tokens.get(token) ?? userOfToken(registry, token) ?? refuse()
  if (peer.certificate) return certified(peer.certificate)
  const certificate = header(headers, certificateHeader)
  if (certificate !== undefined) return userOfCertificate(registry, certificate) ?? refuse()
  if (authorization !== undefined) return refuse()
  if (peer.address === undefined) return admin
  return registry.settings.allowsAnonymous ? anonymous : refuse()
}

/** The sandbox's network has no TLS: what a handshake would have shown travels in a header, as base64 of PEM. */
export const certificateHeader = 'x-client-certificate'

function userOfCertificate(registry: Registry, encoded: string): User | undefined {
  const subject = subjectOf(clusterIdentity(registry), encoded, registry.clock.now())
  if (!subject || subject.commonName === '') return undefined
  return certified(subject)
}

function certified({ commonName, organizations, fingerprint }: NonNullable<Peer['certificate']>): User {
  return {
    name: commonName,
    groups: [...organizations, 'system:authenticated'],
    ...(fingerprint && { extra: { [credentialId]: [`X509SHA256=${fingerprint}`] } }),
  }
}

function refuse(): never {
  throw new ApiError(401, 'Unauthorized', 'Unauthorized')
}

function accountGroups(namespace: string): string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
}

/** What makes this cluster itself; its keys follow from it. */
export function clusterIdentity(registry: Registry): string {
  const system = registry.store.get('namespaces', 'kube-system') as { readonly metadata: { readonly uid: string } } | undefined
  return system?.metadata.uid ?? 'no cluster yet'
}

export interface TokenWish {
  readonly namespace: string
  readonly account: string
  readonly audiences?: readonly string[]
  readonly seconds?: number
  readonly bound?: { readonly kind: string; readonly name: string; readonly uid?: string }
}

export interface Token {
  /** Signs it. */
  readonly token: () => string
  readonly expiresAt: number
}

/** A new token of a service account that exists. */
export function tokenFor(
  registry: Registry,
  { namespace, account, audiences = [serviceAccountIssuer], seconds = 3600, bound }: TokenWish,
): Token {
  const uidOf = (resource: string, key: string) =>
    (registry.store.get(resource, key) as { readonly metadata: { readonly uid: string } } | undefined)?.metadata.uid
  const issuedAt = Math.floor(registry.clock.now() / 1000)
  const pod = bound?.kind === 'Pod' ? { pod: { name: bound.name, uid: uidOf('pods', `${namespace}/${bound.name}`) } } : {}
  const secret = bound?.kind === 'Secret' ? { secret: { name: bound.name, uid: uidOf('secrets', `${namespace}/${bound.name}`) } } : {}
  const nodeName =
    bound?.kind === 'Pod'
      ? (registry.store.get('pods', `${namespace}/${bound.name}`) as { readonly spec: { readonly nodeName?: string } } | undefined)?.spec
          .nodeName
      : bound?.kind === 'Node'
        ? bound.name
        : undefined
  const node = nodeName ? { node: { name: nodeName, uid: uidOf('nodes', nodeName) } } : {}
  // Pods get a year where they ask for an hour: programs of old do not read their token again.
  const isExtended = bound?.kind === 'Pod' && seconds === 3607
  const expiresAt = issuedAt + (isExtended ? 31536000 : seconds)
  const claims = {
    aud: audiences,
    exp: expiresAt,
    iat: issuedAt,
    iss: serviceAccountIssuer,
    jti: registry.random.uuid(),
    'kubernetes.io': {
      namespace,
      ...node,
      ...pod,
      ...secret,
      serviceaccount: { name: account, uid: uidOf('serviceaccounts', `${namespace}/${account}`) },
      ...(isExtended ? { warnafter: issuedAt + 3607 } : {}),
    },
    nbf: issuedAt,
    sub: `system:serviceaccount:${namespace}:${account}`,
  }
  return { token: () => signedToken(clusterIdentity(registry), claims), expiresAt: (issuedAt + seconds) * 1000 }
}

/** The service account a token was made for, as long as it and what it is bound to are alive. */
export function userOfToken(registry: Registry, token: string): User | undefined {
  const judged = judgedToken(registry, token, [serviceAccountIssuer])
  return 'user' in judged ? judged.user : undefined
}

/** Whose a token is and for which of the audiences it is good; or what is wrong with it, where more is wrong than that it is none of this cluster's. */
export function judgedToken(
  registry: Registry,
  token: string,
  audiences: readonly string[],
): { readonly user: User; readonly audiences: readonly string[] } | { readonly problem?: string } {
  const claims = claimsOf(token)
  const about = isRecord(claims) ? claims['kubernetes.io'] : undefined
  if (!isRecord(claims) || claims.iss !== serviceAccountIssuer || !isRecord(about) || !isRecord(about.serviceaccount)) return {}
  if (!isSigned(clusterIdentity(registry), token)) return { problem: 'go-jose/go-jose: error in cryptographic primitive' }
  const nowSeconds = registry.clock.now() / 1000
  if (typeof claims.exp === 'number' && claims.exp <= nowSeconds) return { problem: 'service account token has expired' }
  const own = Array.isArray(claims.aud) ? claims.aud.map(String) : []
  const good = own.filter((audience) => audiences.includes(audience))
  if (good.length === 0) return { problem: `token audiences ${goStrings(own)} is invalid for the target audiences ${goStrings(audiences)}` }
  const namespace = String(about.namespace)
  const isAlive = (resource: string, part: unknown, key: (name: string) => string) => {
    if (!isRecord(part)) return true
    const object = registry.store.get(resource, key(String(part.name))) as { readonly metadata: { readonly uid: string } } | undefined
    return object !== undefined && (part.uid === undefined || object.metadata.uid === part.uid)
  }
  const here = (name: string) => `${namespace}/${name}`
  if (
    !isAlive('serviceaccounts', about.serviceaccount, here) ||
    !isAlive('pods', about.pod, here) ||
    !isAlive('secrets', about.secret, here) ||
    !(isRecord(about.pod) || isAlive('nodes', about.node, (name) => name))
  )
    return { problem: 'service account token has been invalidated' }
  const named = (part: unknown, title: string) =>
    isRecord(part)
      ? {
          [`authentication.kubernetes.io/${title}-name`]: [String(part.name)],
          [`authentication.kubernetes.io/${title}-uid`]: [String(part.uid)],
        }
      : {}
  const { name, uid } = about.serviceaccount
  return {
    user: {
      name: `system:serviceaccount:${namespace}:${String(name)}`,
      uid: String(uid),
      groups: [...accountGroups(namespace), 'system:authenticated'],
      extra: { [credentialId]: [`JTI=${String(claims.jti)}`], ...named(about.node, 'node'), ...named(about.pod, 'pod') },
    },
    audiences: good,
  }
}

/** As Go's `%q` prints a list. */
function goStrings(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(' ')}]`
}
