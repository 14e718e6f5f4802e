/** ingress-nginx's `deploy.yaml` of a provider. */
import { ingressNginxManifest } from '../../engine/controllers/ingress-nginx-manifest.ts'

export function site(path: string): { readonly type: string; readonly body: string } | undefined {
  const [, provider] = /\/provider\/(\w+)\/(?:.*\/)?deploy\.yaml$/.exec(path) ?? []
  return provider === undefined
    ? undefined
    : { type: 'text/plain; charset=utf-8', body: ingressNginxManifest(provider === 'cloud' ? 'cloud' : 'baremetal') }
}
