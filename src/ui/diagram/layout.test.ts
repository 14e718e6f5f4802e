import { expect, test } from 'vitest'
import { cluster, clusterFeed, container, dockerFeed, Feed, laptop, node, pod } from '../feed.fixture.ts'
import { emptyWorld, folded } from '../world.ts'
import { clusterLayout } from './cluster-layout.ts'
import { clusterView, detailFor, quantity } from './cluster-view.ts'
import { dockerLayout } from './docker-layout.ts'
import { dockerView } from './docker-view.ts'
import type { Box, Layout } from './layout.ts'

const size = { width: 840, height: 447, rem: 13 }

const layoutOf = (feed: Feed) =>
  clusterLayout(clusterView(folded(emptyWorld, feed.entries), cluster, { withSystem: false }), size, undefined)

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width - 0.5 && b.x < a.x + a.width - 0.5 && a.y < b.y + b.height - 0.5 && b.y < a.y + a.height - 0.5
}

function overlaps({ boxes }: Layout): string[] {
  const holds = new Set(['laptop', 'rail'])
  const apart = boxes.filter(({ figure }) => !holds.has(figure))
  return apart.flatMap((a, index) =>
    apart
      .slice(index + 1)
      .filter((b) => overlap(a, b))
      .map((b) => `${a.id} / ${b.id}`),
  )
}

test('three nodes fill the place, and nothing covers anything', () => {
  const layout = layoutOf(clusterFeed())
  expect(layout.boxes.map(({ id }) => id)).toEqual([
    'control-plane',
    'node node-1',
    'node node-2',
    'node node-3',
    'ingress default/shop',
    'service default/web',
    'claim default/data',
  ])
  expect([layout.width, Math.round(layout.height)]).toEqual([size.width, size.height])
  expect(overlaps(layout)).toEqual([])
})

test('ready counts stand where the Service meets the nodes', () => {
  expect(
    layoutOf(clusterFeed())
      .wires.filter(({ label }) => label)
      .map(({ id, label }) => `${id}: ${label}`),
  ).toEqual(['serve default/web node-1: 2 ready', 'serve default/web node-3: 1 ready', 'serve default/web node-2: 1 not ready'])
})

test('a Pod more moves no box', () => {
  const feed = clusterFeed()
  const before = layoutOf(feed).boxes
  feed.put(cluster, 'pods', 'default/one-more', pod('one-more', { node: 'node-1', labels: { app: 'other' } }))
  expect(layoutOf(feed).boxes).toEqual(before)
})

test('one node has room for whole names, and many Pods are drawn at full size', () => {
  const feed = new Feed()
  feed.put(cluster, 'nodes', 'minikube', node('minikube'))
  const grown = (count: number) => {
    for (let index = 0; index < count; index++)
      feed.put(cluster, 'pods', `default/${index}`, pod(`web-65d846d465-8gl6${index}`, { node: 'minikube', labels: { app: 'web' } }))
    const layout = layoutOf(feed)
    const { columns, letters, isCompact, isOfLines } = layout.boxes.find(({ figure }) => figure === 'node') ?? {}
    return {
      columns,
      isWhole: (letters ?? 0) >= 20,
      isCompact,
      isOfLines,
      zoom: Math.min(1, size.width / layout.width, size.height / layout.height),
    }
  }
  expect(grown(4)).toEqual({ columns: 4, isWhole: true, isCompact: undefined, isOfLines: undefined, zoom: 1 })
  expect(grown(22)).toEqual({ columns: 7, isWhole: false, isCompact: undefined, isOfLines: undefined, zoom: 1 })
})

test('where a projector leaves little height, hardly anything is shrunk', () => {
  const low = { width: 969, height: 380, rem: 18 }
  const room = clusterLayout(clusterView(folded(emptyWorld, clusterFeed().entries), cluster, { withSystem: false }), low, undefined)
  const docker = dockerLayout(dockerView(folded(emptyWorld, dockerFeed().entries), laptop), low)
  expect(Math.min(...[room, docker].map(({ width, height }) => Math.min(low.width / width, low.height / height)))).toBeGreaterThan(0.85)
  expect([...overlaps(room), ...overlaps(docker)]).toEqual([])
})

