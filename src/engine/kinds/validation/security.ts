/** Security contexts of pods and of containers; the annotations that they had before they had fields. */
import type { FieldErrors } from '../field-errors.ts'
import type { V1PodSecurityContext, V1PodSpec, V1SeccompProfile, V1SecurityContext } from '../generated/types.ts'
import { goSyntax } from '../go-syntax.ts'
import { goStruct } from '../go-value.ts'
import { schemaNamed } from '../schema.ts'
import { supported, validateDescendingPath } from './values.ts'
import { validateWindowsOptions } from './windows.ts'

const maxId = 2147483647

function validateId(value: number | undefined, path: string, errors: FieldErrors): void {
  if (value !== undefined && (value < 0 || value > maxId)) errors.invalid(path, value, `must be between 0 and ${maxId}, inclusive`)
}

/** The pod shares the host's namespaces or not; some settings of the kernel are the namespace's. */
export function validatePodSecurity({ securityContext: context = {}, ...spec }: V1PodSpec, specPath: string, errors: FieldErrors): void {
  const path = `${specPath}.securityContext`
  for (const field of ['fsGroup', 'runAsUser', 'runAsGroup'] as const) validateId(context[field], `${path}.${field}`, errors)
  context.supplementalGroups?.forEach((group, index) => validateId(group, `${path}.supplementalGroups[${index}]`, errors))
  if (spec.shareProcessNamespace && spec.hostPID)
    errors.invalid(`${path}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled')
  validateSysctls(context, spec, `${path}.sysctls`, errors)
  if (context.fsGroupChangePolicy)
    supported(`${path}.fsGroupChangePolicy`, context.fsGroupChangePolicy, ['Always', 'OnRootMismatch'], errors)
  validateSeccomp(context.seccompProfile, `${path}.seccompProfile`, errors)
  validateWindowsOptions(context.windowsOptions, `${path}.windowsOptions`, errors)
  validateAppArmor(context.appArmorProfile, `${path}.appArmorProfile`, errors)
  if (context.supplementalGroupsPolicy !== undefined)
    supported(`${path}.supplementalGroupsPolicy`, context.supplementalGroupsPolicy, ['Merge', 'Strict'], errors)
  // The other one needs a feature that 1.33 has switched off.
  if (context.seLinuxChangePolicy !== undefined)
    supported(`${path}.seLinuxChangePolicy`, context.seLinuxChangePolicy, ['Recursive'], errors)
}

const sysctlName = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/
const interProcess = /^(kernel\.(sem$|shm|msg)|fs\.mqueue\.)/

function validateSysctls(
  { sysctls = [] }: V1PodSecurityContext,
  { hostNetwork, hostIPC }: Pick<V1PodSpec, 'hostNetwork' | 'hostIPC'>,
  path: string,
  errors: FieldErrors,
): void {
  const names = new Set<string>()
  sysctls.forEach(({ name }, index) => {
    const place = `${path}[${index}].name`
    if (!name) errors.required(place)
    else if (name.length > 253 || !sysctlName.test(name)) {
      errors.invalid(
        place,
        name,
        'must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$',
      )
    } else if (names.has(name)) errors.duplicate(place, name)
    const dotted = (name ?? '').replaceAll('/', '.')
    if (hostNetwork && dotted.startsWith('net.')) errors.invalid(place, name, "may not be specified when 'hostNetwork' is true")
    else if (hostIPC && interProcess.test(dotted)) errors.invalid(place, name, "may not be specified when 'hostIPC' is true")
    names.add(name)
  })
}

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined']

function validateSeccomp(profile: V1SeccompProfile | undefined, path: string, errors: FieldErrors): void {
  if (!profile) return
  const { type, localhostProfile } = profile
  if (!type) errors.required(`${path}.type`, 'type is required when seccompProfile is set')
  else supported(`${path}.type`, type, profileTypes, errors)
  if (type !== 'Localhost') {
    if (localhostProfile !== undefined)
      errors.invalid(
        `${path}.localhostProfile`,
        goSyntax(goStruct(schemaNamed('V1SeccompProfile')), profile),
        'can only be set when seccomp type is Localhost',
      )
  } else if (localhostProfile === undefined) errors.required(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost')
  else validateDescendingPath(localhostProfile, `${path}.localhostProfile`, errors)
}

function validateAppArmor(profile: V1SecurityContext['appArmorProfile'], path: string, errors: FieldErrors): void {
  if (!profile) return
  const { type, localhostProfile } = profile
  const place = `${path}.localhostProfile`
  if (!type) return errors.required(`${path}.type`, 'type is required when appArmorProfile is set')
  if (!profileTypes.includes(type)) return errors.notSupported(`${path}.type`, type, profileTypes)
  if (type !== 'Localhost') {
    if (localhostProfile !== undefined) errors.invalid(place, localhostProfile, 'can only be set when AppArmor type is Localhost')
    return
  }
  if (localhostProfile === undefined || localhostProfile === '')
    return errors.required(place, 'must be set when AppArmor type is Localhost')
  if (localhostProfile.trim() !== localhostProfile) errors.invalid(place, localhostProfile, 'must not be padded with whitespace')
  if (localhostProfile.length > 4095) errors.tooLong(place, 4095)
}

export function validateSecurity(context: V1SecurityContext, path: string, hasHostUsers: boolean, errors: FieldErrors): void {
  validateId(context.runAsUser, `${path}.runAsUser`, errors)
  validateId(context.runAsGroup, `${path}.runAsGroup`, errors)
  if (context.procMount !== undefined) {
    supported(`${path}.procMount`, context.procMount, ['Default', 'Unmasked'], errors)
    if (hasHostUsers && context.procMount === 'Unmasked')
      errors.invalid(`${path}.procMount`, context.procMount, '`hostUsers` must be false to use `Unmasked`')
  }
  validateSeccomp(context.seccompProfile, `${path}.seccompProfile`, errors)
  if (context.allowPrivilegeEscalation === false) {
    const shown = () => goSyntax(goStruct(schemaNamed('V1SecurityContext')), context)
    if (context.privileged) errors.invalid(path, shown(), 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true')
    if (context.capabilities?.add?.includes('CAP_SYS_ADMIN'))
      errors.invalid(path, shown(), 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN')
  }
  validateWindowsOptions(context.windowsOptions, `${path}.windowsOptions`, errors)
  validateAppArmor(context.appArmorProfile, `${path}.appArmorProfile`, errors)
}

export function validateHostUsers({ hostUsers, hostNetwork, hostPID, hostIPC }: V1PodSpec, path: string, errors: FieldErrors): void {
  if (hostUsers !== false) return
  // In upstream's own spelling.
  for (const [field, isShared] of Object.entries({ hostNetwork, HostPID: hostPID, HostIPC: hostIPC }))
    if (isShared) errors.forbidden(`${path}.${field}`, 'when `pod.Spec.HostUsers` is false')
}
