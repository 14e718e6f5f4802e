import { beforeAll, expect, test } from 'vitest'
import { library } from '../api/expressions/expression-library.ts'
import { provideExpressions } from '../api/expressions/expressions.ts'
import { bench } from './test-manifests.ts'

beforeAll(() => provideExpressions(library))

test('a definition is judged by its names, versions, columns and conversion', () => {
  const { create, update } = bench(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: shirts.stable.example.com }
spec:
  group: stable.example.com
  scope: Namespaced
  names: { plural: shirts, kind: Shirt }
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { color: { type: string } } } } } } }
`)
  const answers = [
    create('metadata: { name: shirts }'),
    create(
      'spec: { group: example, scope: Global, names: { plural: Shirts, kind: Shi_rt, singular: A, shortNames: [S], categories: [x_] } }',
    ),
    create('spec: { names: { listKind: Shirt } }'),
    create('spec: { versions: [{ name: v1, served: true, storage: false, schema: { openAPIV3Schema: { type: object } } }] }'),
    create(
      'spec: { versions: [{ name: V_1, served: true, storage: true, deprecationWarning: old, schema: { openAPIV3Schema: { type: object } } }] }',
    ),
    create(
      'spec: { versions: [{ name: v1, served: true, storage: true, additionalPrinterColumns: [{ name: "", type: text, jsonPath: spec.x, format: int }], subresources: { scale: { specReplicasPath: .status.x, statusReplicasPath: "" } }, schema: { openAPIV3Schema: { type: object } } }] }',
    ),
    create(
      'spec: { versions: [{ name: v1, served: true, storage: true, selectableFields: [{ jsonPath: .spec.b }, { jsonPath: .spec.a }, { jsonPath: spec }], schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { a: { type: array, items: { type: string } } } } } } } }] }',
    ),
    create('spec: { conversion: { strategy: Webhook } }'),
    create(
      'spec: { conversion: { strategy: Webhook, webhook: { conversionReviewVersions: [v9], clientConfig: { service: { name: a, namespace: b }, url: "https://c" } } } }',
    ),
    create('spec: { conversion: { strategy: None, webhook: { conversionReviewVersions: [v1] } } }'),
    create('{ metadata: { name: shirts.stable.k8s.io }, spec: { group: stable.k8s.io } }'),
    create('spec: { preserveUnknownFields: true }'),
    update('spec: { scope: Cluster, names: { kind: Blouse } }'),
    update('spec: { versions: [{ name: v2, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }] }'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The CustomResourceDefinition "shirts" is invalid: metadata.name: Invalid value: "shirts": must be spec.names.plural+"."+spec.group
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: 
    * metadata.name: Invalid value: "shirts.stable.example.com": must be spec.names.plural+"."+spec.group
    * spec.group: Invalid value: "example": should be a domain with at least one dot
    * spec.scope: Unsupported value: "Global": supported values: "Cluster", "Namespaced"
    * spec.names.plural: Invalid value: "Shirts": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
    * spec.names.singular: Invalid value: "A": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
    * spec.names.kind: Invalid value: "Shi_rt": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
    * spec.names.listKind: Invalid value: "Shi_rtList": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
    * spec.names.shortNames[0]: Invalid value: "S": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
    * spec.names.categories[0]: Invalid value: "x_": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: spec.names.listKind: Invalid value: "Shirt": kind and listKind may not be the same
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: 
    * spec.versions: Invalid value: []apiextensions.CustomResourceDefinitionVersion{apiextensions.CustomResourceDefinitionVersion{Name:"v1", Served:true, Storage:false, Deprecated:false, DeprecationWarning:(*string)(nil), Schema:(*apiextensions.CustomResourceValidation)(nil), Subresources:(*apiextensions.CustomResourceSubresources)(nil), AdditionalPrinterColumns:[]apiextensions.CustomResourceColumnDefinition(nil), SelectableFields:[]apiextensions.SelectableField(nil)}}: must have exactly one version marked as storage version
    * status.storedVersions: Invalid value: []string{}: must have at least one stored version
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: 
    * spec.versions[0].name: Invalid value: "V_1": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
    * spec.versions[0].deprecationWarning: Invalid value: "old": can only be set for deprecated versions
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: 
    * spec.subresources.scale.specReplicasPath: Invalid value: ".status.x": should be a json path under .spec
    * spec.subresources.scale.statusReplicasPath: Required value
    * spec.additionalPrinterColumns[0].name: Required value
    * spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string
    * spec.additionalPrinterColumns[0].format: Invalid value: "int": must be one of byte,date,date-time,double,float,int32,int64,password
    * spec.additionalPrinterColumns[0].JSONPath: Invalid value: "spec.x": must be a simple json path starting with .
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: 
    * spec.selectableFields[0].jsonPath: Invalid value: ".spec.b": is an invalid path: does not refer to a valid field
    * spec.selectableFields[1].jsonPath: Invalid value: ".spec.a": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.
    * spec.selectableFields[2].jsonPath: Invalid value: "spec": is an invalid path: expected [ or . but got: spec
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: 
    * spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook
    * spec.conversion.conversionReviewVersions: Required value
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: 
    * spec.conversion.webhookClientConfig: Required value: exactly one of url or service is required
    * spec.conversion.conversionReviewVersions: Invalid value: []string{"v9"}: must include at least one of v1, v1beta1
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: spec.conversion.conversionReviewVersions: Forbidden: should not be set when strategy is not set to Webhook
    The CustomResourceDefinition "shirts.stable.k8s.io" is invalid: metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: spec.preserveUnknownFields: Invalid value: true: must be false
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: 
    * spec.scope: Invalid value: "Cluster": field is immutable
    * spec.names.kind: Invalid value: "Blouse": field is immutable
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions"
  `)
})

