/** Our tools beside the real ones of this machine: same files, same words, same output and exit code. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { programs } from './index.ts'
import { bench } from './testing.ts'

const texts: Record<string, string> = {
  'one.txt': 'alpha\nbeta\ngamma\ndelta\n',
  'two.txt': 'beta 2 x\nalpha 10 y\ngamma 1 z\nalpha 9 a\n',
  'pass.txt': 'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n',
  'none.txt': 'no newline at end',
  'empty.txt': '',
  'twice.txt': 'a\na\nb\nb\nb\nc\na\n',
  'tabs.txt': 'one\ttwo\tthree\n1\t2\t3\n  lead\tx\n',
  'numbers.txt': '10\n9\n100\n-3\n2.5\n1e3\n0\n',
  'blank.txt': 'x\n\n\n\ny\n\nz\n',
  'words.txt': 'The quick brown fox\njumps over the lazy dog.\nThe end\n',
  'log.txt': '2024-01-01 INFO start\n2024-01-01 ERROR disk full\n2024-01-02 info ok\n2024-01-02 ERROR net down\n',
  'utf8.txt': 'čeština žluťoučký kůň\nπ ≈ 3\n',
  'sub/a.md': '# a\nhello world\n',
  'sub/b.txt': 'hello b\n',
  'sub/deep/c.txt': 'deep c\nalpha\n',
  'many.txt': Array.from({ length: 30 }, (_, index) => `line ${index + 1}\n`).join(''),
  'csv.txt': 'id,name,price\n1,apple,3.5\n2,pear,4\n3,fig,10.25\n',
  'conf.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - image: nginx:1.25\n',
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gnu-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const folders = [...new Set(Object.keys(texts).flatMap((name) => (name.includes('/') ? [`${dirname(name)}/`] : [])))]

/** `command` with simple quotes, an optional `< text` as a second column. */
function words(line: string): string[] {
  return Array.from(line.matchAll(/(?:'[^']*'|"(?:[^"\\]|\\.)*"|[^\s'"])+/g), ([word]) => word.replace(/'([^']*)'|"((?:[^"\\]|\\.)*)"/g, (_, single?: string, double?: string) => single ?? (double ?? '').replace(/\\(["\\$])/g, '$1')))
}

/** Commands change files, so each starts from the same ones. */
function freshFolder(): void {
  rmSync(folder, { recursive: true, force: true })
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  symlinkSync('one.txt', join(folder, 'link'))
}

function same(line: string, input = ''): void {
  freshFolder()
  const argv = words(line)
  const real = spawnSync(argv[0], argv.slice(1), { cwd: folder, input, encoding: 'latin1', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TERM: 'xterm', TZ: 'UTC', HOME: '/root' } })
  const machine = bench(programs, { ...Object.fromEntries(folders.map((name) => [name, ''])), ...texts, link: '-> one.txt' })
  const ours = machine.run(argv, input, { env: { TZ: 'UTC' } })
  const shown = (out: string, err: string, code: number | null): string => `${out}--- ${err.replaceAll(folder, '/w')}--- ${code}`
  expect(shown(Buffer.from(ours.out, 'utf8').toString('latin1'), ours.err, ours.code)).toBe(shown(real.stdout, real.stderr, real.status))
}

const pods = JSON.stringify({ kind: 'List', items: [{ metadata: { name: 'a', labels: { app: 'web' } }, status: { phase: 'Running', ready: true, n: 3 } }, { metadata: { name: 'b' }, status: { phase: 'Pending', ready: false, n: 1 } }] })

const cases: Record<string, readonly (string | readonly [string, string])[]> = {
  cat: ['cat one.txt none.txt two.txt', 'cat -n one.txt', 'cat -b blank.txt', 'cat -s blank.txt', 'cat -A tabs.txt', 'cat -A utf8.txt', 'cat -E one.txt', 'cat missing', 'cat sub', ['cat', 'in\n'], ['cat - one.txt', 'in\n'], 'cat -Z', 'cat --nope'],
  echo: ['echo a b', 'echo -n a', "echo -e 'a\\tb\\x41\\0101'", "echo -e 'a\\cb'", 'echo -x'],
  head: ['head -n 2 one.txt', 'head -2 many.txt', 'head -c 5 one.txt', 'head one.txt two.txt', 'head -n -3 many.txt', 'head -c -3 one.txt', 'head missing', 'head -n x one.txt', 'head -q -n1 one.txt two.txt', 'head -v -n1 one.txt', 'head sub', 'head -n 0 one.txt'],
  tail: ['tail -n 2 one.txt', 'tail -3 many.txt', 'tail -n +28 many.txt', 'tail -c 6 one.txt', 'tail -c +20 one.txt', 'tail one.txt two.txt', 'tail missing', 'tail none.txt', ['tail -n1', 'a\nb'], 'tail -n 0 one.txt', 'tail empty.txt'],
  wc: ['wc one.txt', 'wc one.txt two.txt', 'wc -l one.txt', 'wc -lw one.txt missing', ['wc', 'a b\nc\n'], ['wc -l', 'a\nb'], 'wc -c one.txt two.txt', 'wc -m utf8.txt', 'wc -L words.txt', 'wc empty.txt'],
  sort: ['sort one.txt', 'sort -r one.txt', 'sort -n numbers.txt', 'sort -g numbers.txt', 'sort -k2 two.txt', 'sort -k2n two.txt', 'sort -k1,1 -k2,2nr two.txt', 'sort -t: -k3n pass.txt', 'sort -u twice.txt', 'sort one.txt two.txt', ['sort -h', '1K\n2M\n500\n1G\n'], ['sort -V', 'v1.10\nv1.9\nv1.2\n'], 'sort -c one.txt', 'sort -f words.txt', 'sort -s -k1,1 two.txt', 'sort missing', 'sort -b tabs.txt', ['sort -t, -k2', 'a,3\nb,1\n'], 'sort none.txt', 'sort -k0 one.txt', 'sort -M one.txt'],
  uniq: ['uniq twice.txt', 'uniq -c twice.txt', 'uniq -d twice.txt', 'uniq -u twice.txt', 'uniq -D twice.txt', 'uniq missing', ['uniq -i', 'A\na\nb\n'], ['uniq -f1', 'x a\ny a\nz b\n'], ['uniq -w1', 'aa\nab\nb\n']],
  cut: ['cut -d: -f1 pass.txt', 'cut -d: -f1,7 pass.txt', 'cut -d: -f3- pass.txt', 'cut -c1-3 one.txt', 'cut -c2 one.txt', 'cut -b -2 one.txt', 'cut -f2 tabs.txt', 'cut -d, -f2 one.txt', 'cut -s -d, -f2 one.txt', 'cut -d: -f1,3 --output-delimiter=- pass.txt', 'cut --complement -d: -f2 pass.txt', 'cut one.txt', 'cut -d ab -f1 one.txt', 'cut -f0 one.txt', "cut -d' ' -f2 words.txt", 'cut -c1,3 --output-delimiter=- one.txt', 'cut -d: missing -f1'],
  tr: [['tr a-z A-Z', 'hello'], ['tr -d l', 'hello\n'], ['tr -s l', 'hello\n'], ["tr -s '[:space:]' '\\n'", 'a  b   c\n'], ["tr -cd '[:digit:]'", 'a1b2\n'], ["tr '[:lower:]' '[:upper:]'", 'abc\n'], ["tr ':' '\\n'", '/a:/b\n'], ["tr -c 'a-z' '_'", 'a1b'], ['tr abc x', 'aabbcc\n'], 'tr', 'tr a', ["tr -d '\\r'", 'a\r\nb\r\n'], ["tr 'a-c' '[x*]'", 'abcd\n']],
  tee: [['tee out.txt', 'x\n'], ['tee', 'x\n'], ['tee nodir/out', 'x\n']],
  grep: ['grep alpha one.txt', 'grep -n ta one.txt', 'grep -v a one.txt', 'grep -c a one.txt two.txt', 'grep -i error log.txt', 'grep -E "INFO|ERROR" log.txt', "grep -o '[0-9]*-[0-9]*' log.txt", 'grep -r alpha sub', 'grep -rn hello sub/deep sub/b.txt', 'grep -l alpha one.txt two.txt words.txt', 'grep -L alpha one.txt words.txt', 'grep -w The words.txt', 'grep -x alpha one.txt', 'grep -A1 beta one.txt', 'grep -B1 gamma one.txt', 'grep -C1 line many.txt -m2', 'grep -n -A1 ERROR log.txt', 'grep nope one.txt', 'grep x missing', 'grep -s x missing', 'grep -q alpha one.txt', 'grep -F . words.txt', "grep '\\.' words.txt", "grep '^$' blank.txt -c", 'grep -e alpha -e beta one.txt', "grep 'a\\{2\\}' words.txt", "grep -E 'o{1}' words.txt", 'grep', 'grep -h alpha one.txt two.txt', 'grep -H alpha one.txt', "grep -P '\\d{4}-01-02' log.txt", "grep -oP 'image: \\K.*' conf.yaml", "grep '\\(a\\)l\\|gam' one.txt", 'grep alpha sub', "grep -c '' many.txt", "grep '[[:upper:]]' words.txt", "grep -E '^(.).*\\1$' one.txt", 'grep --color=always al one.txt', 'grep -b beta one.txt', 'grep -Z -l alpha one.txt', 'grep -Q', "grep -E 'a(' one.txt", 'grep -m1 a one.txt', ['grep x', 'axb\nc\nx'], "grep -vE '^(#|$)' sub/a.md", "grep -A2 -B1 '10\\|20' many.txt", 'grep -2 15 many.txt', "grep --include='*.txt' -r hello sub", "grep -rl hello sub --exclude='*.md'"],
  sed: ["sed 's/a/X/' one.txt", "sed 's/a/X/g' one.txt", "sed 's/a/X/2' one.txt", 'sed -n 2p one.txt', "sed -n '2,3p' one.txt", "sed '2d' one.txt", "sed '/beta/d' one.txt", "sed '$d' one.txt", "sed -n '$p' one.txt", "sed -n '/beta/,/delta/p' one.txt", "sed -E 's/(\\w+) (\\w+)/\\2 \\1/' words.txt", "sed 's/\\(.\\)\\(.\\)/\\2\\1/' one.txt", "sed 's|/bin|/BIN|g' pass.txt", "sed -e 's/a/1/' -e 's/b/2/' one.txt", "sed '1i top' one.txt", "sed '2a after' one.txt", "sed '/beta/c changed' one.txt", "sed = one.txt", "sed 'y/abc/xyz/' one.txt", "sed -n '/a/{s/a/X/;p}' one.txt", "sed '2q' one.txt", "sed 'N;s/\\n/-/' one.txt", "sed 'G' one.txt", "sed -n 'H;${x;s/\\n/,/g;p}' one.txt", "sed '1!G;h;$!d' one.txt", "sed 's/.*/\\U&/' one.txt", "sed 's/\\b./\\u&/g' words.txt", "sed ':a;N;$!ba;s/\\n/ /g' one.txt", "sed '0~2d' many.txt", "sed -n '2~3p' one.txt", "sed '2,+1d' one.txt", "sed 's/x/&/p' one.txt", "sed -n 's/alpha/A/p' one.txt", "sed -s -n '1p' one.txt two.txt", "sed -n '$=' many.txt", 'sed k one.txt', "sed 's/a' one.txt", 'sed p missing', 'sed p none.txt', "sed 's/a/b/x' one.txt", "sed '/^$/d' blank.txt", "sed 's/[aeiou]//gI' words.txt", "sed -n 'l' tabs.txt", "sed '/alpha/,+1s/^/> /' one.txt", "sed 's/^/  /' none.txt", "sed -e '/beta/b' -e 's/$/!/' one.txt", "sed 's/a*/x/g' one.txt", "sed 's/^[ \\t]*//' tabs.txt", "sed -E 's/image: (.*):.*/image: \\1:1.27/' conf.yaml", "sed '0,/a/s/a/FIRST/' one.txt", "sed -n '/start/,/ok/{/ERROR/p}' log.txt", "sed 's/a\\|b/_/g' one.txt", "sed -z 's/\\n/,/g' one.txt", "sed '/gamma/r two.txt' one.txt", "sed '5!d' many.txt", "sed -n '2{p;q}' one.txt", "sed 'n;d' one.txt", "sed '$!N;P;D' one.txt", "sed 's/\\//-/g' pass.txt", "sed '1~2{N;s/\\n/+/}' one.txt", 'sed --expression=s/a/b/ one.txt', "sed 's/a/\\\n/' one.txt", "sed '}' one.txt", "sed 's/\\(a\\)/\\2/' one.txt"],
  printf: ["printf '%s\\n' a b c", "printf '%d %5d|%-5d|%05d\\n' 1 2 3 4", "printf '%x %o %X %#x\\n' 255 8 255 255", "printf '%.2f %e %g\\n' 3.14159 1234.5 0.0001", "printf 'a\\tb\\x41\\101\\n'", "printf '%s'", "printf '%b' 'x\\ny'", "printf '%c%c' abc d", "printf '%d\\n' abc", "printf '%5s|%-5s|%.2s\\n' abc abc abc", "printf '%%\\n'", "printf '%d\\n' 0x1f 010 \"'a\"", "printf '%s %s\\n' a b c", 'printf', "printf '%y'", "printf '%+d % d\\n' 5 5"],
  test: ['test a = a', 'test a = b', 'test -f one.txt', 'test -d sub', 'test -e missing', 'test 1 -lt 2', 'test ! -f one.txt', 'test -z ""', 'test 1 -eq x', '[ a = a ]', '[ a = a', 'test -f one.txt -a -d sub', 'test', 'test -n', 'test 3 -gt 2 -o 1 -gt 2', 'test ( a = a )', 'test -s empty.txt', 'test -L link', 'test a b'],
  seq: ['seq 3', 'seq 2 5', 'seq 5 -2 1', 'seq -w 8 11', 'seq -s, 3', 'seq 0 0.5 2', 'seq -f %03g 3', 'seq', 'seq x', 'seq 3 1', 'seq 1 0 3', 'seq -3 -1'],
  paths: ['basename /a/b/c.txt', 'basename /a/b/c.txt .txt', 'basename -a a/b c/d', 'basename a/', 'basename -s .t a.t b.t', 'basename', 'dirname /a/b/c a /x /', 'dirname a/b/', 'readlink link', 'readlink one.txt', 'readlink missing', 'realpath --relative-to=sub sub/deep/c.txt', 'realpath -e missing', 'readlink -e missing'],
  files: ['mkdir sub', 'mkdir x/y', 'mkdir -p x/y/z', 'mkdir', 'mkdir -v nn', 'rmdir sub', 'rmdir missing', 'rm missing', 'rm -f missing', 'rm sub', 'rm', 'rm -rf .', 'rm -v one.txt', 'rm -rv sub/deep', 'cp missing x', 'cp sub x', 'cp one.txt', 'cp', 'cp one.txt one.txt', 'cp one.txt two.txt missing', 'cp -v one.txt x.txt', 'cp -rv sub sub2', 'cp -r sub sub/x', 'cp one.txt nodir/', 'mv missing x', 'mv one.txt', 'mv sub sub/deep', 'mv -v one.txt x.txt', 'mv one.txt sub/deep -v', 'mv one.txt two.txt missing', 'touch', 'touch nodir/x', 'touch -c missing', 'touch -d nonsense x', 'ln -s one.txt link', 'ln missing x', 'ln -sv a b', 'ln sub x', 'chmod 999 one.txt', 'chmod 755 missing', 'chmod -v 600 one.txt', 'chmod', 'chmod u+x,z one.txt', 'chown nosuchuser one.txt', 'chown', 'stat missing', "stat -c '%n %s %F' one.txt sub link empty.txt", "stat -c '%a' one.txt", 'cp -n one.txt two.txt', 'rmdir -p a/b'],
  ls: ['ls', 'ls -1', 'ls -a', 'ls -A sub', 'ls -R sub', 'ls sub one.txt', 'ls missing', 'ls one.txt missing', 'ls -d sub', 'ls -F', 'ls -p', 'ls -r', 'ls -S one.txt two.txt many.txt', 'ls -m', 'ls -C', 'ls -x', 'ls -w 40 -C', 'ls -Q', 'ls --color=always sub', 'ls link', 'ls -d */', 'ls -Z1 --nope', 'ls -X', 'ls sub/', 'ls -1 sub sub/deep', 'ls --color=bad', 'ls -F link sub'],
  date: ['date -u -d @0', "date -u -d '2024-02-29 12:34:56' '+%Y/%m/%d %H-%M-%S %j %a %A %b %B %e %y %u %w %V %U %W %G %I %p %Z %z %s %T %D %F %R %r %c %x %X %C %h %k %l'", "date -u -d '2024-01-31 +1 month' +%F", "date -u -d '2024-01-01 00:00 yesterday' +%F", "date -u -d '2024-01-10 3 days ago' +%F", "date -u -d 2024-01-01T10:00:00Z +%s", "date -u -d '1 Jan 2024 5pm' -Iseconds", 'date -u -d @0 -R', 'date -u -d @0 --rfc-3339=seconds', 'date -d nonsense', "date -u -d @0 '+%-d %_d %03d %^a %N %%'", "date -u -d 'Jan 5, 2024' +%F", "date -u -d '2024-01-05 next monday' +%F", "date -u -d '2024-03-01 -1 day' +%A", 'date +%F extra'],
  env: ['env -i A=1 B=2', 'env -i', 'env nosuchprogram', 'env A=1 printenv A', 'printenv HOME', 'printenv NOPE', 'env -u HOME printenv HOME', 'env -i -- X=y', 'env -Z'],
  find: ["find . -name '*.md'", 'find sub -type d', 'find sub -maxdepth 1 -name b.txt -type f', 'find sub/deep', "find sub -name 'b*' -o -name 'x*' -type f", 'find sub/deep -exec cat {} ;', "find sub -name 'c.txt' -exec echo got {} ;", "find sub/deep -type f -delete -print", 'find missing', "find sub/deep -name c.txt -printf '%f %s %y %d %h %P\\n'", "find sub/deep ! -name 'c*'", "find sub/deep -type f -exec wc -l {} +", 'find . -maxdepth 0', 'find -nope', 'find sub/deep -empty', "find . -size +100c -name 'many*'", 'find sub -path sub/deep -prune -o -name b.txt -print', "find . -iname 'MANY*'", 'find sub/deep -print0', 'find sub extra -name', 'find sub/deep ( -name c.txt )', 'find empty.txt -empty', "find many.txt -size -1k", 'find sub -mindepth 2'],
  xargs: [['xargs', 'a b\nc\n'], ['xargs -n1', 'a b c'], ['xargs -n 2 echo x', 'a b c'], ['xargs -I{} echo <{}>', 'a b\nc\n'], ['xargs echo', ''], ['xargs -r echo', ''], ['xargs -0 echo', 'a\0b c\0'], ['xargs -t echo', 'a'], ['xargs nosuch', 'a'], ['xargs -d , echo', 'a,b'], ["xargs", "'a b' c"], ['xargs false', 'a'], ['xargs -L1 echo', 'a b\nc'], ['xargs -P2 -n1 echo', 'a']],
  diff: ['diff one.txt one.txt', 'diff one.txt two.txt', 'diff -u --label a --label b one.txt two.txt', 'diff -q one.txt two.txt', 'diff one.txt missing', 'diff one.txt', 'diff -s one.txt one.txt', 'diff none.txt one.txt', 'diff -r sub sub', 'diff -i one.txt words.txt', 'diff empty.txt one.txt', 'diff twice.txt one.txt', 'cmp one.txt one.txt', 'cmp one.txt two.txt', 'cmp none.txt empty.txt', 'diff -u --label x --label y many.txt one.txt', ['diff one.txt -', 'alpha\nbeta\nGAMMA\ndelta\n'], ['diff -u --label x --label y many.txt -', 'line 1\nnew\nline 2\nline 3\nline 4\nline 5\nline 20\n']],
  texttools: ['tac one.txt', 'tac none.txt', 'rev one.txt', 'paste one.txt two.txt', 'paste -d, one.txt two.txt', 'paste -s one.txt', ['paste -sd, -', 'a\nb\nc\n'], ['paste - -', 'a\nb\nc\nd\n'], 'nl blank.txt', 'nl -ba one.txt', 'fold -w 10 words.txt', 'fold -s -w 10 words.txt', 'expand tabs.txt', 'expand -t4 tabs.txt', ['comm one.txt -', 'alpha\nbeta\n'], ['comm -12 twice.txt -', 'a\nb\n'], ['join two.txt -', 'beta z\n'], 'shuf -n0 one.txt'],
  digests: ['md5sum one.txt empty.txt', 'sha1sum one.txt', 'sha256sum one.txt two.txt', 'sha512sum one.txt', 'md5sum missing', ['sha256sum', 'hello\n'], ['md5sum -c', 'd41d8cd98f00b204e9800998ecf8427e  empty.txt\n'], ['md5sum -c', '0000cd98f00b204e9800998ecf8427e0  empty.txt\n'], 'base64 one.txt', 'base64 -w0 many.txt', 'base64 many.txt', ['base64 -d', 'aGVsbG8K\n'], ['base64 -d', 'aGVsbG8K!'], 'base64 missing'],
  dumps: ['od one.txt', 'od -c one.txt', 'od -An -tx1 one.txt', 'od -x one.txt', 'od -A x -t x1z one.txt', ['od -An -tu4', 'abcdefgh'], 'hexdump one.txt', 'hexdump -C one.txt', 'xxd one.txt', 'xxd -p one.txt', ['xxd -r -p', '68656c6c6f0a'], 'hexdump -C empty.txt'],
  archives: ['tar', 'tar -tf missing.tar', 'tar -cf x.tar missing', 'tar cf x.tar', 'gzip missing', 'gzip sub', 'gunzip one.txt', ['gunzip -c', 'x'], 'zcat one.txt'],
  small: ['timeout', 'timeout 1 true', 'timeout x true', 'timeout 5 false', 'timeout 5 nosuch', 'timeout 0.05 sleep 5', 'uname -s', 'uname -m', 'id -u', 'id nosuch', 'whoami', 'truncate -s 10 one.txt', 'mktemp -u xX', 'split one.txt', 'unlink missing', 'dd nope', 'dd if=missing', 'dd if=one.txt status=none', 'dd if=one.txt bs=4 count=2 status=none', 'kill -l 9', 'kill x', 'nohup', 'tty', 'du -b one.txt'],
  jq: [['jq .', pods], ['jq -c .', pods], ['jq -r .items[].metadata.name', pods], ["jq '.items | length'", pods], ["jq -r '.items[] | select(.status.phase == \"Running\") | .metadata.name'", pods], ["jq -r '.items[] | \"\\(.metadata.name)\\t\\(.status.phase)\"'", pods], ["jq '[.items[].status.n] | add, min, max'", pods], ["jq -c '.items | map({name: .metadata.name, phase: .status.phase})'", pods], ["jq -c '.items | sort_by(.status.n) | map(.metadata.name)'", pods], ["jq -c '.items[0].metadata | keys, to_entries, has(\"name\")'", pods], ["jq '.items[5]'", pods], ["jq .kind.x", pods], ["jq '.items[] | .metadata.labels.app // \"none\"'", pods], ["jq -c '.items[0].metadata.labels.tier = \"x\" | .items[0].metadata'", pods], ["jq -c 'del(.items[0].status) | .items[0]'", pods], ["jq -c 'group_by(.a) | map(length)'", '[{"a":1},{"a":2},{"a":1}]'], ["jq -r '.[] | @csv'", '[[1,"a,b",null],["x\\"y",true,2.5]]'], ["jq -r '.[] | @tsv'", '[["a","b"],["c","d"]]'], ['jq -e .a', '{"a":false}'], ['jq -s .', '1 2 3'], ['jq -R .', 'a\nb\n'], ["jq -n '[range(5)] | map(. * 2) | join(\",\")'", ''], ["jq --arg x 5 -c '{$x, y: ($x | tonumber)}'", '{}'], ["jq '.a | test(\"^x\")'", '{"a":"xyz"}'], ["jq -r '.a | sub(\"x\"; \"_\") | ascii_upcase'", '{"a":"xyz"}'], ["jq 'if .a > 1 then \"big\" else \"small\" end'", '{"a":2}'], ["jq -c 'reduce .[] as $x (0; . + $x)'", '[1,2,3]'], ["jq -c '[paths]'", '{"a":[1,{"b":2}]}'], ["jq -c 'with_entries(.value += 1)'", '{"a":1,"b":2}'], ["jq -r '.a | @base64'", '{"a":"hello"}'], ["jq -r '.a | @base64d'", '{"a":"aGVsbG8="}'], ["jq -c '.. | numbers'", '{"a":[1,{"b":2}]}'], ["jq '.[] as [$a, $b] | $a + $b'", '[[1,2],[3,4]]'], ["jq -c 'unique, (map(tostring) | unique), flatten, reverse'", '[3,1,3,[2]]'], ["jq '.a[2:4] | length'", '{"a":"abcdef"}'], ["jq -c 'limit(2; .[])'", '[1,2,3]'], ["jq '.[0] | error'", '["boom"]'], ["jq 'try error(\"x\") catch .'", '1'], ['jq -S -c .', '{"b":1,"a":{"d":1,"c":2}}'], ['jq --tab .', '{"a":1}'], ['jq -j .[]', '["a","b"]'], ["jq -c 'def f(x): x * 2; f(.a)'", '{"a":4}'], ["jq '.a |= . + 1'", '{"a":1}'], ["jq -c 'walk(if type == \"number\" then . + 1 else . end)'", '[1,[2]]'], ["jq -c 'splits(\", \")'", '"a, b"'], ["jq -c 'env | type'", '1'], ["jq '.foo[]?'", '{"foo":1}'], ["jq '.foo[]'", '{"foo":1}'], ["jq '.foo | keys'", '{"foo":1}'], ["jq -c 'any, all'", '[true,false]'], ["jq -c 'contains(\"b\")'", '"abc"'], ["jq -c 'map(select(. >= 2))'", '[1,2,3]'], ["jq '1.0, 1e3, 100000000000000000000'", '1'], ["jq 'floor, sqrt'", '6.25'], ["jq nosuch", '1'], ["jq -r '\"a\" * 3'", '1'], ["jq -c '[.[] | {a, b: .c.d?}]'", '[{"a":1,"c":{"d":2}}]'], ["jq --argjson n 2 '. + $n'", '3'], ["jq -c 'first(.[]), last, nth(1)'", '[1,2,3]'], ["jq -c 'to_entries[] | select(.key|startswith(\"a\")) | .value'", '{"ab":1,"b":2}'], ["jq -c 'input'", '1 2'], ["jq -c 'indices(\"a\"), (split(\"\") | length), ltrimstr(\"b\")'", '"banana"'], ["jq -c '[match(\"(?<x>a)(n)?\"; \"g\") | .offset]'", '"banana"'], ["jq -c 'capture(\"(?<y>[0-9]+)-(?<m>[0-9]+)\")'", '"2024-05"'], ["jq '@text \"v: \\(.)\", @json'", '[1]'], ["jq '.[\"a-b\"], .\"a-b\"'", '{"a-b":1}'], ["jq -r 'todate'", '0'], ["jq '. as {a: $x, b: [$y]} | $x + $y'", '{"a":1,"b":[2]}'], ["jq 'label $f | .[] | if . > 1 then ., break $f else . end'", '[1,2,3]']],
  sleep: ['sleep', 'sleep x', 'sleep 0', 'sleep 0.01s'],
}

for (const [name, lines] of Object.entries(cases)) {
  describe(`${name} answers as GNU's`, () => {
    for (const line of lines) {
      const [command, input] = typeof line === 'string' ? [line, ''] : line
      test(input === '' ? command : `${command} < ${JSON.stringify(input)}`, () => same(command, input))
    }
  })
}
