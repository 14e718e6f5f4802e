/** Descriptions of Services, of what stands before them, and of the addresses they have. */
import { type Events, head, longTime, mapText, selectorText, tags, Writer } from './describe-writer.ts'
import type { Json } from './json.ts'

export function describeService(writer: Writer, service: Json, slices: readonly Json[], events: Events): void {
  const { spec, status = {} } = service
  head(writer, service)
  tags(writer, service)
  writer.line(0, `Selector:\t${mapText(spec.selector)}`)
  writer.line(0, `Type:\t${spec.type}`)
  if (spec.ipFamilyPolicy) writer.line(0, `IP Family Policy:\t${spec.ipFamilyPolicy}`)
  if (spec.ipFamilies) writer.line(0, `IP Families:\t${spec.ipFamilies.length === 0 ? '<none>' : spec.ipFamilies.join(',')}`)
  else writer.line(0, 'IP Families:\t<none>')
  writer.line(0, `IP:\t${spec.clusterIP ?? ''}`)
  writer.line(0, `IPs:\t${spec.clusterIPs?.length > 0 ? spec.clusterIPs.join(',') : '<none>'}`)
  if (spec.externalIPs?.length > 0) writer.line(0, `External IPs:\t${spec.externalIPs.join(',')}`)
  if (spec.loadBalancerIP) writer.line(0, `Desired LoadBalancer IP:\t${spec.loadBalancerIP}`)
  if (spec.externalName) writer.line(0, `External Name:\t${spec.externalName}`)
  if (status.loadBalancer?.ingress?.length > 0)
    writer.line(
      0,
      `LoadBalancer Ingress:\t${status.loadBalancer.ingress.map((entry: Json) => (entry.ip ? `${entry.ip}${entry.ipMode ? ` (${entry.ipMode})` : ''}` : entry.hostname)).join(', ')}`,
    )
  for (const port of spec.ports ?? []) {
    const name = port.name || '<unset>'
    writer.line(0, `Port:\t${name}\t${port.port}/${port.protocol}`)
    writer.line(0, `TargetPort:\t${port.targetPort}/${port.protocol}`)
    if (port.nodePort) writer.line(0, `NodePort:\t${name}\t${port.nodePort}/${port.protocol}`)
    writer.line(0, `Endpoints:\t${endpointsText(slices, port.name ?? '')}`)
  }
  writer.line(0, `Session Affinity:\t${spec.sessionAffinity}`)
  if (spec.externalTrafficPolicy) writer.line(0, `External Traffic Policy:\t${spec.externalTrafficPolicy}`)
  if (spec.internalTrafficPolicy) writer.line(0, `Internal Traffic Policy:\t${spec.internalTrafficPolicy}`)
  if (spec.trafficDistribution) writer.line(0, `Traffic Distribution:\t${spec.trafficDistribution}`)
  if (spec.healthCheckNodePort) writer.line(0, `HealthCheck NodePort:\t${spec.healthCheckNodePort}`)
  if (spec.loadBalancerSourceRanges?.length > 0) writer.line(0, `LoadBalancer Source Ranges:\t${spec.loadBalancerSourceRanges.join(',')}`)
  writer.events(events)
}

/** Three addresses at most, then how many more. */
export function endpointsText(slices: readonly Json[], portName: string): string {
  const found: string[] = []
  if (slices.length === 0) return '<none>'
  let more = 0
  for (const slice of slices) {
    for (const port of slice.ports ?? []) {
      if ((port.name ?? '') !== portName) continue
      for (const endpoint of slice.endpoints ?? []) {
        if (endpoint.conditions?.ready === false) continue
        for (const address of endpoint.addresses ?? []) {
          if (found.length === 3) more++
          else found.push(String(address).includes(':') ? `[${address}]:${port.port}` : `${address}:${port.port}`)
        }
      }
    }
  }
  return more > 0 ? `${found.join(',')} + ${more} more...` : found.join(',')
}

