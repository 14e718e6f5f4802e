import { expect, test } from 'vitest'
import { ManualClock } from '../../../base/clock.ts'
import { request, type HttpResponse } from '../../../base/http.ts'
import { Random } from '../../../base/random.ts'
import { Store } from '../../store/store.ts'
import { ApiServer, stampResourceVersion } from '../server.ts'

function newServer() {
  const clock = new ManualClock()
  const server = new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(7) })
  return (method: string, url: string, body: unknown, headers = {}) => {
    const response = server.handle(request(method, url, body, headers), {}) as HttpResponse
    return {
      status: response.status,
      warning: response.headers.warning,
      message: (JSON.parse(String(response.body)) as { message?: string }).message,
    }
  }
}

const namespace = (labels: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: 'team',
    labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value])),
  },
})
const pod = (spec: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'nginx', image: 'nginx' }], ...spec },
})
const pods = '/api/v1/namespaces/team/pods'

test('a restricted namespace says all that an ordinary pod lacks', () => {
  const ask = newServer()
  ask('POST', '/api/v1/namespaces', namespace({ enforce: 'restricted' }))
  expect(ask('POST', pods, pod({})).message).toBe(
    'pods "web" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "nginx" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "nginx" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "nginx" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "nginx" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
  )
  const securityContext = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  }
  expect(ask('POST', pods, pod({ containers: [{ name: 'nginx', image: 'nginx', securityContext }] })).status).toBe(201)
})

test('baseline refuses what reaches into the node', () => {
  const ask = newServer()
  ask('POST', '/api/v1/namespaces', namespace({ enforce: 'baseline' }))
  expect(ask('POST', pods, pod({})).status).toBe(201)
  const reaching = {
    hostNetwork: true,
    hostPID: true,
    volumes: [{ name: 'root', hostPath: { path: '/' } }],
    containers: [
      {
        name: 'nginx',
        image: 'nginx',
        ports: [{ containerPort: 80, hostPort: 80 }],
        securityContext: { privileged: true, capabilities: { add: ['NET_ADMIN'] } },
      },
    ],
  }
  expect(ask('POST', pods, pod(reaching)).message).toBe(
    'pods "web" is forbidden: violates PodSecurity "baseline:latest": non-default capabilities (container "nginx" must not include "NET_ADMIN" in securityContext.capabilities.add), host namespaces (hostNetwork=true, hostPID=true), hostPath volumes (volume "root"), hostPort (container "nginx" uses hostPort 80), privileged (container "nginx" must not set securityContext.privileged=true)',
  )
})

test('a level that only warns lets a Deployment in and says so; a new level looks at the pods that are there', () => {
  const ask = newServer()
  ask('POST', '/api/v1/namespaces', namespace({ warn: 'baseline' }))
  const template = { metadata: { labels: { app: 'web' } }, spec: pod({ hostNetwork: true }).spec }
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: { app: 'web' } }, template },
  }
  expect(ask('POST', '/apis/apps/v1/namespaces/team/deployments', deployment)).toMatchObject({
    status: 201,
    warning: ['299 - "would violate PodSecurity \\"baseline:latest\\": host namespaces (hostNetwork=true)"'],
  })
  ask('POST', pods, pod({}))
  const stricter = ask('PATCH', '/api/v1/namespaces/team', namespace({ enforce: 'restricted' }), {
    'content-type': 'application/merge-patch+json',
  })
  expect(stricter.warning).toEqual([
    '299 - "existing pods in namespace \\"team\\" violate the new PodSecurity enforce level \\"restricted:latest\\""',
    '299 - "web: allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile"',
  ])
  expect(
    ask('PATCH', '/api/v1/namespaces/team', namespace({ enforce: 'strict' }), { 'content-type': 'application/merge-patch+json' }).message,
  ).toBe(
    'Namespace "team" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted',
  )
})
