/**
 * `minikube tunnel` as on Linux: a route from this machine to the cluster's Services, and for each Service of type LoadBalancer its own cluster IP as the
 * external one. Both are taken back when it is interrupted.
 */
import { bytesOf } from '../../base/bytes.ts'
import { WaitQueue } from '../../base/wait-queue.ts'
import { type Blocking, out } from '../../unix/kernel/process.ts'
import { fetch, wholeText } from '../../unix/network/fetch.ts'
import { type Access, ask } from '../machines.ts'
import { Failure, type Minikube, type Run } from './call.ts'

interface Service {
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly spec: { readonly type?: string; readonly clusterIP?: string }
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] } }
}

const lookMs = 1_000

/** The API server's answer to the profile's admin. */
export function* apiAnswer(minikube: Minikube, access: Access, method: string, path: string, body?: object): Blocking<unknown> {
  const headers = {
    accept: 'application/json',
    'x-client-certificate': access.clientCertificateData,
    ...(body && { 'content-type': 'application/merge-patch+json' }),
  }
  return JSON.parse(
    yield* wholeText(
      yield* fetch(minikube.process, `${access.server}${path}`, {
        method,
        url: '',
        headers,
        body: bytesOf(body ? JSON.stringify(body) : ''),
      }),
    ),
  )
}

export const tunnel: Run = function* (minikube) {
  const { process } = minikube
  const cluster = yield* minikube.running()
  const access = yield* ask<Access>(process, 'GET', `/clusters/${cluster.name}/kubeconfig`)
  const interrupted = new WaitQueue()
  let isOver = false
  for (const signal of ['INT', 'TERM'] as const) {
    process.handlers.set(signal, () => {
      isOver = true
      interrupted.wake()
    })
  }
  const balanced = function* (): Blocking<readonly Service[]> {
    const { items = [] } = (yield* apiAnswer(minikube, access, 'GET', '/api/v1/services')) as { readonly items?: readonly Service[] }
    return items.filter(({ spec }) => spec.type === 'LoadBalancer')
  }
  const place = function* ({ metadata }: Service, ingress: readonly object[] | null): Blocking<void> {
    yield* apiAnswer(minikube, access, 'PATCH', `/api/v1/namespaces/${metadata.namespace}/services/${metadata.name}/status`, {
      status: { loadBalancer: { ingress } },
    })
  }
  yield* ask(process, 'POST', `/clusters/${cluster.name}/tunnel`, { on: true })
  let last = ''
  while (!isOver) {
    const services = yield* balanced()
    for (const service of services) {
      const ip = service.spec.clusterIP ?? ''
      if (service.status?.loadBalancer?.ingress?.[0]?.ip !== ip) yield* place(service, [{ ip }])
    }
    const text = `Status:\t\n\tmachine: ${cluster.name}\n\tpid: ${process.pid}\n\troute: 10.96.0.0/12 -> ${cluster.nodes[0].ip}\n\tminikube: Running\n\tservices: [${services.map(({ metadata }) => metadata.name).join(', ')}]\n    errors: \n\t\tminikube: no errors\n\t\trouter: no errors\n\t\tloadbalancer emulator: no errors\n`
    if (text !== last) yield* out(process, text)
    last = text
    yield { on: [interrupted], until: process.now() + lookMs }
  }
  for (const service of yield* balanced()) yield* place(service, null)
  yield* ask(process, 'POST', `/clusters/${cluster.name}/tunnel`, { on: false })
  throw new Failure(130)
}
