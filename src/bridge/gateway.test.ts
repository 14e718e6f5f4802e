/** Gateway API as a course types it: definitions, a controller from its usual address, a Gateway, routes. */
import { expect, test } from 'vitest'
import { runAhead } from '../session/drive.ts'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: cafe
spec:
  gatewayClassName: nginx
  listeners:
  - {name: http, port: 80, protocol: HTTP, hostname: "*.example.com"}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: cafe
spec:
  parentRefs: [{name: cafe}]
  hostnames: [cafe.example.com]
  rules:
  - matches: [{path: {type: PathPrefix, value: /coffee}}]
    filters:
    - {type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}
    - {type: ResponseHeaderModifier, responseHeaderModifier: {set: [{name: X-Cup, value: large}]}}
    backendRefs: [{name: coffee, port: 80}]
  - matches: [{path: {type: Exact, value: /old}}]
    filters: [{type: RequestRedirect, requestRedirect: {statusCode: 301, path: {type: ReplaceFullPath, replaceFullPath: /coffee}}}]
  - matches: [{headers: [{name: version, value: two}]}]
    backendRefs: [{name: tea, namespace: garden, port: 80}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: stray
spec:
  parentRefs: [{name: cafe}]
  hostnames: [elsewhere.org]
  rules: [{backendRefs: [{name: coffee, port: 80}]}]
`

const grant = `apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: cafe, namespace: garden}
spec:
  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: default}]
  to: [{group: "", kind: Service}]
`

test('a Gateway is programmed, its routes act, and what does not act says so in its status', async () => {
  const session = await Session.create({ preset: 'kubernetes-kubeadm-2nodes', supplies: nodeSupplies })
  const type = async (cmd: string): Promise<string> => (await run(session, { cmd })).stdout
  const wait = () => runAhead(session.clock, () => false, 4_000)
  const fabric = 'https://raw.githubusercontent.com/nginx/nginx-gateway-fabric/v1.6.2/deploy'
  await type(
    `kubectl apply -f https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.0.0/standard-install.yaml; kubectl apply -f ${fabric}/crds.yaml -f ${fabric}/nodeport/deploy.yaml`,
  )
  await type(
    'kubectl create deployment coffee --image=nginx; kubectl expose deployment coffee --port=80; kubectl create namespace garden; kubectl -n garden create deployment tea --image=httpd; kubectl -n garden expose deployment tea --port=80',
  )
  await type(`kubectl apply -f - <<'END'\n${gateway}END`)
  await type(
    'kubectl -n nginx-gateway wait --for=condition=Available deployment/nginx-gateway; kubectl wait --for=condition=Available deployment/coffee',
  )
  await wait()
  expect(
    await type(
      `kubectl get gatewayclass nginx -o jsonpath='{.status.conditions[?(@.type=="Accepted")].status}'; kubectl get gateway cafe -o jsonpath=' {.status.conditions[*].reason} {.status.listeners[0].attachedRoutes}'`,
    ),
  ).toBe('True Accepted Programmed 1')
  const parents = (route: string): Promise<string> =>
    type(`kubectl get httproute ${route} -o jsonpath='{range .status.parents[0].conditions[*]}{.type}={.reason} {end}'`)
  expect(await parents('cafe')).toBe('Accepted=Accepted ResolvedRefs=RefNotPermitted ')
  expect(await parents('stray')).toBe('Accepted=NoMatchingListenerHostname ResolvedRefs=ResolvedRefs ')
  await type(
    `kubectl -n nginx-gateway get service nginx-gateway -o jsonpath='{.spec.ports[0].nodePort}' > port; kubectl -n nginx-gateway get pods -o jsonpath='{.items[0].status.hostIP}' > node`,
  )
  const curl = (rest: string, host = 'cafe.example.com'): Promise<string> =>
    type(`curl -s -H "Host: ${host}" http://$(cat node):$(cat port)${rest}`)
  expect(await curl('/coffee/index.html -i | grep -o "title>.*\\|X-Cup.*" | tr -d "\\r"')).toBe(
    'X-Cup: large\ntitle>Welcome to nginx!</title>\n',
  )
  expect(await curl('/old -i | grep -i "HTTP/\\|^location" | tr -d "\\r"')).toBe(
    'HTTP/1.1 301 Moved Permanently\nLocation: http://cafe.example.com/coffee\n',
  )
  expect(await curl('/ -o /dev/null -w "%{http_code}"')).toBe('404')
  expect(await curl('/ -H "version: two" -o /dev/null -w "%{http_code}"')).toBe('500')
  await type(`kubectl apply -f - <<'END'\n${grant}END`)
  await wait()
  expect(await parents('cafe')).toBe('Accepted=Accepted ResolvedRefs=ResolvedRefs ')
  expect(await curl('/ -H "version: two"')).toBe('<html><body><h1>It works!</h1></body></html>\n')
  expect(await curl('/coffee -o /dev/null -w "%{http_code}"', 'elsewhere.org')).toBe('404')
})
