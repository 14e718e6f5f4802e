import { beforeAll, expect, test } from 'vitest'
import { library } from '../api/expressions/expression-library.ts'
import { provideExpressions } from '../api/expressions/expressions.ts'
import { bench } from './test-manifests.ts'

beforeAll(() => provideExpressions(library))

test('a webhook says where it is called, for what, and that it does nothing else', () => {
  const { create } = bench(`
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: { name: w }
webhooks: []
`)
  const answers = [
    create('webhooks: [{ name: a }]'),
    create('webhooks: [{ name: A_.b, sideEffects: Some, admissionReviewVersions: [v2, v2], clientConfig: { url: "http://u:p@/x?y#z" } }]'),
    create(
      'webhooks: [{ name: a.example.com, sideEffects: None, admissionReviewVersions: [v1], clientConfig: { service: { name: hook, namespace: default } } }, { name: a.example.com, sideEffects: None, admissionReviewVersions: [v1], clientConfig: { service: { name: hook, namespace: default } } }]',
    ),
    create(
      'webhooks: [{ name: a.example.com, sideEffects: None, admissionReviewVersions: [v1], clientConfig: { service: { name: hook, namespace: default } }, timeoutSeconds: 31, failurePolicy: Maybe, matchPolicy: Some, reinvocationPolicy: Often }]',
    ),
    create(
      'webhooks: [{ name: a.example.com, sideEffects: None, admissionReviewVersions: [v1], clientConfig: { service: { name: hook, namespace: default } }, rules: [{ operations: ["*", CREATE, LOOK], apiGroups: ["*", a], apiVersions: ["", v1], resources: [pods/*, pods/status, "", "*", pods], scope: All }, {}] }]',
    ),
    create(
      'webhooks: [{ name: a.example.com, sideEffects: None, admissionReviewVersions: [v1], clientConfig: { service: { name: hook, namespace: "", path: a//b, port: 70000 } } }]',
    ),
    create(
      'webhooks: [{ name: a.example.com, sideEffects: None, admissionReviewVersions: [v1], clientConfig: { service: { name: hook, namespace: default } }, matchConditions: [{ name: "", expression: "" }, { name: a b, expression: "1" }, { name: c, expression: "object.x +" }] }]',
    ),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The MutatingWebhookConfiguration "w" is invalid: 
    * webhooks[0].name: Invalid value: "a": should be a domain with at least three segments separated by dots
    * webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun
    * webhooks[0].clientConfig: Required value: exactly one of url or service is required
    * webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1
    The MutatingWebhookConfiguration "w" is invalid: 
    * webhooks[0].name: Invalid value: "A_.b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
    * webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"
    * webhooks[0].clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]
    * webhooks[0].clientConfig.url: Invalid value: "": host must be specified; desired format: https://host[/path]
    * webhooks[0].clientConfig.url: Invalid value: "u:p": user information is not permitted in the URL
    * webhooks[0].clientConfig.url: Invalid value: "z": fragments are not permitted in the URL
    * webhooks[0].clientConfig.url: Invalid value: "y": query parameters are not permitted in the URL
    * webhooks[0].admissionReviewVersions[1]: Invalid value: "v2": duplicate version
    * webhooks[0].admissionReviewVersions: Invalid value: []string{"v2", "v2"}: must include at least one of v1, v1beta1
    The MutatingWebhookConfiguration "w" is invalid: webhooks[1].name: Duplicate value: "a.example.com"
    The MutatingWebhookConfiguration "w" is invalid: 
    * webhooks[0].failurePolicy: Unsupported value: "Maybe": supported values: "Fail", "Ignore"
    * webhooks[0].matchPolicy: Unsupported value: "Some": supported values: "Equivalent", "Exact"
    * webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds
    * webhooks[0].reinvocationPolicy: Unsupported value: "Often": supported values: "IfNeeded", "Never"
    The MutatingWebhookConfiguration "w" is invalid: 
    * webhooks[0].rules[0].operations: Invalid value: []admissionregistration.OperationType{"*", "CREATE", "LOOK"}: if '*' is present, must not specify other operations
    * webhooks[0].rules[0].operations[2]: Unsupported value: "LOOK": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"
    * webhooks[0].rules[0].apiGroups: Invalid value: []string{"*", "a"}: if '*' is present, must not specify other API groups
    * webhooks[0].rules[0].apiVersions[0]: Required value
    * webhooks[0].rules[0].resources[1]: Invalid value: "pods/status": if 'pods/*' is present, must not specify pods/status
    * webhooks[0].rules[0].resources[2]: Required value
    * webhooks[0].rules[0].resources: Invalid value: []string{"pods/*", "pods/status", "", "*", "pods"}: if '*' is present, must not specify other resources without subresources
    * webhooks[0].rules[0].scope: Unsupported value: "All": supported values: "*", "Cluster", "Namespaced"
    * webhooks[0].rules[1].operations: Required value
    * webhooks[0].rules[1].apiGroups: Required value
    * webhooks[0].rules[1].apiVersions: Required value
    * webhooks[0].rules[1].resources: Required value
    The MutatingWebhookConfiguration "w" is invalid: 
    * webhooks[0].clientConfig.service.name: Required value
    * webhooks[0].clientConfig.service.port: Invalid value: 70000: port is not valid: must be between 1 and 65535, inclusive
    * webhooks[0].clientConfig.service.path: Invalid value: "a//b": must start with a '/'
    * webhooks[0].clientConfig.service.path: Invalid value: "a//b": segment[0] may not be empty
    * webhooks[0].clientConfig.service.path: Invalid value: "a//b": segment[1] may not be empty
    The MutatingWebhookConfiguration "w" is invalid: 
    * webhooks[0].matchConditions[0].expression: Required value
    * webhooks[0].matchConditions[0].name: Required value
    * webhooks[0].matchConditions[1].expression: Invalid value: "1": must evaluate to bool
    * webhooks[0].matchConditions[1].name: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
    * webhooks[0].matchConditions[2].expression: Invalid value: "object.x +": compilation failed: ERROR: <input>:1:11: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}
     | object.x +
     | ..........^"
  `)
})

test('a policy is judged by its expressions and by what it matches', () => {
  const { create } = bench(`
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: p }
spec:
  matchConstraints: { resourceRules: [{ apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods] }] }
  validations: [{ expression: "true" }]