test('a schema is structural, and says nothing that OpenAPI may not', () => {
  const { create } = bench(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: shirts.stable.example.com }
spec:
  group: stable.example.com
  scope: Namespaced
  names: { plural: shirts, kind: Shirt }
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { color: { type: string } } } } } } }
`)
  const answers = [
    create('spec: { versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: string } } }] }'),
    create('spec: { versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: {} } }] }'),
    create(
      'spec: { versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, additionalProperties: { type: string } } } }] }',
    ),
    create(
      'spec: { versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { a: {}, b: { type: text }, c: { type: array }, d: { type: array, items: {} }, e: { type: "null" } } } } }] }',
    ),
    create(
      'spec: { versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { metadata: { type: object, properties: { labels: { type: object } } }, kind: { type: integer } } } } }] }',
    ),
    create(
      'spec: { versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { a: { type: string, anyOf: [{ type: string, description: x }], allOf: [{ properties: { z: { minimum: 1 } } }], not: { default: 1 } } } } } }] }',
    ),
    create(
      'spec: { versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { p: { x-kubernetes-int-or-string: true, anyOf: [{ type: integer }, { type: string }] } } } } }] }',
    ),
    create(
      'spec: { versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { a: { type: string, pattern: "(a" }, b: { type: string, pattern: "(?=a)" } } } } }] }',
    ),
    create(
      'spec: { versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { a: { type: integer, default: x }, b: { type: object, default: { c: 1 } }, metadata: { type: object, default: {} } } } } }] }',
    ),
    create(
      'spec: { versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { a: { type: array, x-kubernetes-list-type: map, items: { type: object, properties: { k: { type: string } } }, x-kubernetes-list-map-keys: [k, z] }, b: { type: object, x-kubernetes-list-type: set }, c: { type: array, items: { type: object }, x-kubernetes-list-type: set }, d: { type: object, x-kubernetes-map-type: loose } } } } }] }',
    ),
    create(
      'spec: { versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, nullable: true, properties: { a: { type: array, uniqueItems: true, items: { type: string } }, b: { type: object, properties: { c: { type: string } }, additionalProperties: { type: string } }, e: { type: object, x-kubernetes-embedded-resource: true }, f: { type: object, x-kubernetes-preserve-unknown-fields: false } } } } }] }',
    ),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The CustomResourceDefinition "shirts.stable.example.com" is invalid: spec.validation.openAPIV3Schema.type: Invalid value: "string": must be object at the root
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: spec.validation.openAPIV3Schema.type: Required value: must not be empty at the root
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: spec.validation.openAPIV3Schema.additionalProperties: Forbidden: must not be used at the root
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: 
    * spec.validation.openAPIV3Schema.properties[a].type: Required value: must not be empty for specified object fields
    * spec.validation.openAPIV3Schema.properties[c].items: Required value: must be specified
    * spec.validation.openAPIV3Schema.properties[d].items.type: Required value: must not be empty for specified array items
    * spec.validation.openAPIV3Schema.properties[b].type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"
    * spec.validation.openAPIV3Schema.properties[e].type: Unsupported value: "null": supported values: "array", "boolean", "integer", "number", "object", "string"
    * spec.validation.openAPIV3Schema.properties[e].type: Forbidden: type cannot be set to null, use nullable as an alternative
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: 
    * spec.validation.openAPIV3Schema.properties[kind].type: Invalid value: "integer": must be string
    * spec.validation.openAPIV3Schema.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: 
    * spec.validation.openAPIV3Schema.properties[a].anyOf[0].description: Forbidden: must be empty to be structural
    * spec.validation.openAPIV3Schema.properties[a].anyOf[0].type: Forbidden: must be empty to be structural
    * spec.validation.openAPIV3Schema.properties[a].not.default: Forbidden: must be undefined to be structural
    * spec.validation.openAPIV3Schema.properties[a].properties[z]: Required value: because it is defined in spec.validation.openAPIV3Schema.properties[a].allOf[0].properties[z]

    The CustomResourceDefinition "shirts.stable.example.com" is invalid: 
    * spec.validation.openAPIV3Schema.properties[a].pattern: Invalid value: "(a": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): \`(a\`
    * spec.validation.openAPIV3Schema.properties[b].pattern: Invalid value: "(?=a)": must be a valid regular expression, but isn't: error parsing regexp: invalid or unsupported Perl syntax: \`(?=\`
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: 
    * spec.validation.openAPIV3Schema.properties[a].default: Invalid value: "string": spec.validation.openAPIV3Schema.properties[a].default in body must be of type integer: "string"
    * spec.validation.openAPIV3Schema.properties[b].default: Invalid value: map[string]interface {}{"c":1}: must not have unknown fields
    * spec.validation.openAPIV3Schema.properties[metadata].default: Forbidden: must not be set in top-level metadata
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: 
    * spec.validation.openAPIV3Schema.properties[a].x-kubernetes-list-map-keys: Invalid value: []string{"k", "z"}: entries must all be names of item properties
    * spec.validation.openAPIV3Schema.properties[a].items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property
    * spec.validation.openAPIV3Schema.properties[b].type: Invalid value: "object": must be array if x-kubernetes-list-type is specified
    * spec.validation.openAPIV3Schema.properties[c].items.x-kubernetes-map-type: Invalid value: "null": must be atomic as item of a list with x-kubernetes-list-type=set
    * spec.validation.openAPIV3Schema.properties[d].x-kubernetes-map-type: Unsupported value: "loose": supported values: "atomic", "granular"
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: 
    * spec.validation.openAPIV3Schema.nullable: Forbidden: nullable cannot be true at the root
    * spec.validation.openAPIV3Schema.properties[e].properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields
    * spec.validation.openAPIV3Schema.properties[a].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic
    * spec.validation.openAPIV3Schema.properties[b].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive
    * spec.validation.openAPIV3Schema.properties[f].x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined"
  `)
})

