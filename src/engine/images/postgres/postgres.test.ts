/** PostgreSQL as a learner meets it: psql's drawing, where statements end, and a container with a volume. */
import { describe, expect, test } from 'vitest'
import type { Process } from '../../../unix/kernel/process.ts'
import { answered } from './cluster.ts'
import { plainStyle, printed } from './print.ts'
import { scanned } from './statements.ts'
import { isPassword } from './scram.ts'

const columns = [
  { name: 'id', type: 23 },
  { name: 'name', type: 25 },
]
const rows = [
  ['1', 'Ada'],
  ['22', null],
]

describe('psql draws', () => {
  test('an aligned table', () => {
    expect(printed({ columns, rows })).toBe(' id | name \n----+------\n  1 | Ada\n 22 | \n(2 rows)\n\n')
  })

  test('values of several lines with a plus at the edge', () => {
    expect(
      printed({
        columns: [
          { name: 'a', type: 25 },
          { name: 'b', type: 25 },
        ],
        rows: [['x\nyy', 'z']],
      }),
    ).toBe(' a  | b \n----+---\n x +| z\n yy | \n(1 row)\n\n')
  })

  test('one record below the other with \\x', () => {
    expect(printed({ columns, rows: [['1', 'Ada']] }, { ...plainStyle, isExpanded: true })).toBe('-[ RECORD 1 ]\nid   | 1\nname | Ada\n\n')
  })

  test('bare values with -At', () => {
    expect(printed({ columns, rows }, { ...plainStyle, isAligned: false, tuplesOnly: true })).toBe('1|Ada\n22|\n')
  })
})

describe('a statement ends', () => {
  test('at semicolons outside of quotes, dollars, comments and parentheses', () => {
    expect(scanned('select \';\', $$;$$, "a;b" -- ;\n; insert into t values (1')).toEqual({
      statements: ['select \';\', $$;$$, "a;b" -- ;'],
      rest: ' insert into t values (1',
      mark: '(',
    })
  })

  test('later, as the prompt tells', () => {
    expect(['', 'select', "select 'a", 'select "a', 'select $$', '/* a'].map((text) => scanned(text).mark)).toEqual([
      '=',
      '-',
      "'",
      '"',
      '$',
      '*',
    ])
  })
})

test('a password is checked against its SCRAM verifier', () => {
  // Made by PostgreSQL 17: CREATE ROLE r PASSWORD 'pencil' with the salt of RFC 7677's example.
  const verifier =
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU='
  expect([isPassword('pencil', verifier), isPassword('pen', verifier)]).toEqual([true, false])
})

test("a long statement lets session time go by, never ahead of the machine's, until somebody gives up", () => {
  const sleeper = { now: () => 0 }
  const asked: number[] = []
  let now = 0
  const statement = { answer: undefined, failure: undefined, within: (ms: number) => Promise.resolve(asked.push(ms)) }
  sleeper.now = () => now
  const waiting = answered(sleeper as unknown as Process, statement, function* () {
    return now >= 40
  })
  let next = waiting.next()
  for (; !next.done; next = waiting.next()) now = next.value?.until ?? now
  expect([next.value, now, asked]).toEqual([false, 40, [100, 120, 140]])
})
