/**
 * Tokens of service accounts as JSON Web Tokens: signed with the cluster's service account key (`/etc/kubernetes/pki/sa.key`), whose public half
 * anybody may fetch at `/openid/v1/jwks`. A token is sent with every request, so that it was good is remembered.
 */
import { bytesOf } from '../../../base/bytes.ts'
import { bytesOfBig } from '../../../base/pki/der.ts'
import { publicDer, sign, verify } from '../../../base/pki/keys.ts'
import { sha256 } from '../../../base/sha256.ts'
import { keyFor } from './authority.ts'

export function signedToken(cluster: string, claims: object): string {
  const text = `${headOf(cluster)}.${urlBase64(bytesOf(JSON.stringify(claims)))}`
  const token = `${text}.${urlBase64(sign(keyFor(cluster, 'sa'), 'sha256', bytesOf(text)))}`
  remember(cluster, token)
  return token
}

/** Whether the cluster's key signed it; what it claims is not looked at. */
export function isSigned(cluster: string, token: string): boolean {
  if (known.has(`${cluster} ${token}`)) return true
  const at = token.lastIndexOf('.')
  const signature = fromUrlBase64(token.slice(at + 1))
  if (!signature || !verify(keyFor(cluster, 'sa'), 'sha256', bytesOf(token.slice(0, at)), signature)) return false
  remember(cluster, token)
  return true
}

/** What a token claims; undefined where it is none. */
export function claimsOf(token: string): unknown {
  const [, payload, signature, ...rest] = token.split('.')
  if (signature === undefined || rest.length > 0) return undefined
  try {
    const bytes = fromUrlBase64(payload)
    return bytes && JSON.parse(new TextDecoder().decode(bytes))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** JSON Web Key Set. */
export function publishedKeys(cluster: string): object {
  const key = keyFor(cluster, 'sa')
  if (key.kind !== 'rsa') return { keys: [] }
  const number = (value: bigint) => urlBase64(bytesOfBig(value))
  return { keys: [{ use: 'sig', kty: 'RSA', kid: keyIdOf(cluster), alg: 'RS256', n: number(key.n), e: number(key.e) }] }
}

const known = new Set<string>()

function remember(cluster: string, token: string): void {
  if (known.size >= 500) known.clear()
  known.add(`${cluster} ${token}`)
}

const keyIds = new Map<string, string>()

function keyIdOf(cluster: string): string {
  let id = keyIds.get(cluster)
  if (id === undefined) keyIds.set(cluster, (id = urlBase64(sha256(publicDer(keyFor(cluster, 'sa'))))))
  return id
}

function headOf(cluster: string): string {
  return urlBase64(bytesOf(JSON.stringify({ alg: 'RS256', kid: keyIdOf(cluster) })))
}

function urlBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}

/** Undefined where the text is no base64. */
function fromUrlBase64(text: string): Uint8Array | undefined {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return undefined
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
}
