/**
 * Where the audit log goes: the file of the API server's machine behind `--audit-log-path`, turned over when it is full.
 */
import { textOf } from '../../base/bytes.ts'
import type { Clock } from '../../base/clock.ts'
import { Random } from '../../base/random.ts'
import type { AuditLog } from '../api/audit/audit-log.ts'
import { policyOf } from '../api/audit/audit-policy.ts'
import type { HostFiles } from '../runtime/runtime.ts'
import type { ApiServerManifest } from './api-server-manifest.ts'

/** The log that an API server with such a manifest writes; undefined: none. */
export function auditLogs(files: HostFiles, clock: Clock): (manifest: ApiServerManifest) => AuditLog | undefined {
  const ids = new Random(0xa0d18)
  return ({ flags, read, onHost }) => {
    const [policyPath, logPath] = [flags.get('audit-policy-file'), flags.get('audit-log-path')]
    const text = policyPath === undefined ? undefined : read(policyPath)
    const logFile = logPath === undefined ? undefined : onHost(logPath)
    const policy = text === undefined ? '' : policyOf(text, policyPath ?? '')
    if (typeof policy === 'string' || logFile === undefined) return undefined
    return {
      policy,
      ids,
      write: writer(files, clock, logFile, {
        most: Number(flags.get('audit-log-maxsize') ?? 100) * 2 ** 20,
        backups: Number(flags.get('audit-log-maxbackup') ?? 0),
      }),
    }
  }
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
