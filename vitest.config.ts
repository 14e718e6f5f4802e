import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { include: ['src/**/*.test.{ts,tsx}', 'bench/**/*.test.ts', 'lessons/**/*.test.ts'], testTimeout: 30_000 },
})
