/** Every snippet runs in our bash and in the machine's own; output and exit code must be equal. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { programs as all } from '../programs/index.ts'
import { allLoaded } from '../programs/lazy.ts'
import { snippetBench } from './testing.ts'

const programs = await allLoaded(all)

interface Snippet {
  readonly name: string
  readonly text: string
}

const folder = join(import.meta.dirname, 'snippets')

function snippets(): Snippet[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sh'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split(/^### /m).slice(1))
    .map((part) => ({ name: part.slice(0, part.indexOf('\n')), text: part.slice(part.indexOf('\n') + 1) }))
}

function real(text: string): { out: string; code: number } {
  const cwd = mkdtempSync(join(tmpdir(), 'snippet-'))
  try {
    const { stdout, status } = spawnSync('/bin/bash', ['-c', text], {
      argv0: 'bash',
      cwd,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: cwd, LC_ALL: 'C.UTF-8' },
      input: '',
      timeout: 10_000,
    })
    return { out: stdout.toString('utf8').replaceAll(cwd, '/w'), code: status ?? -1 }
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}

describe.skipIf(spawnSync('/bin/bash', ['-c', 'true']).status !== 0)('as /bin/bash', () => {
  for (const { name, text } of snippets()) {
    const needsOther = text.match(/\b(awk|od|paste|comm|xargs|find|diff|mktemp)\b/g)?.some((program) => !programs.has(program)) === true
    it.skipIf(needsOther)(name, () => {
      const expected = real(text)
      const { out, code, err } = snippetBench(programs).run(['bash', '-c', text], '', {
        env: { HOME: '/w', LC_ALL: 'C.UTF-8' },
        ms: 20_000,
      })
      expect({ out, code }, err).toEqual(expected)
    })
  }
})
