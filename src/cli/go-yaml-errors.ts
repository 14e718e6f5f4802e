/**
 * What go-yaml says of a text that it cannot read. It is a translation of libyaml, and so is `yaml-js`, by way of PyYAML: the same scanner meets the
 * same trouble at the same place; only the words differ, and how a line is counted (go-yaml counts a scanner's lines from 1 and a
 * parser's from 0, and names no first line).
 */
import events from 'yaml-js/lib/events.js'
import parser from 'yaml-js/lib/parser.js'
import reader from 'yaml-js/lib/reader.js'
import scanner from 'yaml-js/lib/scanner.js'

const { Reader } = reader
const { Scanner, ScannerError } = scanner
const { Parser } = parser
const { DocumentEndEvent } = events

interface Mark {
  /** Counted from 0. */
  readonly line: number
  readonly pointer: number
}

interface Event {
  readonly start_mark?: Mark
}

interface Trouble {
  readonly context?: string | null
  readonly context_mark?: Mark | null
  readonly problem?: string | null
  readonly problem_mark?: Mark | null
}

/** The package composes its loader of prototypes in the same way. */
class Events {
  constructor(text: string) {
    Reader.prototype.initialise.call(this, text)
    Scanner.prototype.initialise.call(this)
    Parser.prototype.initialise.call(this)
  }
}
for (const { prototype } of [Reader, Scanner, Parser]) {
  for (const name of Object.getOwnPropertyNames(prototype))
    if (name !== 'constructor')
      Object.defineProperty(Events.prototype, name, Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor)
}

/**
 * The first document of a text: `end` is where it is over (go-yaml reads no further, whatever follows), or `message` is what is wrong with it:
 * `yaml: line 4: did not find expected key`.
 */
export function firstDocument(text: string): { readonly end: number } | { readonly message: string } {
  try {
    const reading = new Events(text) as unknown as { get_event(): Event | undefined }
    for (;;) {
      const event = reading.get_event()
      if (event === undefined) return { end: text.length }
      if (event instanceof DocumentEndEvent) return { end: (event as Event).start_mark?.pointer ?? text.length }
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return { message: said(error) }
  }
}

function said(error: Error & Trouble): string {
  const isScanner = error instanceof ScannerError
  const { problem_mark: problem, context_mark: context } = error
  const line = problem?.line ? problem.line + (isScanner ? 1 : 0) : (context?.line ?? 0)
  return `yaml: ${line > 0 ? `line ${line}: ` : ''}${words(error)}`
}

function words({ context, problem, message }: Error & Trouble): string {
  const text = problem ?? message
  if (text === 'mapping values are not allowed here') return 'mapping values are not allowed in this context'
  if (text === 'mapping keys are not allowed here') return 'mapping keys are not allowed in this context'
  if (text === 'sequence entries are not allowed here') return 'block sequence entries are not allowed in this context'
  if (text.startsWith('expected <block end>'))
    return context === 'while parsing a block mapping' ? 'did not find expected key' : "did not find expected '-' indicator"
  if (text.startsWith('expected the node content')) return 'did not find expected node content'
  const flow = /^expected (',' or '[\]}]')/.exec(text)
  if (flow) return `did not find expected ${flow[1]}`
  if (/^found character .* that cannot start any token$/s.test(text)) return 'found character that cannot start any token'
  if (text.startsWith('found unknown escape character')) return 'found unknown escape character'
  if (text.startsWith('found undefined tag handle')) return 'found undefined tag handle'
  if (text.startsWith('expected alphabetic or numeric character')) return 'did not find expected alphabetic or numeric character'
  if (text.startsWith('expected escape sequence of')) return 'did not find expected hexdecimal number'
  if (text.startsWith('expected chomping or indentation') || text.startsWith('expected a comment or a line break'))
    return 'did not find expected comment or line break'
  return text
}
