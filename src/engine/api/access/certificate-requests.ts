/**
 * Certificate signing requests: who asks is written into them, and what was approved for one of Kubernetes' own signers is signed, as the controller
 * manager's `csrsigning` does it.
 */
import type { Clock } from '../../../base/clock.ts'
import type { FieldErrors } from '../../kinds/field-errors.ts'
import type { V1CertificateSigningRequest } from '../../kinds/generated/types.ts'
import { validateSignerName } from '../../kinds/validation/domain-names.ts'
import { problemOfRequest, signedRequest } from './authority.ts'
import { clusterIdentity } from './authentication.ts'
import type { User } from './authorization.ts'
import { timestamp } from '../objects.ts'
import type { Registry } from '../registry.ts'

const requests = 'certificatesigningrequests.certificates.k8s.io'
const yearMs = 31536000 * 1000

export function signApproved(registry: Registry): void {
  const clock: Clock = registry.clock
  let isNoted = false
  registry.store.watch(requests, () => {
    if (isNoted) return
    isNoted = true
    clock.after(0, () => {
      isNoted = false
      const waiting = (registry.store.list(requests) as readonly V1CertificateSigningRequest[]).filter(isWaiting)
      for (const request of waiting) sign(registry, request)
    })
  })
}

function isWaiting({ spec, status }: V1CertificateSigningRequest): boolean {
  const has = (type: string) => status?.conditions?.some((condition) => condition.type === type) ?? false
  return (
    spec.signerName.startsWith('kubernetes.io/') &&
    spec.signerName !== 'kubernetes.io/legacy-unknown' &&
    has('Approved') &&
    !has('Denied') &&
    !has('Failed') &&
    !status?.certificate
  )
}

function sign(registry: Registry, { metadata, spec }: V1CertificateSigningRequest): void {
  const kind = registry.kind(requests)
  if (!kind || !registry.store.get(requests, metadata.name)) return
  const now = registry.clock.now()
  const problem = usageProblem(spec.signerName, spec.usages ?? [])
  const notAfter = now + Math.min(spec.expirationSeconds === undefined ? yearMs : spec.expirationSeconds * 1000, yearMs)
  const outcome = problem
    ? {
        conditions: [
          {
            type: 'Failed',
            status: 'True',
            reason: 'SignerValidationFailure',
            message: problem,
            lastUpdateTime: timestamp(now),
            lastTransitionTime: timestamp(now),
          },
        ],
      }
    : {
        certificate: signedRequest(clusterIdentity(registry), spec.request, {
          usages: spec.usages ?? [],
          notBefore: now - 5 * 60000,
          notAfter,
          serial: BigInt(`0x1${registry.random.hex(31)}`),
        }),
      }
  registry.update(
    kind,
    '',
    metadata.name,
    (old) => {
      const status = (old as unknown as V1CertificateSigningRequest).status
      return {
        ...old,
        status: {
          ...status,
          ...outcome,
          ...(problem ? { conditions: [...(status?.conditions ?? []), ...(outcome.conditions ?? [])] } : {}),
        },
      }
    },
    { by: 'certificate-controller', because: 0 },
    { subresource: 'status' },
  )
}

function usageProblem(signer: string, usages: readonly string[]): string | undefined {
  const allowed: Readonly<Record<string, { readonly may: readonly string[]; readonly must: string }>> = {
    'kubernetes.io/kube-apiserver-client': { may: ['digital signature', 'key encipherment', 'client auth'], must: 'client auth' },
    'kubernetes.io/kube-apiserver-client-kubelet': { may: ['digital signature', 'key encipherment', 'client auth'], must: 'client auth' },
    'kubernetes.io/kubelet-serving': { may: ['digital signature', 'key encipherment', 'server auth'], must: 'server auth' },
  }
  const rule = allowed[signer]
  if (!rule || (usages.includes(rule.must) && usages.every((usage) => rule.may.includes(usage)))) return undefined
  return `invalid usage for client certificate: ${usages.find((usage) => !rule.may.includes(usage)) ?? rule.must}`
}

/** Who asks is not theirs to say. */
export function requestedBy(object: V1CertificateSigningRequest, { name, uid, groups, extra }: User): V1CertificateSigningRequest {
  return {
    ...object,
    spec: {
      ...object.spec,
      username: name,
      ...(uid ? { uid } : {}),
      groups: [...groups],
      ...(extra ? { extra: Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]])) } : {}),
    },
  }
}

const usages = [
  'signing',
  'digital signature',
  'content commitment',
  'key encipherment',
  'key agreement',
  'data encipherment',
  'cert sign',
  'crl sign',
  'encipher only',
  'decipher only',
  'any',
  'server auth',
  'client auth',
  'code signing',
  'email protection',
  's/mime',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'timestamping',
  'ocsp signing',
  'microsoft sgc',
  'netscape sgc',
]

export function validateRequest({ spec }: V1CertificateSigningRequest, errors: FieldErrors): void {
  const problem = problemOfRequest(spec.request ?? '')
  if (problem !== undefined) errors.invalid('spec.request', spec.request ?? '', problem)
  if (!spec.usages?.length) errors.required('spec.usages')
  spec.usages?.forEach((usage, index) => {
    if (!usages.includes(usage)) errors.notSupported(`spec.usages[${index}]`, usage, [...usages].sort())
  })
  spec.usages?.forEach((usage, index) => {
    if (spec.usages?.indexOf(usage) !== index) errors.duplicate(`spec.usages[${index}]`, usage)
  })
  if (spec.signerName === 'kubernetes.io/legacy-unknown')
    errors.invalid('spec.signerName', spec.signerName, 'the legacy signerName is not allowed via this API version')
  else validateSignerName(spec.signerName ?? '', 'spec.signerName', errors)
  if (spec.expirationSeconds !== undefined && spec.expirationSeconds < 600)
    errors.invalid('spec.expirationSeconds', spec.expirationSeconds, 'may not specify a duration less than 600 seconds (10 minutes)')
}

const verdicts = ['Approved', 'Denied', 'Failed']

/** Conditions are judged in each way they can be written; only the approval may approve or deny. */
export function validateConditions(
  { old, fresh, subresource }: { old: V1CertificateSigningRequest; fresh: V1CertificateSigningRequest; subresource?: string },
  errors: FieldErrors,
): void {
  const path = 'status.conditions'
  const conditions = fresh.status?.conditions ?? []
  conditions.forEach(({ type = '', status = '' }, index) => {
    const place = `${path}[${index}]`
    if (type === '') errors.required(`${place}.type`)
    const statuses = verdicts.includes(type) ? ['True'] : ['False', 'True', 'Unknown']
    if (status === '') errors.required(`${place}.status`)
    else if (!statuses.includes(status)) errors.notSupported(`${place}.status`, status, statuses)
    const other = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined
    if (other !== undefined && conditions.slice(0, index).some((each) => each.type === other))
      errors.invalid(`${place}.type`, type, 'Approved and Denied conditions are mutually exclusive')
    if (conditions.findIndex((each) => each.type === type) < index) errors.duplicate(`${place}.type`, type)
  })
  const count = (request: V1CertificateSigningRequest, type: string) =>
    (request.status?.conditions ?? []).filter((condition) => condition.type === type).length
  for (const type of verdicts)
    if (count(fresh, type) < count(old, type)) errors.forbidden(path, `updates may not remove a condition of type "${type}"`)
  if (subresource !== 'approval')
    for (const type of ['Approved', 'Denied'])
      if (count(fresh, type) > count(old, type)) errors.forbidden(path, `updates may not add a condition of type "${type}"`)
}
