/**
 * The definitions of Gateway API's standard channel. There is one release of them here; whoever asks for another one gets it all the same, and reads
 * in the first line, and in the annotation `bundle-version`, which one it is.
 */
import { stringify } from 'yaml'
import definitions from './generated/gateway-api.json' with { type: 'json' }

const bundled = definitions[0].metadata.annotations['gateway.networking.k8s.io/bundle-version']

function manifest(asked: string): string {
  const note = asked === bundled ? '' : `; ${asked} was asked for, the sandbox has ${bundled} only`
  return `# Gateway API ${bundled}, standard channel: the sandbox's own form of the manifest at this address${note}\n${definitions.map((each) => `---\n${stringify(each, { lineWidth: 0, aliasDuplicateObjects: false })}`).join('')}`
}

export function site(path: string): { readonly type: string; readonly body: string } | undefined {
  const asked = /^\/kubernetes-sigs\/gateway-api\/releases\/download\/(v1\.\d+\.\d+)\/standard-install\.yaml$/.exec(path)?.[1]
  if (asked) return { type: 'application/octet-stream', body: manifest(asked) }
  return path === '/kubernetes-sigs/gateway-api/releases/latest/download/standard-install.yaml'
    ? { type: 'application/octet-stream', body: manifest(bundled) }
    : undefined
}
