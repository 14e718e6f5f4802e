/** Path names that match a pattern, sorted as the C.UTF-8 locale sorts. Names that begin with a dot must be asked for. */
import { UnixError } from '../errors.ts'
import type { Process } from '../kernel/process.ts'
import { hasGlob, patternRegExp, unquotedPattern } from './pattern.ts'

export interface GlobOptions {
  readonly dotglob: boolean
  readonly globstar: boolean
  readonly nocaseglob: boolean
}

export function glob(process: Process, pattern: string, options: GlobOptions): string[] {
  const isAbsolute = pattern.startsWith('/')
  const parts = pattern.split(/\/+/).filter((part, index, all) => part !== '' || index === all.length - 1)
  const mustBeDirectory = parts.at(-1) === ''
  const components = parts.filter((part) => part !== '')
  let found = [isAbsolute ? '/' : '']
  components.forEach((component, index) => {
    const isLast = index === components.length - 1
    const next: string[] = []
    for (const base of found) next.push(...step(process, base, component, { ...options, isLast: isLast && !mustBeDirectory }))
    found = next
  })
  if (mustBeDirectory) found = found.filter((path) => kindOf(process, path) === 'directory').map((path) => `${path}/`)
  return [...new Set(found)].filter((path) => path !== '').sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

function step(process: Process, base: string, component: string, options: GlobOptions & { isLast: boolean }): string[] {
  const joined = (name: string) => (base === '' || base.endsWith('/') ? base + name : `${base}/${name}`)
  if (component === '**' && options.globstar) {
    const folders = below(process, base, options)
    if (!options.isLast) return folders
    const files = folders.flatMap((folder) =>
      namesIn(process, folder)
        .filter((name) => options.dotglob || !name.startsWith('.'))
        .map((name) => (folder === '' || folder.endsWith('/') ? folder + name : `${folder}/${name}`)),
    )
    return [...folders.map((path) => (path === base && base !== '' && !base.endsWith('/') ? `${base}/` : path)), ...files]
  }
  if (!hasGlob(component)) {
    const path = joined(unquotedPattern(component))
    return kindOf(process, path) === undefined ? [] : [path]
  }
  const expression = patternRegExp(component, { isPath: true, ignoreCase: options.nocaseglob })
  const seesDots = options.dotglob || component.startsWith('.') || component.startsWith('\\.')
  const names = namesIn(process, base).filter((name) => (seesDots || !name.startsWith('.')) && expression.test(name))
  if (component.startsWith('.')) names.push(...['.', '..'].filter((name) => expression.test(name) && component !== '.*'))
  return names.map(joined).filter((path) => options.isLast || kindOf(process, path) === 'directory')
}

function below(process: Process, base: string, options: GlobOptions): string[] {
  const folders = [base]
  for (const name of namesIn(process, base)) {
    if (name.startsWith('.') && !options.dotglob) continue
    const path = base === '' || base.endsWith('/') ? base + name : `${base}/${name}`
    if (linkKind(process, path) === 'directory') folders.push(...below(process, path, options))
  }
  return folders
}

function namesIn(process: Process, folder: string): readonly string[] {
  try {
    return process.files.list(process.path(folder || '.'), process.credentials)
  } catch (error) {
    if (error instanceof UnixError) return []
    throw error
  }
}

function kindOf(process: Process, path: string): string | undefined {
  try {
    return process.files.stat(process.path(path), process.credentials).kind
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return linkKind(process, path)
  }
}

function linkKind(process: Process, path: string): string | undefined {
  try {
    return process.files.lstat(process.path(path), process.credentials).kind
  } catch (error) {
    if (error instanceof UnixError) return undefined
    throw error
  }
}
