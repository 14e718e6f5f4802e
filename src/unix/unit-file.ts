/**
 * What systemd reads of a service's file and of the drop-ins beside it. An edited file says nothing before the next `daemon-reload`; the files
 * named by EnvironmentFile are read at each start.
 */
import type { Files } from './files/files.ts'

export interface LoadedUnit {
  /** The unit file, then its drop-ins. */
  readonly paths: readonly string[]
  /** ExecStart as it is written, variables and all. */
  readonly command: string
  readonly environment: readonly string[]
  readonly environmentFiles: readonly string[]
  /** Whether who starts it waits until the service says that it is up. */
  readonly isNotified: boolean
}

export function loadUnit(files: Files, name: string): LoadedUnit {
  const folders = ['/etc/systemd/system', '/run/systemd/system', '/lib/systemd/system']
  const isFile = (path: string): boolean => files.exists(path) && files.stat(path).kind === 'file'
  const main = folders.map((folder) => `${folder}/${name}`).find(isFile)
  // Of two drop-ins of one name the one in the folder that stands first counts.
  const drops = new Map<string, string>()
  for (const folder of folders) {
    const inside = `${folder}/${name}.d`
    for (const file of files.exists(inside) ? files.list(inside) : [])
      if (file.endsWith('.conf') && !drops.has(file)) drops.set(file, `${inside}/${file}`)
  }
  const paths = [...(main ? [main] : []), ...[...drops].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path)]
  const values: Record<'ExecStart' | 'Environment' | 'EnvironmentFile' | 'Type', string[]> = {
    ExecStart: [],
    Environment: [],
    EnvironmentFile: [],
    Type: [],
  }
  for (const path of paths)
    for (const line of files.readText(path).replace(/\\\n/g, ' ').split('\n')) {
      const [, key, value] = /^\s*(ExecStart|Environment|EnvironmentFile|Type)\s*=\s*(.*?)\s*$/.exec(line) ?? []
      if (key === undefined) continue
      const list = values[key as keyof typeof values]
      // An empty value takes back what was said before.
      if (value === '') list.length = 0
      else list.push(value)
    }
  return {
    paths,
    command: values.ExecStart.at(-1) ?? '',
    environment: values.Environment,
    environmentFiles: values.EnvironmentFile,
    isNotified: values.Type.at(-1) === 'notify',
  }
}

/** The words of the command, with what the environment says now. */
export function argvOf({ command, environment, environmentFiles }: LoadedUnit, files: Files): readonly string[] {
  const known = new Map<string, string>()
  const learn = (assignments: readonly string[]): void => {
    for (const one of assignments) {
      const at = one.indexOf('=')
      if (at > 0) known.set(one.slice(0, at), unquoted(one.slice(at + 1)))
    }
  }
  for (const line of environment) learn(wordsOf(line).map(unquoted))
  for (const file of environmentFiles) {
    const path = file.replace(/^-/, '')
    if (files.exists(path))
      learn(
        files
          .readText(path)
          .split('\n')
          .filter((line) => /^\w+=/.test(line)),
      )
  }
  return wordsOf(command).flatMap((word) => {
    const whole = /^\$(\w+)$/.exec(word)?.[1]
    if (whole !== undefined) return wordsOf(known.get(whole) ?? '')
    return [unquoted(word).replace(/\$\{(\w+)\}/g, (_, name: string) => known.get(name) ?? '')]
  })
}

const wordsOf = (text: string): readonly string[] => text.match(/"[^"]*"|'[^']*'|[^\s"']+(?:"[^"]*"|'[^']*'|[^\s"'])*/g) ?? []

const unquoted = (text: string): string => text.replace(/^(["'])(.*)\1$/s, '$2')
