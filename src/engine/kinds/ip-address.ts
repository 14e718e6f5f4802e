/** IPAddress of networking.k8s.io v1. */
import { column, name } from './columns.ts'
import { isSame } from '../api/objects.ts'
import { dns1123Subdomain, pathSegment } from './names.ts'
import { problemsOfIp } from './validation/addresses.ts'
import { Verbatim } from './field-errors.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1IPAddress } from './generated/types.ts'

export const ipAddress = defineKind<V1IPAddress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  resource: 'ipaddresses',
  singular: 'ipaddress',
  namespaced: false,
  shortNames: ['ip'],
  verbs: allVerbs,
  schema: 'V1IPAddress',
  columns: [
    name,
    column(
      'ParentRef',
      'string',
      'ParentRef references the resource that an IPAddress is attached to. An IPAddress must reference a parent object.',
      ({ spec }) => {
        const parent = spec?.parentRef
        return parent ? [parent.resource, parent.namespace, parent.name].filter(Boolean).join('/') : '<none>'
      },
    ),
  ],
  nameRule: problemsOfIp,
  validate: ({ spec }, errors) => {
    const reference = spec?.parentRef
    if (!reference || Object.values(reference).every((value) => !value)) return errors.required('spec.parentRef')
    const { group = '', resource = '', name: title = '', namespace = '' } = reference
    for (const problem of group === '' ? [] : dns1123Subdomain(group)) errors.invalid('spec.parentRef.group', group, problem)
    for (const [field, value] of Object.entries({ resource, name: title, namespace })) {
      if (value === '' && field !== 'namespace') errors.required(`spec.parentRef.${field}`)
      for (const problem of pathSegment(value)) errors.invalid(`spec.parentRef.${field}`, value, problem)
    }
  },
  validateUpdate: ({ old, fresh }, errors) => {
    if (isSame(old.spec?.parentRef, fresh.spec?.parentRef)) return
    const { group = '', resource = '', namespace = '', name: title = '' } = fresh.spec?.parentRef ?? {}
    const [groupText, resourceText, namespaceText, nameText] = [group, resource, namespace, title].map((each) => JSON.stringify(each))
    const value = new Verbatim(
      `networking.ParentReference{Group:${groupText}, Resource:${resourceText}, Namespace:${namespaceText}, Name:${nameText}}`,
    )
    errors.invalid('spec.parentRef', value, 'field is immutable')
  },
})
