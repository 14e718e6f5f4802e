/**
 * A word of the syntax tree made ready for expansion: a flat list of pieces, each quoted or not. Made once per word and kept beside the
 * tree, because loops expand the same words again and again.
 */
import type { ParameterExpansionPart, ParsedScript, Word, WordPart } from 'unbash'
import { textParts } from './parse.ts'
import { ansiQuoted } from './quote.ts'

export type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly isQuoted: boolean }
  | { readonly kind: 'variable'; readonly name: string; readonly isQuoted: boolean }
  | { readonly kind: 'parameter'; readonly part: ParameterExpansionPart; readonly isQuoted: boolean }
  | { readonly kind: 'command'; readonly script: ParsedScript; readonly isQuoted: boolean }
  | { readonly kind: 'arithmetic'; readonly text: string; readonly isQuoted: boolean }
  | { readonly kind: 'process'; readonly operator: '<' | '>'; readonly script: ParsedScript; readonly text: string }
  /** Anything quoted makes a field, even an empty one. */
  | { readonly kind: 'quotes' }

export interface CompiledWord {
  readonly pieces: readonly Piece[]
  /** The one field it always gives, when nothing is to be expanded. */
  readonly literal: string | undefined
  readonly hasBraces: boolean
  readonly text: string
}

const words = new WeakMap<Word, CompiledWord>()

export function compiled(word: Word): CompiledWord {
  const known = words.get(word)
  if (known) return known
  const pieces: Piece[] = []
  let hasBraces = false
  if (word.parts) {
    for (const part of word.parts) {
      if (part.type === 'BraceExpansion') hasBraces = true
      addPart(pieces, part, false)
    }
  } else addText(pieces, word.text)
  const made: CompiledWord = { pieces, literal: hasBraces ? undefined : literalOf(pieces), hasBraces, text: word.text }
  words.set(word, made)
  return made
}

const texts = new Map<string, readonly Piece[]>()

/** Pieces of a text in which only `$`, backquotes and backslashes before them mean something: arithmetic, here-documents. */
export function compiledText(text: string): readonly Piece[] {
  const known = texts.get(text)
  if (known) return known
  const pieces: Piece[] = []
  for (const part of textParts(text)) addPart(pieces, part, true)
  // The parser wants a line end there; the text did not have it.
  const last = pieces.at(-1)
  if (last?.kind === 'text' && last.text.endsWith('\n')) pieces[pieces.length - 1] = { ...last, text: last.text.slice(0, -1) }
  if (texts.size > 500) texts.clear()
  texts.set(text, pieces)
  return pieces
}

export function compiledParts(parts: readonly WordPart[], isQuoted: boolean): readonly Piece[] {
  const pieces: Piece[] = []
  for (const part of parts) addPart(pieces, part, isQuoted)
  return pieces
}

function literalOf(pieces: readonly Piece[]): string | undefined {
  if (pieces.some((piece) => piece.kind !== 'text' && piece.kind !== 'quotes')) return undefined
  let text = ''
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind !== 'text') continue
    if (!piece.isQuoted && (/[*?[]|[@+!]\(/.test(piece.text) || (index === 0 && /(^|[=:])~/.test(piece.text)))) return undefined
    text += piece.text
  }
  return text
}

function addPart(pieces: Piece[], part: WordPart, isQuoted: boolean): void {
  switch (part.type) {
    case 'Literal':
      if (isQuoted) pieces.push({ kind: 'text', text: part.value, isQuoted: true })
      else addText(pieces, part.text)
      return
    case 'Glob':
      if (part.kind === 'bracket' && part.parts.some((inner) => inner.type !== 'Literal')) {
        const isNegated = /^\[[!^]/.exec(part.text)
        pieces.push({ kind: 'text', text: isNegated ? isNegated[0] : '[', isQuoted })
        for (const inner of part.parts) addPart(pieces, inner, isQuoted)
        pieces.push({ kind: 'text', text: ']', isQuoted })
      } else pieces.push({ kind: 'text', text: part.text, isQuoted })
      return
    case 'ExtendedGlob':
      if (part.parts) {
        pieces.push({ kind: 'text', text: `${part.operator}(`, isQuoted })
        for (const inner of part.parts) addPart(pieces, inner, isQuoted)
        pieces.push({ kind: 'text', text: ')', isQuoted })
      } else pieces.push({ kind: 'text', text: part.text, isQuoted })
      return
    case 'BraceExpansion':
      // Reached only when braces are off or were expanded already.
      if (part.parts) for (const inner of part.parts) addPart(pieces, inner, isQuoted)
      else addText(pieces, part.text)
      return
    case 'SingleQuoted':
      pieces.push({ kind: 'quotes' }, { kind: 'text', text: part.value, isQuoted: true })
      return
    case 'AnsiCQuoted':
      // The parser has no letter for bytes that are none.
      pieces.push(
        { kind: 'quotes' },
        {
          kind: 'text',
          text: part.value.includes('\ufffd') ? ansiQuoted(part.text.slice(2, -1).replace(/\\(['"?])/g, '$1')) : part.value,
          isQuoted: true,
        },
      )
      return
    case 'DoubleQuoted':
    case 'LocaleString':
      // "$@" without parameters is no field at all, although it is quoted.
      if (!(part.parts.length === 1 && isAtList(part.parts[0]))) pieces.push({ kind: 'quotes' })
      for (const inner of part.parts) addPart(pieces, inner, true)
      return
    case 'SimpleExpansion':
      pieces.push({ kind: 'variable', name: part.text.slice(1), isQuoted })
      return
    case 'ParameterExpansion': {
      const isPlain = !part.prefix && !part.index && !part.operation
      pieces.push(isPlain ? { kind: 'variable', name: part.parameter, isQuoted } : { kind: 'parameter', part, isQuoted })
      return
    }
    case 'CommandExpansion':
      if (part.script) pieces.push({ kind: 'command', script: part.script, isQuoted })
      return
    case 'ArithmeticExpansion':
      pieces.push({ kind: 'arithmetic', text: part.text.startsWith('$[') ? part.text.slice(2, -1) : part.text.slice(3, -2), isQuoted })
      return
    case 'ProcessSubstitution':
      if (part.script) pieces.push({ kind: 'process', operator: part.operator, script: part.script, text: part.text })
      return
  }
}

function isAtList(part: WordPart): boolean {
  if (part.type === 'SimpleExpansion') return part.text === '$@'
  return part.type === 'ParameterExpansion' && (part.parameter === '@' || part.index?.text === '@') && part.prefix !== '#'
}

/** Text outside of double quotes: backslashes quote one letter, and a part that is one quoted string comes without parts. */
function addText(pieces: Piece[], text: string): void {
  if (text.startsWith("'") && text.endsWith("'") && text.length > 1) {
    pieces.push({ kind: 'quotes' }, { kind: 'text', text: text.slice(1, -1), isQuoted: true })
    return
  }
  if (!text.includes('\\')) {
    if (text !== '') pieces.push({ kind: 'text', text, isQuoted: false })
    return
  }
  let plain = ''
  const flush = () => {
    if (plain !== '') pieces.push({ kind: 'text', text: plain, isQuoted: false })
    plain = ''
  }
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '\\' || at + 1 >= text.length) {
      plain += text[at]
      continue
    }
    at++
    if (text[at] === '\n') continue
    flush()
    const letter = String.fromCodePoint(text.codePointAt(at) ?? 0)
    pieces.push({ kind: 'text', text: letter, isQuoted: true })
    at += letter.length - 1
  }
  flush()
}
