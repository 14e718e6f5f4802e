import { describe, expect, it } from 'vitest'
import { needsMore, parse } from './parse.ts'

describe('whether a line is all', () => {
  const open = [
    'if',
    'if true',
    'if true; then',
    'if true; then echo',
    'if true; then echo; else',
    'while true',
    'while true; do',
    'for i in 1 2',
    'for i in 1 2; do',
    'for i',
    'for ((i=0;i<3;i++))',
    'case x',
    'case x in',
    'case x in a)',
    'case x in a) echo;;',
    'f() {',
    'f()',
    '{',
    '{ echo',
    '(',
    '( echo',
    'echo "a',
    "echo 'a",
    'echo `a',
    'echo $(ls',
    'echo ${x',
    'echo $((1',
    'a |',
    'a |&',
    'a &&',
    'a ||',
    'echo \\',
    'cat <<E',
    'cat <<E\nx',
    'x=(a',
    '[[ a &&',
    'select x in a',
    'until false; do echo',
    'if a; then b; elif c',
    '((1+',
    'echo "$(ls "x',
    'function f',
  ]
  const whole = [
    '',
    'ls',
    'if true; then echo; fi',
    'echo )',
    'done',
    'if true; fi',
    'for i in 1 2; echo $i; done',
    'echo >',
    'a;;b',
    'kubectl get <pod>',
    'cat <<E\nx\nE',
    'for',
    'case',
    '[[ a',
    '{ }',
    '()',
    'echo a # if',
    'echo \\\\',
    '$ ls',
    'foo(bar)',
    'a & & b',
  ]
  it.each(open)('%j goes on', (text) => expect(needsMore(text)).toBe(true))
  it.each(whole)('%j does not', (text) => expect(needsMore(text)).toBe(false))
})

describe('what is wrong', () => {
  it('names the token at which bash stumbles', () => {
    const message = (text: string) => parse(text).error?.messages[0]
    expect(message('echo )')).toBe("syntax error near unexpected token `)'")
    expect(message('if true; fi')).toBe("syntax error near unexpected token `fi'")
    expect(message('for i in 1 2; echo $i; done')).toBe("syntax error near unexpected token `echo'")
    expect(message('kubectl get <pod>')).toBe("syntax error near unexpected token `newline'")
    expect(message('echo "abc')).toBe('unexpected EOF while looking for matching `"\'')
    expect(message('while true')).toBe('syntax error: unexpected end of file')
  })
})
