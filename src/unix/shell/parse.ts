/**
 * From text to a syntax tree, by the `unbash` library, with a cache: a loop's `sh -c` and a prompt's command substitution are parsed
 * once. Syntax errors are told in bash's words, which name the token where bash's own parser would have stumbled; the library
 * recovers and goes on, so only its first error counts.
 */
import { type HereDoc, parse as unbash, type ParsedScript, type Statement, type Word, type WordPart } from 'unbash'

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
  readonly openHereDoc: OpenHereDoc | undefined
}

export interface OpenHereDoc {
  readonly delimiter: string
  readonly line: number
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
  const parsed: Parsed = {
    source: { text, firstLine },
    statements: script.commands,
    error: problem(script, text, firstLine),
    openHereDoc: openHereDoc(text, script),
  }
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

function openHereDoc(text: string, script: ParsedScript): OpenHereDoc | undefined {
  if (!text.includes('<<')) return undefined
  let open: OpenHereDoc | undefined
  const visit = (node: unknown): void => {
    if (open !== undefined || typeof node !== 'object' || node === null) return
    if (Array.isArray(node)) return node.forEach(visit)
    if ('type' in node && node.type === 'HereDoc') {
      const document = node as HereDoc
      if (!document.closing) open = { delimiter: document.delimiter?.value ?? '', line: lineOf({ text, firstLine: 1 }, document.pos) }
      return
    }
    for (const value of Object.values(node)) if (typeof value === 'object') visit(value)
  }
  visit(script.commands)
  return open
}

function problem(script: ParsedScript, text: string, firstLine: number): SyntaxProblem | undefined {
  const error = script.errors?.[0]
  if (!error) return undefined
  const source = { text, firstLine }
  const lines = text.split('\n')
  const lastLine = firstLine + lines.length - (text.endsWith('\n') ? 1 : 0)
  const from = statementStart(script.commands, text, error.pos)
  const isIncomplete = isCompletable(text, '\n')
  const open = script.errors?.map((each) => /^unterminated (.+)$/.exec(each.message)?.[1]).findLast((each) => each !== undefined)
  if (isIncomplete && open) {
    const closing = closings.find(([name]) => open.startsWith(name))?.[1] ?? ')'
    // What began on a line is told with that line; a command substitution is parsed to the end of the file.
    const line = open.startsWith('command') ? lastLine : lineOf(source, error.pos)
    return { messages: [`unexpected EOF while looking for matching \`${closing.at(-1)}'`], line, from, isIncomplete }
  }
  if (isIncomplete) return { messages: ['syntax error: unexpected end of file'], line: lastLine, from, isIncomplete }
  const { token, at } = offendingToken(text)
  const line = lineOf(source, Math.min(at, text.trimEnd().length))
  if (/\[\[\s+(!\s+)?[^\s&|()]+\s*$/.test(text.slice(0, at)))
    return { messages: ['conditional binary operator expected'], line, from, isIncomplete }
  return { messages: [`syntax error near unexpected token \`${token}'`, `\`${lines[line - firstLine] ?? ''}'`], line, from, isIncomplete }
}

/** Bash reads whole lines, so what shares a line with the beginning of the broken statement is not run either. */
function statementStart(statements: readonly Statement[], text: string, position: number): number {
  const broken = statements.find((statement) => statement.end <= statement.pos || statement.end >= position)
  const anchor = Math.min(broken?.pos ?? position, position)
  return text.lastIndexOf('\n', anchor - 1) + 1
}

const closings: readonly (readonly [what: string, closing: string])[] = [
  ['single quote', "'"],
  ['double quote', '"'],
  ['backtick', '`'],
  ['command substitution', ')'],
  ['process substitution', ')'],
  ['parameter expansion', '}'],
  ['arithmetic for header', '; ; ))'],
  ['arithmetic', '))'],
  ['ansi', "'"],
  ['extended glob', ')'],
  ['array', ')'],
]

/**
 * Whether some text behind it (on the same line, or on the next) would make it a command. Found by adding what the parser's first error
 * asks for, until it asks for nothing or for the same thing again.
 */
function isCompletable(text: string, gap: ' ' | '\n'): boolean {
  const wantsWord = /(^|[\s;&|({])(for|select|case|function|coproc)\s*$/.test(text)
  if (wantsWord && gap === '\n') return false
  let current = wantsWord ? `${text} x` : text
  let before = ''
  for (let step = 0; step < 30; step++) {
    const errors = unbash(current).errors
    if (!errors || errors.length === 0) return true
    // The innermost open quote is closed first.
    const { message, pos } = errors.findLast((error) => error.message.startsWith('unterminated')) ?? errors[0]
    const question = `${message}@${pos}`
    const suffix = suffixFor(message, current, gap)
    if (suffix === undefined) return false
    if (question === before) {
      // A quote that the parser does not name may be open inside of a substitution.
      if (!open.test(message)) return false
      const quote = ['"', "'"].find(
        (each) => unbash(current + each + suffix).errors?.some((error) => `${error.message}@${error.pos}` === question) !== true,
      )
      if (quote === undefined) return false
      current += quote
    }
    before = question
    current += suffix
  }
  return false
}

const open = /^unterminated /

function suffixFor(message: string, text: string, gap: ' ' | '\n'): string | undefined {
  const kind = /^unterminated (.+)$/.exec(message)?.[1]
  if (kind)
    return (kind.startsWith('parameter') && text.endsWith('${') ? 'x' : '') + (closings.find(([name]) => kind.startsWith(name))?.[1] ?? ')')
  const lacksCommand = /(^|[\s;&|({])(if|elif|while|until|then|else|do|\{|\(|!)\s*$/.test(text) || /(\|\||&&|\||\|&|\()\s*$/.test(text)
  const command = lacksCommand ? '\n:' : ''
  if (message === "expected 'then'") return `${command}\nthen :`
  if (message === "expected 'do'") return `${command}\ndo :`
  if (message.startsWith("expected 'in' after 'case'")) return ' in'
  if (message === 'expected compound command as function body') return '\n{ :; }'
  if (/^expected command (after|in)/.test(message)) return lacksCommand ? '\n:' : undefined
  const closing = /^expected '(.+)' to close/.exec(message)?.[1]
  // Inside of [[ ]] a line may only end behind an operator.
  if (closing === ']]') return /(&&|\|\||\[\[|!)\s*$/.test(text) ? ' x ]]' : gap === ' ' ? ' ]]' : undefined
  return closing && `${command}\n${closing}`
}

const tokenExpression =
  /\s*(?:#[^\n]*|(&&|\|\||;;&|;&|;;|\|&|<<<|<<-?|>>|<&|>&|<>|>\||&>>?|[;&|<>()]|(?:\\[\s\S]|'[^']*'|"(?:\\[\s\S]|[^"\\])*"|\$\((?:[^()]|\([^()]*\))*\)|\$\{[^}]*\}|[^\s;&|<>()'"\\])+))/y

/** The first token behind which nothing helps any more. */
function offendingToken(text: string): { token: string; at: number } {
  const before: string[] = []
  tokenExpression.lastIndex = 0
  for (let match = tokenExpression.exec(text); match && match[0] !== ''; match = tokenExpression.exec(text)) {
    const token = match[1]
    if (token === undefined) continue
    const end = tokenExpression.lastIndex
    const isCall = before.at(-1) === '(' && token !== ')' && /^[\w./-]+$/.test(before.at(-2) ?? '') && !reserved.has(before.at(-2) ?? '')
    // Redirections and operators are never the end of a command; the next token decides.
    const isOpen = /^[<>]|^&>/.test(token)
    if (
      isCall ||
      (/^[<>]|^&>/.test(before.at(-1) ?? '') && /^([;&|()]|&&|\|\||;;|<|>)/.test(token)) ||
      (!isOpen && !isCompletable(text.slice(0, end), ' '))
    ) {
      return { token, at: end - token.length }
    }
    before.push(token)
  }
  return { token: 'newline', at: text.length }
}

const reserved = new Set([
  'if',
  'then',
  'else',
  'elif',
  'do',
  'while',
  'until',
  'for',
  'in',
  'case',
  'select',
  '!',
  '{',
  'time',
  'function',
])
