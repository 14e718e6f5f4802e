/**
 * Judges a value by the schema of its definition, in the order and the words of kube-openapi's validation. What was wrong before and is as it
 * was is let be: an update brings the old value, and each part of the new one is looked at beside its counterpart.
 */
import type { FieldErrors } from '../../kinds/field-errors.ts'
import { isRecord, isSame } from '../objects.ts'
import { isKnownFormat, isOfFormat } from './formats.ts'
import type { JsonSchema } from './structural-schema.ts'

/** `old` is undefined where nothing of the old object is the value's counterpart. */
export function validateBySchema(schema: JsonSchema, value: unknown, path: string, errors: FieldErrors, old?: unknown): void {
  for (const { tell } of judged(schema, value, path, old).failures) tell(errors)
}

interface Failure {
  /** What makes it the same as another one. */
  readonly words: string
  readonly tell: (errors: FieldErrors) => void
}

/** How many checks went well says which of several alternatives was nearest. */
interface Verdict {
  failures: Failure[]
  matches: number
}

function judged(schema: JsonSchema, value: unknown, path: string, old: unknown): Verdict {
  const verdict = byAllChecks(schema, value, path, old)
  if (verdict.failures.length > 0 && old !== undefined && isSame(old, value)) return { failures: [], matches: verdict.matches }
  return verdict
}

function byAllChecks(schema: JsonSchema, value: unknown, path: string, old: unknown): Verdict {
  const verdict: Verdict = { failures: [], matches: 0 }
  if (value === null) {
    verdict.matches++
    if (schema.nullable) return verdict
    if (typesOf(schema).length > 0) fail(verdict, mistyped(path, typesOf(schema).join(','), 'null'))
    if (schema.enum) fail(verdict, unsupported(schema.enum, value, path))
    return verdict
  }
  const add = (part: Verdict | Failure | undefined) => {
    if (part && 'words' in part) fail(verdict, part)
    else if (part) merge(verdict, part)
    verdict.matches++
  }
  if (isTyped(schema)) add(byType(schema, value, path))
  add(byCombinations(schema, value, path, old))
  if (typeof value === 'string') {
    add(byText(schema, value, path))
    if (isKnownFormat(schema.format)) add(byFormat(schema.format, value, path))
  }
  if (typeof value === 'number') add(byNumber(schema, value, path))
  if (Array.isArray(value)) add(byItems(schema, value, path, old))
  add(schema.enum && !schema.enum.some((each) => isSame(each, value)) ? unsupported(schema.enum, value, path) : undefined)
  if (isRecord(value)) add(byFields(schema, value, path, old))
  verdict.matches++
  return verdict
}

function merge(verdict: Verdict, part: Verdict): void {
  for (const failure of part.failures) fail(verdict, failure)
  verdict.matches += part.matches
}

function fail(verdict: Verdict, failure: Failure): void {
  if (!verdict.failures.some(({ words }) => words === failure.words)) verdict.failures.push(failure)
}

/** The root has no name, and a field of nothing begins with a full stop. */
function fieldOf(path: string): string {
  return path === '' || path === '.' ? '<nil>' : path.replace(/^\./, '')
}

function wrong(path: string, value: unknown, words: string): Failure {
  const text = `${path} in body ${words}`
  return { words: text, tell: (errors) => errors.invalid(fieldOf(path), value, text) }
}

/** A combination has no value of its own, and upstream does not say where it stands. */
function unmatched(words: string): Failure {
  return { words, tell: (errors) => errors.invalid('<nil>', '', words) }
}

function unsupported(allowed: readonly unknown[], value: unknown, path: string): Failure {
  const texts = allowed.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))
  return {
    words: `${path} in body should be one of [${texts.join(' ')}]`,
    tell: (errors) => errors.notSupported(fieldOf(path), value, texts),
  }
}

function mistyped(path: string, wanted: string, got: string): Failure {
  const words = `${path} in body must be of type ${wanted}: ${JSON.stringify(got)}`
  return { words, tell: (errors) => errors.typeInvalid(fieldOf(path), got, words) }
}

