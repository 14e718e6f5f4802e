/** Endpoints of the core group v1. */
import { isIp, notAnIp } from './validation/addresses.ts'
import { portNumber } from './names.ts'
import { ageColumn, column, name } from './columns.ts'
import { filled, mapped, withField } from './defaulting.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1Endpoints } from './generated/types.ts'

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
    subsets?.forEach(({ addresses, ports }, index) => {
      const path = `subsets[${index}]`
      addresses?.forEach(({ ip }, at) => {
        const place = `${path}.addresses[${at}].ip`
        if (!isIp(ip)) {
          errors.invalid(place, ip, notAnIp)
          errors.invalid(place, ip, 'must be a valid IP address')
        } else if (ip.startsWith('127.') || ip === '::1')
          errors.invalid(place, ip, 'may not be in the loopback range (127.0.0.0/8, ::1/128)')
        else if (ip.startsWith('169.254.')) errors.invalid(place, ip, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)')
      })
      ports?.forEach(({ name: portName, port }, at) => {
        if (ports.length > 1 && !portName) errors.required(`${path}.ports[${at}].name`)
        for (const problem of portNumber(port)) errors.invalid(`${path}.ports[${at}].port`, port, problem)
      })
    }),
})

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
