// Puts in place what a fresh clone lacks: npm packages, generated schemas and, for the tests, a browser. Uses nothing but Node.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs a command in the project's folder; ends this process when it fails. */
export function run(command, args, env = {}) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1', ...env },
  })
  if (status !== 0) process.exit(status ?? 1)
}

export function installPackages() {
  const stamp = `${root}/node_modules/.drydock-lock`
  const lock = readFileSync(`${root}/package-lock.json`, 'utf8')
  // `npm ci` of npm 11 refuses locks without other platforms' binaries; `npm install` keeps to the lock as well.
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    run('npm', ['install', '--no-audit', '--no-fund', '--no-save'])
    writeFileSync(stamp, lock)
  }
}

export function generate() {
  const made = `${root}/src/engine/kinds/generated/types.ts`
  const sources = ['scripts/schemas.mjs', 'package-lock.json'].map((path) => statSync(`${root}/${path}`).mtimeMs)
  if (!existsSync(made) || statSync(made).mtimeMs < Math.max(...sources)) run('npm', ['run', 'generate', '--silent'])
}

/** Path of a Chromium, installed from the distribution when there is none; undefined where that is not possible. */
export function browser() {
  const found = () => ['chromium', 'chromium-browser', 'google-chrome'].map(which).find(Boolean)
  if (!found() && which('apt-get')) {
    const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n']
    const apt = (...args) =>
      spawnSync(
        [...sudo, 'apt-get'][0],
        [...sudo.slice(1), ...(sudo.length ? ['apt-get'] : []), '-o', 'DPkg::Lock::Timeout=600', ...args],
        { stdio: 'inherit' },
      )
    apt('update', '-qq')
    apt('install', '-y', '-qq', '--no-install-recommends', 'chromium')
  }
  return found()
}

function which(name) {
  const { status, stdout } = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}
