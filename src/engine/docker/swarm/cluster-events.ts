/** Swarm's own events, which every manager tells: what was made, changed and removed, and of a change what was and what is. */
import type { Daemon } from '../daemon.ts'

const types: Readonly<Record<string, string>> = {
  services: 'service',
  nodes: 'node',
  secrets: 'secret',
  configs: 'config',
  networks: 'network',
}

interface Told {
  readonly Spec?: {
    readonly Name?: string
    readonly Availability?: string
    readonly Role?: string
    readonly Mode?: { readonly Replicated?: { readonly Replicas?: number } }
    readonly TaskTemplate?: { readonly ContainerSpec?: { readonly Image?: string } }
  }
  readonly network?: { readonly Name: string }
  readonly Description?: { readonly Hostname?: string }
  readonly Status?: { readonly State?: string }
  readonly UpdateStatus?: { readonly State?: string }
}

export function tellChange(daemon: Daemon, kind: string, id: string, before: object | undefined, after: object | undefined): void {
  const type = types[kind]
  if (type === undefined) return
  const [old, now] = [before as Told | undefined, after as Told | undefined]
  const known = now ?? old
  const attributes: Record<string, string> = { name: known?.Spec?.Name || known?.Description?.Hostname || known?.network?.Name || '' }
  if (old && now) {
    const changes = Object.entries(facts(old)).flatMap(([name, value]) =>
      value === facts(now)[name]
        ? []
        : [
            [`${name}.old`, value],
            [`${name}.new`, facts(now)[name]],
          ],
    )
    // A node's report of itself changes nothing one would tell.
    if (changes.length === 0 && kind !== 'services') return
    Object.assign(attributes, Object.fromEntries(changes.filter(([, value]) => value !== '')))
  }
  daemon.event(type, old ? (now ? 'update' : 'remove') : 'create', id, attributes, 'swarm')
}

function facts({ Spec, Status, UpdateStatus }: Told): Record<string, string> {
  return {
    availability: Spec?.Availability ?? '',
    role: Spec?.Role ?? '',
    state: Status?.State ?? '',
    image: Spec?.TaskTemplate?.ContainerSpec?.Image ?? '',
    replicas: String(Spec?.Mode?.Replicated?.Replicas ?? ''),
    updatestate: UpdateStatus?.State ?? '',
  }
}
