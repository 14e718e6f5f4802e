/**
 * What a request's query may say about how it is carried out: `fieldManager`, `dryRun`, `fieldValidation`, `force`, and the options of a
 * deletion. Apimachinery judges them before it looks at the object.
 */
import { type FieldError, FieldErrors, Verbatim } from '../../kinds/field-errors.ts'
import { invalid } from '../errors.ts'
import type { Query } from '../query.ts'

type WriteOptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions'

const longestManager = 128
const validations = ['', 'Ignore', 'Strict', 'Warn']
const policies = ['Foreground', 'Background', 'Orphan']

export function checkWriteOptions(query: Query, kind: WriteOptionsKind, { isApply = false }: { isApply?: boolean } = {}): void {
  if (query.isEmpty && !isApply) return
  const errors = new FieldErrors()
  const manager = query.text('fieldManager') ?? ''
  if (kind === 'PatchOptions') {
    if (isApply && manager === '') errors.required('fieldManager', 'is required for apply patch')
    if (!isApply && query.text('force') !== undefined) errors.forbidden('force', 'may not be specified for non-apply patch')
  }
  checkManager(manager, errors)
  checkDryRun(query.all('dryRun'), errors)
  const validation = query.text('fieldValidation') ?? ''
  if (!validations.includes(validation)) errors.notSupported('fieldValidation', validation, validations)
  refuse(kind, errors.list)
}

export interface AskedDeletion {
  readonly orphanDependents?: unknown
  readonly propagationPolicy?: string
  readonly dryRun: readonly string[]
}

export function checkDeleteOptions({ orphanDependents, propagationPolicy, dryRun }: AskedDeletion): void {
  const errors = new FieldErrors()
  if (propagationPolicy !== undefined) {
    if (typeof orphanDependents === 'boolean')
      errors.invalid('propagationPolicy', propagationPolicy, 'orphanDependents and deletionPropagation cannot be both set')
    if (!policies.includes(propagationPolicy)) errors.notSupported('propagationPolicy', propagationPolicy, [...policies, 'nil'])
  }
  checkDryRun(dryRun, errors)
  refuse('DeleteOptions', errors.list)
}

function checkManager(manager: string, errors: FieldErrors): void {
  if (new TextEncoder().encode(manager).length > longestManager) errors.tooLong('fieldManager', longestManager)
  let at = 0
  for (const letter of manager) {
    if (/\p{C}/u.test(letter)) {
      const code = (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
      errors.invalid('fieldManager', manager, `invalid character U+${code} (at position ${at})`)
    }
    at += new TextEncoder().encode(letter).length
  }
}

function checkDryRun(values: readonly string[], errors: FieldErrors): void {
  if (values.some((value) => value !== 'All'))
    errors.notSupported('dryRun', new Verbatim(`[]string{${values.map((value) => JSON.stringify(value)).join(', ')}}`), ['All'])
}

function refuse(kind: string, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind }, '', errors)
}
