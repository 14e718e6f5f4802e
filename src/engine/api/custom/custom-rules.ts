/**
 * The rules in CEL that the schema of a custom resource carries (`x-kubernetes-validations`): when they are written, whether they compile; when an
 * object is written, whether they hold. A rule that looks at `oldSelf` is asked only where there is an old value to compare with.
 */
import type { FieldErrors } from '../../kinds/field-errors.ts'
import { Verbatim } from '../../kinds/field-errors.ts'
import { areExpressionsLoaded, ExpressionError, expressions, type FieldCheck } from '../expressions/expressions.ts'
import { isRecord, isSame } from '../objects.ts'
import type { JsonSchema } from './structural-schema.ts'

export interface CustomRule {
  readonly rule: string
  readonly message?: string
  readonly messageExpression?: string
  readonly reason?: string
  readonly fieldPath?: string
  readonly optionalOldSelf?: boolean
}

const types = { self: 'dyn', oldSelf: 'dyn' }

export function checkRules(schema: JsonSchema, value: unknown, old: unknown, path: string, errors: FieldErrors): void {
  if (!areExpressionsLoaded() || value === null || value === undefined) return
  const rules = schema['x-kubernetes-validations'] ?? []
  if (rules.length > 0) {
    const self = typed(schema, value)
    const before = old === undefined ? undefined : typed(schema, old)
    for (const rule of rules) {
      const isTransition = /\boldSelf\b/.test(rule.rule)
      if (isTransition && before === undefined && !rule.optionalOldSelf) continue
      // What was wrong before and did not change is let be.
      if (!isTransition && old !== undefined && isSame(old, value)) continue
      checkRule(schema, rule, { self, oldSelf: before }, path, errors)
    }
  }
  if (Array.isArray(value)) {
    const { items } = schema
    if (items) value.forEach((each, index) => checkRules(items, each, counterpart(schema, old, each), `${path}[${index}]`, errors))
    return
  }
  if (!isRecord(value)) return
  for (const [key, inner] of Object.entries(value)) {
    const known = propertyOf(schema, key)
    if (known && !(path === '' && key === 'metadata'))
      checkRules(known, inner, isRecord(old) ? old[key] : undefined, path === '' ? key : `${path}.${key}`, errors)
  }
}

function propertyOf(schema: JsonSchema, key: string): JsonSchema | undefined {
  return schema.properties?.[key] ?? (isRecord(schema.additionalProperties) ? (schema.additionalProperties as JsonSchema) : undefined)
}

/** The element of the old list that has the same keys. */
function counterpart(schema: JsonSchema, old: unknown, value: unknown): unknown {
  const keys = schema['x-kubernetes-list-map-keys']
  if (!Array.isArray(old) || schema['x-kubernetes-list-type'] !== 'map' || !keys || !isRecord(value)) return undefined
  return (old as readonly unknown[]).find((each) => isRecord(each) && keys.every((key) => each[key] === value[key]))
}

function checkRule(
  schema: JsonSchema,
  rule: CustomRule,
  values: { readonly self: unknown; readonly oldSelf: unknown },
  path: string,
  errors: FieldErrors,
): void {
  const place = (path === '' ? '' : path) + (rule.fieldPath ?? '')
  const field = place === '' ? '<nil>' : place.replace(/^\./, '')
  const compiled = expressions().compile(rule.rule, types)
  const type = schema['x-kubernetes-int-or-string'] ? 'int-or-string' : (schema.type ?? '')
  if ('problem' in compiled) return errors.invalid(field, type, `rule compile error: compilation failed: ${compiled.problem}`)
  try {
    if (compiled.run(values) === true) return
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    return errors.invalid(field, type, `${error.message} evaluating rule: ${rule.message?.trim() || rule.rule.trim()}`)
  }
  const words = spoken(rule, values) ?? (rule.message?.trim() || `failed rule: ${rule.rule.trim()}`)
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return errors.forbidden(field, words)
    case 'FieldValueRequired':
      return errors.required(field, words)
    case 'FieldValueDuplicate':
      return errors.duplicate(field, type)
    default:
      return errors.invalid(field, type, words)
  }
}

function spoken({ messageExpression }: CustomRule, values: Readonly<Record<string, unknown>>): string | undefined {
  if (!messageExpression) return undefined
  const compiled = expressions().compile(messageExpression, types)
  if ('problem' in compiled) return undefined
  try {
    const text = compiled.run(values)
    return typeof text === 'string' && text.trim() !== '' && !text.includes('\n') ? text.trim() : undefined
  } catch (error) {
    if (error instanceof ExpressionError) return undefined
    throw error
  }
}

/** A value as its schema types it: names that CEL cannot spell are escaped. */
function typed(schema: JsonSchema, value: unknown): unknown {
  const library = expressions()
  if (Array.isArray(value)) return schema.items ? value.map((each) => typed(schema.items ?? {}, each)) : library.valueOf(value)
  if (typeof value === 'string')
    return schema.format === 'date-time' || schema.format === 'date'
      ? library.timestamp(value)
      : schema.format === 'duration'
        ? library.duration(value)
        : value
  if (typeof value === 'number') return schema.type === 'number' ? value : library.valueOf(value)
  if (!isRecord(value)) return value ?? null
  const result: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) {
    const known = propertyOf(schema, key)
    result[schema.properties?.[key] ? escaped(key) : key] = known ? typed(known, inner) : library.valueOf(inner)
  }
  return result
}

