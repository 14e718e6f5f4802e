/**
 * `kubectl describe` of namespaces and what bounds them: quotas and limit ranges.
 */
import { Writer, head, longTime, tags } from './describe-writer.ts'
import type { Json } from './json.ts'

export function describeNamespace(writer: Writer, namespace: Json, quotas: readonly Json[], limits: readonly Json[]): void {
  head(writer, namespace, false)
  tags(writer, namespace)
  writer.line(0, `Status:\t${namespace.status?.phase ?? ''}`)
  if (namespace.status?.conditions?.length > 0) {
    writer.raw('Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n')
    writer.line(1, '----\t------\t------------------\t------\t-------')
    for (const found of namespace.status.conditions)
      writer.line(1, `${found.type}\t${found.status}\t${longTime(found.lastTransitionTime)}\t${found.reason}\t${found.message}`)
  }
  writer.raw('\n')
  if (quotas.length === 0) writer.raw('No resource quota.\n')
  else {
    writer.raw('Resource Quotas\n')
    quotas.forEach((quota, index) => {
      if (index > 0) writer.raw('')
      writer.raw(`  Name:\t${quota.metadata.name}\n`)
      scopes(writer, quota, '  ')
      writer.raw('  Resource\tUsed\tHard\n  --------\t---\t---\n')
      for (const name of Object.keys(quota.status?.hard ?? {}).sort())
        writer.raw(`  ${name}\t${quota.status.used?.[name] ?? '0'}\t${quota.status.hard[name]}\n`)
    })
  }
  writer.raw('\n')
  if (limits.length === 0) writer.raw('No LimitRange resource.\n')
  else {
    writer.raw(
      'Resource Limits\n Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n ----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n',
    )
    for (const limit of limits) limitRows(writer, limit, ' ')
  }
}

const scopeTexts: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort: 'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
}

function scopes(writer: Writer, { spec }: Json, indent: string): void {
  if (!spec?.scopes?.length) return
  writer.raw(`${indent}Scopes:\t${[...spec.scopes].sort().join(', ')}\n`)
  for (const scope of [...spec.scopes].sort()) if (scopeTexts[scope]) writer.raw(`${indent} * ${scopeTexts[scope]}\n`)
}

export function describeQuota(writer: Writer, quota: Json): void {
  writer.raw(`Name:\t${quota.metadata.name}\nNamespace:\t${quota.metadata.namespace}\n`)
  scopes(writer, quota, '')
  writer.raw('Resource\tUsed\tHard\n--------\t----\t----\n')
  for (const name of Object.keys(quota.status?.hard ?? {}).sort())
    writer.raw(`${name}\t${quota.status.used?.[name] ?? '0'}\t${quota.status.hard[name]}\n`)
}

export function describeLimitRange(writer: Writer, limit: Json): void {
  writer.raw(`Name:\t${limit.metadata.name}\nNamespace:\t${limit.metadata.namespace}\n`)
  writer.raw(
    'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n',
  )
  limitRows(writer, limit, '')
}

function limitRows(writer: Writer, limit: Json, indent: string): void {
  for (const item of limit.spec.limits ?? []) {
    const names = new Set(
      ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'].flatMap((side) => Object.keys(item[side] ?? {})),
    )
    for (const name of [...names].sort()) {
      const value = (side: string): string => item[side]?.[name] ?? '-'
      writer.raw(
        `${indent}${item.type}\t${name}\t${value('min')}\t${value('max')}\t${value('defaultRequest')}\t${value('default')}\t${value('maxLimitRequestRatio')}\n`,
      )
    }
  }
}
