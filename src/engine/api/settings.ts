/** What the API server's flags decide for those who ask it. As long as nobody says otherwise they are those that kubeadm writes. */
import type { User } from './access/authorization.ts'
import type { ImagePolicy } from './admission/image-policy-configuration.ts'

export interface ServerSettings {
  /** Whether who shows no credentials is `system:anonymous`, or nobody. */
  readonly allowsAnonymous: boolean
  /** `Node`, `RBAC`, `AlwaysAllow` …, in the order in which they are asked. */
  readonly authorizationModes: readonly string[]
  /** Whether an admission plugin is at work. */
  readonly hasPlugin: (name: string) => boolean
  readonly imagePolicy: ImagePolicy | undefined
  /** Who holds a token of `--token-auth-file`. */
  readonly tokens: ReadonlyMap<string, User>
}

/** Kubernetes 1.33's own choice. */
const onByDefault = new Set([
  'CertificateApproval',
  'CertificateSigning',
  'CertificateSubjectRestriction',
  'ClusterTrustBundleAttest',
  'DefaultIngressClass',
  'DefaultStorageClass',
  'DefaultTolerationSeconds',
  'LimitRanger',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionWebhook',
  'NamespaceLifecycle',
  'PersistentVolumeClaimResize',
  'PodSecurity',
  'PodTopologyLabels',
  'Priority',
  'ResourceQuota',
  'RuntimeClass',
  'ServiceAccount',
  'StorageObjectInUseProtection',
  'TaintNodesByCondition',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionWebhook',
])

const offByDefault = new Set([
  'AlwaysAdmit',
  'AlwaysDeny',
  'AlwaysPullImages',
  'DenyServiceExternalIPs',
  'EventRateLimit',
  'ExtendedResourceToleration',
  'ImagePolicyWebhook',
  'LimitPodHardAntiAffinityTopology',
  'NamespaceAutoProvision',
  'NamespaceExists',
  'NodeRestriction',
  'OwnerReferencesPermissionEnforcement',
  'PodNodeSelector',
  'PodTolerationRestriction',
])

export const isOnByDefault = (plugin: string): boolean => onByDefault.has(plugin)

type Flags = ReadonlyMap<string, string>

export function settingsOf(
  flags: Flags,
  { imagePolicy, tokens = '' }: { readonly imagePolicy?: ImagePolicy | undefined; readonly tokens?: string | undefined },
): ServerSettings {
  const authorizationModes = listIn(flags, 'authorization-mode')
  const [enabled, disabled] = [listIn(flags, 'enable-admission-plugins'), listIn(flags, 'disable-admission-plugins')]
  return {
    // Who may do everything must at least have a name.
    allowsAnonymous: flags.get('anonymous-auth') !== 'false' && !authorizationModes.includes('AlwaysAllow'),
    authorizationModes: authorizationModes.length > 0 ? authorizationModes : ['AlwaysAllow'],
    hasPlugin: (name) => enabled.includes(name) || (onByDefault.has(name) && !disabled.includes(name)),
    imagePolicy: enabled.includes('ImagePolicyWebhook') ? imagePolicy : undefined,
    tokens: tokensIn(tokens),
  }
}

export const usualSettings = settingsOf(
  new Map([
    ['authorization-mode', 'Node,RBAC'],
    ['enable-admission-plugins', 'NodeRestriction'],
  ]),
  {},
)

/** `token,user,uid,"group1,group2"` by line. */
function tokensIn(text: string): ReadonlyMap<string, User> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [token = '', name = '', uid = '', groups = ''] = Array.from(
        line.matchAll(/"([^"]*)"|([^,]+)|(?<=,)(?=,)/g),
        ([, quoted, plain]) => (quoted ?? plain ?? '').trim(),
      )
      if (token === '' || name === '') return []
      const named = groups.split(',').filter((group) => group !== '')
      return [[token, { name, groups: [...named, 'system:authenticated'], ...(uid && { uid }) }] as const]
    }),
  )
}

const modes = ['ABAC', 'AlwaysAllow', 'AlwaysDeny', 'Node', 'RBAC', 'Webhook']

/** What is wrong with the values of these flags, in the order in which the server looks at them. */
export function settingsFaults(flags: Flags): readonly string[] {
  const wanted = listIn(flags, 'authorization-mode')
  const [enabled, disabled] = [listIn(flags, 'enable-admission-plugins'), listIn(flags, 'disable-admission-plugins')]
  const unknown = (name: string): boolean => !onByDefault.has(name) && !offByDefault.has(name)
  const both = enabled.filter((name) => disabled.includes(name))
  return [
    ...wanted.filter((mode) => !modes.includes(mode)).map((mode) => `authorization-mode ${JSON.stringify(mode)} is not a valid mode`),
    ...(wanted.includes('ABAC') && !flags.has('authorization-policy-file')
      ? ["authorization-mode ABAC's authorization policy file not passed"]
      : []),
    ...(wanted.includes('Webhook') && !flags.has('authorization-webhook-config-file')
      ? ["authorization-mode Webhook's authorization config file not passed"]
      : []),
    ...(new Set(wanted).size < wanted.length
      ? [`authorization-mode ${JSON.stringify(wanted).replaceAll(',', ' ')} has mode specified more than once`]
      : []),
    ...enabled.filter(unknown).map((name) => `enable-admission-plugins plugin ${JSON.stringify(name)} is unknown`),
    ...disabled.filter(unknown).map((name) => `disable-admission-plugins plugin ${JSON.stringify(name)} is unknown`),
    ...(both.length > 0 ? [`[${both.join(' ')}] in enable-admission-plugins and disable-admission-plugins overlapped`] : []),
  ]
}

/** `--name=value` by name. */
export function flagsOf(words: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    words.flatMap((word) => (word.startsWith('--') ? [[word.slice(2).split('=')[0], word.split(/=(.*)/s)[1] ?? 'true'] as const] : [])),
  )
}

/** What a flag lists, with commas between. */
export function listIn(flags: Flags, name: string): readonly string[] {
  return (flags.get(name) ?? '').split(',').filter((each) => each !== '')
}
