/**
 * From text to a syntax tree, by the `unbash` library, with a cache: a loop's `sh -c` and a prompt's command substitution are parsed
 * once. Syntax errors are told in bash's words, which name the token where bash's own parser would have stumbled; the library
 * recovers and goes on, so only its first error counts.
 */
import { parse as unbash, type ParsedScript, type Statement, type Word, type WordPart } from 'unbash'

/** A text that commands came from: line numbers count from `firstLine`. */
export interface Source {
  readonly text: string
  readonly firstLine: number
}

export interface Parsed {
  readonly source: Source
  readonly statements: readonly Statement[]
  readonly error: SyntaxProblem | undefined
  /** A here-document whose end was not found (bash warns and takes what there is). */
  readonly openHereDoc: string | undefined
}

export interface SyntaxProblem {
  /** Lines as bash prints them after its name, without the line number. */
  readonly messages: readonly string[]
  readonly line: number
  /** Offset where the statement with the error begins; what stands on lines before it still runs. */
  readonly from: number
  /** More lines could make it right. */
  readonly isIncomplete: boolean
}

const cache = new Map<string, Parsed>()
const cacheSize = 500

export function parse(text: string, firstLine = 1): Parsed {
  const key = firstLine === 1 ? text : `${firstLine}\0${text}`
  const known = cache.get(key)
  if (known) return known
  const script = unbash(text)
  const parsed: Parsed = { source: { text, firstLine }, statements: script.commands, error: problem(script, text, firstLine), openHereDoc: openHereDoc(text, script) }
  if (cache.size >= cacheSize) cache.delete(cache.keys().next().value ?? '')
  if (text.length < 20_000) cache.set(key, parsed)
  return parsed
}

/** Words of a text that is not a command line: the members of a brace expansion, the elements of `declare`'s argument. */
export function wordsOf(text: string): readonly Word[] {
  const { statements } = parse(`: ${text.startsWith('#') ? '\\' : ''}${text}`)
  const command = statements[0]?.command
  if (command?.type !== 'Command') return []
  return command.suffix.filter((word): word is Word => word.type === 'Word')
}

/** The parts of a text that is expanded as a here-document is: quotes stand for themselves. */
export function textParts(text: string): readonly WordPart[] {
  const end = '_end_of_text_'
  const { statements } = parse(`: <<${end}\n${text}\n${end}\n`)
  const command = statements[0]?.command
  const document = command?.type === 'Command' ? command.redirects[0] : undefined
  if (document?.type !== 'HereDoc') return []
  return document.body.parts ?? [{ type: 'Literal', pos: 0, end: 0, value: document.body.text, text: document.body.text }]
}

export function lineOf(source: Source, position: number): number {
  let line = source.firstLine
  for (let at = source.text.indexOf('\n'); at !== -1 && at < position; at = source.text.indexOf('\n', at + 1)) line++
  return line
}

/** Whether an interactive shell asks for another line before it runs this. */
export function needsMore(text: string): boolean {
  if (/(^|[^\\])(\\\\)*\\\n?$/.test(text) && !endsInComment(text)) return true
  const parsed = parse(text)
  return parsed.error ? parsed.error.isIncomplete : parsed.openHereDoc !== undefined
}

function endsInComment(text: string): boolean {
  return /(^|\s)#[^'"]*$/.test(text.split('\n').at(-1) ?? '')
}

function openHereDoc(text: string, script: ParsedScript): string | undefined {
  if (!text.includes('<<')) return undefined
  let open: string | undefined
  const visit = (node: unknown): void => {
    if (open !== undefined || typeof node !== 'object' || node === null) return
    if (Array.isArray(node)) return node.forEach(visit)
    if ('type' in node && node.type === 'HereDoc') {
      const document = node as { closing?: unknown; delimiter?: { value: string } }
      if (!document.closing) open = document.delimiter?.value ?? ''
      return
    }
    for (const value of Object.values(node)) if (typeof value === 'object') visit(value)
  }
  visit(script.commands)
  return open
}

const incomplete = /^(unterminated|expected '(then|do|done|fi|esac|in|\}|\)|\]\])'|expected .* to close|expected compound command as function body)/

function problem(script: ParsedScript, text: string, firstLine: number): SyntaxProblem | undefined {
  const error = script.errors?.[0]
  if (!error) return undefined
  const source = { text, firstLine }
  const end = text.trimEnd().length
  const lastLine = lineOf(source, text.length) + (text.endsWith('\n') ? 0 : 1)
  const from = statementStart(script.commands, text, error.pos)
  const at = (position: number) => lineOf(source, position)
  const isAtEnd = error.pos >= end || script.errors?.every((each) => each.pos >= end || incomplete.test(each.message)) === true
  const quote = /^unterminated (single quote|double quote|backtick|command substitution|parameter expansion|arithmetic|ansi|extended glob)/i.exec(error.message)?.[1]
  if (quote) {
    const closing = { 'single quote': "'", 'double quote': '"', backtick: '`', 'command substitution': ')', 'parameter expansion': '}', arithmetic: ')', ansi: "'", 'extended glob': ')' }[quote.toLowerCase()] ?? ')'
    return { messages: [`unexpected EOF while looking for matching \`${closing}'`], line: at(error.pos), from, isIncomplete: true }
  }
  if (isAtEnd && (incomplete.test(error.message) || /^expected command (after|in)/.test(error.message))) {
    return { messages: ['syntax error: unexpected end of file'], line: lastLine, from, isIncomplete: true }
  }
  const token = offendingToken(text, error)
  const line = text.split('\n')[at(Math.min(error.pos, end)) - firstLine] ?? ''
  return { messages: [`syntax error near unexpected token \`${token}'`, `\`${line}'`], line: at(Math.min(error.pos, end)), from, isIncomplete: false }
}

/** Bash reads whole lines, so what shares a line with the beginning of the broken statement is not run either. */
function statementStart(statements: readonly Statement[], text: string, position: number): number {
  const broken = statements.find((statement) => statement.end <= statement.pos || statement.end >= position)
  const anchor = Math.min(broken?.pos ?? position, position)
  return text.lastIndexOf('\n', anchor - 1) + 1
}

function offendingToken(text: string, error: { message: string; pos: number }): string {
  const named = /^unexpected token '(.+)'$/s.exec(error.message)?.[1]
  let at = error.pos
  while (at < text.length && (text[at] === ' ' || text[at] === '\t')) at++
  const found = /^(&&|\|\||;;&|;&|;;|\|&|<<<|<<-?|>>|<&|>&|<>|>\||&>>?|[;&|<>()]|[^\s;&|<>()]+)/.exec(text.slice(at))?.[0]
  return found ?? (at >= text.length || text[at] === '\n' ? 'newline' : (named ?? 'newline'))
}