function typesOf(schema: JsonSchema): readonly string[] {
  if (schema['x-kubernetes-int-or-string']) return ['integer', 'string']
  return schema.type === undefined ? [] : [schema.type]
}

function isTyped(schema: JsonSchema): boolean {
  return typesOf(schema).length > 0 || isKnownFormat(schema.format)
}

function byType(schema: JsonSchema, value: unknown, path: string): Verdict | Failure {
  const good: Verdict = { failures: [], matches: 1 }
  const types = typesOf(schema)
  const actual = typeOf(value)
  const isMatch = types.includes(actual) || (actual === 'integer' && types.includes('number'))
  if (isKnownFormat(schema.format)) {
    const isWritten = typeof value === 'string' || Array.isArray(value)
    // Upstream compares formats where it has no text to look at: that of a whole number is called int64.
    if (!isWritten && !isMatch)
      return mistyped(path, schema.format, typeof value === 'number' ? (Number.isInteger(value) ? 'int64' : 'float64') : '')
    if (isWritten && !types.includes('number') && !types.includes('integer')) return good
  }
  return isMatch ? good : mistyped(path, types.join(','), actual)
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value
}

/** `allOf`, `anyOf`, `oneOf` and `not`: where none fits, what the nearest one says is said, too. */
function byCombinations({ allOf, anyOf, oneOf, not }: JsonSchema, value: unknown, path: string, old: unknown): Verdict {
  const verdict: Verdict = { failures: [], matches: 1 }
  const place = JSON.stringify(path)
  const verdicts = (schemas: readonly JsonSchema[]) => schemas.map((each) => byAllChecks(each, value, path, old))
  if (anyOf?.length) {
    const all = verdicts(anyOf)
    const fit = all.find(isValid)
    if (!fit) fail(verdict, unmatched(`${place} must validate at least one schema (anyOf)`))
    merge(verdict, fit ?? nearest(all))
  }
  if (oneOf?.length) {
    const all = verdicts(oneOf)
    const fits = all.filter(isValid)
    if (fits.length !== 1) {
      const found = fits.length === 0 ? 'Found none valid' : `Found ${fits.length} valid alternatives`
      fail(verdict, unmatched(`${place} must validate one and only one schema (oneOf). ${found}`))
    }
    if (fits.length <= 1) merge(verdict, fits[0] ?? nearest(all))
  }
  if (allOf?.length) {
    const all = verdicts(allOf)
    for (const each of all) merge(verdict, each)
    const misfits = all.filter((each) => !isValid(each)).length
    if (misfits > 0)
      fail(verdict, unmatched(`${place} must validate all the schemas (allOf)${misfits === all.length ? '. None validated' : ''}`))
  }
  if (not && isValid(byAllChecks(not, value, path, old))) fail(verdict, unmatched(`${place} must not validate the schema (not)`))
  return verdict
}

function isValid({ failures }: Verdict): boolean {
  return failures.length === 0
}

function nearest(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce((best, each) => (each.matches > best.matches ? each : best))
}

/** Only the first thing that is wrong with a text is said. */
function byText({ pattern, minLength, maxLength }: JsonSchema, value: string, path: string): Failure | undefined {
  const length = [...value].length
  if (maxLength !== undefined && length > maxLength)
    return {
      words: `${path} in body should be at most ${maxLength} chars long`,
      tell: (errors) => errors.tooLong(fieldOf(path), maxLength),
    }
  if (minLength !== undefined && length < minLength) return wrong(path, value, `should be at least ${minLength} chars long`)
  return pattern && !expressionOf(pattern).test(value) ? wrong(path, value, `should match '${pattern}'`) : undefined
}

const expressions = new Map<string, RegExp>()

/** Go's expressions may begin with flags. */
export function expressionOf(pattern: string): RegExp {
  let expression = expressions.get(pattern)
  if (!expression) {
    const [, flags = '', rest = pattern] = /^\(\?([ims]+)\)(.*)$/s.exec(pattern) ?? []
    const source = rest.replaceAll('\\A', '^').replaceAll('\\z', '$')
    try {
      expression = new RegExp(source, `u${flags}`)
    } catch {
      // An escape that is not needed is an error to the stricter reading only.
      expression = new RegExp(source, flags)
    }
    expressions.set(pattern, expression)
  }
  return expression
}

