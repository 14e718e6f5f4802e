/** What can be switched on and off in a cluster as one thing, as `minikube addons` does. */
import type { Client } from '../api/client.ts'
import { installMetricsServer, removeMetricsServer } from './metrics-server-objects.ts'

export interface Addon {
  isOn(): boolean
  set(isOn: boolean): void
}

export function addonsOf(client: Client): ReadonlyMap<string, Addon> {
  return new Map([
    [
      'metrics-server',
      {
        isOn: () => client.get('deployments.apps', 'kube-system', 'metrics-server') !== undefined,
        set: (isOn: boolean) => (isOn ? installMetricsServer(client) : removeMetricsServer(client)),
      },
    ],
  ])
}