export function describeEndpoints(writer: Writer, endpoints: Json, events: Events): void {
  head(writer, endpoints)
  tags(writer, endpoints)
  writer.line(0, 'Subsets:')
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of endpoints.subsets ?? []) {
    const list = (items: Json[]): string => items.map(({ ip }) => ip).join(',') || '<none>'
    writer.line(1, `Addresses:\t${list(addresses)}`)
    writer.line(1, `NotReadyAddresses:\t${list(notReadyAddresses)}`)
    if (ports.length > 0) {
      writer.line(1, 'Ports:')
      writer.line(2, 'Name\tPort\tProtocol')
      writer.line(2, '----\t----\t--------')
      for (const port of ports) writer.line(2, `${port.name || '<unset>'}\t${port.port}\t${port.protocol}`)
    }
    writer.raw('\n')
  }
  writer.events(events)
}

export function describeEndpointSlice(writer: Writer, slice: Json, events: Events): void {
  head(writer, slice)
  tags(writer, slice)
  writer.line(0, `AddressType:\t${slice.addressType}`)
  if (!slice.ports?.length) writer.line(0, 'Ports: <unset>')
  else {
    writer.line(0, 'Ports:')
    writer.line(1, 'Name\tPort\tProtocol')
    writer.line(1, '----\t----\t--------')
    for (const port of slice.ports) writer.line(1, `${port.name || '<unset>'}\t${port.port ?? '<unset>'}\t${port.protocol}`)
  }
  if (!slice.endpoints?.length) writer.line(0, 'Endpoints: <none>')
  else {
    writer.line(0, 'Endpoints:')
    for (const { addresses, conditions = {}, hostname, nodeName, zone, targetRef } of slice.endpoints) {
      writer.line(1, `- Addresses:\t${addresses.join(',')}`)
      writer.line(2, 'Conditions:')
      writer.line(3, `Ready:\t${conditions.ready ?? '<unset>'}`)
      writer.line(2, `Hostname:\t${hostname ?? '<unset>'}`)
      if (targetRef) writer.line(2, `TargetRef:\t${targetRef.kind}/${targetRef.name}`)
      writer.line(2, `NodeName:\t${nodeName ?? '<unset>'}`)
      writer.line(2, `Zone:\t${zone ?? '<unset>'}`)
    }
  }
  writer.events(events)
}

export function describeIngress(writer: Writer, ingress: Json, backendText: (backend: Json) => string, events: Events): void {
  const { metadata, spec, status = {} } = ingress
  writer.line(0, `Name:\t${metadata.name}`)
  writer.labels('Labels', metadata.labels)
  writer.line(0, `Namespace:\t${metadata.namespace}`)
  writer.line(0, `Address:\t${(status.loadBalancer?.ingress ?? []).map((entry: Json) => entry.ip || entry.hostname).join(',')}`)
  writer.line(0, `Ingress Class:\t${spec.ingressClassName ?? '<none>'}`)
  const fallback = spec.defaultBackend
  writer.line(0, `Default backend:\t${fallback ? backendText(fallback) : '<default>'}`)
  if (spec.tls?.length > 0) {
    writer.line(0, 'TLS:')
    for (const { secretName, hosts = [] } of spec.tls)
      writer.line(1, secretName ? `${secretName} terminates ${hosts.join(',')}` : `SNI routes ${hosts.join(',')}`)
  }
  writer.line(0, 'Rules:')
  writer.line(1, 'Host\tPath\tBackends')
  writer.line(1, '----\t----\t--------')
  let count = 0
  for (const { host, http } of spec.rules ?? []) {
    if (!http) continue
    count++
    writer.line(1, `${host || '*'}\t`)
    for (const { path, backend } of http.paths) writer.line(2, `\t${path ?? ''} \t${backendText(backend)}`)
  }
  if (count === 0) writer.line(1, `*\t*\t${fallback ? backendText(fallback) : '<default>'}`)
  writer.annotations('Annotations', metadata.annotations)
  writer.events(events)
}

export function describeIngressClass(writer: Writer, ingressClass: Json, events: Events): void {
  head(writer, ingressClass, false)
  tags(writer, ingressClass)
  writer.line(0, `Controller:\t${ingressClass.spec.controller}`)
  const parameters = ingressClass.spec.parameters
  if (parameters) {
    writer.line(0, 'Parameters:')
    if (parameters.apiGroup) writer.line(1, `APIGroup:\t${parameters.apiGroup}`)
    writer.line(1, `Kind:\t${parameters.kind}`)
    writer.line(1, `Name:\t${parameters.name}`)
  }
  writer.events(events)
}

