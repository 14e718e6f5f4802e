/**
 * A template's text as words. Space counts: between operands it separates, and `{{-` and `-}}` take it from the text beside them.
 */
import { goQuoted } from '../go-values.ts'
import { TemplateError } from './options.ts'

export interface Token {
  readonly kind: 'text' | 'open' | 'close' | 'word' | 'field' | 'dot' | 'variable' | 'string' | 'number' | 'char' | 'punct' | 'space'
  readonly text: string
  readonly line: number
}

export function tokens(source: string, name: string): Token[] {
  const found: Token[] = []
  let at = 0
  let line = 1
  const add = (kind: Token['kind'], text: string): void => {
    found.push({ kind, text, line })
  }
  const fail = (message: string): never => {
    throw new TemplateError(`template: ${name}:${line}: ${message}`)
  }
  while (at < source.length) {
    const open = source.indexOf('{{', at)
    let text = open < 0 ? source.slice(at) : source.slice(at, open)
    if (found.at(-1)?.kind === 'close' && found.at(-1)?.text === '-}}') text = text.replace(/^[ \t\r\n]+/, '')
    const isTrimmed = open >= 0 && /^\{\{-[ \t\r\n]/.test(source.slice(open))
    if (isTrimmed) text = text.replace(/[ \t\r\n]+$/, '')
    if (text !== '') add('text', text)
    if (open < 0) break
    line += (source.slice(at, open).match(/\n/g) ?? []).length
    at = open + (isTrimmed ? 3 : 2)
    const comment = /^\s*\/\*[\s\S]*?\*\/\s*?( -)?\}\}/.exec(source.slice(at))
    if (comment) {
      at += comment[0].length
      if (comment[1]) found.push({ kind: 'close', text: '-}}', line }, { kind: 'text', text: '', line })
      continue
    }
    add('open', '{{')
    at = action(at)
  }
  return found

  function action(start: number): number {
    let here = start
    for (;;) {
      const rest = source.slice(here)
      if (rest === '') return fail('unclosed action')
      const closing = /^(?:[ \t\r\n]+-\}\}|\}\})/.exec(rest)
      if (closing) {
        add('close', closing[0].includes('-') ? '-}}' : '}}')
        return here + closing[0].length
      }
      const match =
        /^(?<space>[ \t\r\n]+)|^(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|^(?<char>'(?:[^'\\\n]|\\.)+')|^(?<number>[+-]?(?:0[xX][\da-fA-F_]+|\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?|\.\d+))|^(?<variable>\$\w*)|^(?<field>\.[\p{L}_][\p{L}\p{N}_]*)|^(?<dot>\.)|^(?<word>[\p{L}_][\p{L}\p{N}_]*)|^(?<punct>:=|[=|(),])/u.exec(
          rest,
        )
      if (!match?.groups) {
        if (rest[0] === '"') return fail('unterminated quoted string')
        if (rest[0] === '`') return fail('unterminated raw quoted string')
        return fail(`unexpected ${goQuoted(rest[0])} in ${rest[0] === '\\' || rest[0] === '-' ? 'command' : 'operand'}`)
      }
      const [kind, text] = Object.entries(match.groups).find(([, value]) => value !== undefined) ?? ['space', ' ']
      add(kind as Token['kind'], text)
      line += (text.match(/\n/g) ?? []).length
      here += text.length
    }
  }
}
