/**
 * The functions of chart templates: sprig's usual ones and Helm's own. They get plain values: YAML's maps, lists, texts and numbers. `dict` and `set`
 * change the map they are given, as in Go.
 */
import { base64Of, bytesOf, bytesOfBase64, textOf } from '../../base/bytes.ts'
import type { Random } from '../../base/random.ts'
import { sha256Hex } from '../../base/sha256.ts'
import { TemplateError, type TemplateFunction } from '../go-template/options.ts'
import { goYaml } from '../go-yaml.ts'
import { fromYaml } from '../yaml-input.ts'
import { compareVersions, satisfies } from './versions.ts'

type Map_ = Record<string, unknown>

const isMap = (value: unknown): value is Map_ => typeof value === 'object' && value !== null && !Array.isArray(value)
const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === 0 ||
  value === false ||
  typeof value === 'symbol' ||
  (Array.isArray(value) && value.length === 0) ||
  (isMap(value) && Object.keys(value).length === 0)
const text = (value: unknown): string =>
  value === undefined || value === null || typeof value === 'symbol'
    ? ''
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value)
const number = (value: unknown): number => Number(typeof value === 'boolean' ? Number(value) : text(value) || 0) || 0
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const kind = (value: unknown): string =>
  value === undefined || value === null || typeof value === 'symbol'
    ? 'invalid'
    : Array.isArray(value)
      ? 'slice'
      : isMap(value)
        ? 'map'
        : typeof value === 'boolean'
          ? 'bool'
          : typeof value === 'number'
            ? Number.isInteger(value)
              ? 'int'
              : 'float64'
            : 'string'
const indent = (width: unknown, value: unknown): string =>
  text(value)
    .split('\n')
    .map((line) => ' '.repeat(number(width)) + line)
    .join('\n')
const words = (value: unknown): string[] =>
  text(value)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[\s_-]+/)
    .filter(Boolean)
const yamlText = (value: unknown): string =>
  value === undefined || value === null || typeof value === 'symbol' ? 'null' : goYaml(value).replace(/\n$/, '')
const goPattern = (pattern: unknown): RegExp => new RegExp(text(pattern).replace(/\(\?P</g, '(?<'), 'g')

export function merged(target: Map_, ...sources: readonly unknown[]): Map_ {
  for (const source of sources)
    if (isMap(source))
      for (const [key, value] of Object.entries(source))
        target[key] = isMap(value) && isMap(target[key]) ? merged(target[key] as Map_, value) : (target[key] ?? copied(value))
  return target
}

/** Later ones win; a null takes a key away. */
export function overwritten(target: Map_, ...sources: readonly unknown[]): Map_ {
  for (const source of sources)
    if (isMap(source))
      for (const [key, value] of Object.entries(source)) {
        if (value === null) delete target[key]
        else target[key] = isMap(value) && isMap(target[key]) ? overwritten(target[key] as Map_, value) : copied(value)
      }
  return target
}

export function copied<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copied) as T
  return isMap(value) ? (Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copied(one)])) as T) : value
}

export interface FunctionsOptions {
  readonly now: number
  readonly random: Random
  readonly include: (name: string, data: unknown) => string
  readonly tpl: (source: string, data: unknown) => string
  readonly lookup: (apiVersion: string, kind: string, namespace: string, name: string) => unknown
}

