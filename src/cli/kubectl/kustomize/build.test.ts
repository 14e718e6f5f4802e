// Kustomizations as files lie in folders; what is expected was printed by the real tool.
import { expect, test } from 'vitest'
import { ManualClock } from '../../../base/clock.ts'
import { TestMachine } from '../../testing.ts'
import { kubectl } from '../kubectl.ts'

async function built(files: Readonly<Record<string, string>>, folder: string) {
  const machine = new TestMachine({ handle: () => ({ status: 404, headers: {}, body: '' }) }, new ManualClock(0))
  for (const [path, text] of Object.entries(files)) machine.write(path, text)
  return machine.run(kubectl, ['kubectl', 'kustomize', folder])
}

const base = {
  'base/kustomization.yaml': 'resources: [all.yaml]\nconfigMapGenerator:\n- name: conf\n  literals: [a=b]\n',
  'base/all.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: "nginx:1.25", envFrom: [{configMapRef: {name: conf}}]}]}
`,
}

test('an overlay renames, labels, patches and pins, and every reference follows', async () => {
  const overlay = {
    ...base,
    'dev/kustomization.yaml': `resources: [../base]
namePrefix: dev-
namespace: stage
labels: [{pairs: {env: dev}, includeSelectors: true}]
images: [{name: nginx, newTag: "1.27"}]
replicas: [{name: web, count: 3}]
patches: [{path: p.yaml}]
`,
    'dev/p.yaml':
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: side, image: busybox}]}}}\n',
  }
  expect(await built(overlay, 'dev')).toEqual({
    stdout: `apiVersion: v1
data:
  a: b
kind: ConfigMap
metadata:
  labels:
    env: dev
  name: dev-conf-4h2mbtbbt6
  namespace: stage
---
apiVersion: apps/v1
kind: Deployment
metadata:
  labels:
    env: dev
  name: dev-web
  namespace: stage
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
      env: dev
  template:
    metadata:
      labels:
        app: web
        env: dev
    spec:
      containers:
      - image: busybox
        name: side
      - envFrom:
        - configMapRef:
            name: dev-conf-4h2mbtbbt6
        image: nginx:1.27
        name: c
`,
    stderr: '',
    code: 0,
  })
})

test('what is wrong is told in the words of kustomize', async () => {
  const said = async (text: string) => (await built({ ...base, 'x/kustomization.yaml': text }, 'x')).stderr
  expect(await said('resource: [a]\n')).toBe('error: invalid Kustomization: json: unknown field "resource"\n')
  expect(await said('resources: [../base]\nreplicas: [{name: nope, count: 1}]\n')).toBe(
    'error: resource with name nope does not match a config with the following GVK [Deployment.[noVer].[noGrp] StatefulSet.[noVer].[noGrp] ReplicaSet.[noVer].[noGrp] ReplicationController.[noVer].[noGrp]]\n',
  )
  expect(await said('resources: [../x]\n')).toMatch(/cycle detected: candidate root '.*\/x' contains visited root '.*\/x'\n$/)
  expect(await said('resources: [../base]\ncommonLabels: {a: b}\n')).toBe(
    "# Warning: 'commonLabels' is deprecated. Please use 'labels' instead. Run 'kustomize edit fix' to update your Kustomization automatically.\n",
  )
})
