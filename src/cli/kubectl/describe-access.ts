/**
 * `kubectl describe` of roles, bindings and signing requests. Rules are shown one resource and verb list a row, sorted.
 */
import { humanDuration } from '../../base/human-duration.ts'
import { type Events, Writer, longTime, tags } from './describe-writer.ts'
import type { Json } from './json.ts'

export function describeRole(writer: Writer, role: Json): void {
  writer.line(0, `Name:\t${role.metadata.name}`)
  tags(writer, role)
  writer.line(0, 'PolicyRule:')
  writer.line(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs')
  writer.line(1, '---------\t-----------------\t--------------\t-----')
  for (const row of ruleRows(role.rules ?? [])) writer.line(1, row)
}

interface Simple {
  readonly group: string
  readonly resource: string
  readonly name: string
  readonly url: string
  verbs: string[]
}

/** Rules taken apart to single resources, joined again by verbs, in the order of their text in Go: verbs, group, resource, name. */
export function ruleRows(rules: readonly Json[]): string[] {
  const joined: Simple[] = []
  for (const rule of rules.flatMap(brokenDown)) {
    // Only rules about resources are joined.
    const twin =
      rule.url === ''
        ? joined.find(
            ({ group, resource, name, url }) => url === '' && group === rule.group && resource === rule.resource && name === rule.name,
          )
        : undefined
    if (!twin) joined.push(rule)
    else twin.verbs = [...twin.verbs, ...rule.verbs.filter((verb) => !twin.verbs.includes(verb))]
  }
  const text = ({ verbs, group, resource, name, url }: Simple): string =>
    `Verbs:[${verbs.join(' ')}],APIGroups:[${group}],Resources:[${resource}],ResourceNames:[${name}],NonResourceURLs:[${url}],`
  return joined
    .sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0))
    .map(({ group, resource, name, url, verbs }) => {
      const [plural, sub] = resource.split('/')
      const full = group === '' ? resource : `${plural}.${group}${sub === undefined ? '' : `/${sub}`}`
      return `${full}\t[${url}]\t[${name}]\t[${verbs.join(' ')}]`
    })
}

function brokenDown(rule: Json): Simple[] {
  const verbs: string[] = [...(rule.verbs ?? [])]
  const names: string[] = rule.resourceNames?.length > 0 ? rule.resourceNames : ['']
  const urls = (rule.nonResourceURLs ?? []).map((url: string) => ({ group: '', resource: '', name: '', url, verbs }))
  const resources = (rule.apiGroups ?? []).flatMap((group: string) =>
    (rule.resources ?? []).flatMap((resource: string) => names.map((name) => ({ group, resource, name, url: '', verbs }))),
  )
  return [...resources, ...urls]
}

export function describeBinding(writer: Writer, binding: Json): void {
  writer.line(0, `Name:\t${binding.metadata.name}`)
  tags(writer, binding)
  writer.line(0, 'Role:')
  writer.line(1, `Kind:\t${binding.roleRef.kind}`)
  writer.line(1, `Name:\t${binding.roleRef.name}`)
  writer.line(0, 'Subjects:')
  writer.line(1, 'Kind\tName\tNamespace')
  writer.line(1, '----\t----\t---------')
  for (const { kind, name, namespace = '' } of binding.subjects ?? []) writer.line(1, `${kind}\t${name}\t${namespace}`)
}

export function describeSigningRequest(writer: Writer, request: Json, events: Events): void {
  const { metadata, spec, status = {} } = request
  const types = (status.conditions ?? []).map(({ type }: Json) => type)
  const state = types.includes('Denied') ? 'Denied' : types.includes('Approved') ? 'Approved' : 'Pending'
  writer.line(0, `Name:\t${metadata.name}`)
  tags(writer, request)
  writer.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`)
  writer.line(0, `Requesting User:\t${spec.username ?? ''}`)
  if (spec.signerName) writer.line(0, `Signer:\t${spec.signerName}`)
  if (spec.expirationSeconds) writer.line(0, `Requested Duration:\t${humanDuration(spec.expirationSeconds * 1000)}`)
  writer.line(0, `Status:\t${state}${status.certificate ? ',Issued' : ''}`)
  writer.line(0, 'Subject:')
  writer.line(1, `Common Name:\t${''}`)
  writer.line(1, 'Serial Number:\t')
  writer.events(events)
}
