/** The learner's files as the editor sees them: asked of the worker, saved through it, and never kept anywhere else. */
import type { FileEntry } from '../../worker/messages.ts'
import type { Drydock } from '../app/state.ts'

export async function listed({ end }: Drydock, path: string): Promise<readonly FileEntry[]> {
  const entries = (await end.ask({ type: 'list-files', path })) as readonly FileEntry[] | null
  const rank = ({ kind }: FileEntry) => (kind === 'directory' ? 0 : 1)
  return [...(entries ?? [])]
    .filter(({ path: each }) => !nameOf(each).startsWith('.'))
    .sort((a, b) => rank(a) - rank(b) || a.path.localeCompare(b.path))
}

export async function read({ end }: Drydock, path: string): Promise<string> {
  const text = await end.ask({ type: 'read-file', path })
  return typeof text === 'string' ? text : ''
}

export async function write({ end }: Drydock, path: string, text: string): Promise<void> {
  await end.ask({ type: 'write-file', path, text })
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')))
}

/** As it is typed from the home folder. */
export function typedPath(path: string, home: string): string {
  const inHome = path.startsWith(`${home}/`) ? path.slice(home.length + 1) : path
  return /^[\w./-]+$/.test(inHome) ? inHome : `'${inHome.replaceAll("'", "'\\''")}'`
}

export function isManifest(path: string): boolean {
  return /\.(ya?ml|json)$/.test(path)
}

const languages: readonly (readonly [RegExp, string])[] = [
  [/\.ya?ml$/, 'yaml'],
  [/(^|\/)(Dockerfile|Containerfile)(\.\w+)?$|\.dockerfile$/i, 'dockerfile'],
  [/\.(m?js|cjs|ts|json)$/, 'javascript'],
  [/\.(sh|bash)$|(^|\/)\.bashrc$/, 'shell'],
  [/\.py$/, 'python'],
  [/\.html?$/, 'html'],
  [/\.css$/, 'css'],
  [/\.md$/, 'markdown'],
  [/\.(conf|ini|cfg|env)$/, 'ini'],
]

export function languageOf(path: string): string {
  return languages.find(([pattern]) => pattern.test(path))?.[1] ?? 'plaintext'
}
