/** EndpointSlice of discovery.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { filled, mapped, withField } from './defaulting.ts'
import { validateSlice } from './validation/endpoint-slice.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1EndpointSlice } from './generated/types.ts'

export const endpointSlice = defineKind<V1EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  resource: 'endpointslices',
  singular: 'endpointslice',
  namespaced: true,
  verbs: allVerbs,
  schema: 'V1EndpointSlice',
  hasGeneration: true,
  columns: [
    name,
    column(
      'AddressType',
      'string',
      'addressType specifies the type of address carried by this EndpointSlice. All addresses in this slice must be the same type. This field is immutable after creation. The following address types are currently supported: * IPv4: Represents an IPv4 Address. * IPv6: Represents an IPv6 Address. * FQDN: Represents a Fully Qualified Domain Name.',
      ({ addressType }) => addressType,
    ),
    column(
      'Ports',
      'string',
      'ports specifies the list of network ports exposed by each endpoint in this slice. Each port must have a unique name. When ports is empty, it indicates that there are no defined ports. When a port is defined with a nil port value, it indicates "all ports". Each slice may include a maximum of 100 ports.',
      ({ ports = [] }) =>
        ports.length === 0
          ? '<unset>'
          : firstThree(ports.map(({ name: portName, port }) => (port === undefined ? (portName ?? '') : String(port)))),
    ),
    column(
      'Endpoints',
      'string',
      'endpoints is a list of unique endpoints in this slice. Each slice may include a maximum of 1000 endpoints.',
      ({ endpoints = [] }) => (endpoints.length === 0 ? '<unset>' : firstThree(endpoints.flatMap((endpoint) => endpoint.addresses))),
    ),
    ageColumn,
  ],
  defaults: (slice) =>
    withField(
      slice,
      'ports',
      mapped(slice.ports, (port) => filled(port, { name: '', protocol: 'TCP' })),
    ),
  validate: (slice, errors) => validateSlice(slice, errors),
  validateUpdate: ({ old, fresh }, errors) => {
    if (old.addressType !== fresh.addressType) errors.invalid('addressType', fresh.addressType, 'field is immutable')
  },
})

function firstThree(list: readonly string[]): string {
  return list.length > 3 ? `${list.slice(0, 3).join(',')} + ${list.length - 3} more...` : list.join(',')
}
