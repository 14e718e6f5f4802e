#!/usr/bin/env node
// The command line of Drydock: makes sure that the Node build is there and as new as the sources, then runs it.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const built = join(root, 'dist/node/main.js')

function newest(folder) {
  let latest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs)
  }
  return latest
}

if (existsSync(join(root, 'src')) && (!existsSync(built) || statSync(built).mtimeMs < newest(join(root, 'src')))) {
  const result = spawnSync(process.execPath, [join(root, 'scripts/build-node.mjs')], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  if (result.status !== 0) process.exit(result.status ?? 1)
}
const { main } = await import(built)
const code = await main(process.argv.slice(2))
// PGlite leaves timers behind that would keep a finished run waiting; a bridge ends by itself. What a slow reader has not yet taken from the pipe would be lost by `exit`.
if (process.argv[2] === 'bridge') process.exitCode = code
else process.stdout.write('', () => process.exit(code))
