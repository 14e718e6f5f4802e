/**
 * YAML as Go's sigs.k8s.io/yaml reads it: YAML 1.1 words (`yes`, `on`, `0777`), the last of two equal keys wins, and errors in go-yaml's
 * words and line numbers. The parser is the `yaml` package; what differs is mapped here.
 */
import { LineCounter, parseAllDocuments, parseDocument, type YAMLError } from 'yaml'

/** go-yaml's message: `yaml: line 4: did not find expected key`. */
export class YamlError extends Error {}

export function fromYaml(text: string): unknown {
  if (text.trim() === '') return null
  if (/^\s*[{[]/.test(text)) {
    try {
      return JSON.parse(text)
    } catch {
      // Flow style that is no JSON: YAML reads it.
    }
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { version: '1.1', merge: true, uniqueKeys: false, lineCounter: lines, prettyErrors: false, schema: 'yaml-1.1', resolveKnownTags: true, customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || (tag.tag !== 'tag:yaml.org,2002:timestamp' && tag.tag !== 'tag:yaml.org,2002:binary')) })
  const [error] = document.errors
  if (error) throw new YamlError(goMessage(error, text, lines))
  return asJson(document.toJS({ maxAliasCount: -1 }))
}

/** Documents between `---` lines, as kubectl's reader cuts them: no parsing yet, so that one broken document does not hide the others. */
export function documents(text: string): string[] {
  return text.split(/^---(?:[ \t].*)?$/m).map((part) => part.replace(/^\n/, ''))
}

export { parseAllDocuments }

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
 * go-yaml names the line where its scanner stood (counted from 0, and often not mentioned at all when that is 0), in libyaml's words.
 */
function goMessage(error: YAMLError, text: string, lines: LineCounter): string {
  const line = lines.linePos(error.pos[0]).line
  const source = text.split('\n')
  const at = (number: number, words: string): string => (number > 0 ? `yaml: line ${number}: ${words}` : `yaml: ${words}`)
  const content = source[line - 1] ?? ''
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return at(line, 'found character that cannot start any token')
    case 'BLOCK_AS_IMPLICIT_KEY':
      return at(line, 'mapping values are not allowed in this context')
    case 'MISSING_CHAR':
      if (/^["']/.test(content.trim()) || /[:-]\s+["'][^"']*$/.test(content)) return at(source.length, 'found unexpected end of stream')
      if (/[[{]/.test(content)) return at(line, content.includes('[') ? "did not find expected ',' or ']'" : "did not find expected ',' or '}'")
      return at(line, "could not find expected ':'")
    case 'MULTILINE_IMPLICIT_KEY':
      return at(line + 1, "could not find expected ':'")
    case 'BAD_INDENT':
      return at(line - 1, 'did not find expected key')
    case 'BAD_ALIAS':
      return `yaml: unknown anchor '${/\*([\w-]+)/.exec(content.slice(0))?.[1] ?? ''}' referenced`
    case 'UNEXPECTED_TOKEN':
      return at(line - 1, 'did not find expected key')
    default:
      return at(line, 'did not find expected key')
  }
}