const reserved = [
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
]

function escaped(name: string): string {
  if (reserved.includes(name)) return `__${name}__`
  return name.replaceAll('__', '__underscores__').replaceAll('.', '__dot__').replaceAll('-', '__dash__').replaceAll('/', '__slash__')
}

interface SchemaPlace {
  readonly isRoot: boolean
  /** The first place above whose elements cannot be told apart from one revision to the next. */
  readonly blurredBy?: string
}

/** Every rule of a schema that does not compile, or looks back where nothing can be seen. */
export function checkRuleSyntax(schema: JsonSchema, path: string, errors: FieldErrors, place: SchemaPlace = { isRoot: true }): void {
  if (!areExpressionsLoaded()) return
  schema['x-kubernetes-validations']?.forEach((rule, index) =>
    checkRuleText(schema, rule, `${path}.x-kubernetes-validations[${index}]`, place, errors),
  )
  const blurred = place.blurredBy ?? path
  const inner = (isBlurred: boolean): SchemaPlace => ({ isRoot: false, blurredBy: isBlurred ? blurred : place.blurredBy })
  const isAtomic = schema['x-kubernetes-map-type'] === 'atomic'
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    checkRuleSyntax(property, `${path}.properties[${name}]`, errors, inner(isAtomic))
  if (schema.items) checkRuleSyntax(schema.items, `${path}.items`, errors, inner(schema['x-kubernetes-list-type'] !== 'map'))
  if (isRecord(schema.additionalProperties))
    checkRuleSyntax(schema.additionalProperties as JsonSchema, `${path}.additionalProperties`, errors, inner(false))
}

function checkRuleText(schema: JsonSchema, rule: CustomRule, path: string, { isRoot, blurredBy }: SchemaPlace, errors: FieldErrors): void {
  const compiled = expressions().compile(rule.rule, types, fieldCheck(schema, isRoot))
  if ('problem' in compiled) errors.invalid(`${path}.rule`, new Verbatim(ruleText(rule)), `compilation failed: ${compiled.problem}`)
  else if (compiled.type !== 'bool' && compiled.type !== 'dyn')
    errors.invalid(`${path}.rule`, new Verbatim(ruleText(rule)), 'cel expression must evaluate to a bool')
  if (rule.messageExpression) {
    const message = expressions().compile(rule.messageExpression, types, fieldCheck(schema, isRoot))
    if ('problem' in message)
      errors.invalid(`${path}.messageExpression`, new Verbatim(ruleText(rule)), `messageExpression compilation failed: ${message.problem}`)
    else if (message.type !== 'string' && message.type !== 'dyn')
      errors.invalid(`${path}.messageExpression`, new Verbatim(ruleText(rule)), 'messageExpression must evaluate to a string')
  }
  if (!/\boldSelf\b/.test(rule.rule)) {
    if (rule.optionalOldSelf !== undefined)
      errors.invalid(`${path}.optionalOldSelf`, rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule')
  } else if (blurredBy !== undefined)
    errors.invalid(`${path}.rule`, rule.rule, `oldSelf cannot be used on the uncorrelatable portion of the schema within ${blurredBy}`)
}

function ruleText({ rule, message = '', messageExpression = '', reason, fieldPath = '', optionalOldSelf }: CustomRule): string {
  const pointer = (type: string, value: unknown) => `(*${type})(${value === undefined ? 'nil' : '0xc000012345'})`
  return `apiextensions.ValidationRule{Rule:${JSON.stringify(rule)}, Message:${JSON.stringify(message)}, MessageExpression:${JSON.stringify(messageExpression)}, Reason:${pointer('apiextensions.FieldValueErrorReason', reason)}, FieldPath:${JSON.stringify(fieldPath)}, OptionalOldSelf:${pointer('bool', optionalOldSelf)}}`
}

function fieldCheck(schema: JsonSchema, isRoot: boolean): FieldCheck {
  return (variable, path) => {
    if (variable !== 'self' && (variable !== 'oldSelf' || schema['x-kubernetes-validations']?.some((rule) => rule.optionalOldSelf)))
      return true
    let at: JsonSchema | undefined = schema
    for (const [depth, name] of path.entries()) {
      if (!at || at.type !== 'object' || at['x-kubernetes-preserve-unknown-fields'] || !at.properties || at.additionalProperties)
        return true
      if (depth === 0 && (isRoot || at['x-kubernetes-embedded-resource']) && ['apiVersion', 'kind', 'metadata'].includes(name)) return true
      const key: string | undefined = Object.keys(at.properties).find((each) => escaped(each) === name)
      if (key === undefined) return false
      at = at.properties[key]
    }
    return true
  }
}
