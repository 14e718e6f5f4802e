/** What is asked of Windows, and what may not be asked of it. No node here runs it; the API judges it all the same. */
import type { FieldErrors } from '../field-errors.ts'
import type { V1PodSpec, V1WindowsSecurityContextOptions } from '../generated/types.ts'
import { dns1123Subdomain } from '../names.ts'
import { placed } from './pod-annotations.ts'
import { supported } from './values.ts'

export function validateWindowsOptions(options: V1WindowsSecurityContextOptions | undefined, path: string, errors: FieldErrors): void {
  const { gmsaCredentialSpecName, gmsaCredentialSpec, runAsUserName } = options ?? {}
  if (gmsaCredentialSpecName !== undefined)
    for (const problem of dns1123Subdomain(gmsaCredentialSpecName))
      errors.invalid(`${path}.gmsaCredentialSpecName`, gmsaCredentialSpecName, problem)
  if (gmsaCredentialSpec === '') errors.invalid(`${path}.gmsaCredentialSpec`, '', 'gmsaCredentialSpec cannot be an empty string')
  else if ((gmsaCredentialSpec?.length ?? 0) > 64 * 1024)
    errors.invalid(`${path}.gmsaCredentialSpec`, gmsaCredentialSpec, 'gmsaCredentialSpec size must be under 64 KiB')
  if (runAsUserName !== undefined)
    for (const problem of userNameProblems(runAsUserName)) errors.invalid(`${path}.runAsUserName`, runAsUserName, problem)
}

const netBios = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/
const domainName = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/

/** `DOMAIN\User`, or the user alone. */
function userNameProblems(name: string): readonly string[] {
  if (name === '') return ['runAsUserName cannot be an empty string']
  if (/\p{Cc}/u.test(name)) return ['runAsUserName cannot contain control characters']
  const parts = name.split('\\')
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash']
  const user = parts[parts.length - 1]
  const domain = parts.length === 2 ? parts[0] : undefined
  return [
    ...((domain?.length ?? 0) >= 256 ? ["runAsUserName's Domain length must be under 256 characters"] : []),
    ...(domain !== undefined && !netBios.test(domain) && !domainName.test(domain)
      ? ["runAsUserName's Domain doesn't match the NetBios nor the DNS format"]
      : []),
    ...(user === '' ? ["runAsUserName's User cannot be empty"] : []),
    ...(user.length > 104 ? ["runAsUserName's User length must not be longer than 104 characters"] : []),
    ...(/^[. ]+$/.test(user) ? ["runAsUserName's User cannot contain only periods or spaces"] : []),
    ...(/["/\\:;|=,+*?<>@[\]]/.test(user) ? ['runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]'] : []),
  ]
}

/** Containers that are processes of the host: all of a pod's or none. */
export function validateHostProcesses(spec: V1PodSpec, path: string, errors: FieldErrors): void {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess
  const all = placed(spec, path)
  for (const { container, path: place } of all) {
    const own = container.securityContext?.windowsOptions?.hostProcess
    if (ofPod !== undefined && own !== undefined && ofPod !== own)
      errors.invalid(
        `${place}.securityContext.windowsOptions.hostProcess`,
        own,
        `pod hostProcess value must be identical if both are specified, was ${ofPod}`,
      )
  }
  const count = all.filter(({ container }) => container.securityContext?.windowsOptions?.hostProcess ?? ofPod).length
  if (count === 0) return
  if (count !== all.length)
    errors.invalid(path, '', 'If pod contains any hostProcess containers then all containers must be HostProcess containers')
  if (!spec.hostNetwork) errors.invalid(`${path}.hostNetwork`, false, 'hostNetwork must be true if pod contains any hostProcess containers')
}

const ofLinuxPods = [
  'securityContext.appArmorProfile',
  'securityContext.seLinuxOptions',
  'hostUsers',
  'hostPID',
  'hostIPC',
  'securityContext.seccompProfile',
  'securityContext.fsGroup',
  'securityContext.fsGroupChangePolicy',
  'securityContext.sysctls',
  'shareProcessNamespace',
  'securityContext.runAsUser',
  'securityContext.runAsGroup',
  'securityContext.supplementalGroups',
  'securityContext.supplementalGroupsPolicy',
  'securityContext.seLinuxChangePolicy',
] as const
const ofLinuxContainers = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const

export function validateSystem(spec: V1PodSpec, path: string, errors: FieldErrors): void {
  if (!spec.os) return
  const { name } = spec.os
  if (!name) return errors.required(`${path}.os.name`, 'cannot be empty')
  if (name !== 'linux' && name !== 'windows') return supported(`${path}.os`, name, ['linux', 'windows'], errors)
  if (name === 'linux') {
    const refuse = (place: string) =>
      errors.forbidden(`${place}.securityContext.windowsOptions`, 'windows options cannot be set for a linux pod')
    if (spec.securityContext?.windowsOptions) refuse(path)
    for (const { container, path: place } of placed(spec, path)) if (container.securityContext?.windowsOptions) refuse(place)
    return
  }
  const refuse = (place: string) => errors.forbidden(place, 'cannot be set for a windows pod')
  for (const field of ofLinuxPods) if (valueAt(spec, field) !== undefined) refuse(`${path}.${field}`)
  for (const { container, path: place } of placed(spec, path))
    for (const field of ofLinuxContainers) if (container.securityContext?.[field] !== undefined) refuse(`${place}.securityContext.${field}`)
}

function valueAt(spec: V1PodSpec, field: (typeof ofLinuxPods)[number]): unknown {
  const [first, second] = field.split('.')
  const value = (spec as unknown as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>)[first]
  return second === undefined ? value : value?.[second]
}
