/**
 * The API server's flags about the audit log, as its static pod's manifest has them, and the files they name: seen through the pod's volumes, because a
 * policy that is not mounted is not there for the API server.
 */
import { textOf } from '../../base/bytes.ts'
import type { Clock } from '../../base/clock.ts'
import { Random } from '../../base/random.ts'
import type { AuditLog } from '../api/audit/audit-log.ts'
import { auditFault, flagsOf, policyOf } from '../api/audit/audit-policy.ts'
import type { V1Pod } from '../kinds/generated/types.ts'
import type { HostFiles } from '../runtime/runtime.ts'
import { manifestFolder, manifestOf } from './kubelet/static-pods.ts'

/** The log that requests go into now, if any; or that the API server does not run because its policy is none. */
export interface Auditing {
  readonly log?: AuditLog
  readonly isFaulty: boolean
  /** Somebody believes that etcd holds secrets encrypted: `--encryption-provider-config`. */
  readonly isEncryptionAsked?: boolean
}

const silent: Auditing = { isFaulty: false }

/** Follows the manifest. */
export function auditLogs(files: HostFiles, clock: Clock): () => Auditing {
  const ids = new Random(0xa0d18)
  let before: { readonly key: string; readonly auditing: Auditing } | undefined
  return () => {
    const pod = (files.kind(manifestFolder) === 'directory' ? files.list(manifestFolder) : [])
      .map((file) => manifestOf(textOf(files.read(`${manifestFolder}/${file}`) ?? new Uint8Array()))?.draft)
      .find((draft) => draft?.metadata.name === 'kube-apiserver')
    if (!pod) return silent
    const flags = flagsOf([...(pod.spec.containers[0]?.command ?? []), ...(pod.spec.containers[0]?.args ?? [])])
    const policyPath = flags.get('audit-policy-file')
    const logPath = flags.get('audit-log-path')
    const isEncryptionAsked = flags.has('encryption-provider-config')
    if (policyPath === undefined) return { ...silent, isEncryptionAsked }
    const [policyFile, logFile] = [onHost(pod, policyPath), logPath === undefined ? undefined : onHost(pod, logPath)]
    const bytes = policyFile === undefined ? undefined : files.read(policyFile)
    const text = bytes && textOf(bytes)
    const key = JSON.stringify([
      policyPath,
      text,
      logFile,
      flags.get('audit-log-maxsize'),
      flags.get('audit-log-maxbackup'),
      isEncryptionAsked,
    ])
    if (before?.key === key) return before.auditing
    const policy = text === undefined ? '' : policyOf(text, policyPath)
    const log =
      typeof policy === 'string' || logFile === undefined
        ? undefined
        : {
            policy,
            ids,
            write: writer(files, clock, logFile, {
              most: Number(flags.get('audit-log-maxsize') ?? 100) * 2 ** 20,
              backups: Number(flags.get('audit-log-maxbackup') ?? 0),
            }),
          }
    before = { key, auditing: { log, isFaulty: auditFault(flags, () => text) !== undefined, isEncryptionAsked } }
    return before.auditing
  }
}

/** Where a path of the API server's container is on its machine; undefined: inside the container only. */
function onHost({ spec }: V1Pod, path: string): string | undefined {
  const mounts = [...(spec.containers[0]?.volumeMounts ?? [])].sort((a, b) => b.mountPath.length - a.mountPath.length)
  const mount = mounts.find(({ mountPath }) => path === mountPath || path.startsWith(mountPath.endsWith('/') ? mountPath : `${mountPath}/`))
  const base = spec.volumes?.find(({ name }) => name === mount?.name)?.hostPath?.path
  return mount && base !== undefined ? `${base.replace(/\/$/, '')}${path.slice(mount.mountPath.replace(/\/$/, '').length)}` : undefined
}

/** Lines of one moment are written together. */
function writer(
  files: HostFiles,
  clock: Clock,
  path: string,
  { most, backups }: { readonly most: number; readonly backups: number },
): (line: string) => void {
  let lines = ''
  const flush = (): void => {
    const old = textOf(files.read(path) ?? new Uint8Array())
    const isFull = old.length + lines.length > most
    if (isFull) keep(files, path, { old, backups, now: clock.now() })
    files.write(path, isFull ? lines : old + lines, 0o600)
    lines = ''
  }
  return (line) => {
    if (lines === '') clock.after(0, flush)
    lines += `${line}\n`
  }
}

/** A full file gets the time into its name; with a limit the oldest go. */
function keep(
  files: HostFiles,
  path: string,
  { old, backups, now }: { readonly old: string; readonly backups: number; readonly now: number },
): void {
  const [, stem, ending = ''] = /^(.*?)(\.[^./]*)?$/s.exec(path) ?? []
  files.write(`${stem}-${new Date(now).toISOString().slice(0, -1).replaceAll(':', '-')}${ending}`, old, 0o600)
  if (backups === 0) return
  const folder = path.replace(/\/[^/]*$/, '')
  const kept = files
    .list(folder)
    .filter((name) => `${folder}/${name}`.startsWith(`${stem}-`))
    .sort()
  for (const name of kept.slice(0, -backups)) files.remove(`${folder}/${name}`)
}
