/** vi beside this machine's vim: the same keys leave the same file. What the screen shows is looked at for a few of them. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { bytesOf, textOf } from '../../../base/bytes.ts'
import type { Program } from '../../kernel/process.ts'
import { Descriptor } from '../../kernel/open-file.ts'
import { createTerminal } from '../../kernel/terminal.ts'
import { bench } from '../testing.ts'
import { nano } from './nano.ts'
import { vi } from './vi/vi.ts'

const poem = 'one two three\nfoo(bar, "baz qux")\n\n  indented line here\nlast.word end\n'
const pod =
  'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - image: nginx:1.25\n    name: nginx\n  - image: redis:7\n    name: cache\n'

const folder = mkdtempSync(join(tmpdir(), 'vim-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const hasVim =
  spawnSync('vim', ['--version'], { encoding: 'utf8' }).stdout?.startsWith('VIM - Vi IMproved') === true &&
  spawnSync('script', ['--version']).status === 0
if (!hasVim) console.log('vim or script is not on this machine: ours is not compared')

function real(text: string, keys: string): string {
  writeFileSync(join(folder, 'f.txt'), text)
  writeFileSync(join(folder, 'keys'), `${keys}\x1b:wq!\r`)
  spawnSync('script', ['-qec', 'vim -u NONE -N -n -i NONE -s keys f.txt', '/dev/null'], {
    cwd: folder,
    timeout: 10_000,
    env: { PATH: '/usr/bin:/bin', TERM: 'xterm', HOME: folder },
  })
  return readFileSync(join(folder, 'f.txt'), 'utf8')
}

/** Runs an editor on a terminal of 80 by 24, types the keys, and answers the file and the last screen. */
function ours(
  program: Program,
  text: string | undefined,
  keys: readonly string[],
): { file: string; screen: string[]; code: number | undefined } {
  const machine = bench(new Map([['editor', program]]), text === undefined ? {} : { 'f.txt': text })
  const { kernel, init, clock } = machine
  const terminal = createTerminal(kernel, { name: '/dev/pts/0' })
  const descriptor = new Descriptor(terminal.file)
  const process = kernel.spawn({
    program,
    argv: ['vi', 'f.txt'],
    env: init.env,
    cwd: '/w',
    namespaces: init.namespaces,
    credentials: init.credentials,
    cgroup: init.cgroup,
    terminal,
    descriptors: new Map([0, 1, 2].map((number) => [number, descriptor])),
    parent: init,
  })
  let last = ''
  const look = (): void => {
    clock.advance(20)
    const shown = textOf(terminal.takeOutput())
    if (shown.includes('\x1b[H')) last = shown.slice(shown.lastIndexOf('\x1b[?25l\x1b[H'))
  }
  look()
  for (const one of keys) {
    terminal.type(bytesOf(one))
    look()
  }
  const rows = last
    .replace(/\x1b\[(\d+)G/g, (_, column: string) => ' '.repeat(Number(column) - 1))
    .replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '')
    .split('\r\n')
    .map((row) => row.trimEnd())
  return { file: init.files.exists('/w/f.txt') ? init.files.readText('/w/f.txt') : '(none)', screen: rows, code: process.exitCode }
}

