/** What can be switched on and off in a cluster as one thing, as `minikube addons` does. */
import { parseAllDocuments } from 'yaml'
import type { Client, Draft, KubernetesObject } from '../api/client.ts'
import { kinds } from '../kinds/index.ts'
import { resourceName } from '../kinds/kind.ts'
import { frozen } from '../store/store.ts'
import { ingressNginxManifest } from './ingress-nginx-manifest.ts'
import { metricsServerObjects } from './metrics-server-objects.ts'
import { localPathProvisioner, minikubeClass, minikubeProvisioner } from './storage-provisioners.ts'

export interface Addon {
  isOn(): boolean
  set(isOn: boolean): void
}

type Part = readonly [resource: string, object: object]

export function addonsOf(client: Client): ReadonlyMap<string, Addon> {
  const localPath = (options: { readonly isDefault: boolean }) =>
    addon(client, ['deployments.apps', 'local-path-storage', 'local-path-provisioner'], () => partsOf(localPathProvisioner(options)))
  return new Map([
    ['metrics-server', addon(client, ['deployments.apps', 'kube-system', 'metrics-server'], metricsServerObjects)],
    [
      'ingress',
      addon(client, ['deployments.apps', 'ingress-nginx', 'ingress-nginx-controller'], () => partsOf(ingressNginxManifest('minikube'))),
    ],
    ['storage-provisioner', addon(client, ['pods', 'kube-system', 'storage-provisioner'], () => partsOf(minikubeProvisioner))],
    ['default-storageclass', addon(client, ['storageclasses.storage.k8s.io', '', 'standard'], () => partsOf(minikubeClass))],
    ['storage-provisioner-rancher', localPath({ isDefault: false })],
    // The courses' kubeadm clusters have it as their default.
    ['local-path', localPath({ isDefault: true })],
  ])
}

/** On as long as the object that it is about is there. */
function addon(
  client: Client,
  [resource, namespace, name]: readonly [resource: string, namespace: string, name: string],
  parts: () => readonly Part[],
): Addon {
  const find = (resource: string, { metadata }: Pick<Draft<KubernetesObject>, 'metadata'>) =>
    client.get(resource, metadata.namespace ?? '', metadata.name ?? '')
  return {
    isOn: () => client.get(resource, namespace, name) !== undefined,
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

/** Manifests are part of the program, and the next cluster has the same: reading them anew was a tenth of its start. */
const known = new Map<string, readonly Part[]>()

function partsOf(manifest: string): readonly Part[] {
  let parts = known.get(manifest)
  if (!parts) known.set(manifest, (parts = partsIn(manifest)))
  return parts
}

function partsIn(manifest: string): readonly Part[] {
  return parseAllDocuments(manifest).map((document) => {
    const object = frozen(document.toJS() as { readonly kind: string })
    const kind = kinds.find((each) => each.kind === object.kind)
    if (!kind) throw new Error(`bug: no kind ${object.kind}`)
    return [resourceName(kind), object]
  })
}
