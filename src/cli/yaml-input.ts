/**
 * YAML as Go's sigs.k8s.io/yaml reads it: YAML 1.1 words (`yes`, `on`, `0777`), the last of two equal keys wins, and errors in go-yaml's
 * words and line numbers. The parser is the `yaml` package; what differs is mapped here.
 */
import { type CollectionTag, type Document, isCollection, parseDocument, Scalar, type ScalarTag, visit } from 'yaml'
import { firstDocument } from './go-yaml-errors.ts'

/** go-yaml's message: `yaml: line 4: did not find expected key`. */
export class YamlError extends Error {}

/**
 * `marks`: what values behind these tags (`!reset`) become; other unknown tags are ignored. `plainWords`: to yaml.v3, which kustomize
 * uses, `yes` and `on` are words like others.
 */
export function fromYaml(
  text: string,
  marks: Readonly<Record<string, (value: unknown) => unknown>> = {},
  options: { readonly plainWords?: boolean } = {},
): unknown {
  if (text.trim() === '') return null
  if (/^\s*[{[]/.test(text)) {
    try {
      return JSON.parse(text)
    } catch {
      // Flow style that is no JSON: YAML reads it.
    }
  }
  // A lone dot (`build: .`) is text to go-yaml, and a number to the package.
  const document = parseDocument(text, {
    version: '1.1',
    merge: true,
    uniqueKeys: false,
    prettyErrors: false,
    schema: 'yaml-1.1',
    resolveKnownTags: true,
    customTags: (tags) => [
      octal,
      ...tags
        .filter(
          (tag) =>
            typeof tag === 'string' ||
            (tag.tag !== 'tag:yaml.org,2002:timestamp' &&
              tag.tag !== 'tag:yaml.org,2002:binary' &&
              !('format' in tag && tag.format === 'TIME')),
        )
        .map((tag) =>
          typeof tag === 'object' && 'test' in tag && tag.test?.test('.')
            ? { ...tag, test: new RegExp(`^(?![-+]?\\.$)${tag.test.source.replace(/^\^/, '')}`, tag.test.flags) }
            : tag,
        )
        .map((tag) => (options.plainWords ? plainWord(tag) : tag)),
      ...markTags(marks),
    ],
  })
  if (document.errors.length > 0) {
    const first = firstDocument(text)
    if ('message' in first) throw new YamlError(first.message)
    // go-yaml saw nothing wrong before the document was over. Where it ends with the text, the two libraries do not agree.
    const rest = text.slice(first.end).trim()
    if (rest === '') throw new YamlError(`yaml: ${document.errors[0].message}`)
    return fromYaml(text.slice(0, first.end), marks, options)
  }
  refuseCollectionsAsKeys(document)
  try {
    return asJson(document.toJS({ maxAliasCount: -1 }))
  } catch (error) {
    const anchor = error instanceof ReferenceError ? /: (\S+)$/.exec(error.message)?.[1] : undefined
    if (anchor === undefined) throw error
    throw new YamlError(`yaml: unknown anchor '${anchor}' referenced`)
  }
}

/** Go's own way of writing octal numbers, which go-yaml takes beside `014`. Its numbers have no base of 60: `22:22` is text. */
const octal: ScalarTag = {
  default: true,
  identify: () => false,
  tag: 'tag:yaml.org,2002:int',
  test: /^[-+]?0o[0-7_]+$/,
  resolve: (text) => Number(text.replace(/[-+_]/g, '')) * (text.startsWith('-') ? -1 : 1),
}

function plainWord<T>(tag: T | ScalarTag): T | ScalarTag {
  if (typeof tag !== 'object' || tag === null || !('tag' in tag) || tag.tag !== 'tag:yaml.org,2002:bool') return tag
  return { ...tag, test: tag.test?.test('true') ? /^(?:true|True|TRUE)$/ : /^(?:false|False|FALSE)$/ }
}

/** The library wants a tag for each sort of value. */
function markTags(marks: Readonly<Record<string, (value: unknown) => unknown>>): (ScalarTag | CollectionTag)[] {
  return Object.entries(marks).flatMap(([tag, become]): (ScalarTag | CollectionTag)[] => [
    { tag, resolve: (value) => become(value) },
    { tag, collection: 'map', resolve: (value) => new Scalar(become(value.toJSON())) },
    { tag, collection: 'seq', resolve: (value) => new Scalar(become(value.toJSON())) },
  ])
}

/** `{{ .Values.name }}` of a template is a map whose key is a map. Go has none such. */
function refuseCollectionsAsKeys(document: Document): void {
  visit(document, {
    Pair: (_, { key }) => {
      if (isCollection(key)) throw new YamlError(`yaml: invalid map key: ${goSyntax(key.toJS(document))}`)
    },
  })
}

/** A value as Go's %#v shows what go-yaml made of it. */
function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (typeof value === 'object')
    return `map[interface {}]interface {}{${Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => `${goSyntax(key)}:${goSyntax(item)}`)
      .join(', ')}}`
  return JSON.stringify(value)
}

/**
 * Documents as kubectl's reader cuts them: no parsing yet, so that one broken document does not hide the others. A separator before the first
 * document stays in it, which is why its lines count from there.
 */
export function documents(text: string): string[] {
  const found: string[] = []
  let buffer: string[] = []
  for (const line of text.split(/(?<=\n)/)) {
    if (/^---\s*(?:#.*)?\n?$/.test(line) && buffer.length > 0) {
      found.push(buffer.join(''))
      buffer = []
    } else buffer.push(line)
  }
  found.push(buffer.join(''))
  return found
}

function asJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [String(key), asJson(item)]))
  if (value instanceof Set) return Object.fromEntries([...value].map((key) => [String(key), null]))
  if (Array.isArray(value)) return value.map(asJson)
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asJson(item)]))
  return value
}
