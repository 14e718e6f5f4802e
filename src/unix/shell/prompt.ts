/** PS1 and PS2: backslash escapes, then the usual expansions. */
import type { Blocking } from '../kernel/process.ts'
import { Jumping, type Shell } from './shell.ts'
import { expandText } from './expand.ts'
import { formatTime } from './time-format.ts'
import { stateOf } from './jobs.ts'

export function* prompt(shell: Shell, name: 'PS1' | 'PS2' | 'PS4'): Blocking<string> {
  const raw = shell.variables.get(name) ?? ''
  const text = decoded(shell, raw)
  if (!/[$`]/.test(text)) return text.replaceAll(dollar, '$')
  const { status } = shell
  try {
    return (yield* expandText(shell, text)).replaceAll(dollar, '$')
  } catch (error) {
    if (error instanceof Jumping) return text.replaceAll(dollar, '$')
    throw error
  } finally {
    shell.status = status
  }
}

/** Stands for a `$` that must not be expanded. */
const dollar = '\ue000'

function decoded(shell: Shell, raw: string): string {
  return raw.replace(/\\([0-7]{3}|D\{[^}]*\}|.)/gs, (whole, code: string) => {
    if (/^[0-7]{3}$/.test(code)) return String.fromCharCode(Number.parseInt(code, 8))
    if (code.startsWith('D{')) return formatTime(code.slice(2, -1) || '%X', shell.process.now())
    const now = shell.process.now()
    switch (code) {
      case 'u':
        return shell.userName()
      case 'h':
        return shell.process.namespaces.uts.hostname.split('.')[0]
      case 'H':
        return shell.process.namespaces.uts.hostname
      case 'w':
        return folder(shell).replaceAll('$', dollar)
      case 'W':
        return lastPart(folder(shell)).replaceAll('$', dollar)
      case '$':
        return shell.process.credentials.uid === 0 ? '#' : dollar
      case 's':
        return shell.name.replace(/^.*\/|^-/, '') || 'bash'
      case 'v':
        return '5.2'
      case 'V':
        return '5.2.15'
      case 'n':
        return '\n'
      case 'r':
        return '\r'
      case 'a':
        return '\u0007'
      case 'e':
        return '\u001b'
      case '[':
        return '\u0001'
      case ']':
        return '\u0002'
      case 't':
        return formatTime('%H:%M:%S', now)
      case 'T':
        return formatTime('%I:%M:%S', now)
      case 'A':
        return formatTime('%H:%M', now)
      case '@':
        return formatTime('%I:%M %p', now)
      case 'd':
        return formatTime('%a %b %d', now)
      case 'j':
        return String(shell.jobs.filter((job) => stateOf(job) !== 'Done').length)
      case 'l':
        return shell.process.terminal?.name.replace(/^\/dev\//, '') ?? 'tty'
      case '!':
      case '#':
        return String((shell.history?.lines.length ?? 0) + 1)
      case '\\':
        return '\\'
      default:
        return whole
    }
  })
}

function folder(shell: Shell): string {
  const { cwd } = shell.process
  const home = shell.home()
  if (cwd === home) return '~'
  return home !== '/' && cwd.startsWith(`${home}/`) ? `~${cwd.slice(home.length)}` : cwd
}

function lastPart(path: string): string {
  return path === '/' ? '/' : (path.split('/').at(-1) ?? path)
}
