/** Helm, typed as in a first lesson about it. */
import { beforeAll, expect, test } from 'vitest'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

let session: Session
const type = async (cmd: string): Promise<string> => {
  const { stdout, stderr } = await run(session, { cmd })
  return stdout + stderr
}

beforeAll(async () => {
  session = await Session.create({ preset: 'kubernetes-kubeadm-1node', supplies: nodeSupplies })
})

test("a chart of one's own is made, rendered, installed, upgraded, rolled back and uninstalled", async () => {
  expect(await type('helm create web; helm lint web')).toBe(
    'Creating web\n==> Linting web\n[INFO] Chart.yaml: icon is recommended\n\n1 chart(s) linted, 0 chart(s) failed\n',
  )
  expect(await type('helm template demo web --set service.port=8080 --show-only templates/service.yaml')).toBe(`---
# Source: web/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: demo-web
  labels:
    helm.sh/chart: web-0.1.0
    app.kubernetes.io/name: web
    app.kubernetes.io/instance: demo
    app.kubernetes.io/version: "1.16.0"
    app.kubernetes.io/managed-by: Helm
spec:
  type: ClusterIP
  ports:
    - port: 8080
      targetPort: http
      protocol: TCP
      name: http
  selector:
    app.kubernetes.io/name: web
    app.kubernetes.io/instance: demo
`)
  await type('helm install demo web')
  await type('helm upgrade demo web --set replicaCount=3')
  expect(await type('kubectl get deployment demo-web -o jsonpath={.spec.replicas}')).toBe('3')
  expect(await type('helm rollback demo 1')).toBe('Rollback was a success! Happy Helming!\n')
  expect(await type('kubectl get deployment demo-web -o jsonpath={.spec.replicas}')).toBe('1')
  expect(await type(`helm history demo | awk 'NR > 1 {print $1, $7}'`)).toBe('1 superseded\n2 superseded\n3 deployed\n')
  expect(await type('helm uninstall demo; helm status demo')).toBe('release "demo" uninstalled\nError: release: not found\n')
  expect(await type('kubectl get deployment,service -o name')).toBe('service/kubernetes\n')
})

test('a chart comes from a repository', async () => {
  expect(await type('helm repo add bitnami https://charts.bitnami.com/bitnami')).toBe('"bitnami" has been added to your repositories\n')
  await type('helm install front bitnami/nginx --namespace apps --create-namespace --wait')
  expect(await type("kubectl -n apps get deployments --no-headers | awk '{print $1, $2}'")).toBe('front-nginx 1/1\n')
})
