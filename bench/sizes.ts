/**
 * What the built page loads, compressed: up to the first prompt and right after it, the worker, the styles; each with all that it imports at
 * once. Empty when it was not built.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const folder = 'dist/page'

export function sizes(): { readonly name: string; readonly kilobytes: number }[] {
  if (!existsSync(`${folder}/index.html`)) return []
  const html = readFileSync(`${folder}/index.html`, 'utf8')
  const assets = readdirSync(`${folder}/assets`)
  const named = (pattern: RegExp) => assets.filter((name) => pattern.test(name))
  const scripts = Array.from(html.matchAll(/(?:src|href)="\.?\/?assets\/([^"]+\.js)"/g), (match) => match[1])
  const first = withImports([...scripts, ...named(/^first-terminal-.*\.js$/)])
  const rest = withImports(named(/^page-.*\.js$/)).filter((name) => !first.includes(name))
  return [
    { name: 'page: JavaScript up to the first prompt', kilobytes: gzipped(first) },
    { name: 'page: JavaScript right after it', kilobytes: gzipped(rest) },
    { name: 'worker: JavaScript at start', kilobytes: gzipped(withImports(named(/^worker-.*\.js$/))) },
    { name: 'page: initial CSS', kilobytes: gzipped(named(/^(first-terminal|held-terminals|page)-.*\.css$/)) },
  ]
}

/** Chunks and those that they import statically, once each. */
function withImports(names: readonly string[]): readonly string[] {
  const all = new Set<string>()
  const add = (name: string): void => {
    if (all.has(name)) return
    all.add(name)
    for (const [, next] of readFileSync(`${folder}/assets/${name}`, 'utf8').matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) add(next)
  }
  for (const name of names) add(name)
  return [...all]
}

function gzipped(names: readonly string[]): number {
  return names.reduce((sum, name) => sum + gzipSync(readFileSync(`${folder}/assets/${name}`)).length, 0) / 1000
}
