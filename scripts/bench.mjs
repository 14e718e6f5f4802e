// `npm run bench`: bundles bench/ for Node and runs it. Arguments behind `--` are handed on (`--json`, `--quick`).
import { build } from 'vite'
import { generate, installPackages, root } from './install.mjs'

installPackages()
generate()
await build({
  root,
  configFile: false,
  logLevel: 'warn',
  ssr: { noExternal: ['@ngrok/webernetes'] },
  build: {
    ssr: 'bench/bench.ts',
    outDir: 'dist/bench',
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    rollupOptions: { output: { entryFileNames: 'bench.js' } },
  },
})
const { bench } = await import(`${root}/dist/bench/bench.js`)
process.exit(await bench(process.argv.slice(2)))
