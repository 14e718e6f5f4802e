/** What a client that is no kubectl hears: curl with a forgotten header, a controller that sends too much. */
import { expect, test } from 'vitest'
import { bytesOf, noBytes, textOf } from '../../../base/bytes.ts'
import { ManualClock } from '../../../base/clock.ts'
import type { ByteStream, HttpHeaders, HttpResponse } from '../../../base/http.ts'
import { Random } from '../../../base/random.ts'
import { Store } from '../../store/store.ts'
import { ApiServer, stampResourceVersion } from '../server.ts'

const maps = '/api/v1/namespaces/default/configmaps'
const json = { 'content-type': 'application/json' }

function newServer() {
  const clock = new ManualClock()
  const server = new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(7) })
  const send = (line: string, body: string, headers: HttpHeaders = json): HttpResponse => {
    const [method, url] = line.split(' ')
    return server.handle({ method, url, headers: { 'user-agent': 'test/1', ...headers }, body: bytesOf(body) }, {}) as HttpResponse
  }
  /** `409 configmaps "a" already exists`, or the status alone where it went well. */
  const told = (line: string, body = '', headers: HttpHeaders = json): string => {
    const { status, body: text } = send(line, body, headers)
    const message = String(text).startsWith('{') ? (JSON.parse(String(text)) as { readonly message?: string }).message : String(text)
    return message === undefined ? String(status) : `${status} ${message}`
  }
  return { send, told }
}

const map = (metadata: object) => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 'b' } })

test('a body is read in the form that its header names, and no other', () => {
  const { told } = newServer()
  const read = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'
  expect(told(`POST ${maps}`, map({ name: 'a' }), { 'content-type': 'application/x-www-form-urlencoded' })).toBe(
    `415 the body of the request was in an unknown format - accepted media types include: ${read}`,
  )
  expect(told(`POST ${maps}`, 'kind: ConfigMap\nmetadata: {name: a}\n', { 'content-type': 'application/yaml' })).toBe('201')
  expect(told(`POST ${maps}`, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n')).toBe(
    "400 the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: invalid character 'a' looking for beginning of value (61706956657273696f6e3a2076310a6b696e643a20436f6e6669674d6170 ...)",
  )
  expect(told(`POST ${maps}`)).toBe(
    "400 the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)",
  )
  expect(told(`POST ${maps}`, 'x'.repeat(3 * 1024 * 1024 + 1))).toBe('413 Request entity too large: limit is 3145728')
})

test('an answer comes in a form that was asked for, or not at all', () => {
  const { send, told } = newServer()
  const answer = send('GET /api/v1/namespaces/default', '', { accept: 'application/yaml' })
  expect(answer.headers['content-type']).toBe('application/yaml')
  expect(String(answer.body).split('\n').slice(0, 3)).toEqual(['apiVersion: v1', 'kind: Namespace', 'metadata:'])
  expect(told('GET /api/v1/namespaces', '', { accept: 'text/plain' })).toBe(
    '406 only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  )
  expect(told('GET /api/v1/namespaces', '', { accept: 'text/html,application/xml;q=0.9,*/*;q=0.8' })).toBe('200')
})

test('a path that nobody knows, and a method that a path has not, are two refusals', () => {
  const { told } = newServer()
  expect(told('GET /nope')).toBe('404 404 page not found\n')
  expect(told('GET /apis/nope/v1/things')).toBe('404 404 page not found\n')
  expect(told('GET /apis/apps/v1/things')).toBe('404 the server could not find the requested resource')
  expect(told(`PUT ${maps}`, map({ name: 'a' }))).toBe('405 the server does not allow this method on the requested resource')
  expect(told('DELETE /api/v1/namespaces')).toBe('405 the server does not allow this method on the requested resource')
})

test('what the query says of a write is judged before the object is', () => {
  const { told } = newServer()
  const options = (query: string) => told(`POST ${maps}?${query}`, '{')
  expect(options('dryRun=Yes')).toBe(
    '422 CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: []string{"Yes"}: supported values: "All"',
  )
  expect(options('fieldValidation=Yes')).toBe(
    '422 CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Yes": supported values: "", "Ignore", "Strict", "Warn"',
  )
  expect(options(`fieldManager=${'x'.repeat(129)}`)).toBe(
    '422 CreateOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes',
  )
  expect(told(`DELETE ${maps}/a`, '{"propagationPolicy":"Orphan","orphanDependents":true}')).toBe(
    '422 DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
  )
})

test('a PUT makes a lease that is not there and refuses one of an unknown version', () => {
  const { told } = newServer()
  const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases'
  const lease = JSON.stringify({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' }, spec: {} })
  expect(told(`PUT ${leases}/l`, lease)).toBe('201')
  expect(told(`PUT ${leases}/l`, lease)).toBe(
    '422 Lease.coordination.k8s.io "l" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update',
  )
  expect(told(`PUT ${maps}/a`, map({ name: 'a' }))).toBe('404 configmaps "a" not found')
  expect(told(`PUT ${maps}/a`, map({}))).toBe('400 the name of the object (a based on URL) was undeterminable: name must be provided')
  expect(told(`PUT ${maps}/a`, map({ name: 'a', namespace: 'b' }))).toBe(
    '400 the namespace of the object (b) does not match the namespace on the request (default)',
  )
  expect(told(`POST ${maps}`, map({ name: 'a', resourceVersion: '7' }))).toBe(
    '500 resourceVersion should not be set on objects to be created',
  )
})

test('a merge patch that does not fit is refused with what it would have made', () => {
  const { told } = newServer()
  told(`POST ${maps}`, map({ name: 'a' }))
  const answer = told(`PATCH ${maps}/a`, '{"data":{"z":1}}', { 'content-type': 'application/merge-patch+json' })
  expect(answer.replace(/\{\\"name\\":.*\}\]\}/, '{…}')).toBe(
    String.raw`422  "" is invalid: patch: Invalid value: "{\"apiVersion\":\"v1\",\"data\":{\"a\":\"b\",\"z\":1},\"kind\":\"ConfigMap\",\"metadata\":{…}}": json: cannot unmarshal number into Go struct field ConfigMap.data of type string`,
  )
})

test('an applied document that does not fit its schema says where', () => {
  const { told } = newServer()
  const apply = (document: object) =>
    told('PATCH /api/v1/namespaces/default/pods/p?fieldManager=m', JSON.stringify(document), {
      'content-type': 'application/apply-patch+yaml',
    })
  const pod = (container: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [container] } })
  expect(apply(pod({ name: 'c', imagee: 'x', env: [{ name: 'A', value: 5 }] }))).toBe(
    [
      '500 failed to create typed patch object (default/p; /v1, Kind=Pod): errors:',
      '  .spec.containers[name="c"].imagee: field not declared in schema',
      '  .spec.containers[name="c"].env[name="A"].value: expected string, got &value.valueUnstructured{Value:5}',
    ].join('\n'),
  )
  expect(apply({ apiVersion: 'v2', kind: 'Pod' })).toBe(
    '400 Incorrect version specified in apply patch. Specified patch version: v2, expected: v1',
  )
  expect(apply({ ...pod({ name: 'c' }), metadata: { name: 'q' } })).toBe(
    '400 the name of the object (q) does not match the name on the URL (p)',
  )
})

