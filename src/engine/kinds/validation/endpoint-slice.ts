/** What makes an EndpointSlice invalid: addresses of its one type, ports with names of their own. */
import { bitsOf } from '../../api/expressions/addresses.ts'
import type { FieldErrors } from '../field-errors.ts'
import type { V1Endpoint, V1EndpointSlice } from '../generated/types.ts'
import { validateLabels } from '../metadata.ts'
import { dns1123Label, dns1123Subdomain, qualifiedName, validLabelValue } from '../names.ts'
import { isIp } from './addresses.ts'
import { required } from './values.ts'

export function validateSlice({ addressType = '', endpoints, ports }: V1EndpointSlice, errors: FieldErrors): void {
  required('addressType', addressType, ['FQDN', 'IPv4', 'IPv6'], errors)
  const given = endpoints ?? []
  if (given.length > 1000) errors.tooMany('endpoints', given.length, 1000)
  else given.forEach((endpoint, index) => validateEndpoint(endpoint, addressType, `endpoints[${index}]`, errors))
  const names = new Set<string>()
  if ((ports?.length ?? 0) > 20000) return errors.tooMany('ports', ports?.length ?? 0, 20000)
  ports?.forEach(({ name = '', protocol, appProtocol }, index) => {
    const path = `ports[${index}]`
    for (const problem of name === '' ? [] : dns1123Label(name)) errors.invalid(`${path}.name`, name, problem)
    if (names.has(name)) errors.duplicate(`${path}.name`, name)
    names.add(name)
    required(`${path}.protocol`, protocol, ['SCTP', 'TCP', 'UDP'], errors)
    for (const problem of appProtocol === undefined ? [] : qualifiedName(appProtocol))
      errors.invalid(`${path}.appProtocol`, appProtocol, problem)
  })
}

function validateEndpoint(endpoint: V1Endpoint, addressType: string, path: string, errors: FieldErrors): void {
  const addresses = endpoint.addresses ?? []
  if (addresses.length === 0) errors.required(`${path}.addresses`, 'must contain at least 1 address')
  else if (addresses.length > 100) errors.tooMany(`${path}.addresses`, addresses.length, 100)
  addresses.forEach((address, index) => {
    const place = `${path}.addresses[${index}]`
    if (addressType === 'FQDN') validateDomain(address, place, errors)
    else if (addressType === 'IPv4' || addressType === 'IPv6') {
      if (!isIp(address) || bitsOf(address) !== (addressType === 'IPv4' ? 32 : 128))
        errors.invalid(place, address, `must be a valid ${addressType} address`)
      if (isIp(address)) validateReach(address, place, errors)
    }
  })
  const { nodeName, deprecatedTopology, hostname, hints } = endpoint
  for (const problem of nodeName === undefined ? [] : dns1123Subdomain(nodeName)) errors.invalid(`${path}.nodeName`, nodeName, problem)
  const labels = Object.keys(deprecatedTopology ?? {}).length
  if (labels > 16) errors.tooMany(`${path}.deprecatedTopology`, labels, 16)
  validateLabels(deprecatedTopology, `${path}.deprecatedTopology`, errors)
  for (const problem of hostname === undefined ? [] : dns1123Label(hostname)) errors.invalid(`${path}.hostname`, hostname, problem)
  const zones = hints?.forZones ?? []
  if (zones.length > 8) return errors.tooMany(`${path}.hints.forZones`, zones.length, 8)
  zones.forEach(({ name }, index) => {
    const place = `${path}.hints.forZones[${index}].name`
    if (zones.findIndex((zone) => zone.name === name) < index) errors.duplicate(place, name)
    for (const problem of validLabelValue(name)) errors.invalid(place, name, problem)
  })
}

/** An address that other nodes reach. */
function validateReach(address: string, path: string, errors: FieldErrors): void {
  if (/^(0\.0\.0\.0|::)$/.test(address)) errors.invalid(path, address, `may not be unspecified (${address})`)
  if (/^(127\.|::1$)/.test(address)) errors.invalid(path, address, 'may not be in the loopback range (127.0.0.0/8, ::1/128)')
  if (/^(169\.254\.|fe[89ab])/i.test(address))
    errors.invalid(path, address, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)')
  if (/^(224\.0\.0\.|ff02:)/i.test(address))
    errors.invalid(path, address, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)')
}

function validateDomain(domain: string, path: string, errors: FieldErrors): void {
  if (domain === '') return errors.required(path)
  const name = domain.replace(/\.$/, '')
  const problems = dns1123Subdomain(name)
  if (problems.length > 0) errors.invalid(path, name, problems.join(','))
  else if (!name.includes('.')) errors.invalid(path, name, 'should be a domain with at least two segments separated by dots')
}