`)
  const answers = [
    create('spec: { validations: [] }'),
    create('spec: { matchConstraints: null, failurePolicy: Sometimes }'),
    create('spec: { matchConstraints: { resourceRules: [], matchPolicy: Near } }'),
    create(
      'spec: { validations: [{ expression: " " }, { expression: "1 + 1", message: "a\\nb", reason: Nope }, { expression: "objct.x", messageExpression: "1" }] }',
    ),
    create('spec: { variables: [{ name: if, expression: "1" }, { name: "", expression: "" }] }'),
    create(
      'spec: { auditAnnotations: [{ key: a b, valueExpression: "1" }, { key: k, valueExpression: "" }, { key: k, valueExpression: "string(1)" }] }',
    ),
    create('spec: { paramKind: { apiVersion: a/b/c, kind: "" } }'),
    create('spec: { paramKind: { apiVersion: V1_, kind: A_b } }'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The ValidatingAdmissionPolicy "p" is invalid: 
    * spec.validations: Required value: validations or auditAnnotations must contain at least one item
    * spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item
    The ValidatingAdmissionPolicy "p" is invalid: 
    * spec.failurePolicy: Unsupported value: "Sometimes": supported values: "Fail", "Ignore"
    * spec.matchConstraints: Required value
    The ValidatingAdmissionPolicy "p" is invalid: 
    * spec.matchConstraints.matchPolicy: Unsupported value: "Near": supported values: "Equivalent", "Exact"
    * spec.matchConstraints.resourceRules: Required value
    The ValidatingAdmissionPolicy "p" is invalid: 
    * spec.validations[0].expression: Required value: expression is not specified
    * spec.validations[1].expression: Invalid value: "1 + 1": must evaluate to bool
    * spec.validations[1].message: Invalid value: "a\\nb": message must not contain line breaks
    * spec.validations[1].reason: Unsupported value: "Nope": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"
    * spec.validations[2].expression: Invalid value: "objct.x": compilation failed: ERROR: <input>:1:1: undeclared reference to 'objct' (in container '')
     | objct.x
     | ^
    * spec.validations[2].messageExpression: Invalid value: "1": must evaluate to string
    The ValidatingAdmissionPolicy "p" is invalid: 
    * spec.variables[0].name: Invalid value: "if": name is not a valid CEL identifier
    * spec.variables[1].name: Required value: name is not specified
    * spec.variables[1].expression: Required value: expression is not specified
    The ValidatingAdmissionPolicy "p" is invalid: 
    * spec.auditAnnotations[0].key: Invalid value: "p/a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
    * spec.auditAnnotations[0].valueExpression: Invalid value: "1": must evaluate to one of [string null_type]
    * spec.auditAnnotations[1].valueExpression: Required value: valueExpression is not specified
    * spec.auditAnnotations[2].key: Duplicate value: "k"
    The ValidatingAdmissionPolicy "p" is invalid: 
    * spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c
    * spec.paramKind.kind: Required value
    The ValidatingAdmissionPolicy "p" is invalid: 
    * spec.paramKind.apiVersion: Invalid value: "V1_": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
    * spec.paramKind.kind: Invalid value: "A_b": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
  `)
})

