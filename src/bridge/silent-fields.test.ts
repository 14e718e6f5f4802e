/** Fields of a pod that are easily taken and forgotten: each does what it says, or it is said that it does not. */
import { expect, it } from 'vitest'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

async function typed(files: Readonly<Record<string, string>>, cmd: string): Promise<string> {
  const session = await Session.create({ preset: 'kubernetes-kubeadm-2nodes', images: ['busybox'], files, supplies: nodeSupplies })
  const { stdout, stderr } = await run(session, { cmd })
  session.stop()
  return stdout + stderr
}

const pod = (spec: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n  restartPolicy: Never\n  containers:\n  - name: c\n    image: busybox\n${spec}`

it('the last words of a container that fails are its log, if it asks for that', async () => {
  const file = pod("    command: [sh, -c, 'echo no database; exit 3']\n    terminationMessagePolicy: FallbackToLogsOnError\n")
  const state = "kubectl get pod p -o jsonpath='{.status.containerStatuses[0].state.terminated.message}'"
  expect(await typed({ 'p.yaml': file }, `kubectl apply -f p.yaml; sleep 10; ${state}`)).toBe('pod/p created\nno database\n')
})

it('an ephemeral volume has a claim of its own, which goes with its pod', async () => {
  const claim = 'accessModes: [ReadWriteOnce]\n          storageClassName: slow\n          resources: {requests: {storage: 1Gi}}'
  const file = pod(
    `    command: [sleep, '1000']\n  volumes:\n  - name: data\n    ephemeral:\n      volumeClaimTemplate:\n        spec:\n          ${claim}\n`,
  )
  const commands = 'kubectl apply -f p.yaml; sleep 3; kubectl get pvc -o name; kubectl delete pod p; sleep 5; kubectl get pvc'
  expect(await typed({ 'p.yaml': file }, commands)).toBe(
    'pod/p created\npersistentvolumeclaim/p-data\npod "p" deleted\nNo resources found in default namespace.\n',
  )
})

it('allowPrivilegeEscalation and supplementalGroupsPolicy reach the process', async () => {
  const file = pod(
    "    command: [sh, -c, 'grep NoNewPrivs /proc/self/status; id -G']\n    securityContext:\n      allowPrivilegeEscalation: false\n  securityContext:\n    supplementalGroupsPolicy: Strict\n    supplementalGroups: [4000]\n",
  )
  expect(await typed({ 'p.yaml': file }, 'kubectl apply -f p.yaml; sleep 10; kubectl logs p')).toBe(
    'pod/p created\nNoNewPrivs:\t1\n0 4000\n',
  )
})

it('what the sandbox does not do with a volume is said', async () => {
  const file = pod(
    "    command: [sleep, '1000']\n  volumes:\n  - name: a\n    emptyDir: {medium: Memory, sizeLimit: 1Mi}\n  - name: b\n    awsElasticBlockStore: {volumeID: vol-1}\n",
  )
  expect(await typed({ 'p.yaml': file }, 'kubectl apply -f p.yaml 2>&1 | grep kept')).toBe(
    'Warning: spec.volumes[0].emptyDir.sizeLimit: kept, but no pod is evicted for a volume that grows past it\n' +
      'Warning: spec.volumes[0].emptyDir.medium: kept, but the files lie on the disk of the node and count as no memory\n' +
      'Warning: spec.volumes[1].awsElasticBlockStore: kept, but this volume type is not simulated\n',
  )
})

it('an affinity finds the namespaces that it selects, and keeps away from other versions', async () => {
  const affinity = (term: string): string =>
    pod(
      `    command: [sleep, '1000']\n  tolerations: [{operator: Exists}]\n  affinity:\n    podAffinity:\n      requiredDuringSchedulingIgnoredDuringExecution:\n      - topologyKey: kubernetes.io/hostname\n        labelSelector: {matchLabels: {app: db}}\n${term}`,
    )
  const commands =
    'kubectl create ns other; kubectl label ns other team=a; kubectl run db -n other -l app=db --image=busybox -- sleep 1000; sleep 3; kubectl apply -f near.yaml; sleep 3; kubectl get pod p -o jsonpath={.status.phase}; kubectl delete pod p --now; kubectl apply -f far.yaml; sleep 3; kubectl get pod p -o jsonpath={.status.phase}'
  const files = {
    'near.yaml': affinity('        namespaceSelector: {matchLabels: {team: a}}\n'),
    'far.yaml': affinity('        namespaceSelector: {matchLabels: {team: b}}\n'),
  }
  expect((await typed(files, commands)).split('\n').filter((line) => /Running|Pending/.test(line))).toEqual([
    'Runningpod "p" deleted',
    'Pending',
  ])
})
