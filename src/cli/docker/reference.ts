/**
 * Image names: `nginx` means `docker.io/library/nginx:latest`. Refusals are those of the distribution reference grammar.
 */
import { DockerError } from './docker-error.ts'

export interface Reference {
  readonly domain: string
  /** `library/nginx`. */
  readonly name: string
  readonly tag: string | undefined
  readonly digest: string | undefined
}

export function parseReference(text: string): Reference {
  const found = /^(?:((?:localhost|[^/]*[.:][^/]*)(?=\/))\/)?([^:@]*(?:\/[^:@]*)*)(?::([\w][\w.-]{0,127}))?(?:@(\w+:[0-9a-f]{32,}))?$/.exec(
    text,
  )
  if (!found || !/^[a-z0-9]+(?:(?:[._]|__|-+|\/)[a-z0-9]+)*$/.test(found[2])) {
    if (found && /[A-Z]/.test(found[2]))
      throw new DockerError(
        `invalid reference format: repository name (${found[1] ? `${found[1]}/` : found[2].includes('/') ? '' : 'library/'}${found[2]}) must be lowercase`,
      )
    throw new DockerError('invalid reference format')
  }
  const [, domain = 'docker.io', path, tag, digest] = found
  const name = domain === 'docker.io' && !path.includes('/') ? `library/${path}` : path
  return { domain, name, tag, digest }
}

/** `docker.io/library/nginx:latest`. */
export function canonicalName(text: string): string {
  const { domain, name, tag, digest } = parseReference(text)
  return `${domain}/${name}${tag || !digest ? `:${tag ?? 'latest'}` : ''}${digest ? `@${digest}` : ''}`
}

/** `nginx:latest`, as messages to people name it. */
export function familiarTag(text: string): string {
  const { domain, name, tag, digest } = parseReference(text)
  const short = domain === 'docker.io' ? name.replace(/^library\//, '') : `${domain}/${name}`
  return digest ? `${short}@${digest}` : `${short}:${tag ?? 'latest'}`
}
