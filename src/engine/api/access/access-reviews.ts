/** Questions about rights and identities, which are asked by creating an object that is answered and never kept. */
import type { V1PolicyRule } from '../../kinds/generated/types.ts'
import { judgedToken, serviceAccountIssuer } from './authentication.ts'
import { allowing, grants, type Attributes, type User } from './authorization.ts'
import { isRecord, timestamp } from '../objects.ts'
import { badRequest, invalid } from '../errors.ts'
import { FieldErrors } from '../../kinds/field-errors.ts'
import { goSyntax } from '../../kinds/go-syntax.ts'
import { goStruct } from '../../kinds/go-value.ts'
import { apiVersionOf, type Kind } from '../../kinds/kind.ts'
import { schemaNamed } from '../../kinds/schema.ts'
import type { Registry } from '../registry.ts'

export const reviews = [
  'selfsubjectaccessreviews',
  'subjectaccessreviews',
  'localsubjectaccessreviews',
  'selfsubjectrulesreviews',
  'selfsubjectreviews',
  'tokenreviews',
]

type Json = Readonly<Record<string, unknown>>

export function reviewed(registry: Registry, kind: Kind, user: User, document: Json): object {
  const { resource } = kind
  const spec = isRecord(document.spec) ? document.spec : {}
  const answer = {
    kind: kind.kind,
    apiVersion: apiVersionOf(kind),
    ...document,
    metadata: { creationTimestamp: resource === 'selfsubjectreviews' ? timestamp(registry.clock.now()) : null },
  }
  switch (resource) {
    case 'selfsubjectreviews':
      return { ...answer, status: { userInfo: userInfo(user) } }
    case 'tokenreviews': {
      if (text(spec.token) === '') throw badRequest('token is required for TokenReview in authentication')
      const audiences = list(spec.audiences).length > 0 ? list(spec.audiences) : [serviceAccountIssuer]
      const found = judgedToken(registry, text(spec.token), audiences)
      if ('user' in found) return { ...answer, status: { authenticated: true, user: userInfo(found.user), audiences: found.audiences } }
      const { problem } = found
      return {
        ...answer,
        status: { user: {}, error: problem === undefined ? 'invalid bearer token' : `[invalid bearer token, ${problem}]` },
      }
    }
    case 'selfsubjectrulesreviews':
      if (text(spec.namespace) === '') throw badRequest('no namespace on request')
      return { ...answer, status: rulesStatus(registry, user, text(spec.namespace)) }
    default: {
      const errors = new FieldErrors()
      validateAccessReview(resource, document, errors)
      const kind = registry.kind(`${resource}.authorization.k8s.io`)
      if (kind && errors.list.length > 0) throw invalid(kind, '', errors.list)
      const subject =
        resource === 'selfsubjectaccessreviews' ? user : { name: text(spec.user), groups: list(spec.groups), uid: text(spec.uid) }
      const reason = allowing(registry, subject, attributesOf(spec))
      return { ...answer, status: reason === undefined ? { allowed: false } : { allowed: true, ...(reason === '' ? {} : { reason }) } }
    }
  }
}

function validateAccessReview(resource: string, { spec: given, metadata }: Json, errors: FieldErrors): void {
  const spec = isRecord(given) ? given : {}
  const { resourceAttributes, nonResourceAttributes } = spec
  const attributes = isRecord(resourceAttributes) ? resourceAttributes : undefined
  const urls = isRecord(nonResourceAttributes)
    ? goSyntax(goStruct(schemaNamed('V1NonResourceAttributes')), nonResourceAttributes)
    : undefined
  if (attributes && urls) errors.invalid('spec.nonResourceAttributes', urls, 'cannot be specified in combination with resourceAttributes')
  if (!attributes && !urls)
    errors.invalid('spec.resourceAttributes', null, 'exactly one of nonResourceAttributes or resourceAttributes must be specified')
  if (resource !== 'selfsubjectaccessreviews' && text(spec.user) === '' && list(spec.groups).length === 0)
    errors.invalid('spec.user', '', 'at least one of user or group must be specified')
  if (resource !== 'localsubjectaccessreviews') return
  const home = isRecord(metadata) ? text(metadata.namespace) : ''
  if (attributes && home !== '' && text(attributes.namespace) !== home)
    errors.invalid('spec.resourceAttributes.namespace', text(attributes.namespace), 'must match metadata.namespace')
  if (urls) errors.invalid('spec.nonResourceAttributes', urls, 'disallowed on this kind of request')
}

function attributesOf({ resourceAttributes, nonResourceAttributes }: Json): Attributes {
  if (isRecord(nonResourceAttributes))
    return {
      verb: text(nonResourceAttributes.verb),
      group: '',
      resource: '',
      namespace: '',
      name: '',
      path: text(nonResourceAttributes.path),
    }
  const asked = isRecord(resourceAttributes) ? resourceAttributes : {}
  return {
    verb: text(asked.verb),
    group: text(asked.group),
    resource: text(asked.resource),
    subresource: text(asked.subresource),
    namespace: text(asked.namespace),
    name: text(asked.name),
  }
}

function userInfo({ name, uid, groups, extra }: User): object {
  return { username: name, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) }
}

function rulesStatus(registry: Registry, user: User, namespace: string): object {
  const everything: V1PolicyRule[] = user.groups.includes('system:masters')
    ? [
        { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
        { verbs: ['*'], nonResourceURLs: ['*'] },
      ]
    : []
  const rules = [...everything, ...Array.from(grants(registry, user, namespace), (grant) => grant.rules).flat()]
  const resourceRules = rules
    .filter((rule) => rule.resources?.length)
    .map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      apiGroups,
      resources,
      ...(resourceNames?.length ? { resourceNames } : {}),
    }))
  const nonResourceRules = rules
    .filter((rule) => rule.nonResourceURLs?.length)
    .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }))
  return { resourceRules, nonResourceRules, incomplete: false }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function list(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(text) : []
}