function byFormat(format: string, value: string, path: string): Failure | undefined {
  return isOfFormat(format, value) ? undefined : mistyped(path, format, value)
}

function byNumber(schema: JsonSchema, value: number, path: string): Verdict {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  const verdict: Verdict = { failures: [], matches: 1 }
  const say = (words: string) => fail(verdict, wrong(path, value, words))
  if (multipleOf && !isMultiple(value, multipleOf)) say(`should be a multiple of ${multipleOf}`)
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum))
    say(`should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`)
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum))
    say(`should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`)
  return verdict
}

/** Fractions are multiplied rather than divided, so that 0.3 is a multiple of 0.1. */
function isMultiple(value: number, factor: number): boolean {
  const times = factor < 1 ? (1 / factor) * value : value / factor
  return Math.abs(times - Math.round(times)) < 1e-9
}

function byItems(schema: JsonSchema, list: readonly unknown[], path: string, old: unknown): Verdict {
  const { items, minItems, maxItems, uniqueItems } = schema
  const verdict: Verdict = { failures: [], matches: 1 }
  if (items)
    list.forEach((each, index) => {
      merge(verdict, judged(items, each, `${path}[${index}]`, counterpart(schema, old, each, index)))
    })
  if (minItems !== undefined && list.length < minItems) fail(verdict, wrong(path, list.length, `should have at least ${minItems} items`))
  if (maxItems !== undefined && list.length > maxItems)
    fail(verdict, {
      words: `${path} in body should have at most ${maxItems} items`,
      tell: (errors) => errors.tooMany(fieldOf(path), list.length, maxItems),
    })
  if (uniqueItems && list.some((each, index) => list.slice(0, index).some((other) => isSame(other, each))))
    fail(verdict, wrong(path, '', "shouldn't contain duplicates"))
  return verdict
}

/** Elements of a map are found by their keys, those of a plain list by their place; those of sets and atomic lists not at all. */
function counterpart(schema: JsonSchema, old: unknown, value: unknown, index: number): unknown {
  if (!Array.isArray(old)) return undefined
  const list: readonly unknown[] = old
  const { 'x-kubernetes-list-type': type, 'x-kubernetes-list-map-keys': keys = [] } = schema
  if (type === 'map')
    return isRecord(value) ? list.find((each) => isRecord(each) && keys.every((key) => isSame(each[key], value[key]))) : undefined
  return type === undefined ? list[index] : undefined
}

function byFields(schema: JsonSchema, value: Readonly<Record<string, unknown>>, path: string, old: unknown): Verdict | Failure {
  const { properties = {}, additionalProperties, minProperties, maxProperties, required = [] } = schema
  const count = Object.keys(value).length
  if (minProperties !== undefined && count < minProperties) return wrong(path, count, `should have at least ${minProperties} properties`)
  if (maxProperties !== undefined && count > maxProperties)
    return {
      words: `${path} in body should have at most ${maxProperties} properties`,
      tell: (errors) => errors.tooMany(fieldOf(path), count, maxProperties),
    }
  const verdict: Verdict = { failures: [], matches: 0 }
  const before = isRecord(old) ? old : {}
  const others = isRecord(additionalProperties) ? (additionalProperties as JsonSchema) : undefined
  for (const [key, inner] of Object.entries(value)) {
    if (Object.hasOwn(properties, key)) merge(verdict, judged(properties[key], inner, path === '' ? key : `${path}.${key}`, before[key]))
    else if (others) merge(verdict, judged(others, inner, `${path}.${key}`, before[key]))
  }
  for (const key of required)
    if (value[key] === undefined)
      fail(verdict, {
        words: `${path}.${key} in body is required`,
        tell: (errors) => errors.required(fieldOf(`${path}.${key}`)),
      })
  return verdict
}
