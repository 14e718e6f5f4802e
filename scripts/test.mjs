// `npm test`: everything, on a fresh machine too. Types, lint, unit tests and recordings, then the built page in a real browser.
import { browser, generate, installPackages, run } from './install.mjs'

installPackages()
generate()
run('npx', ['tsc', '-p', '.'])
run('npx', ['oxlint', '--quiet'])
run('npx', ['biome', 'format'])
run('npx', ['vitest', 'run'])
run('npx', ['vite', 'build', '--logLevel', 'warn'])
const chromium = browser()
if (!chromium) {
  console.error('No Chromium found and none could be installed: the tests of the page did not run.')
  process.exit(1)
}
run('npx', ['playwright', 'test'], { DRYDOCK_CHROMIUM: chromium })
