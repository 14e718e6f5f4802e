/** What the API server finds wrong in the files behind its flags when it starts, in the order in which it reads them. */
import { admissionConfiguration, imagePolicyOf } from '../api/admission/image-policy-configuration.ts'
import { auditFault } from '../api/audit/audit-policy.ts'
import { encryptionRulesOf } from '../api/encryption/encryption-configuration.ts'
import { listIn, settingsFaults } from '../api/settings.ts'

type Flags = ReadonlyMap<string, string>
type Read = (path: string) => string | undefined

/** Why an API server with these flags ends as soon as it starts; undefined: it does not. */
export function apiServerFault(flags: Flags, read: Read): string | undefined {
  const faults = settingsFaults(flags)
  if (faults.length > 0) return faults.length === 1 ? faults[0] : `[${faults.join(', ')}]`
  return encryptionFault(flags, read) ?? auditFault(flags, read) ?? admissionFault(flags, read)
}

function admissionFault(flags: Flags, read: Read): string | undefined {
  const path = flags.get('admission-control-config-file') ?? ''
  const configurations = path === '' ? {} : admissionConfiguration(path, read)
  if (typeof configurations === 'string') return configurations
  if (!listIn(flags, 'enable-admission-plugins').includes('ImagePolicyWebhook')) return undefined
  const policy = imagePolicyOf(path, read)
  return typeof policy === 'string' ? policy : undefined
}

function encryptionFault(flags: Flags, read: Read): string | undefined {
  const path = flags.get('encryption-provider-config') ?? ''
  if (path === '')
    return flags.get('encryption-provider-config-automatic-reload') === 'true'
      ? '--encryption-provider-config-automatic-reload must be set with --encryption-provider-config'
      : undefined
  const rules = encryptionRulesOf(read(path), path)
  return typeof rules === 'string' ? rules : undefined
}
