import { beforeAll, expect, test } from 'vitest'
import { bytesOf } from '../../../base/bytes.ts'
import { ManualClock } from '../../../base/clock.ts'
import type { HttpResponse } from '../../../base/http.ts'
import { Random } from '../../../base/random.ts'
import { Store } from '../../store/store.ts'
import { library } from '../expressions/expression-library.ts'
import { provideExpressions } from '../expressions/expressions.ts'
import { ApiServer, stampResourceVersion } from '../server.ts'

beforeAll(() => provideExpressions(library))

test('a policy that asks for a field no matched kind has says so in its status', () => {
  const clock = new ManualClock(0)
  const api = new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(1) })
  const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies'
  const ask = (method: string, url: string, body?: object) =>
    JSON.parse(
      String(
        (
          api.handle(
            { method, url, headers: { 'content-type': 'application/json' }, body: bytesOf(body ? JSON.stringify(body) : '') },
            {},
          ) as HttpResponse
        ).body,
      ),
    ) as { status: object }
  const matchConstraints = {
    resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }],
  }
  ask('POST', policies, {
    metadata: { name: 'p' },
    spec: { matchConstraints, validations: [{ expression: 'object.replicas > 1' }, { expression: 'object.spec.replicas > 1' }] },
  })
  clock.advance(1)
  expect(ask('GET', `${policies}/p`).status).toEqual({
    observedGeneration: 1,
    typeChecking: {
      expressionWarnings: [
        {
          fieldRef: 'spec.validations[0].expression',
          warning: "apps/v1, Kind=Deployment: ERROR: <input>:1:7: undefined field 'replicas'\n | object.replicas > 1\n | ......^\n",
        },
      ],
    },
  })
})
