/** What containerd says when a registry does not give it an image; each registry has its own way to say no. Texts as people report them. */
import { registryHosts } from '../docker/images/registry.ts'
import type { Reference } from '../docker/images/reference.ts'

/** `name` is the whole reference, as containerd writes it; `isKnown`: the repository is there, the tag is not. */
export function registryRefusal(name: string, reference: Reference, { isKnown }: { readonly isKnown: boolean }): string {
  const { domain, path, tag, digest } = reference
  const resolving = `failed to pull and unpack image "${name}": failed to resolve reference "${name}": `
  const manifest = `https://${domain}/v2/${path}/manifests/${digest ?? tag ?? 'latest'}`
  const notFound = `rpc error: code = NotFound desc = ${resolving}${name}: not found`
  if (isKnown) return notFound
  if (!registryHosts.includes(domain)) {
    const host = domain.replace(/:\d+$/, '')
    return `${resolving}failed to do request: Head "${manifest}": dial tcp: lookup ${host}: no such host`
  }
  switch (domain) {
    case 'docker.io':
      return `${resolving}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`
    case 'quay.io':
      return `${resolving}unexpected status from HEAD request to ${manifest}: 401 UNAUTHORIZED`
    case 'ghcr.io':
      return `${resolving}failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token?scope=repository%3A${encodeURIComponent(path)}%3Apull&service=ghcr.io: 403 Forbidden`
    default:
      return notFound
  }
}
