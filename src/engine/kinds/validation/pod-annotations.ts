/** Annotations of a pod that mean something to Kubernetes: some are older than the fields that replaced them, and must agree with these. */
import type { FieldErrors } from '../field-errors.ts'
import { isSame } from '../../api/objects.ts'
import { mapped, withField } from '../defaulting.ts'
import type { V1AppArmorProfile, V1Container, V1Pod, V1PodSpec } from '../generated/types.ts'
import { validateDescendingPath } from './values.ts'

type Annotations = Readonly<Record<string, string>>

export const mirror = 'kubernetes.io/config.mirror'
export const appArmor = 'container.apparmor.security.beta.kubernetes.io/'
const deletionCost = 'controller.kubernetes.io/pod-deletion-cost'
const podSeccomp = 'seccomp.security.alpha.kubernetes.io/pod'
const containerSeccomp = 'container.seccomp.security.alpha.kubernetes.io/'

export function validatePodAnnotations(annotations: Annotations = {}, spec: V1PodSpec, path: string, errors: FieldErrors): void {
  if (annotations[mirror] !== undefined && !spec.nodeName)
    errors.invalid(`${path}[${mirror}]`, annotations[mirror], 'must set spec.nodeName if mirror pod annotation is set')
  const cost = annotations[deletionCost]
  if (cost !== undefined && !(/^(0|-\d+|[1-9]\d*)$/.test(cost) && Math.abs(Number(cost) + 0.5) < 2 ** 31))
    errors.invalid(`${path}[${deletionCost}]`, cost, 'must be a 32bit integer')
  for (const [key, profile] of Object.entries(annotations))
    if (key === podSeccomp || key.startsWith(containerSeccomp)) validateSeccompName(profile, `${path}.${key}`, errors)
  for (const [key, profile] of Object.entries(annotations)) {
    if (!key.startsWith(appArmor)) continue
    const name = key.slice(appArmor.length)
    if (!placed(spec, '').some(({ container }) => container.name === name)) errors.invalid(`${path}[${key}]`, name, 'container not found')
    if (profile !== '' && profile !== 'runtime/default' && profile !== 'unconfined' && !profile.startsWith('localhost/'))
      errors.invalid(`${path}[${key}]`, profile, `invalid AppArmor profile name: ${JSON.stringify(profile)}`)
  }
}

function validateSeccompName(profile: string, path: string, errors: FieldErrors): void {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(profile)) return
  if (profile.startsWith('localhost/')) validateDescendingPath(profile.slice('localhost/'.length), path, errors)
  else errors.invalid(path, profile, 'must be a valid seccomp profile')
}

/** Who writes both, an annotation and the field, must mean the same. */
export function validateProfilesAgree(annotations: Annotations = {}, spec: V1PodSpec, path: string, errors: FieldErrors): void {
  const judge = (annotation: string | undefined, profile: Profile | undefined, place: string, word: 'seccomp' | 'apparmor') => {
    const field = annotation === undefined || !profile ? undefined : disagreement(annotation, profile, word)
    if (field) errors.forbidden(`${place}.${field}`, `${word} ${field === 'type' ? 'type' : 'profile'} in annotation and field must match`)
  }
  judge(annotations[podSeccomp], spec.securityContext?.seccompProfile, `${path}.securityContext.seccompProfile`, 'seccomp')
  const all = placed(spec, path)
  for (const { container, path: place } of all)
    judge(
      annotations[containerSeccomp + container.name],
      container.securityContext?.seccompProfile,
      `${place}.securityContext.seccompProfile`,
      'seccomp',
    )
  if (spec.os?.name === 'windows') return
  for (const { container, path: place } of all)
    judge(
      annotations[appArmor + container.name],
      container.securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile,
      `${place}.securityContext.appArmorProfile`,
      'apparmor',
    )
}

interface Profile {
  readonly type?: string
  readonly localhostProfile?: string
}

function disagreement(
  annotation: string,
  { type, localhostProfile }: Profile,
  word: 'seccomp' | 'apparmor',
): 'type' | 'localhostProfile' | undefined {
  switch (type) {
    case 'Unconfined':
      return annotation === 'unconfined' ? undefined : 'type'
    case 'RuntimeDefault':
      return annotation === 'runtime/default' || (word === 'seccomp' && annotation === 'docker/default') ? undefined : 'type'
    case 'Localhost':
      if (!annotation.startsWith('localhost/')) return 'type'
      return annotation.slice('localhost/'.length) === localhostProfile ? undefined : 'localhostProfile'
    default:
      return undefined
  }
}

/** Containers whose profile was given by an annotation alone. */
const annotated = new WeakSet<object>()

/**
 * A new pod says its AppArmor profiles both ways, so that kubelets of any age find them. Of the annotation it is said that it is out of use
 * only where there was no field.
 */
export function withProfilesBothWays(pod: V1Pod): V1Pod {
  const { annotations = {} } = pod.metadata
  const ofPod = pod.spec.securityContext?.appArmorProfile
  if (pod.spec.os?.name === 'windows') return pod
  const added: Record<string, string> = {}
  const change = (container: V1Container): V1Container => {
    const key = appArmor + container.name
    const given = annotations[key]
    const ofContainer = container.securityContext?.appArmorProfile
    if (given === undefined) {
      const text = annotationOf(ofContainer ?? ofPod)
      if (text) added[key] = text
      return container
    }
    if (ofContainer) return container
    const profile = profileOf(given)
    if (profile && isSame(profile, ofPod)) return container
    const fresh = profile ? { ...container, securityContext: { ...container.securityContext, appArmorProfile: profile } } : container
    annotated.add(fresh)
    return fresh
  }
  let spec = withField(pod.spec, 'containers', mapped(pod.spec.containers, change) ?? [])
  if (spec.initContainers) spec = withField(spec, 'initContainers', mapped(spec.initContainers, change))
  const fresh = withField(pod, 'spec', spec)
  return Object.keys(added).length > 0 ? { ...fresh, metadata: { ...fresh.metadata, annotations: { ...annotations, ...added } } } : fresh
}

export function isProfileFromAnnotation(container: object): boolean {
  return annotated.has(container)
}

function annotationOf(profile: Profile | undefined): string | undefined {
  switch (profile?.type) {
    case 'Unconfined':
      return 'unconfined'
    case 'RuntimeDefault':
      return 'runtime/default'
    case 'Localhost':
      return profile.localhostProfile === undefined ? undefined : `localhost/${profile.localhostProfile}`
    default:
      return undefined
  }
}

function profileOf(annotation: string): V1AppArmorProfile | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' }
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' }
  const [, localhostProfile] = /^localhost\/(.+)$/s.exec(annotation) ?? []
  const isUsable = localhostProfile !== undefined && localhostProfile.trim() === localhostProfile && localhostProfile.length <= 4095
  return isUsable ? { type: 'Localhost', localhostProfile } : undefined
}

export interface Placed {
  readonly container: V1Container
  readonly path: string
}

/** All containers of a pod in the order in which upstream visits them. */
export function placed(spec: V1PodSpec, path: string): readonly Placed[] {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, index) => ({ container: container as V1Container, path: `${path}.${list}[${index}]` })),
  )
}