// Two undos cannot be compared: vim takes all keys of a script for one change.
const cases: readonly string[] = [
  'x',
  '3x',
  'dd',
  '2dd',
  'jdd',
  'Gdd',
  'ddp',
  'ddP',
  'yyp',
  'yy3p',
  'y2yP',
  'dw',
  'd2w',
  '2dw',
  'wdw',
  '3wdw',
  'de',
  'db',
  '$db',
  'd$',
  'wD',
  'd0',
  'wd0',
  'dG',
  'jdG',
  'dgg',
  'Gdgg',
  'jdk',
  'dj',
  'cwX\x1b',
  'wcwXYZ\x1b',
  '2cwnew\x1b',
  'ccline\x1b',
  'jccline\x1b',
  'Cend\x1b',
  'sX\x1b',
  '2sX\x1b',
  'SX\x1b',
  'rX',
  '3rX',
  'r\r',
  'iHi \x1b',
  'aHi\x1b',
  'AHi\x1b',
  'jjjIHi\x1b',
  'jjjiHi\x1b',
  'onew\x1b',
  'Onew\x1b',
  'onew\rline\x1b',
  '3ix\x1b',
  '3obla\x1b',
  'J',
  '3J',
  'jjjkJ',
  'gJ',
  '~',
  '5~',
  'xp',
  'wyiwP',
  'yiw$p',
  'jf(di(',
  'j$hdi(',
  'j$hhdi"',
  'j$hhci"new\x1b',
  'j$hhda"',
  'daw',
  'wdaw',
  '$daw',
  'diw',
  'jdi(',
  'fwx',
  'tox',
  'fo;x',
  'fo;,x',
  '$Fox',
  '$Tox',
  'dfo',
  'dto',
  'j%x',
  'jf(d%',
  '}dd',
  'G{dd',
  'jjjwx',
  '^x',
  'jjj^x',
  'jjj0x',
  'jjj_x',
  '$x',
  'Gx',
  '2Gx',
  'ggx',
  ':3\rdd',
  '/foo\rx',
  '/line\rdw',
  '?last\rx',
  '/o\rnx',
  '/o\rnNx',
  '/zzz\rx',
  '*x',
  'G*x',
  "mxjjd'x",
  'mxjjwd`x',
  "ma2jd'a",
  'ddu',
  'ddu\x12',
  'iabc\x1bu',
  'dd.',
  'x..',
  'iab\x1bj.',
  'cwX\x1bw.',
  'cwX\x1bj0.',
  'A!\x1bj.',
  'onew\x1b.',
  '2dd.',
  'ddp.',
  '>>',
  '2>>',
  'jjj<<',
  '>>.',
  '>j',
  '"ayyj"ap',
  '"ayyj"byyG"ap"bp',
  '"Ayy"ap',
  'Yp',
  '"add"ap',
  'yw$p',
  'ywP',
  'xu',
  'vlld',
  'vjd',
  'vey$p',
  'Vd',
  'Vjd',
  'Vjyp',
  'vawd',
  'viwcX\x1b',
  'V>',
  'Vj>',
  'vU',
  'v$~',
  'Vr-',
  'vwrX',
  'VjJ',
  'vlohd',
  'veoy',
  'viwp',
  'yiwwviwp',
  ':%s/o/0/\r',
  ':%s/o/0/g\r',
  ':s/o/0/\r',
  ':2,4s/e/E/g\r',
  ':%s/\\(o\\)\\(n\\)/\\2\\1/g\r',
  ':%s/\\<l\\w*/X/\r',
  ':%s#o#/#g\r',
  ':%s/e$/!/\r',
  ':%s/^/> /\r',
  ':s/two/&&/\r',
  ':s/two/\\U&/\r',
  ':%s/ /\\r/\r',
  ':%s/zzz/x/\r',
  ':%s/O/x/gi\r',
  ':%s/\\s\\+/_/g\r',
  ':%s/a\\|b/X/g\r',
  ':2d\r',
  ':2,3d\r',
  ':$d\r',
  ':%d\r',
  ':.,$d\r',
  ':.,+1d\r',
  ':g/o/d\r',
  ':g/^$/d\r',
  ':v/o/d\r',
  ':g/e/s/e/E/g\r',
  ':2\rdd',
  ':$\rdd',
  ':1,2y\rGp',
  ':2m$\r',
  ':2m0\r',
  ':1t.\r',
  ':1,2t$\r',
  ':2,3j\r',
  ':1,2>\r',
  ':4<\r',
  ':set sw=2 et\r>>',
  ':set ai\rjjjonew\x1b',
  ':set et sw=2\ri\tx\x1b',
  ':/foo/d\r',
  ':/foo/,/last/d\r',
  ':foo\rx',
  ':s/a/\rx',
  'ifoo\x7f\x7fx\x1b',
  'afoo bar\x17x\x1b',
  'ifoo\x15x\x1b',
  'Rxyz\x1b',
  'Rxyz\x7f\x7f\x1b',
  '$Rlonger than\x1b',
  'i\x1b[C\x1b[CX\x1b',
  'i\x1b[BX\x1b',
  'jA\x1b[AX\x1b',
  'qaddq@a',
  'qaA!\x1bjq@a',
  'qaA!\x1bjq2@a',
  'ea X\x1b',
  'bix\x1b',
  'wwbX',
  'wbx',
  'eex',
  'Wx',
  'jWx',
  'jwx',
  'jwwx',
  'jwwwwx',
  'jex',
  'jEx',
  '$bx',
  'G$Bx',
  'jjj$bbx',
  'wwwwx',
  'wwwwwwwwwwwx',
  'Hdd',
  'Ldd',
  'Mdd',
  'ylp',
  '5l~',
  '10lx',
  'lllhx',
  'jjjj$kx',
  '$jx',
  '$jjjx',
  'ddkdd',
  'GkddGp',
  'p',
  'dwP',
  'd}',
  'd{',
  'jd}',
  'c$X\x1b',
  'cfoX\x1b',
  'ct X\x1b',
  'yfoP',
  '2yw$p',
  'y$P',
  'guiw',
  'wgUiw',
  'g~~',
  'gUU',
  'wg~w',
  'ZQ',
  ':q!\r',
  ':w\rx',
]