test('a binding says what is done', () => {
  const { create } = bench(`
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: b }
spec: { policyName: p, validationActions: [Deny] }
`)
  const answers = [
    create('spec: { policyName: A_, validationActions: [] }'),
    create('spec: { validationActions: [Deny, Warn, Deny, Shout] }'),
    create('spec: { paramRef: { name: a/b, selector: {}, parameterNotFoundAction: Pass } }'),
    create('spec: { paramRef: {} }'),
    create('spec: { matchResources: { resourceRules: [{}] } }'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The ValidatingAdmissionPolicyBinding "b" is invalid: 
    * spec.policyName: Invalid value: "A_": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
    * spec.validationActions: Required value: at least one validation action is required
    The ValidatingAdmissionPolicyBinding "b" is invalid: 
    * spec.validationActions[2]: Duplicate value: "Deny"
    * spec.validationActions[3]: Unsupported value: "Shout": supported values: "Audit", "Deny", "Warn"
    * spec.validationActions: Invalid value: []admissionregistration.ValidationAction{"Deny", "Warn", "Deny", "Shout"}: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)
    The ValidatingAdmissionPolicyBinding "b" is invalid: 
    * spec.paramRef.name: Invalid value: "a/b": may not contain '/'
    * spec.paramRef.name: Forbidden: name and selector are mutually exclusive
    * spec.paramRef.selector: Forbidden: name and selector are mutually exclusive
    * spec.paramRef.parameterNotFoundAction: Unsupported value: "Pass": supported values: "Deny", "Allow"
    The ValidatingAdmissionPolicyBinding "b" is invalid: 
    * spec.paramRef: Required value: one of name or selector must be specified
    * spec.paramRef.parameterNotFoundAction: Required value
    The ValidatingAdmissionPolicyBinding "b" is invalid: 
    * spec.matchResources.resourceRules[0].operations: Required value
    * spec.matchResources.resourceRules[0].apiGroups: Required value
    * spec.matchResources.resourceRules[0].apiVersions: Required value
    * spec.matchResources.resourceRules[0].resources: Required value"
  `)
})