test('a node whose Pods did not change keeps its part of the view', () => {
  const feed = clusterFeed()
  const before = clusterView(folded(emptyWorld, feed.entries), cluster, { withSystem: false })
  feed.put(cluster, 'pods', 'default/one-more', pod('one-more', { node: 'node-1', labels: { app: 'other' } }))
  // The entries keep their objects, as the world does.
  const after = clusterView(folded(emptyWorld, feed.entries), cluster, { withSystem: false })
  expect(after.nodes.map((view, index) => view === before.nodes[index])).toEqual([false, true, true])
})

test('thirty nodes stand in rows and a thousand Pods are dots', () => {
  const feed = new Feed()
  for (let index = 0; index < 30; index++) feed.put(cluster, 'nodes', `n${index}`, node(`n${index}`))
  for (let index = 0; index < 1000; index++) feed.put(cluster, 'pods', `default/p${index}`, pod(`p${index}`, { node: `n${index % 3}` }))
  const layout = layoutOf(feed)
  expect(overlaps(layout)).toEqual([])
  expect(new Set(layout.boxes.filter(({ figure }) => figure === 'node').map(({ y }) => y)).size).toBe(5)
  expect(
    [
      [8, 100],
      [30, 100],
      [80, 100],
      [8, 1000],
    ].map(([onNode, inAll]) => detailFor({ onNode, inAll, nodes: 3 })),
  ).toEqual(['tiles', 'squares', 'dots', 'dots'])
})

test('quantities are numbers', () => {
  expect(['100m', '2', '64Mi', '1.5Gi', '', undefined].map(quantity)).toEqual([0.1, 2, 67108864, 1610612736, 0, 0])
})

test('in the Docker room a layer that images share is one slab under both', () => {
  const view = dockerView(folded(emptyWorld, dockerFeed().entries), laptop)
  const layout = dockerLayout(view, size)
  expect(overlaps(layout)).toEqual([])
  const layers = layout.boxes.filter(({ figure }) => figure === 'layer')
  // redis and the two node images share one, node and kubia three more; redis has two of its own, kubia and busybox one each.
  expect(layers.length).toBe(1 + 3 + 2 + 1 + 1)
  const columns = new Map(layout.boxes.filter(({ figure }) => figure === 'image').map(({ id, x, width }) => [id, [x, x + width]]))
  const widest = layers.reduce((a, b) => (a.width > b.width ? a : b))
  expect([widest.x, Math.round(widest.x + widest.width)]).toEqual([
    columns.get('image redis')?.[0],
    Math.round(columns.get('image kubia')?.[1] ?? 0),
  ])
})

test('a published port is one door, on the rail of its container', () => {
  const layout = dockerLayout(dockerView(folded(emptyWorld, dockerFeed().entries), laptop), size)
  expect(layout.boxes.filter(({ figure }) => figure === 'door').map(({ id }) => id)).toEqual(['door 2 8080'])
  expect(layout.wires.map(({ id }) => id.replace(/[0-9a-f]{64}/, ''))).toEqual([
    'door 2 8080',
    'hang 2 bridge',
    'hang 3 shop',
    'way 2 8080',
  ])
})

test('where containers stand on each other, no way to a network runs through one', () => {
  const feed = dockerFeed()
  for (const letter of ['5', '6', '7', '8', '9'])
    feed.put(
      laptop,
      'containers',
      letter,
      container(`web${letter}`, { letter, imageTag: 'redis:7', status: 'running', network: 'shop', command: 'redis-server' }),
      { by: 'dockerd' },
    )
  const { boxes, wires } = dockerLayout(dockerView(folded(emptyWorld, feed.entries), laptop), size)
  const standing = boxes.filter(({ figure }) => figure === 'container')
  const crossed = wires.flatMap(({ id, points }) =>
    points.slice(1).flatMap(([x, y], index) => {
      const [fromX, fromY] = points[index]
      const line: Box = {
        id,
        figure: 'wire',
        x: Math.min(x, fromX),
        y: Math.min(y, fromY),
        width: Math.max(1, Math.abs(x - fromX)),
        height: Math.max(1, Math.abs(y - fromY)) - 1,
      } as unknown as Box
      return standing.filter((box) => overlap(line, box)).map((box) => `${id} / ${box.id}`)
    }),
  )
  expect(crossed).toEqual([])
})
