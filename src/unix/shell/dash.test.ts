import { describe, expect, it } from 'vitest'
import { programs as all } from '../programs/index.ts'
import { allLoaded } from '../programs/lazy.ts'
import { bench } from '../programs/testing.ts'
import { ash, dash } from './bash.ts'

const programs = await allLoaded(all)

function run(program: typeof ash, script: string, name = 'sh'): { out: string; err: string; code: number } {
  return bench(new Map([...programs, [name, program]])).run([name, '-c', script])
}

describe("busybox's ash", () => {
  it('complains in its own words', () => {
    expect(run(ash, 'foo')).toEqual({ out: '', err: 'sh: foo: not found\n', code: 127 })
    expect(run(ash, 'cat < nofile')).toEqual({ out: '', err: "sh: can't open nofile: no such file\n", code: 1 })
    expect(run(ash, 'echo hi > /nodir/x')).toEqual({ out: '', err: "sh: can't create /nodir/x: nonexistent directory\n", code: 1 })
    expect(run(ash, 'echo )')).toEqual({ out: '', err: 'sh: syntax error: unexpected ")"\n', code: 2 })
    expect(run(ash, 'set -u; echo $nope; echo no')).toEqual({ out: '', err: 'sh: nope: parameter not set\n', code: 2 })
  })

  it('hands on its variables in the order of its table, and no $_', () => {
    expect(run(ash, 'export ZED=1 AB=2 HOSTNAME=x; env | grep -v PATH').out).toBe('AB=2\nHOSTNAME=x\nSHLVL=1\nHOME=/root\nZED=1\nPWD=/w\n')
  })

  it('knows [[ ]] but no brace expansion', () => {
    expect(run(ash, '[[ a == a ]] && echo {a,b}').out).toBe('{a,b}\n')
  })
})

describe("Debian's dash", () => {
  it('numbers the lines of its complaints', () => {
    expect(run(dash, 'foo')).toEqual({ out: '', err: 'sh: 1: foo: not found\n', code: 127 })
    expect(run(dash, 'true\ncd nope')).toEqual({ out: '', err: "sh: 2: cd: can't cd to nope\n", code: 2 })
    expect(run(dash, 'cat < nofile').err).toBe('sh: 1: cannot open nofile: No such file\n')
    expect(run(dash, 'echo hi > /nodir/x').err).toBe('sh: 1: cannot create /nodir/x: Directory nonexistent\n')
    expect(run(dash, '[[ a == a ]]')).toEqual({ out: '', err: 'sh: 1: [[: not found\n', code: 127 })
    expect(run(dash, 'echo )')).toEqual({ out: '', err: 'sh: 1: Syntax error: ")" unexpected\n', code: 2 })
  })

  it('reads escapes in echo, and knows no options but -n', () => {
    expect(run(dash, 'echo "a\\tb"; echo -e x; echo -n y').out).toBe('a\tb\n-e x\ny')
  })
})
