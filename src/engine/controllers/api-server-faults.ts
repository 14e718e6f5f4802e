/** What the API server finds wrong in the files behind its flags when it starts, in the order in which it reads them. */
import { auditFault } from '../api/audit/audit-policy.ts'
import { encryptionRulesOf } from '../api/encryption/encryption-configuration.ts'

type Flags = ReadonlyMap<string, string>
type Read = (path: string) => string | undefined

/** Why an API server with these flags ends as soon as it starts; undefined: it does not. */
export function apiServerFault(flags: Flags, read: Read): string | undefined {
  return encryptionFault(flags, read) ?? auditFault(flags, read)
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
