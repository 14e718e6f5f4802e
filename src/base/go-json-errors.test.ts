import { expect, test } from 'vitest'
import { jsonProblem } from './go-json-errors.ts'

test('where Go stops reading, and what it says there', () => {
  const said = (text: string) => {
    const problem = jsonProblem(text)
    return problem && `${problem.offset}: ${problem.message}`
  }
  expect(
    [
      '{"a": [1, 2.5e3, true, null, "x\\u0041"]}',
      '{{- if',
      '{"a" 1}',
      '{"a": 1 "b"}',
      '[1 2]',
      '{"a": nul}',
      '"a\nb"',
      '"\\x"',
      '{"a":',
      '-',
      '{"a": tru',
      "{'a': 1}",
      '',
      '{"a": 1,}',
    ].map(said),
  ).toEqual([
    undefined,
    "2: invalid character '{' looking for beginning of object key string",
    "6: invalid character '1' after object key",
    "9: invalid character '\"' after object key:value pair",
    "4: invalid character '2' after array element",
    "10: invalid character '}' in literal null (expecting 'l')",
    "3: invalid character '\\n' in string literal",
    "3: invalid character 'x' in string escape code",
    '5: unexpected end of JSON input',
    '1: unexpected end of JSON input',
    '9: unexpected end of JSON input',
    "2: invalid character '\\'' looking for beginning of object key string",
    '0: unexpected end of JSON input',
    "9: invalid character '}' looking for beginning of object key string",
  ])
})
