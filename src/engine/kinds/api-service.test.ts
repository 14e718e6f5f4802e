import { expect, test } from 'vitest'
import { bench } from './test-manifests.ts'

test('an APIService is called after its version and group', () => {
  const { create } = bench(`
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1beta1.example.com }
spec: { group: example.com, version: v1beta1, groupPriorityMinimum: 100, versionPriority: 100, service: { name: api, namespace: default } }
`)
  const answers = [
    create('metadata: { name: x }'),
    create('spec: { service: { name: "", namespace: "", port: 70000 }, insecureSkipTLSVerify: true, caBundle: eA== }'),
    create('spec: { service: null, insecureSkipTLSVerify: true, groupPriorityMinimum: 30000, versionPriority: 0 }'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The APIService "x" is invalid: metadata.name: Invalid value: "x": must be \`spec.version+"."+spec.group\`: "v1beta1.example.com"
    The APIService "v1beta1.example.com" is invalid: 
    * spec.service.namespace: Required value
    * spec.service.name: Required value
    * spec.service.port: Invalid value: 70000: port is not valid: must be between 1 and 65535, inclusive
    * spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present
    The APIService "v1beta1.example.com" is invalid: 
    * spec.groupPriorityMinimum: Invalid value: 30000: must be positive and less than 20000
    * spec.versionPriority: Invalid value: 0: must be positive and less than 1000
    * spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify"
  `)
})

test('an Event is about something of its own namespace', () => {
  const { create } = bench(`
apiVersion: v1
kind: Event
metadata: { name: e }
involvedObject: { kind: Pod, name: p, namespace: default }
`)
  const answers = [create('involvedObject: { namespace: other }'), create('eventTime: "2024-01-01T00:00:00.000000Z"')]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The Event "e" is invalid: involvedObject.namespace: Invalid value: "other": does not match event.namespace
    The Event "e" is invalid: 
    * reportingComponent: Required value
    * reportingComponent: Invalid value: "": name part must be non-empty
    * reportingComponent: Invalid value: "": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
    * reportingInstance: Required value
    * action: Required value
    * reason: Required value"
  `)
})
