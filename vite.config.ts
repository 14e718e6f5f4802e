/**
 * How the page is built: one page, one worker, everything precached so that a reload works offline.
 * The aliases bend two packages that were written against an older Monaco and for a page, not a worker.
 */
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

/** The dev server's own inline script would be refused by the policy that the built page ships. */
function withoutPolicyWhileDeveloping(): Plugin {
  return {
    name: 'without-policy-while-developing',
    apply: 'serve',
    transformIndexHtml: (html) => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*\/>/, ''),
  }
}

/** `yaml-js` was compiled for Node: its modules hand out what they put on `this`, and it asks for Node's `inspect`. */
function yamlJsForBrowsers(): Plugin {
  return {
    name: 'yaml-js-for-browsers',
    enforce: 'pre',
    transform: (code, id) =>
      /yaml-js\/lib\//.test(id)
        ? code
            .replaceAll('.call(this)', '.call(exports)')
            .replaceAll("require('util')", 'undefined')
            .replaceAll('global.inspect', 'undefined')
        : undefined,
  }
}

export default defineConfig({
  base: './',
  plugins: [
    react(),
    withoutPolicyWhileDeveloping(),
    VitePWA({
      registerType: 'prompt',
      injectRegister: false,
      workbox: {
        globPatterns: ['**/*.{js,css,html,svg,png,woff2,ttf,json,wasm,md,yaml,sh,txt}'],
        // PostgreSQL is five megabytes packed, SQLite and Python a third of one: kept once a learner has used it, not fetched in advance.
        globIgnores: ['**/pglite-*', '**/postgres-worker-*', '**/initdb-*', '**/skulpt*', '**/sql-wasm*'],
        runtimeCaching: [
          {
            urlPattern: /\/assets\/(pglite|postgres-worker|initdb|skulpt|sql-wasm)[-.]/,
            handler: 'CacheFirst',
            options: { cacheName: 'postgres' },
          },
        ],
        maximumFileSizeToCacheInBytes: 6 * 1024 * 1024,
        navigateFallback: 'index.html',
      },
      manifest: {
        name: 'Drydock',
        short_name: 'Drydock',
        description: 'Learn Docker and Kubernetes by doing, in one browser tab',
        display: 'standalone',
        start_url: './',
        scope: './',
        background_color: '#f4f6f9',
        theme_color: '#2b5fb0',
        icons: [{ src: 'drydock.svg', sizes: 'any', type: 'image/svg+xml' }],
      },
    }),
  ],
  resolve: {
    alias: [
      // monaco-worker-manager imports paths that monaco-editor's exports no longer name.
      { find: /^monaco-editor\/esm\/vs\/(.*?)(\.js)?$/, replacement: 'monaco-editor/$1' },
      // Its browser build asks for `document`, which a worker does not have.
      {
        find: /^decode-named-character-reference$/,
        replacement: new URL('node_modules/decode-named-character-reference/index.js', import.meta.url).pathname,
      },
    ],
  },
  worker: {
    format: 'es',
    plugins: () => [yamlJsForBrowsers()],
    // What all pieces of the worker stand on is one file: it would be a dozen, asked for only when the worker has been read.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'ground', test: /\/src\/(base|unix\/(kernel|files|network))\/[^/]+$/ }] } },
    },
  },
  build: { outDir: 'dist/page', target: 'es2022', chunkSizeWarningLimit: 4000 },
})
