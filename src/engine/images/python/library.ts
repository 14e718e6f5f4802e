/**
 * The Python half of Python's library, as far as small scripts and courses use it, over `_host` of driver.ts. `_builtins.py` runs first and
 * puts `open` and the exceptions that Skulpt lacks in their place; the rest is imported as any module is. `packages` is what pip offers.
 */
const named = (folder: string, files: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [path.slice(folder.length + 3), text]))

export const library = named('library', import.meta.glob<string>('./library/**/*.py', { query: '?raw', import: 'default', eager: true }))
export const packages = named('packages', import.meta.glob<string>('./packages/**/*.py', { query: '?raw', import: 'default', eager: true }))
