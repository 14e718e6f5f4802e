/** NetworkPolicy of networking.k8s.io v1. */
import { Verbatim, type FieldErrors } from './field-errors.ts'
import { isCidr, isStrictlyWithin, notACidr } from './validation/addresses.ts'
import { validateSelector } from './validation/selectors.ts'
import { supported, validatePortReference } from './validation/values.ts'
import { ageColumn, column, name } from './columns.ts'
import { selectorText } from '../api/selectors.ts'
import { filled, mapped, withField } from './defaulting.ts'
import { allVerbs, defineKind } from './kind.ts'
import { portNumber } from './names.ts'
import type { V1IPBlock, V1NetworkPolicy, V1NetworkPolicyPeer, V1NetworkPolicyPort } from './generated/types.ts'

export const networkPolicy = defineKind<V1NetworkPolicy>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  resource: 'networkpolicies',
  singular: 'networkpolicy',
  namespaced: true,
  shortNames: ['netpol'],
  verbs: allVerbs,
  schema: 'V1NetworkPolicy',
  hasGeneration: true,
  columns: [
    name,
    column(
      'Pod-Selector',
      'string',
      'Selects the pods to which this NetworkPolicy object applies.  The array of ingress rules is applied to any pods selected by this field. Multiple network policies can select the same set of pods.  In this case, the ingress rules for each are combined additively. This field is NOT optional and follows standard label selector semantics. An empty podSelector matches all pods in this namespace.',
      ({ spec }) => selectorText(spec.podSelector),
    ),
    ageColumn,
  ],
  defaults: (policy) => {
    if (!policy.spec) return policy
    const ports = (list: readonly V1NetworkPolicyPort[] | undefined) => mapped(list, (port) => filled(port, { protocol: 'TCP' }))
    let spec = filled(policy.spec, { policyTypes: policy.spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'] })
    if (spec.ingress)
      spec = withField(
        spec,
        'ingress',
        mapped(spec.ingress, (rule) => withField(rule, 'ports', ports(rule.ports))),
      )
    if (spec.egress)
      spec = withField(
        spec,
        'egress',
        mapped(spec.egress, (rule) => withField(rule, 'ports', ports(rule.ports))),
      )
    return withField(policy, 'spec', spec)
  },
  warnings: ({ spec }, old) => (spec === old?.spec ? [] : cidrWarnings(spec)),
  validate: ({ spec }, errors) => {
    if (spec.podSelector) validateSelector(spec.podSelector, 'spec.podSelector', errors)
    spec.ingress?.forEach((rule, index) => validateRule(rule.ports, rule.from, `spec.ingress[${index}]`, 'from', errors))
    spec.egress?.forEach((rule, index) => validateRule(rule.ports, rule.to, `spec.egress[${index}]`, 'to', errors))
    const { policyTypes = [] } = spec
    if (policyTypes.length > 2) {
      const list = new Verbatim(`[]networking.PolicyType{${policyTypes.map((type) => JSON.stringify(type)).join(', ')}}`)
      errors.invalid('spec.policyTypes', list, 'may not specify more than two policyTypes')
    } else policyTypes.forEach((type, index) => supported(`spec.policyTypes[${index}]`, type, ['Ingress', 'Egress'], errors))
  },
})

function cidrWarnings({ ingress = [], egress = [] }: V1NetworkPolicy['spec']): readonly string[] {
  const ofPeers = (peers: readonly V1NetworkPolicyPeer[] | undefined, path: string) =>
    (peers ?? []).flatMap(({ ipBlock }, index) =>
      ipBlock
        ? [
            ...ambiguousCidr(ipBlock.cidr, `${path}[${index}].ipBlock.cidr`),
            ...(ipBlock.except ?? []).flatMap((cidr, at) => ambiguousCidr(cidr, `${path}[${index}].ipBlock.except[${at}]`)),
          ]
        : [],
    )
  return [
    ...ingress.flatMap(({ from }, index) => ofPeers(from, `spec.ingress[${index}].from`)),
    ...egress.flatMap(({ to }, index) => ofPeers(to, `spec.egress[${index}].to`)),
  ]
}

/** An address with a mask that covers more than it: the network was meant, or the address. */
function ambiguousCidr(cidr: string, path: string): readonly string[] {
  const [address, bits] = cidr.split('/')
  if (!isCidr(cidr) || address.includes(':')) return []
  const parts = address.split('.').map(Number)
  const masked = parts.map((part, index) => part & (0xff << Math.max(0, 8 - Math.max(0, Number(bits) - index * 8))) & 0xff).join('.')
  return masked === address
    ? []
    : [`${path}: CIDR value ${JSON.stringify(cidr)} is ambiguous in this context (should be "${masked}/${bits}" or "${address}/32"?)`]
}

function validateRule(
  ports: readonly V1NetworkPolicyPort[] | undefined,
  peers: readonly V1NetworkPolicyPeer[] | undefined,
  path: string,
  side: string,
  errors: FieldErrors,
): void {
  ports?.forEach(({ protocol, port, endPort }, index) => {
    const place = `${path}.ports[${index}]`
    if (protocol) supported(`${place}.protocol`, protocol, ['TCP', 'UDP', 'SCTP'], errors)
    const ending = `${place}.endPort`
    if (typeof port === 'number') {
      validatePortReference(port, `${place}.port`, errors)
      if (endPort === undefined) return
      if (endPort < port) errors.invalid(ending, port, 'must be greater than or equal to `port`')
      for (const problem of portNumber(endPort)) errors.invalid(ending, endPort, problem)
    } else {
      const why = port === undefined ? 'not specified' : 'non-numeric'
      if (endPort !== undefined) errors.invalid(ending, endPort, `may not be specified when \`port\` is ${why}`)
      if (port !== undefined) validatePortReference(port, `${place}.port`, errors)
    }
  })
  peers?.forEach(({ podSelector, namespaceSelector, ipBlock }, index) => {
    const place = `${path}.${side}[${index}]`
    if (podSelector) validateSelector(podSelector, `${place}.podSelector`, errors)
    if (namespaceSelector) validateSelector(namespaceSelector, `${place}.namespaceSelector`, errors)
    if (ipBlock) validateBlock(ipBlock, `${place}.ipBlock`, errors)
    if (!podSelector && !namespaceSelector && !ipBlock) errors.required(place, 'must specify a peer')
    else if (ipBlock && (podSelector || namespaceSelector)) errors.forbidden(place, 'may not specify both ipBlock and another peer')
  })
}

function validateBlock({ cidr, except = [] }: V1IPBlock, path: string, errors: FieldErrors): void {
  if (!cidr) return errors.required(`${path}.cidr`)
  if (!isCidr(cidr)) return errors.invalid(`${path}.cidr`, cidr, notACidr)
  except.forEach((inner, index) => {
    if (!isCidr(inner)) errors.invalid(`${path}.except[${index}]`, inner, notACidr)
    else if (!isStrictlyWithin(inner, cidr)) errors.invalid(`${path}.except[${index}]`, inner, 'must be a strict subset of `cidr`')
  })
}
