import { expect, test } from 'vitest'
import { bench } from './test-manifests.ts'

test('metadata is judged alike for every kind', () => {
  const { create, update } = bench(`
apiVersion: v1
kind: ConfigMap
metadata: { name: x }
`)
  const answers = [
    create('metadata: { name: null, generateName: Bad- }'),
    create('metadata: { name: null }'),
    create('metadata: { labels: { "a b": "c d" } }'),
    create('metadata: { annotations: { a/b/c: d } }'),
    create('metadata: { finalizers: [stop, orphan, foregroundDeletion] }'),
    create('metadata: { ownerReferences: [{ apiVersion: "", kind: "", name: "", uid: "" }] }'),
    create('metadata: { ownerReferences: [{ apiVersion: v1, kind: Event, name: e, uid: u }] }'),
    create(
      'metadata: { ownerReferences: [{ apiVersion: v1, kind: Pod, name: a, uid: u, controller: true }, { apiVersion: v1, kind: Pod, name: b, uid: v, controller: true }] }',
    ),
    update('metadata: { finalizers: [stop] }'),
    update('metadata: { labels: { a: -b } }'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The ConfigMap "Bad-7wkb9" is invalid: 
    * metadata.generateName: Invalid value: "Bad-": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
    * metadata.name: Invalid value: "Bad-7wkb9": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
    The ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required
    The ConfigMap "x" is invalid: 
    * metadata.labels: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
    * metadata.labels: Invalid value: "c d": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')
    The ConfigMap "x" is invalid: metadata.annotations: Invalid value: "a/b/c": a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')
    The ConfigMap "x" is invalid: 
    * metadata.finalizers: Invalid value: []string{"stop", "orphan", "foregroundDeletion"}: finalizer orphan and foregroundDeletion cannot be both set
    * metadata.finalizers[0]: Invalid value: "stop": name is neither a standard finalizer name nor is it fully qualified
    The ConfigMap "x" is invalid: 
    * metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty
    * metadata.ownerReferences.kind: Invalid value: "": must not be empty
    * metadata.ownerReferences.name: Invalid value: "": must not be empty
    * metadata.ownerReferences.uid: Invalid value: "": must not be empty
    The ConfigMap "x" is invalid: metadata.ownerReferences: Invalid value: v1.OwnerReference{APIVersion:"v1", Kind:"Event", Name:"e", UID:"u", Controller:(*bool)(nil), BlockOwnerDeletion:(*bool)(nil)}: /v1, Kind=Event is disallowed from being an owner
    The ConfigMap "x" is invalid: metadata.ownerReferences: Invalid value: []v1.OwnerReference{v1.OwnerReference{APIVersion:"v1", Kind:"Pod", Name:"a", UID:"u", Controller:(*bool)(0xc000a1b2c3), BlockOwnerDeletion:(*bool)(nil)}, v1.OwnerReference{APIVersion:"v1", Kind:"Pod", Name:"b", UID:"v", Controller:(*bool)(0xc000a1b2c3), BlockOwnerDeletion:(*bool)(nil)}}: Only one reference can have Controller set to true. Found "true" in references for Pod/a and Pod/b
    The ConfigMap "x" is invalid: metadata.finalizers[0]: Invalid value: "stop": name is neither a standard finalizer name nor is it fully qualified
    The ConfigMap "x" is invalid: metadata.labels: Invalid value: "-b": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
  `)
})
