/** Our git beside the real one, command after command in the same folder: same words, same ids, same exit codes. Skipped aloud where there is none. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bench } from '../testing.ts'
import { git } from './git.ts'

const hasReal = (spawnSync('git', ['--version'], { encoding: 'utf8' }).stdout ?? '').startsWith('git version 2.')
const beside = hasReal ? describe : describe.skip

/** `name = text` writes a file, `-name` removes one; anything else is a command. */
const stories: Record<string, string[]> = {
  'a first repository': [
    'git status',
    'git init',
    'git status',
    'git log',
    'a.txt = one\\ntwo\\nthree\\n',
    'sub/b.txt = b\\n',
    'git status',
    'git status -s',
    'git add a.txt',
    'git status',
    'git add .',
    'git status --short',
    'git commit -m first',
    'git status',
    'git log',
    'git log --oneline',
    'git show',
    'git show --stat',
    'git ls-files -s',
    'git cat-file -p HEAD',
    'git cat-file -t HEAD',
    'git rev-parse HEAD',
    'git rev-parse --short HEAD',
    'git rev-parse --abbrev-ref HEAD',
    'git branch',
    'git diff',
  ],
  'changes and undoing': [
    'git init -q',
    'a.txt = one\\ntwo\\nthree\\nfour\\nfive\\nsix\\nseven\\neight\\nnine\\n',
    'b.txt = b\\n',
    'git add -A',
    'git commit -q -m first',
    'a.txt = one\\ntwo\\n3\\nfour\\nfive\\nsix\\nseven\\neight\\nnine\\nten',
    'git status',
    'git status -sb',
    'git diff',
    'git diff --stat',
    'git diff --name-only',
    'git add a.txt',
    'git diff',
    'git diff --cached',
    'git diff --staged --name-status',
    'git status',
    'git restore --staged a.txt',
    'git status -s',
    'git commit -m nothing',
    'git commit -am second',
    'git log --stat',
    'git log -p -1',
    'git diff HEAD~1',
    'git diff HEAD~1 HEAD',
    '-b.txt',
    'git status',
    'git checkout -- b.txt',
    'git rm b.txt',
    'git status',
    'git commit -m "remove b"',
    'git reset --hard HEAD~1',
    'git log --oneline',
    'git mv b.txt c.txt',
    'git status',
    'git commit -m "move it"',
    'git reset HEAD~1',
    'git status',
    'git show HEAD:a.txt',
    'git reset --soft HEAD~1',
    'git status',
    'git log -1 --format=%s',
    'git log --pretty=format:%h:%an:%s',
    'git commit --amend -m changed',
    'git log --oneline --reverse',
  ],
  branches: [
    'git init -q',
    'a.txt = 1\\n2\\n3\\n',
    'git add .',
    'git commit -qm base',
    'git branch dev',
    'git branch',
    'git checkout dev',
    'git checkout dev',
    'b.txt = b\\n',
    'git add b.txt',
    'git commit -m "on dev"',
    'git checkout master',
    'git merge dev',
    'git log --oneline',
    'git checkout -b other',
    'a.txt = 1\\n2\\nthree\\n',
    'git commit -am "other three"',
    'git switch master',
    'a.txt = one\\n2\\n3\\n',
    'git commit -am "master one"',
    'git merge other',
    'git branch -v',
    'git branch -d dev',
    'git branch -D nope',
    'git checkout nope',
    'git switch nope',
    'git branch master',
    'git branch -m main',
    'git branch',
    'git tag v1',
    'git tag',
    'git tag v1',
    'git tag -a v2 -m two',
    'git tag -d v1',
    'git checkout -q -b x',
    'a.txt = X\\n2\\n3\\n',
    'git commit -qam x',
    'git checkout -q main',
    'a.txt = Y\\n2\\n3\\n',
    'git commit -qam y',
    'git merge x',
    'git status',
    'git status -s',
    'git diff --name-only',
    'git commit -m no',
    'a.txt = Z\\n2\\n3\\n',
    'git add a.txt',
    'git status',
    'git commit -m merged',
    'git log --oneline',
    'git checkout HEAD~1',
    'git branch',
    'git status',
    'git switch -',
    'git branch --show-current',
    'git branch dev2 HEAD~1',
    'git branch --merged',
    'git merge dev2',
  ],
  'ignored files and refusals': [
    'git init -q',
    '.gitignore = *.log\\nbuild/\\n!keep.log\\n',
    'x.log = x\\n',
    'keep.log = k\\n',
    'build/out = o\\n',
    'git status',
    'git status --ignored',
    'git add x.log',
    'git add nope',
    'git add .',
    'git commit -m one',
    'git foo',
    'git statsu',
    'git log nope',
    'git checkout nope',
    'git diff nope',
    'git commit',
    'git rm nope',
    'git add',
    'git branch -d master',
    'git remote',
    'git push',
    'git remote add origin https://nowhere.invalid/x.git',
    'git remote -v',
    'git remote add origin y',
    'git remote remove nope',
    'git config user.name',
    'git config nope.key',
    'git config core.x 5',
    'git config --get core.x',
    'git push -u origin nope',
    'git merge nope',
    'git tag -d nope',
    'git reset nope',
    'git restore nope',
    'git stash',
    'keep.log = changed\\n',
    'git stash',
    'git status -s',
    'git stash list',
    'git stash pop',
    'git diff',
    'git clean -n',
    'git commit -m x --bogus',
    'git mv nope x',
    'git show nope',
  ],
}

for (const [name, lines] of Object.entries(stories)) {
  beside(name, () => {
    let folder = ''
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'git-'))
    })
    afterAll(() => rmSync(folder, { recursive: true, force: true }))
    const env = {
      HOME: '/nonexistent',
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.com',
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.com',
      TZ: 'UTC',
    }
    const machine = bench(new Map([['git', git]]))
    for (const [number, line] of lines.entries()) {
      const file = /^(\S+) = (.*)$/s.exec(line)
      const gone = /^-(\S+)$/.exec(line)
      test(`${number + 1}: ${line}`, () => {
        const text = (file?.[2] ?? '').replaceAll('\\n', '\n')
        if (file) {
          mkdirSync(dirname(join(folder, file[1])), { recursive: true })
          writeFileSync(join(folder, file[1]), text)
          machine.init.files.mkdir(dirname(`/w/${file[1]}`), { parents: true })
          machine.init.files.writeFile(`/w/${file[1]}`, text)
          return
        }
        if (gone) {
          rmSync(join(folder, gone[1]))
          machine.init.files.unlink(`/w/${gone[1]}`)
          return
        }
        const argv = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"|"$/g, ''))
        const dates = {
          GIT_AUTHOR_DATE: `${1_767_600_000 + number * 60} +0000`,
          GIT_COMMITTER_DATE: `${1_767_600_000 + number * 60} +0000`,
        }
        const real = spawnSync('git', argv.slice(1), {
          cwd: folder,
          encoding: 'utf8',
          env: { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C', GIT_EDITOR: 'false', ...env, ...dates },
        })
        const ours = machine.run(argv, '', { env: { ...env, ...dates, GIT_EDITOR: 'false' } })
        // What a commit with a failing editor says names the editor's place; usage texts are long and not ours to repeat.
        const plain = (words: string): string =>
          words
            .replaceAll(folder, '/w')
            .replace(/usage: git [^]*/, '')
            .replace(/^remote: .*\n/gm, '')
        expect(`${plain(ours.out)}--- ${plain(ours.err)}--- ${ours.code}`).toBe(
          `${plain(real.stdout)}--- ${plain(real.stderr)}--- ${real.status}`,
        )
      })
    }
  })
}
