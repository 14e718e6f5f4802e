/**
 * Keeps the house in order: imports go down only and never in a circle, and the words that would smuggle in time, chance or the
 * network are refused, each with what to use instead. The table of floors is the design; change it there and here together.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('.', import.meta.url))

/** Room → floor, and the rooms of the same or a lower floor that it may not know although they stand lower. */
const floors: Record<string, { floor: number; never?: readonly string[]; typesOnly?: readonly string[] }> = {
  base: { floor: 0 },
  unix: { floor: 1 },
  engine: { floor: 2 },
  cli: { floor: 3, typesOnly: ['engine'] },
  lesson: { floor: 3, never: ['engine', 'cli'] },
  session: { floor: 4 },
  worker: { floor: 5 },
  bridge: { floor: 5 },
  ui: { floor: 6, typesOnly: ['engine'], never: ['unix', 'cli', 'session', 'bridge'] },
}

const banned: readonly { readonly word: RegExp; readonly instead: string; readonly in: RegExp; readonly except?: RegExp }[] = [
  { word: /\bDate\.now\b|\bnew Date\(\)/, instead: 'clock.now()', in: /^(base|unix|engine|cli|lesson|session)\// },
  { word: /\bMath\.random\b/, instead: 'Random', in: /^(base|unix|engine|cli|lesson|session)\// },
  {
    word: /\b(setTimeout|setInterval|queueMicrotask|requestAnimationFrame)\(/,
    instead: 'clock.after',
    in: /^(base|unix|engine|cli|lesson|session)\//,
    except: /^session\/drive\.ts$/,
  },
  {
    word: /\bperformance\.now\b/,
    instead: 'clock.now(), or the slice budget of session/drive.ts',
    in: /^(base|unix|engine|cli|lesson|session)\//,
    except: /^session\/drive\.ts$/,
  },
  {
    word: /\basync (function|\()|\bawait /,
    instead: 'a generator (programs) or a Pending (servers); only edges are asynchronous',
    in: /^(base|engine)\//,
  },
  { word: /\bdangerouslySetInnerHTML|\.innerHTML\b/, instead: 'hast-util-to-jsx-runtime over a sanitised tree', in: /^ui\// },
  { word: /\bstructuredClone\(/, instead: 'sharing: stored objects are frozen', in: /^(engine|unix)\// },
  { word: /^export default\b/m, instead: 'a named export', in: /^(base|unix|engine|cli|lesson|session|worker|bridge)\// },
]

/** Texts of programs that run inside the sandbox; the rules are for ours. */
const guests =
  /^engine\/images\/(node\/(guest\/\w+|images|courses|services|wordpress|npm\/clients|npm\/mongo|npm\/web|npm\/sqlite)|python\/driver)\.ts$/

interface Source {
  readonly path: string
  readonly text: string
  readonly imports: readonly { readonly to: string; readonly isType: boolean }[]
}

const sources = readSources()
const byPath = new Map(sources.map((source) => [source.path, source]))

describe('the house is in order', () => {
  test('imports go down', () => {
    const wrong: string[] = []
    for (const { path, imports } of sources) {
      const room = path.split('/')[0]
      const rule = floors[room]
      if (!rule) continue
      for (const { to, isType } of imports) {
        const target = to.split('/')[0]
        if (target === room || !floors[target]) continue
        if (floors[target].floor > rule.floor || (floors[target].floor === rule.floor && target !== room))
          wrong.push(`${path} imports ${to}: ${target} stands above or beside ${room}`)
        else if (rule.never?.includes(target)) wrong.push(`${path} imports ${to}: ${room} knows nothing of ${target}`)
        else if (rule.typesOnly?.includes(target) && !isType)
          wrong.push(`${path} imports ${to}: only types of ${target} may be imported (import type)`)
      }
    }
    expect(wrong).toEqual([])
  })

  test('no imports in a circle', () => {
    expect(circles()).toEqual([])
  })

  test('no file imports the index of its own room', () => {
    const wrong = sources.flatMap(({ path, imports }) =>
      imports
        .filter(({ to }) => to === join(dirname(path), 'index.ts') && !path.endsWith('index.ts'))
        .map(({ to }) => `${path} imports ${to}`),
    )
    expect(wrong).toEqual([])
  })

  test('banned words have a replacement', () => {
    const wrong: string[] = []
    for (const { path, text } of sources) {
      for (const { word, instead, in: where, except } of banned) {
        if (!where.test(path) || except?.test(path) || guests.test(path)) continue
        const code = text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm, '')
        if (word.test(code)) wrong.push(`${path}: use ${instead} instead of ${word.exec(code)?.[0]}`)
      }
    }
    expect(wrong).toEqual([])
  })

  test('every file says what it is', () => {
    const silent = sources.filter(({ text }) => !/^(#!.*\n)?(\/\*\*|\/\/ |\/\*)/.test(text)).map(({ path }) => path)
    expect(silent).toEqual([])
  })

  test('nothing names a machine or a registry', () => {
    const wrong = sources.filter(({ text }) => /["'`]\/(work|farm)\/|registry\.npmjs\.org/.test(text)).map(({ path }) => path)
    expect(wrong).toEqual([])
  })
})

/** Tests, generated files and type-only imports do not count: they leave no trace at run time. */
function readSources(): Source[] {
  const paths = (readdirSync(root, { recursive: true }) as string[])
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$|\.d\.ts$|\/generated\//.test(path))
  return paths.sort().map((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    const imports = Array.from(text.matchAll(/^(?:import|export)\s+(type\s+)?([^'"]*?)\s*(?:from\s+)?['"](\.[^'"]+)['"]/gm), (match) => ({
      to: relative(root, join(root, dirname(path), match[3].replace(/\?.*$/, ''))),
      isType: match[1] !== undefined || /^\{(\s*type\s[^,}]+,?)+\s*\}$/.test(match[2].trim()),
    }))
    return { path, text, imports }
  })
}

function circles(): string[] {
  const found: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return
    if (state.get(path) === 'open') {
      found.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
      return
    }
    state.set(path, 'open')
    for (const { to, isType } of byPath.get(path)?.imports ?? []) if (!isType) visit(to, [...trail, path])
    state.set(path, 'done')
  }
  for (const path of byPath.keys()) visit(path, [])
  return found
}
