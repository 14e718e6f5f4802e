/**
 * Image references: `nginx`, `student/app:v2`, `localhost:5000/x@sha256:…`. Inside the daemon they are whole
 * (`docker.io/library/nginx:latest`); people see the familiar form.
 */
import { badRequest } from '../docker-error.ts'

export interface Reference {
  /** `docker.io`, `localhost:5000`. */
  readonly domain: string
  /** `library/nginx`. */
  readonly path: string
  readonly tag: string | undefined
  readonly digest: string | undefined
}

export function parseReference(text: string): Reference {
  if (/^[a-f0-9]{64}$/.test(text)) throw badRequest(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`)
  const [withoutDigest, digest] = splitAt(text, text.indexOf('@'))
  const colon = withoutDigest.lastIndexOf(':')
  const hasTag = colon > withoutDigest.lastIndexOf('/')
  const name = hasTag ? withoutDigest.slice(0, colon) : withoutDigest
  const tag = hasTag ? withoutDigest.slice(colon + 1) : undefined
  const slash = name.indexOf('/')
  const first = name.slice(0, slash)
  const hasDomain = slash > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase())
  const domain = hasDomain ? (first === 'index.docker.io' ? 'docker.io' : first) : 'docker.io'
  let path = hasDomain ? name.slice(slash + 1) : name
  if (domain === 'docker.io' && !path.includes('/')) path = `library/${path}`
  if (/[A-Z]/.test(path)) throw badRequest(`invalid reference format: repository name (${path}) must be lowercase`)
  const isValid = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/.test(path)
  if (!isValid || (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag)) || (digest !== undefined && !/^sha256:[a-f0-9]{64}$/.test(digest)))
    throw badRequest('invalid reference format')
  return { domain, path, tag, digest }
}

function splitAt(text: string, at: number): [string, string | undefined] {
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

/** `docker.io/library/nginx`. */
export function repositoryOf({ domain, path }: Reference): string {
  return `${domain}/${path}`
}

/** `nginx`, `student/app`, `localhost:5000/x`: the name without what goes without saying. */
export function familiar(repository: string): string {
  return repository.replace(/^docker\.io\/(library\/(?=[^/]*$))?/, '')
}

/** `nginx:latest`: what RepoTags hold. Without a tag it is `latest`. */
export function familiarTag(reference: Reference): string {
  return `${familiar(repositoryOf(reference))}:${reference.tag ?? 'latest'}`
}

/** As `No such image: ` names it: with the tag, or the digest. */
export function familiarWhole(reference: Reference): string {
  return reference.digest && !reference.tag ? `${familiar(repositoryOf(reference))}@${reference.digest}` : familiarTag(reference)
}
