/** What an autoscaler decides, from pods' usage to a bounded size. */
import { expect, test } from 'vitest'
import type { V1Pod, V2HorizontalPodAutoscalerSpec } from '../kinds/generated/types.ts'
import { bounded, type Timed } from './autoscaling-limits.ts'
import { byAverage, byUtilisation, type Measure } from './autoscaling-usage.ts'

const nowMs = Date.parse('2026-01-05T10:00:00Z')

function pod(name: string, request?: string): V1Pod {
  const started = '2026-01-05T09:00:00Z'
  return {
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'c', resources: request ? { requests: { cpu: request } } : {} }] },
    status: { phase: 'Running', startTime: started, conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: started }] },
  } as unknown as V1Pod
}

function measure(usage: Readonly<Record<string, number>>, pods: readonly V1Pod[]): Measure {
  return {
    resource: 'cpu',
    container: undefined,
    usage: new Map(Object.entries(usage).map(([name, value]) => [name, { value, atMs: nowMs, windowMs: 15_000 }])),
    pods,
    current: pods.length,
    nowMs,
  }
}

test('pods that use three times their target are wanted three times', () => {
  expect(byUtilisation(measure({ a: 90, b: 90 }, [pod('a', '100m'), pod('b', '100m')]), 30)).toEqual({
    replicas: 6,
    utilisation: 90,
    average: 90,
  })
})

test('a tenth more or less than the target changes nothing', () => {
  expect(byUtilisation(measure({ a: 54 }, [pod('a', '100m')]), 50).replicas).toBe(1)
  expect(byAverage(measure({ a: 109, b: 100 }, [pod('a'), pod('b')]), 100).replicas).toBe(2)
})

test('a pod of which nothing is known does not let the others shrink', () => {
  expect(byUtilisation(measure({ a: 10, b: 10 }, [pod('a', '100m'), pod('b', '100m'), pod('c', '100m')]), 50).replicas).toBe(3)
})

test('without a request there is no percentage', () => {
  expect(() => byUtilisation(measure({ a: 10 }, [pod('a')]), 50)).toThrow('missing request for cpu in container c of Pod a')
})

const spec: V2HorizontalPodAutoscalerSpec = {
  minReplicas: 1,
  maxReplicas: 10,
  scaleTargetRef: { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' },
}
const percent = { type: 'Percent', value: 100, periodSeconds: 15 }

function decided(wish: {
  current: number
  wanted: number
  recommendations?: readonly Timed[]
  behavior?: V2HorizontalPodAutoscalerSpec['behavior']
}): readonly [number, ...string[]] {
  const { replicas, words } = bounded({
    spec: { ...spec, behavior: wish.behavior },
    current: wish.current,
    wanted: wish.wanted,
    recommendations: wish.recommendations ?? [],
    scalings: { up: [], down: [] },
    nowMs,
  })
  return [replicas, ...words.map(({ reason, status }) => `${reason} ${status}`)]
}

test('a size grows to the double or to four at once, and never beyond its most', () => {
  expect(decided({ current: 1, wanted: 9 })).toEqual([4, 'ReadyForNewScale True', 'ScaleUpLimit True'])
  expect(decided({ current: 8, wanted: 40 })).toEqual([10, 'ReadyForNewScale True', 'TooManyReplicas True'])
})

test('a size shrinks only when nobody asked for more in five minutes', () => {
  expect(decided({ current: 5, wanted: 1, recommendations: [{ replicas: 5, atMs: nowMs - 240_000 }] })).toEqual([
    5,
    'ScaleDownStabilized True',
    'DesiredWithinRange False',
  ])
  expect(decided({ current: 5, wanted: 1, recommendations: [{ replicas: 5, atMs: nowMs - 301_000 }] })).toEqual([
    1,
    'ReadyForNewScale True',
    'DesiredWithinRange False',
  ])
})

test('a behaviour takes the waiting away and bounds the step', () => {
  const behavior = {
    scaleUp: { policies: [percent], selectPolicy: 'Max' },
    scaleDown: { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] },
  }
  expect(decided({ current: 5, wanted: 1, recommendations: [{ replicas: 5, atMs: nowMs - 15_000 }], behavior })).toEqual([
    4,
    'ReadyForNewScale True',
    'ScaleDownLimit True',
  ])
})