test('rules in CEL compile, and look back only where something can be seen', () => {
  const { create } = bench(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: shirts.stable.example.com }
spec:
  group: stable.example.com
  scope: Namespaced
  names: { plural: shirts, kind: Shirt }
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { color: { type: string } } } } } } }
`)
  const answers = [
    create(
      'spec: { versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-validations: [{ rule: "self.spec.size > 1" }, { rule: "" }], properties: { spec: { type: object } } } } }] }',
    ),
    create(
      'spec: { versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { n: { type: integer } }, x-kubernetes-validations: [{ rule: "self.m > 1" }, { rule: "self.n" }, { rule: "self.n > 1", messageExpression: "1" }] } } } } }] }',
    ),
    create(
      'spec: { versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { n: { type: integer } }, x-kubernetes-validations: [{ rule: "self.n > 1", message: " ", reason: Because, fieldPath: .m }, { rule: "self.n > 1 &&\\nself.n < 5" }] } } } } }] }',
    ),
    create(
      'spec: { versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { l: { type: array, maxItems: 5, items: { type: string, x-kubernetes-validations: [{ rule: "self == oldSelf" }] } }, o: { type: string, x-kubernetes-validations: [{ rule: "self != \\"\\"", optionalOldSelf: true }] } } } } } } }] }',
    ),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The CustomResourceDefinition "shirts.stable.example.com" is invalid: spec.validation.openAPIV3Schema.x-kubernetes-validations[1].rule: Required value: rule is not specified
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: 
    * spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: apiextensions.ValidationRule{Rule:"self.m > 1", Message:"", MessageExpression:"", Reason:(*apiextensions.FieldValueErrorReason)(nil), FieldPath:"", OptionalOldSelf:(*bool)(nil)}: compilation failed: ERROR: <input>:1:5: undefined field 'm'
     | self.m > 1
     | ....^
    * spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[2].messageExpression: Invalid value: apiextensions.ValidationRule{Rule:"self.n > 1", Message:"", MessageExpression:"1", Reason:(*apiextensions.FieldValueErrorReason)(nil), FieldPath:"", OptionalOldSelf:(*bool)(nil)}: messageExpression must evaluate to a string
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: 
    * spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].message: Invalid value: " ": message must be non-empty if specified
    * spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].reason: Unsupported value: "Because": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"
    * spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].fieldPath: Invalid value: ".m": fieldPath must be a valid path
    * spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[1].message: Required value: message must be specified if rule contains line breaks
    The CustomResourceDefinition "shirts.stable.example.com" is invalid: 
    * spec.validation.openAPIV3Schema.properties[spec].properties[l].items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within spec.validation.openAPIV3Schema.properties[spec].properties[l]
    * spec.validation.openAPIV3Schema.properties[spec].properties[o].x-kubernetes-validations[0].optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule"
  `)
})
