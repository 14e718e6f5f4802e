import { expect, test } from 'vitest'
import { ManualClock } from '../../../base/clock.ts'
import { bytesOf } from '../../../base/bytes.ts'
import type { HttpResponse } from '../../../base/http.ts'
import { Random } from '../../../base/random.ts'
import { Store } from '../../store/store.ts'
import { ApiServer, stampResourceVersion } from '../server.ts'

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const crontabs = '/apis/stable.example.com/v1/namespaces/default/crontabs'

function newServer() {
  const clock = new ManualClock()
  const server = new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(7) })
  return (method: string, url: string, body?: object) => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const response = server.handle(
      { method, url, headers: { 'content-type': type }, body: bytesOf(body ? JSON.stringify(body) : '') },
      {},
    ) as HttpResponse
    clock.advance(10)
    return JSON.parse(String(response.body)) as {
      readonly message?: string
      readonly metadata: { readonly finalizers?: readonly string[] }
      readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string; readonly reason: string }[] }
      readonly items?: readonly object[]
    }
  }
}

function definition(spec: object) {
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: spec } } } }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'crontabs.stable.example.com' },
    spec: {
      group: 'stable.example.com',
      scope: 'Namespaced',
      names: { plural: 'crontabs', kind: 'CronTab' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  }
}

test('a definition waits for its instances, and they for their finalizers', () => {
  const ask = newServer()
  ask('POST', definitions, definition({ replicas: { type: 'integer' } }))
  ask('POST', crontabs, {
    apiVersion: 'stable.example.com/v1',
    kind: 'CronTab',
    metadata: { name: 'kept', finalizers: ['example.com/wait'] },
  })
  ask('POST', crontabs, { apiVersion: 'stable.example.com/v1', kind: 'CronTab', metadata: { name: 'free' } })
  ask('DELETE', `${definitions}/crontabs.stable.example.com`)
  const waiting = ask('GET', `${definitions}/crontabs.stable.example.com`)
  expect(waiting.metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io'])
  expect(waiting.status.conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`)).toEqual([
    'NamesAccepted=True NoConflicts',
    'Established=True InitialNamesAccepted',
    'Terminating=True InstanceDeletionInProgress',
  ])
  expect(ask('GET', crontabs).items?.length).toBe(1)
  expect(ask('POST', crontabs, { apiVersion: 'stable.example.com/v1', kind: 'CronTab', metadata: { name: 'late' } }).message).toBe(
    'create not allowed while custom resource definition is terminating',
  )
  ask('PATCH', `${crontabs}/kept`, { metadata: { finalizers: null } })
  for (let turn = 0; turn < 200; turn++) ask('GET', '/version')
  expect(ask('GET', `${definitions}/crontabs.stable.example.com`).message).toBe(
    'customresourcedefinitions.apiextensions.k8s.io "crontabs.stable.example.com" not found',
  )
})

test('a default that its own schema refuses is refused with the definition', () => {
  const ask = newServer()
  expect(ask('POST', definitions, definition({ replicas: { type: 'integer', default: 'three' } })).message).toBe(
    'CustomResourceDefinition.apiextensions.k8s.io "crontabs.stable.example.com" is invalid: spec.validation.openAPIV3Schema.properties[spec].properties[replicas].default: Invalid value: "string": spec.validation.openAPIV3Schema.properties[spec].properties[replicas].default in body must be of type integer: "string"',
  )
})