export function describeNetworkPolicy(writer: Writer, policy: Json): void {
  const { metadata, spec } = policy
  writer.line(0, `Name:         ${metadata.name}`)
  writer.line(0, `Namespace:    ${metadata.namespace}`)
  writer.line(0, `Created on:   ${goTime(metadata.creationTimestamp)}`)
  writer.labels('Labels', metadata.labels)
  writer.annotations('Annotations', metadata.annotations)
  const plain = new Writer(writer.now)
  plain.line(0, 'Spec:')
  const selector = selectorText(spec.podSelector)
  plain.line(
    1,
    `PodSelector:     ${selector === '<none>' ? '<none> (Allowing the specific traffic to all pods in this namespace)' : selector}`,
  )
  policyRules(plain, 'ingress', 'Ingress', 'From', spec)
  policyRules(plain, 'egress', 'Egress', 'To', spec)
  plain.line(1, `Policy Types: ${(spec.policyTypes ?? []).join(', ')}`)
  writer.flush()
  writer.raw(plain.text())
}

function policyRules(writer: Writer, field: 'ingress' | 'egress', title: string, direction: string, spec: Json): void {
  const isEnabled = field === 'ingress' || (spec.policyTypes ?? []).includes('Egress')
  const isOn = (spec.policyTypes ?? []).includes(title)
  if (!isOn || !isEnabled) return writer.line(1, `Not affecting ${field} traffic`)
  writer.line(1, `Allowing ${field} traffic:`)
  const rules: Json[] = spec[field] ?? []
  if (rules.length === 0) return writer.line(2, `<none> (Selected pods are isolated for ${field} connectivity)`)
  rules.forEach((rule, index) => {
    const ports: Json[] = rule.ports ?? []
    const peers: Json[] = rule.from ?? rule.to ?? []
    if (ports.length === 0) writer.line(2, 'To Port: <any> (traffic allowed to all ports)')
    for (const { port, protocol = 'TCP', endPort } of ports)
      writer.line(2, endPort ? `To Port Range: ${port}-${endPort}/${protocol}` : `To Port: ${port ?? '<any>'}/${protocol}`)
    if (peers.length === 0)
      writer.line(2, `${direction}: <any> (traffic not restricted by ${direction === 'From' ? 'source' : 'destination'})`)
    for (const { podSelector, namespaceSelector, ipBlock } of peers) {
      writer.line(2, `${direction}:`)
      if (ipBlock) {
        writer.line(3, 'IPBlock:')
        writer.line(4, `CIDR: ${ipBlock.cidr}`)
        writer.line(4, `Except: ${(ipBlock.except ?? []).join(', ')}`)
      }
      if (namespaceSelector) writer.line(3, `NamespaceSelector: ${selectorText(namespaceSelector)}`)
      if (podSelector) writer.line(3, `PodSelector: ${selectorText(podSelector)}`)
    }
    if (index < rules.length - 1) writer.line(2, '----------')
  })
}

/** Go's `time.Time` under `%s`. */
function goTime(timestamp: string): string {
  return `${timestamp.slice(0, 10)} ${timestamp.slice(11, 19)} +0000 UTC`
}

export function describeServiceRange(writer: Writer, range: Json, events: Events): void {
  head(writer, range, false)
  tags(writer, range)
  if (range.spec?.cidrs?.length > 0) writer.line(0, `CIDRs:\t${range.spec.cidrs.join(', ')}`)
  if (range.status?.conditions?.length > 0) {
    writer.raw('Status:\nConditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n')
    writer.line(1, '----\t------\t------------------\t------\t-------')
    for (const found of range.status.conditions)
      writer.line(1, `${found.type}\t${found.status}\t${longTime(found.lastTransitionTime)}\t${found.reason}\t${found.message}`)
  }
  writer.events(events)
}

export function describeAddress(writer: Writer, address: Json, events: Events): void {
  head(writer, address, false)
  tags(writer, address)
  const parent = address.spec?.parentRef
  if (parent) {
    writer.raw('Parent Reference:\n')
    for (const [title, value] of [
      ['Group', parent.group],
      ['Resource', parent.resource],
      ['Namespace', parent.namespace],
      ['Name', parent.name],
    ])
      writer.line(1, `${title}:\t${value ?? ''}`)
  }
  writer.events(events)
}
