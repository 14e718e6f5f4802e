import { expect, test } from 'vitest'
import { compared, goalRows } from './goal.ts'

const container = (Name: string, Image: string, Status: string, ExitCode = 0) => ({
  store: 'docker/laptop',
  resource: 'containers',
  key: Name,
  object: { Name: `/${Name}`, Config: { Image }, State: { Status, ExitCode } },
})
const pod = (name: string, owner: string, isReady: boolean) => ({
  store: 'cluster/minikube',
  resource: 'pods',
  key: name,
  object: {
    metadata: { name, namespace: 'default', ownerReferences: [{ kind: 'ReplicaSet', name: owner }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
  },
})

test('a goal counts Pods by their Deployment and unnamed containers by their image', () => {
  expect(
    goalRows(
      [
        container('happy_turing', 'busybox', 'exited'),
        container('calm_bell', 'busybox', 'exited', 1),
        container('web', 'nginx', 'running'),
        pod('kubia-65d846d465-a', 'kubia-65d846d465', true),
        pod('kubia-65d846d465-b', 'kubia-65d846d465', false),
      ],
      { withPulled: true },
    ),
  ).toEqual([
    { label: 'busybox', marks: ['completed', 'failing'] },
    { label: 'kubia', marks: ['running', 'starting'] },
    { label: 'web', marks: ['running'] },
  ])
})

test('what is missing and what is too much differs; one more finished run does not', () => {
  const goal = [
    { label: 'busybox', marks: ['completed'] as const },
    { label: 'kubia', marks: ['running', 'running'] as const },
  ]
  const now = [
    { label: 'busybox', marks: ['completed', 'completed'] as const },
    { label: 'kubia', marks: ['running'] as const },
    { label: 'web', marks: ['running'] as const },
  ]
  expect(compared(goal, now).map(({ label, isSame }) => [label, isSame])).toEqual([
    ['busybox', true],
    ['kubia', false],
    ['web', false],
  ])
})