describe.skipIf(!hasVim)('the same keys leave the same file as in vim', () => {
  for (const keys of cases) {
    test(JSON.stringify(keys), () => {
      expect(ours(vi, poem, [`${keys}\x1b:wq!\r`]).file).toBe(real(poem, keys))
    })
  }
  const edits = [
    ':%s/1.25/1.27/\r',
    '/replicas\r',
    '/redis\rwC8\x1b',
    'Gdk',
    '/nginx\rcwapache\x1bn.',
    ':6,8d\r',
    '5GA\r  replicas: 3\x1b',
    '/name\rnyyPcwlabels\x1b',
    ':%s/image: \\(.*\\):.*/image: \\1:latest/\r',
    'jVGd',
    'GVkkd',
    ':g/name/s/$/ # x/\r',
    '/kind\rf:lCDeployment\x1b',
    'GoadditionalLine: 1\x1b',
  ]
  for (const keys of edits) {
    test(`a manifest: ${JSON.stringify(keys)}`, () => {
      expect(ours(vi, pod, [`${keys}\x1b:wq!\r`]).file).toBe(real(pod, keys))
    })
  }
})

describe('the screen', () => {
  test('vi names the file, its size and the place', () => {
    const { screen } = ours(vi, pod, [])
    expect([screen[0], screen[10], screen[23]]).toEqual([
      'apiVersion: v1',
      '~',
      '"f.txt" 10L, 140B                                             1,1           All',
    ])
  })

  test('vi tells the mode, and refuses to lose what was typed', () => {
    expect(ours(vi, pod, ['A # x']).screen[23]).toBe('-- INSERT --                                                  1,19          All')
    expect(ours(vi, pod, ['A # x\x1b', ':q\r']).screen[23]).toBe(
      'E37: No write since last change (add ! to override)           1,18          All',
    )
    expect(ours(vi, pod, ['dd', ':foo\r']).screen[23]).toBe(
      'E492: Not an editor command: foo                              1,1           All',
    )
    expect(ours(vi, pod, ['3dd']).screen[23]).toBe('3 fewer lines                                                 1,3           All')
    expect(ours(vi, undefined, []).screen[23]).toBe('"f.txt" [New]                                                 0,0-1         All')
  })

  test('nano shows the file between its title and its keys', () => {
    const { screen } = ours(nano, 'hello\n', [])
    expect([screen[0], screen[1], screen[21], screen[22], screen[23]]).toEqual([
      '  GNU nano 7.2                       f.txt',
      'hello',
      `${' '.repeat(32)}[ Read 1 line ]`,
      '^G Help      ^O Write Out ^W Where Is  ^K Cut       ^T Execute   ^C Location',
      '^X Exit      ^R Read File ^\\ Replace   ^U Paste     ^J Justify   ^/ Go To Line',
    ])
  })

  test('nano writes with ^O and asks when it is left', () => {
    expect(ours(nano, 'hello\n', ['abc ', '\x0f', '\r', '\x18'])).toMatchObject({ file: 'abc hello\n', code: 0 })
    expect(ours(nano, 'hello\n', ['abc ', '\x18']).screen[21]).toBe('Save modified buffer?')
    expect(ours(nano, 'hello\n', ['abc ', '\x18', 'y', '\r'])).toMatchObject({ file: 'abc hello\n', code: 0 })
    expect(ours(nano, 'one\ntwo\nthree\n', ['\x0b', '\x0b', '\x1b[B', '\x15', '\x13', '\x18'])).toMatchObject({
      file: 'three\none\ntwo\n',
      code: 0,
    })
  })
})
