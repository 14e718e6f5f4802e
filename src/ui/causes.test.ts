import { expect, test } from 'vitest'
import { plain } from './app/plain.ts'
import { lastBefore, Notes, stepsAt } from './causes.ts'
import { cluster, clusterFeed, dockerFeed, Feed, node, pod } from './feed.fixture.ts'
import { History } from './world.ts'

function told(feed: Feed): Notes {
  const notes = new Notes()
  for (const change of new History().fold(feed.frame(1))) notes.add(change)
  return notes
}

function story(feed: Feed): string[] {
  const { steps } = stepsAt(told(feed).all, Number.POSITIVE_INFINITY)
  return steps.map(({ number, component, sentence }) => `${number} ${component}: ${plain(sentence)}`)
}

test('scaling a Deployment is one story from the person to the node', () => {
  expect(story(clusterFeed())).toEqual([
    '1 api: You set Deployment web to 4 replicas, it was 3.',
    '2 etcd: etcd stored Deployment web as revision 28.',
    '3 controllers: Deployment controller set ReplicaSet web-7d4b9c66d to 4 replicas, it was 3.',
    '4 controllers: ReplicaSet controller created Pod web-7d4b9c66d-x2k9p for ReplicaSet web-7d4b9c66d.',
    '5 scheduler: Scheduler put web-7d4b9c66d-x2k9p on node-2.',
  ])
})

test('the steps of a container are those of the command that made it', () => {
  expect(story(dockerFeed())).toEqual([
    '1 docker: Docker created container kubia-container from image kubia:latest.',
    '2 docker: Docker started kubia-container: its process 1 is node app.js.',
  ])
})

test('going back shows the step of that moment, with the same numbers', () => {
  const notes = told(clusterFeed())
  const placed = notes.all.findLast(({ deed }) => deed === 'scheduler placed Pod')
  const { steps, current } = stepsAt(notes.all, (placed?.position ?? 0) + 1)
  expect(steps[current - 1].component).toBe('scheduler')
  expect(lastBefore(notes.all, placed?.position ?? 0)).toBe(notes.all.indexOf(placed as never) - 1)
})

test('a container that fails and a node that is lost are failures', () => {
  const feed = new Feed()
  feed.put(cluster, 'nodes', 'node-1', node('node-1'))
  feed.put(cluster, 'nodes', 'node-1', node('node-1', 'Unknown'), { by: 'node-lifecycle-controller' })
  feed.put(cluster, 'pods', 'default/a', pod('a', { node: 'node-1', phase: 'Pending', ready: false }))
  feed.put(cluster, 'pods', 'default/a', pod('a', { node: 'node-1', phase: 'Pending', ready: false, waiting: 'ErrImagePull' }), {
    by: 'kubelet on node-1',
  })
  expect(
    told(feed)
      .all.filter(({ kind }) => kind === 'failure')
      .map(({ sentence }) => plain(sentence)),
  ).toEqual(['Node lifecycle controller has not heard from node-1: NotReady.', 'kubelet on node-1 reports a: ErrImagePull.'])
})

test('what says nothing new is not told', () => {
  const feed = new Feed()
  feed.put(cluster, 'leases.coordination.k8s.io', 'kube-node-lease/node-1', {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'node-1' },
  })
  feed.put(cluster, 'nodes', 'node-1', node('node-1'))
  feed.put(cluster, 'nodes', 'node-1', node('node-1'))
  expect(told(feed).all.map(({ sentence }) => sentence)).toEqual(['**node-1** joined the cluster.'])
})
