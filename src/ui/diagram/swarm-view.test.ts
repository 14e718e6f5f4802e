import { expect, test } from 'vitest'
import { Feed, laptop } from '../feed.fixture.ts'
import { emptyWorld, folded } from '../world.ts'
import { swarmView } from './swarm-view.ts'

test('a swarm is its nodes with their tasks, and the ports that each of them opens', () => {
  const feed = new Feed()
  const task = (id: string, NodeID: string | undefined, Slot: number, State: string, DesiredState = 'running') =>
    feed.put(laptop, 'swarm-tasks', id, {
      ID: id,
      ServiceID: 's',
      Slot,
      NodeID,
      DesiredState,
      Spec: { ContainerSpec: { Image: 'nginx:latest@sha256:0' } },
      Status: { State },
    })
  feed.put(laptop, 'swarm-nodes', 'm', {
    ID: 'm',
    Spec: { Role: 'manager', Availability: 'active' },
    Description: { Hostname: 'node1' },
    Status: { State: 'ready' },
    ManagerStatus: { Leader: true, Reachability: 'reachable' },
  })
  feed.put(laptop, 'swarm-nodes', 'w', {
    ID: 'w',
    Spec: { Role: 'worker', Availability: 'active' },
    Description: { Hostname: 'node2' },
    Status: { State: 'down' },
  })
  feed.put(laptop, 'swarm-services', 's', {
    ID: 's',
    Spec: { Name: 'web', Mode: { Replicated: { Replicas: 3 } } },
    Endpoint: { Ports: [{ PublishedPort: 8080 }] },
  })
  task('old', 'w', 2, 'shutdown', 'shutdown')
  task('b', 'm', 2, 'running')
  task('a', 'm', 1, 'failed')
  task('c', undefined, 3, 'pending')
  expect(swarmView(folded(emptyWorld, feed.entries), laptop)).toEqual({
    nodes: [
      {
        name: 'node1',
        manager: 'Leader',
        state: 'ready',
        availability: 'active',
        tasks: [
          { id: 'a', name: 'web.1', image: 'nginx:latest', status: { shape: 'failing', word: 'failed' } },
          { id: 'b', name: 'web.2', image: 'nginx:latest', status: { shape: 'running', word: 'running' } },
        ],
      },
      { name: 'node2', manager: '', state: 'down', availability: 'active', tasks: [] },
    ],
    services: [{ name: 'web', running: 1, wanted: 3, ports: [8080] }],
    ports: [8080],
    waiting: [{ id: 'c', name: 'web.3', image: 'nginx:latest', status: { shape: 'waiting', word: 'pending' } }],
  })
})
