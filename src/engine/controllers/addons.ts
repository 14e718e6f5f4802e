/** What can be switched on and off in a cluster as one thing, as `minikube addons` does. */
import { parseAllDocuments } from 'yaml'
import type { Client, Draft, KubernetesObject } from '../api/client.ts'
import { kinds } from '../kinds/index.ts'
import { resourceName } from '../kinds/kind.ts'
import { ingressNginxManifest } from './ingress-nginx-manifest.ts'
import { metricsServerObjects } from './metrics-server-objects.ts'

export interface Addon {
  isOn(): boolean
  set(isOn: boolean): void
}

type Part = readonly [resource: string, object: object]

export function addonsOf(client: Client): ReadonlyMap<string, Addon> {
  return new Map([
    ['metrics-server', addon(client, 'kube-system/metrics-server', metricsServerObjects)],
    ['ingress', addon(client, 'ingress-nginx/ingress-nginx-controller', () => partsOf(ingressNginxManifest('minikube')))],
  ])
}

/** On as long as its Deployment, `namespace/name`, is there. */
function addon(client: Client, deployment: string, parts: () => readonly Part[]): Addon {
  const [namespace, name] = deployment.split('/')
  const find = (resource: string, { metadata }: Pick<Draft<KubernetesObject>, 'metadata'>) =>
    client.get(resource, metadata.namespace ?? '', metadata.name ?? '')
  return {
    isOn: () => client.get('deployments.apps', namespace, name) !== undefined,
    set: (isOn) => {
      for (const [resource, object] of isOn ? parts() : parts().toReversed()) {
        const draft = object as Draft<KubernetesObject>
        if (isOn && !find(resource, draft)) client.create(resource, draft)
        else if (!isOn && find(resource, draft)) client.delete(resource, draft.metadata.namespace ?? '', draft.metadata.name ?? '')
      }
    },
  }
}

/** What `kubectl apply` would make of a manifest in a cluster that has none of it. */
export function install(client: Client, manifest: string): void {
  for (const [resource, object] of partsOf(manifest)) client.create(resource, object as Draft<KubernetesObject>)
}

function partsOf(manifest: string): readonly Part[] {
  return parseAllDocuments(manifest).map((document) => {
    const object = document.toJS() as { readonly kind: string }
    const kind = kinds.find((each) => each.kind === object.kind)
    if (!kind) throw new Error(`bug: no kind ${object.kind}`)
    return [resourceName(kind), object]
  })
}
