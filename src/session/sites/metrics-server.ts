/** metrics-server's `components.yaml`. On a kubeadm cluster its pod never gets ready by it alone: it has to be told to trust the kubelets. */
import { stringify } from 'yaml'
import { metricsServerComponents } from '../../engine/controllers/metrics-server-objects.ts'

export function site(path: string): { readonly type: string; readonly body: string } | undefined {
  if (!/\/(?:components|high-availability[\w.+-]*)\.yaml$/.test(path)) return undefined
  const documents = metricsServerComponents().map((document) => stringify(document))
  return {
    type: 'application/octet-stream',
    body: `# metrics-server: the sandbox's own short form of the manifest at this address\n${documents.join('---\n')}`,
  }
}
