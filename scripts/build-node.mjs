// Bundles the headless half (bridge, exec, lesson check) for Node into dist/node; packages stay where npm put them.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))
if (!existsSync(`${root}/src/engine/kinds/generated/types.ts`))
  spawnSync('npm', ['run', 'generate', '--silent'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
await build({
  root,
  configFile: false,
  logLevel: 'warn',
  build: {
    ssr: 'src/bridge/main.ts',
    outDir: 'dist/node',
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    rollupOptions: { output: { entryFileNames: 'main.js' } },
  },
})