export function chartFunctions({ now, random, include, tpl, lookup }: FunctionsOptions): Readonly<Record<string, TemplateFunction>> {
  const fail = (message: unknown): never => {
    throw new TemplateError(`error calling fail: ${text(message)}`)
  }
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  const goDate = (layout: unknown, at: unknown): string => {
    const date = new Date(typeof at === 'number' ? at : now)
    const two = (value: number): string => String(value).padStart(2, '0')
    return text(layout).replace(
      /2006|01|02|15|04|05/g,
      (part) =>
        ({
          '2006': String(date.getUTCFullYear()),
          '01': two(date.getUTCMonth() + 1),
          '02': two(date.getUTCDate()),
          '15': two(date.getUTCHours()),
          '04': two(date.getUTCMinutes()),
          '05': two(date.getUTCSeconds()),
        })[part] ?? part,
    )
  }
  const joinedBy = (separator: unknown, values: unknown): string => list(values).map(text).join(text(separator))
  const functions: Record<string, TemplateFunction> = {
    include: (name, data) => include(text(name), data),
    tpl: (source, data) => tpl(text(source), data),
    lookup: (apiVersion, what, namespace, name) => lookup(text(apiVersion), text(what), text(namespace), text(name)),
    required: (message, value) =>
      value === undefined || value === null || value === '' || typeof value === 'symbol' ? fail(message) : value,
    fail,
    toYaml: yamlText,
    toYamlPretty: yamlText,
    fromYaml: (value) => fromYaml(text(value)) ?? {},
    fromYamlArray: (value) => fromYaml(text(value)) ?? [],
    toJson: (value) => JSON.stringify(value ?? null),
    toPrettyJson: (value) => JSON.stringify(value ?? null, null, 2),
    toRawJson: (value) => JSON.stringify(value ?? null),
    fromJson: (value) => JSON.parse(text(value) || '{}') as unknown,
    default: (fallback, ...value) => (value.length === 0 || isEmpty(value[0]) ? fallback : value[0]),
    empty: isEmpty,
    coalesce: (...values) => values.find((value) => !isEmpty(value)),
    all: (...values) => values.every((value) => !isEmpty(value)),
    any: (...values) => values.some((value) => !isEmpty(value)),
    ternary: (yes, no, condition) => (condition ? yes : no),
    quote: (...values) =>
      values
        .filter((value) => value !== undefined && value !== null && typeof value !== 'symbol')
        .map((value) => JSON.stringify(text(value)))
        .join(' '),
    squote: (...values) => values.map((value) => `'${text(value)}'`).join(' '),
    trunc: (length, value) => (number(length) < 0 ? text(value).slice(number(length)) : text(value).slice(0, number(length))),
    trim: (value) => text(value).trim(),
    trimAll: (cut, value) => text(value).replace(new RegExp(`^[${text(cut)}]+|[${text(cut)}]+$`, 'g'), ''),
    trimSuffix: (suffix, value) =>
      text(value).endsWith(text(suffix)) && text(suffix) !== '' ? text(value).slice(0, -text(suffix).length) : text(value),
    trimPrefix: (prefix, value) => (text(value).startsWith(text(prefix)) ? text(value).slice(text(prefix).length) : text(value)),
    upper: (value) => text(value).toUpperCase(),
    lower: (value) => text(value).toLowerCase(),
    title: (value) => text(value).replace(/(^|\s)\S/g, (letter) => letter.toUpperCase()),
    untitle: (value) => text(value).replace(/(^|\s)\S/g, (letter) => letter.toLowerCase()),
    repeat: (count, value) => text(value).repeat(number(count)),
    substr: (from, to, value) => text(value).slice(number(from), number(to) < 0 ? undefined : number(to)),
    nospace: (value) => text(value).replace(/\s/g, ''),
    contains: (part, value) => text(value).includes(text(part)),
    hasPrefix: (part, value) => text(value).startsWith(text(part)),
    hasSuffix: (part, value) => text(value).endsWith(text(part)),
    replace: (from, to, value) => text(value).replaceAll(text(from), text(to)),
    cat: (...values) =>
      values
        .filter((value) => value !== undefined && value !== null)
        .map(text)
        .join(' '),
    indent: (width, value) => indent(width, value),
    nindent: (width, value) => `\n${indent(width, value)}`,
    wrap: (width, value) =>
      text(value)
        .replace(new RegExp(`(.{1,${number(width)}})(\\s+|$)`, 'g'), '$1\n')
        .trimEnd(),
    camelcase: (value) =>
      words(value)
        .map((word) => word[0].toUpperCase() + word.slice(1))
        .join(''),
    kebabcase: (value) => words(value).join('-').toLowerCase(),
    snakecase: (value) => words(value).join('_').toLowerCase(),
    toString: text,
    toStrings: (values) => list(values).map(text),
    int: (value) => Math.trunc(number(value)),
    int64: (value) => Math.trunc(number(value)),
    float64: number,
    atoi: number,
    toDecimal: (value) => Number.parseInt(text(value), 8),
    add: (...values) => values.reduce<number>((sum, value) => sum + number(value), 0),
    add1: (value) => number(value) + 1,
    sub: (a, b) => number(a) - number(b),
    mul: (...values) => values.reduce<number>((product, value) => product * number(value), 1),
    div: (a, b) => Math.trunc(number(a) / number(b)),
    mod: (a, b) => number(a) % number(b),
    max: (...values) => Math.max(...values.map(number)),
    min: (...values) => Math.min(...values.map(number)),
    ceil: (value) => Math.ceil(number(value)),
    floor: (value) => Math.floor(number(value)),
    round: (value, digits) => Number(number(value).toFixed(number(digits))),
    until: (count) => Array.from({ length: Math.max(0, number(count)) }, (_, index) => index),
    untilStep: (from, to, step) =>
      Array.from(
        { length: Math.max(0, Math.ceil((number(to) - number(from)) / number(step))) },
        (_, index) => number(from) + index * number(step),
      ),
    seq: (...values) =>
      Array.from(
        { length: values.length === 1 ? number(values[0]) : number(values[1]) - number(values[0]) + 1 },
        (_, index) => index + (values.length === 1 ? 1 : number(values[0])),
      ).join(' '),
    list: (...values) => values,
    tuple: (...values) => values,
    dict: (...values) =>
      Object.fromEntries(
        Array.from({ length: Math.ceil(values.length / 2) }, (_, index) => [text(values[index * 2]), values[index * 2 + 1] ?? '']),
      ),
    get: (map, key) => (isMap(map) ? (map[text(key)] ?? '') : ''),
    set: (map, key, value) => {
      if (isMap(map)) map[text(key)] = value
      return map
    },
    unset: (map, key) => {
      if (isMap(map)) delete map[text(key)]
      return map
    },
    hasKey: (map, key) => isMap(map) && Object.hasOwn(map, text(key)),
    keys: (...maps) => maps.flatMap((map) => (isMap(map) ? Object.keys(map) : [])),
    values: (map) => (isMap(map) ? Object.values(map) : []),
    pick: (map, ...keys) => (isMap(map) ? Object.fromEntries(Object.entries(map).filter(([key]) => keys.map(text).includes(key))) : {}),
    omit: (map, ...keys) => (isMap(map) ? Object.fromEntries(Object.entries(map).filter(([key]) => !keys.map(text).includes(key))) : {}),
    pluck: (key, ...maps) => maps.flatMap((map) => (isMap(map) && Object.hasOwn(map, text(key)) ? [map[text(key)]] : [])),
    dig: (...args) => {
      const map = args.at(-1)
      const found = args.slice(0, -2).reduce<unknown>((value, key) => (isMap(value) ? value[text(key)] : undefined), map)
      return found ?? args.at(-2)
    },
    merge: (target, ...sources) => merged(isMap(target) ? target : {}, ...sources),
    mergeOverwrite: (target, ...sources) => overwritten(isMap(target) ? target : {}, ...sources),
    mustMerge: (target, ...sources) => merged(isMap(target) ? target : {}, ...sources),
    mustMergeOverwrite: (target, ...sources) => overwritten(isMap(target) ? target : {}, ...sources),
    deepCopy: copied,
    mustDeepCopy: copied,
    append: (values, value) => [...list(values), value],
    prepend: (values, value) => [value, ...list(values)],
    concat: (...values) => values.flatMap(list),
    first: (values) => (typeof values === 'string' ? values[0] : list(values)[0]),
    last: (values) => list(values).at(-1),
    rest: (values) => list(values).slice(1),
    initial: (values) => list(values).slice(0, -1),
    has: (value, values) => list(values).some((one) => JSON.stringify(one) === JSON.stringify(value)),
    without: (values, ...unwanted) =>
      list(values).filter((one) => !unwanted.some((other) => JSON.stringify(other) === JSON.stringify(one))),
    uniq: (values) =>
      list(values).filter((one, index, all) => all.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === index),
    compact: (values) => list(values).filter((value) => !isEmpty(value)),
    reverse: (values) => [...list(values)].reverse(),
    sortAlpha: (values) => list(values).map(text).sort(),
    join: joinedBy,
    split: (separator, value) =>
      Object.fromEntries(
        text(value)
          .split(text(separator))
          .map((part, index) => [`_${index}`, part]),
      ),
    splitList: (separator, value) => text(value).split(text(separator)),
    splitn: (separator, count, value) =>
      Object.fromEntries(
        text(value)
          .split(text(separator))
          .slice(0, number(count))
          .map((part, index) => [`_${index}`, part]),
      ),
    b64enc: (value) => base64Of(bytesOf(text(value))),
    b64dec: (value) => textOf(bytesOfBase64(text(value))),
    sha256sum: (value) => sha256Hex(bytesOf(text(value))),
    kindOf: kind,
    kindIs: (wanted, value) => kind(value) === wanted || (wanted === 'float64' && kind(value) === 'int'),
    typeOf: (value) => ({ map: 'map[string]interface {}', slice: '[]interface {}', invalid: '<nil>' })[kind(value)] ?? kind(value),
    typeIs: (wanted, value) => kind(value) === wanted,
    regexMatch: (pattern, value) => goPattern(pattern).test(text(value)),
    mustRegexMatch: (pattern, value) => goPattern(pattern).test(text(value)),
    regexFind: (pattern, value) => goPattern(pattern).exec(text(value))?.[0] ?? '',
    regexFindAll: (pattern, value, count) =>
      [...text(value).matchAll(goPattern(pattern))].map(([one]) => one).slice(0, number(count) < 0 ? undefined : number(count)),
    regexReplaceAll: (pattern, value, to) => text(value).replace(goPattern(pattern), text(to).replace(/\$\{(\w+)\}/g, '$$$1')),
    regexReplaceAllLiteral: (pattern, value, to) => text(value).replace(goPattern(pattern), () => text(to)),
    regexSplit: (pattern, value) => text(value).split(goPattern(pattern)),
    semverCompare: (range, version) => satisfies(text(version), text(range)),
    semver: (value) => {
      const [Major = 0, Minor = 0, Patch = 0] = text(value).replace(/^v/, '').split(/[.+-]/).map(Number)
      return { Major, Minor, Patch, Original: text(value) }
    },
    now: () => now,
    date: goDate,
    dateInZone: (layout, at) => goDate(layout, at),
    htmlDate: (at) => goDate('2006-01-02', at),
    unixEpoch: (at) => String(Math.floor((typeof at === 'number' ? at : now) / 1000)),
    randAlphaNum: (count) => random.letters(number(count), `${letters}0123456789`),
    randAlpha: (count) => random.letters(number(count), letters),
    randNumeric: (count) => random.letters(number(count), '0123456789'),
    uuidv4: () => random.uuid(),
    base: (value) => text(value).replace(/.*\//, ''),
    dir: (value) => text(value).replace(/\/[^/]*$/, '') || '.',
    urlquery: (value) => encodeURIComponent(text(value)),
    getHostByName: () => '',
    env: () => '',
    expandenv: (value) => value,
  }
  functions.mustToYaml = functions.toYaml
  functions.mustToJson = functions.toJson
  functions.mustHas = functions.has
  functions.mustUniq = functions.uniq
  functions.mustAppend = functions.append
  functions.mustRegexReplaceAll = functions.regexReplaceAll
  functions.tupleOf = functions.list
  return functions
}

export { compareVersions }
