/**
 * YAML as Go's sigs.k8s.io/yaml reads it: YAML 1.1 words (`yes`, `on`, `0777`), the last of two equal keys wins, and errors in go-yaml's
 * words and line numbers. The parser is the `yaml` package; what differs is mapped here.
 */
import { type CollectionTag, LineCounter, parseDocument, Scalar, type ScalarTag, type YAMLError } from 'yaml'

/** go-yaml's message: `yaml: line 4: did not find expected key`. */
export class YamlError extends Error {}

/** `marks`: what values behind these tags (`!reset`) become; other unknown tags are ignored. */
export function fromYaml(text: string, marks: Readonly<Record<string, (value: unknown) => unknown>> = {}): unknown {
  if (text.trim() === '') return null
  if (/^\s*[{[]/.test(text)) {
    try {
      return JSON.parse(text)
    } catch {
      // Flow style that is no JSON: YAML reads it.
    }
  }
  const lines = new LineCounter()
  // A lone dot (`build: .`) is text to go-yaml, and a number to the package.
  const document = parseDocument(text, { version: '1.1', merge: true, uniqueKeys: false, lineCounter: lines, prettyErrors: false, schema: 'yaml-1.1', resolveKnownTags: true, customTags: (tags) => [...tags.filter((tag) => typeof tag === 'string' || (tag.tag !== 'tag:yaml.org,2002:timestamp' && tag.tag !== 'tag:yaml.org,2002:binary')).map((tag) => (typeof tag === 'object' && 'test' in tag && tag.test?.test('.') ? { ...tag, test: new RegExp(`^(?![-+]?\\.$)${tag.test.source.replace(/^\^/, '')}`, tag.test.flags) } : tag)), ...markTags(marks)] })
  if (document.errors.length > 0) throw new YamlError(goMessage(document.errors, text, lines))
  try {
    return asJson(document.toJS({ maxAliasCount: -1 }))
  } catch (error) {
    const anchor = error instanceof ReferenceError ? /: (\S+)$/.exec(error.message)?.[1] : undefined
    if (anchor === undefined) throw error
    throw new YamlError(`yaml: unknown anchor '${anchor}' referenced`)
  }
}

/** The library wants a tag for each sort of value. */
function markTags(marks: Readonly<Record<string, (value: unknown) => unknown>>): (ScalarTag | CollectionTag)[] {
  return Object.entries(marks).flatMap(([tag, become]): (ScalarTag | CollectionTag)[] => [
    { tag, resolve: (value) => become(value) },
    { tag, collection: 'map', resolve: (value) => new Scalar(become(value.toJSON())) },
    { tag, collection: 'seq', resolve: (value) => new Scalar(become(value.toJSON())) },
  ])
}

/** Documents between `---` lines, as kubectl's reader cuts them: no parsing yet, so that one broken document does not hide the others. */
export function documents(text: string): string[] {
  return text.split(/^---(?:[ \t].*)?$/m).map((part) => part.replace(/^\n/, ''))
}

function asJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [String(key), asJson(item)]))
  if (value instanceof Set) return Object.fromEntries([...value].map((key) => [String(key), null]))
  if (Array.isArray(value)) return value.map(asJson)
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asJson(item)]))
  return value
}

/**
 * go-yaml's scanner names the line it stands on, its parser the line before; neither names the first. Where the `yaml` package sees a
 * key over several lines, go-yaml stops at the colon.
 */
function goMessage(errors: readonly YAMLError[], text: string, lines: LineCounter): string {
  const [error] = errors
  const lineOf = (position: number): number => lines.linePos(position).line
  const line = lineOf(error.pos[0])
  const scanner = (number: number, words: string): string => (number > 1 ? `yaml: line ${number}: ${words}` : `yaml: ${words}`)
  const parser = (words: string): string => (line > 1 ? `yaml: line ${line - 1}: ${words}` : `yaml: ${words}`)
  switch (error.code) {
    case 'TAB_AS_INDENT':
    case 'BAD_SCALAR_START':
      return scanner(line, 'found character that cannot start any token')
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY': {
      const wide = errors.find(({ code }) => code === 'MULTILINE_IMPLICIT_KEY')
      return scanner(wide ? lineOf(wide.pos[1]) : line, 'mapping values are not allowed in this context')
    }
    case 'MISSING_CHAR':
      if (error.message.includes('Missing closing')) return scanner(line, 'found unexpected end of stream')
      if (error.message.includes('Sequence item')) return parser('did not find expected key')
      return scanner(line + 1, "could not find expected ':'")
    case 'BAD_INDENT':
      if (error.message.includes('Flow sequence')) return parser("did not find expected ',' or ']'")
      if (error.message.includes('Flow map')) return parser("did not find expected ',' or '}'")
      return parser('did not find expected key')
    case 'UNEXPECTED_TOKEN':
      return parser(/^\s*-/.test(text) ? "did not find expected '-' indicator" : 'did not find expected key')
    default:
      return parser('did not find expected key')
  }
}