test('a list goes on where its token says, and a token that is none is told apart', () => {
  const { send, told } = newServer()
  for (const name of ['a', 'b', 'c']) told(`POST ${maps}`, map({ name }))
  const names = (query: string) => {
    const { items, metadata } = JSON.parse(String(send(`GET ${maps}?${query}`, '').body)) as {
      readonly items: readonly { readonly metadata: { readonly name: string } }[]
      readonly metadata: { readonly continue: string; readonly resourceVersion: string }
    }
    return { names: items.map((item) => item.metadata.name), token: metadata.continue, revision: metadata.resourceVersion }
  }
  const { token, revision } = names('limit=1')
  expect(JSON.parse(atob(token))).toEqual({ v: 'meta.k8s.io/v1', rv: Number(revision), start: '/a\u0000' })
  told(`DELETE ${maps}/b`)
  expect(names(`limit=1&continue=${token}`).names).toEqual(['b'])
  expect(names(`limit=2&resourceVersion=${revision}`).names).toEqual(['a', 'b'])
  expect(names('limit=1&resourceVersion=0').names).toEqual(['a', 'c'])
  const refusal = '400 invalid continue token: continue key is not valid'
  expect(told(`GET ${maps}?continue=a!`)).toBe(`${refusal}: illegal base64 data at input byte 1`)
  expect(told(`GET ${maps}?continue=Zm9v`)).toBe(`${refusal}: invalid character 'o' in literal false (expecting 'a')`)
  expect(told(`GET ${maps}?continue=e30`)).toBe(`${refusal}: server does not recognize this encoded version `)
})

test('a watch from before the server came up is told so', () => {
  const { send } = newServer()
  const stream = send(`GET ${maps}?watch=1&resourceVersion=1`, '').body as ByteStream
  const { message, code } = (JSON.parse(textOf(stream.read() ?? noBytes)) as { readonly object: { message: string; code: number } }).object
  expect(`${code} ${message.replace(/\d+\)/, 'N)')}`).toBe('410 too old resource version: 1 (N)')
})

test('a book of who wrote what that cannot be read is as good as none', () => {
  const { send } = newServer()
  const entry = { manager: 'me', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1' }
  const managers = (metadata: object) =>
    (
      JSON.parse(String(send(`POST ${maps}`, map(metadata)).body)) as { metadata: { managedFields: { manager: string }[] } }
    ).metadata.managedFields.map(({ manager }) => manager)
  expect(managers({ name: 'b', managedFields: [{ ...entry, fieldsV1: { 'f:data': null } }] })).toEqual(['test'])
  expect(managers({ name: 'c', managedFields: [entry] })).toEqual(['test'])
  expect(managers({ name: 'd', managedFields: [{}] })).toEqual(['test'])
})

test('a volume without a name is refused by the rules, not by what adds the token before them', () => {
  const { told } = newServer()
  told('POST /api/v1/namespaces/default/serviceaccounts', JSON.stringify({ metadata: { name: 'default' } }))
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    spec: { containers: [{ name: 'c', image: 'nginx' }], volumes: [{ emptyDir: {} }] },
  }
  expect(told('POST /api/v1/namespaces/default/pods', JSON.stringify(pod))).toBe(
    '422 Pod "a" is invalid: spec.volumes[0].name: Required value',
  )
})
