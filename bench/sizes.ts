/** What the built page loads, compressed: script at start, all that it may load, the worker. Empty when the page was not built. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const folder = 'dist/page'

export function sizes(): { readonly name: string; readonly kilobytes: number }[] {
  if (!existsSync(`${folder}/index.html`)) return []
  const html = readFileSync(`${folder}/index.html`, 'utf8')
  const initial = Array.from(html.matchAll(/(?:src|href)="\.?\/?(assets\/[^"]+\.js)"/g), (match) => match[1])
  const assets = readdirSync(`${folder}/assets`)
  const workers = assets.filter((name) => /^worker-.*\.js$/.test(name)).map((name) => `assets/${name}`)
  return [
    { name: 'page: initial JavaScript', kilobytes: gzipped(initial) },
    { name: 'worker: JavaScript at start', kilobytes: gzipped(workers) },
    { name: 'page: initial CSS', kilobytes: gzipped(Array.from(html.matchAll(/href="\.?\/?(assets\/[^"]+\.css)"/g), (match) => match[1])) },
  ]
}

function gzipped(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + gzipSync(readFileSync(`${folder}/${path}`)).length, 0) / 1000
}
