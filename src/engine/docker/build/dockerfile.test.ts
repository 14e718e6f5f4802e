// How Dockerfiles are read: the forms people write, and the builder's words for mistakes.
import { describe, expect, test } from 'vitest'
import { ignoring } from '../../../base/dockerignore.ts'
import { expanded, pairsOf, parseDockerfile } from './dockerfile.ts'

const refusal = (text: string): string => {
  try {
    parseDockerfile(text)
    return 'read'
  } catch (error) {
    return (error as Error).message
  }
}

describe('a Dockerfile', () => {
  test('lines are joined, comments inside dropped, JSON and shell forms told apart', () => {
    const { stages } = parseDockerfile(
      '# syntax=docker/dockerfile:1\nFROM node:22 AS build\nRUN echo a && \\\n    # not me\n    echo b\nCMD ["node", "app.js"]\nFROM scratch\nCOPY --from=build --chown=1:1 /a /b\nRUN <<EOF\necho one\nEOF\n',
    )
    expect(stages.map(({ name, base }) => [name, base])).toEqual([
      ['build', 'node:22'],
      [undefined, 'scratch'],
    ])
    expect(stages[0].instructions.map(({ original, json, line, lastLine }) => [original, json, line, lastLine])).toEqual([
      ['RUN echo a &&     echo b', undefined, 3, 5],
      ['CMD ["node", "app.js"]', ['node', 'app.js'], 6, 6],
    ])
    expect(stages[1].instructions[0].flags).toEqual({ from: ['build'], chown: ['1:1'] })
    expect(stages[1].instructions[1].documents).toEqual([{ name: 'EOF', text: 'echo one\n', expands: true }])
  })

  test('mistakes are named with their line', () => {
    expect(refusal('')).toBe('the Dockerfile (Dockerfile) cannot be empty')
    expect(refusal('# nothing\n')).toBe('failed to parse Dockerfile: file with no instructions')
    expect(refusal('RUN x\n')).toBe('no build stage in current context')
    expect(refusal('FROM a\nFOO bar\n')).toBe('dockerfile parse error on line 2: unknown instruction: FOO (did you mean FROM?)')
    expect(refusal('FROM a\nRUN --nope x\n')).toBe('dockerfile parse error on line 2: unknown flag: --nope')
    expect(refusal('FROM a\nENV\n')).toBe('dockerfile parse error on line 2: ENV requires at least one argument')
    expect(refusal('FROM a\nCOPY x\n')).toBe(
      'dockerfile parse error on line 2: COPY requires at least two arguments, but only one was provided. Destination could not be determined',
    )
    expect(refusal('FROM a\nWORKDIR\n')).toBe('dockerfile parse error on line 2: WORKDIR requires exactly one argument')
    expect(refusal('FROM a\nONBUILD FROM b\n')).toBe("dockerfile parse error on line 2: FROM isn't allowed as an ONBUILD trigger")
  })

  test('variables and quotes are expanded as the builder does', () => {
    const variable = (name: string) => ({ A: '1', EMPTY: '' })[name]
    expect(expanded('$A ${A}x ${NO:-d} ${EMPTY:-e} ${EMPTY-f} ${A:+set} \\$A "$A" \'$A\'', variable)).toBe('1 1x d e  set $A 1 $A')
    expect(pairsOf('A=b C="d e" F=g\\ h')).toEqual([
      ['A', 'b'],
      ['C', '"d e"'],
      ['F', 'g\\ h'],
    ])
    expect(pairsOf('OLD style value')).toEqual([['OLD', 'style value']])
  })

  test('.dockerignore: the last pattern that matches decides', () => {
    const isIgnored = ignoring('node_modules\n*.log\n!keep.log\nsecret*\n**/*.tmp\n')
    expect(
      ['a.js', 'node_modules/m.js', 'b.log', 'keep.log', 'secret.txt', 'sub/c.log', 'sub/deep/x.tmp'].map((path) => [
        path,
        isIgnored(path),
      ]),
    ).toEqual([
      ['a.js', false],
      ['node_modules/m.js', true],
      ['b.log', true],
      ['keep.log', false],
      ['secret.txt', true],
      ['sub/c.log', false],
      ['sub/deep/x.tmp', true],
    ])
  })
})
