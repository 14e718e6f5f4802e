import { beforeAll, expect, test } from 'vitest'
import { ManualClock } from '../../../base/clock.ts'
import { library } from '../expressions/expression-library.ts'
import { provideExpressions } from '../expressions/expressions.ts'
import { Random } from '../../../base/random.ts'
import { Store } from '../../store/store.ts'
import { ApiServer, stampResourceVersion } from '../server.ts'
import { bytesOf } from '../../../base/bytes.ts'
import type { HttpResponse } from '../../../base/http.ts'

beforeAll(() => provideExpressions(library))

function server(): (method: string, url: string, body: object) => { status: number; message: string; warning: unknown } {
  const clock = new ManualClock(0)
  const api = new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(1) })
  return (method, url, body) => {
    const {
      status,
      body: text,
      headers,
    } = api.handle(
      { method, url, headers: { 'content-type': 'application/json' }, body: bytesOf(JSON.stringify(body)) },
      {},
    ) as HttpResponse
    const answer = JSON.parse(String(text)) as { message?: string }
    return { status, message: answer.message ?? '', warning: headers.warning }
  }
}

const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies'
const bindings = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings'
const configMap = (name: string, data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data })
const about = { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }] }

test('a policy denies through its binding, and warns when it shall only warn', () => {
  const ask = server()
  ask('POST', policies, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec: { matchConstraints: about, validations: [{ expression: "object.data.a == 'b'" }] },
  })
  expect(ask('POST', '/api/v1/namespaces/default/configmaps', configMap('one', { a: 'c' })).status).toBe(201)
  ask('POST', bindings, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'b' },
    spec: { policyName: 'p', validationActions: ['Deny'] },
  })
  expect(ask('POST', '/api/v1/namespaces/default/configmaps', configMap('two', { a: 'c' }))).toEqual({
    status: 422,
    message: `configmaps "two" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: failed expression: object.data.a == 'b'`,
    warning: undefined,
  })
  expect(ask('POST', '/api/v1/namespaces/default/configmaps', { ...configMap('three', {}), data: undefined }).message).toBe(
    `configmaps "three" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: expression 'object.data.a == 'b'' resulted in error: no such key: data`,
  )
  expect(ask('POST', '/api/v1/namespaces/default/configmaps', configMap('four', { a: 'b' })).status).toBe(201)
})

test('an expression that does not compile is refused with a pointer to the place', () => {
  const { message } = server()('POST', policies, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec: { matchConstraints: about, validations: [{ expression: 'object.x > 1 && foo' }] },
  })
  expect(
    message,
  ).toBe(`ValidatingAdmissionPolicy.admissionregistration.k8s.io "p" is invalid: spec.validations[0].expression: Invalid value: "object.x > 1 && foo": compilation failed: ERROR: <input>:1:17: undeclared reference to 'foo' (in container '')
 | object.x > 1 && foo
 | ................^`)
})

test('the functions of Kubernetes answer', () => {
  const value = (source: string) => {
    const compiled = library.compile(source, {})
    return 'problem' in compiled ? compiled.problem : compiled.run({})
  }
  expect(
    [
      "quantity('1Gi').isGreaterThan(quantity('1000Mi'))",
      "quantity('200M').add(quantity('1M')).compareTo(quantity('201M'))",
      "ip('10.0.0.7').family()",
      "cidr('10.0.0.0/8').containsIP('10.1.2.3')",
      "cidr('10.1.0.0/16').masked().prefixLength()",
      "ip('2001:db8::1').isCanonical()",
      "url('https://example.com:80/path?a=1').getHostname()",
      "url('https://example.com:80/path').getPort()",
      "'a-1'.find('[0-9]+')",
      '[3, 1, 2].max()',
      '[1, 2].isSorted()',
      'sets.intersects([1, 2], [2, 3])',
      "format.dns1123Label().validate('A') == []",
      "'%s has %d'.format(['x', 3])",
    ].map(value),
  ).toEqual([true, 0n, 4n, true, 16n, true, 'example.com', '80', '1', 3n, true, true, false, 'x has 3'])
})
