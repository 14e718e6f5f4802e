/** Endpoints of the core group v1. */
import { ageColumn, column, name } from './columns.ts'
import { filled, mapped, withField } from './defaulting.ts'
import type { FieldErrors } from './field-errors.ts'
import { allVerbs, defineKind } from './kind.ts'
import { dns1123Label, dns1123Subdomain, portNumber, qualifiedName } from './names.ts'
import { ipWarnings, validateIp, validateNonSpecialIp } from './validation/addresses.ts'
import { required } from './validation/values.ts'
import type { CoreV1EndpointPort, V1EndpointAddress, V1Endpoints } from './generated/types.ts'

export const endpoints = defineKind<V1Endpoints>({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  resource: 'endpoints',
  singular: 'endpoints',
  namespaced: true,
  isCreatedByUpdate: true,
  shortNames: ['ep'],
  verbs: allVerbs,
  schema: 'V1Endpoints',
  columns: [
    name,
    column(
      'Endpoints',
      'string',
      'The set of all endpoints is the union of all subsets. Addresses are placed into subsets according to the IPs they share. A single address with multiple ports, some of which are ready and some of which are not (because they come from different containers) will result in the address being displayed in different subsets for the different ports. No address will appear in both Addresses and NotReadyAddresses in the same subset. Sets of addresses and ports that comprise a service.',
      ({ subsets }) => endpointsText(subsets),
    ),
    ageColumn,
  ],
  defaults: (endpoints) => {
    const subsets = mapped(endpoints.subsets, (subset) =>
      withField(
        subset,
        'ports',
        mapped(subset.ports, (port) => filled(port, { protocol: 'TCP' })),
      ),
    )
    return withField(endpoints, 'subsets', subsets)
  },
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  validate: ({ subsets }, errors) =>
    subsets?.forEach(({ addresses = [], notReadyAddresses = [], ports = [] }, index) => {
      const path = `subsets[${index}]`
      if (addresses.length + notReadyAddresses.length === 0) errors.required(path, 'must specify `addresses` or `notReadyAddresses`')
      for (const [field, list] of Object.entries({ addresses, notReadyAddresses }))
        list.forEach((address, at) => validateAddress(address, `${path}.${field}[${at}]`, errors))
      ports.forEach((port, at) => validatePort(port, `${path}.ports[${at}]`, ports.length > 1, errors))
    }),
  warnings: ({ subsets }) =>
    (subsets ?? []).flatMap(({ addresses = [], notReadyAddresses = [] }, index) =>
      Object.entries({ addresses, notReadyAddresses }).flatMap(([field, list]) =>
        list.flatMap(({ ip }, at) => ipWarnings(ip, `subsets[${index}].${field}[${at}].ip`)),
      ),
    ),
})

function validateAddress({ ip = '', hostname, nodeName }: V1EndpointAddress, path: string, errors: FieldErrors): void {
  validateIp(ip, `${path}.ip`, errors)
  if (hostname) for (const problem of dns1123Label(hostname)) errors.invalid(`${path}.hostname`, hostname, problem)
  if (nodeName !== undefined) for (const problem of dns1123Subdomain(nodeName)) errors.invalid(`${path}.nodeName`, nodeName, problem)
  validateNonSpecialIp(ip, `${path}.ip`, errors)
}

function validatePort(
  { name: portName, port = 0, protocol, appProtocol }: CoreV1EndpointPort,
  path: string,
  isNameNeeded: boolean,
  errors: FieldErrors,
): void {
  if (isNameNeeded && !portName) errors.required(`${path}.name`)
  else if (portName) for (const problem of dns1123Label(portName)) errors.invalid(`${path}.name`, portName, problem)
  for (const problem of portNumber(port)) errors.invalid(`${path}.port`, port, problem)
  required(`${path}.protocol`, protocol, ['SCTP', 'TCP', 'UDP'], errors)
  if (appProtocol !== undefined)
    for (const problem of qualifiedName(appProtocol)) errors.invalid(`${path}.appProtocol`, appProtocol, problem)
}

/** The first three addresses, and how many more. */
function endpointsText(subsets: V1Endpoints['subsets']): string {
  const all = (subsets ?? []).flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`))),
  )
  if (all.length === 0) return '<none>'
  return all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : all.join(',')
}
