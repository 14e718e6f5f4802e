/**
 * What the API server was started with. It reads its files once, so a file that was changed since acts only in the next process: when the manifest
 * was changed, or its container was ended and came again.
 */
import type { Clock } from '../../base/clock.ts'
import { type ImagePolicy, imagePolicyOf } from '../api/admission/image-policy-configuration.ts'
import type { AuditLog } from '../api/audit/audit-log.ts'
import { type EncryptionRules, encryptionRulesOf } from '../api/encryption/encryption-configuration.ts'
import { listIn, type ServerSettings, settingsOf } from '../api/settings.ts'
import type { HostFiles } from '../runtime/runtime.ts'
import { apiServerFault } from './api-server-faults.ts'
import { type ApiServerManifest, apiServerManifest } from './api-server-manifest.ts'
import { auditLogs } from './audit-files.ts'

export interface ApiServerSettings {
  /** It ends as soon as it is started. */
  readonly isFaulty: boolean
  readonly auditLog: AuditLog | undefined
  readonly encryption: EncryptionRules | undefined
  readonly server: ServerSettings
}

/** `process` names the running container. Undefined where there is no manifest. */
export function apiServerSettings(files: HostFiles, clock: Clock): (process: string) => ApiServerSettings | undefined {
  const auditLogOf = auditLogs(files, clock)
  let started: { readonly key: string; readonly settings: ApiServerSettings } | undefined
  return (process) => {
    const manifest = apiServerManifest(files)
    if (!manifest) return undefined
    const key = `${manifest.hash} ${process}`
    if (started?.key !== key)
      started = {
        key,
        settings: {
          isFaulty: apiServerFault(manifest.flags, manifest.read) !== undefined,
          auditLog: auditLogOf(manifest),
          encryption: encryptionIn(manifest),
          server: settingsOf(manifest.flags, {
            imagePolicy: imagePolicyIn(manifest),
            tokens: manifest.read(manifest.flags.get('token-auth-file') ?? ''),
          }),
        },
      }
    else if (manifest.flags.get('encryption-provider-config-automatic-reload') === 'true')
      started = { key, settings: { ...started.settings, encryption: encryptionIn(manifest) ?? started.settings.encryption } }
    return started.settings
  }
}

function imagePolicyIn({ flags, read }: ApiServerManifest): ImagePolicy | undefined {
  if (!listIn(flags, 'enable-admission-plugins').includes('ImagePolicyWebhook')) return undefined
  const policy = imagePolicyOf(flags.get('admission-control-config-file') ?? '', read)
  return typeof policy === 'string' ? undefined : policy
}

function encryptionIn({ flags, read }: ApiServerManifest): EncryptionRules | undefined {
  const path = flags.get('encryption-provider-config') ?? ''
  const rules = path === '' ? '' : encryptionRulesOf(read(path), path)
  return typeof rules === 'string' ? undefined : rules
}
