/** `cd`, `pwd` and the directory stack. The shell remembers the path as it was typed, links included, as bash does. */
import type { Blocking } from '../../kernel/process.ts'
import { UnixError } from '../../errors.ts'
import type { Shell } from '../shell.ts'
import { type Builtin, options, print } from './builtin.ts'

export const cd: Builtin = function* (shell, argv) {
  const parsed = yield* options(shell, argv, 'LPe@', 'cd [-L|[-P [-e]] [-@]] [dir]')
  if (!parsed) return 2
  const { letters, operands } = parsed
  if (operands.length > 1) {
    yield* shell.complain('cd: too many arguments')
    return 1
  }
  let target = operands[0]
  let tells = false
  if (target === undefined) {
    target = shell.variables.get('HOME') ?? ''
    if (target === '') {
      yield* shell.complain('cd: HOME not set')
      return 1
    }
  } else if (target === '-') {
    target = shell.variables.get('OLDPWD') ?? ''
    tells = true
    if (target === '') {
      yield* shell.complain('cd: OLDPWD not set')
      return 1
    }
  }
  const searched = searchPath(shell, target)
  if (searched) {
    target = searched
    tells = true
  }
  if (
    !(yield* enter(shell, target, {
      isPhysical: letters.has('P') || shell.option('physical'),
      name: 'cd',
      shown: operands[0] === '-' ? target : (operands[0] ?? target),
    }))
  )
    return shell.isDash ? 2 : 1
  if (tells) yield* print(shell, `${shell.process.cwd}\n`)
  return 0
}

function searchPath(shell: Shell, target: string): string | undefined {
  const list = shell.variables.get('CDPATH')
  if (!list || /^(\/|\.\.?(\/|$))/.test(target)) return undefined
  for (const folder of list.split(':')) {
    if (folder === '' || folder === '.') return undefined
    const candidate = `${folder}/${target}`
    if (isDirectory(shell, candidate)) return candidate
  }
  return undefined
}

function isDirectory(shell: Shell, path: string): boolean {
  try {
    return shell.process.files.stat(shell.process.path(path), shell.process.credentials).kind === 'directory'
  } catch (error) {
    if (error instanceof UnixError) return false
    throw error
  }
}

function* enter(
  shell: Shell,
  target: string,
  { isPhysical, name, shown }: { isPhysical: boolean; name: string; shown: string },
): Blocking<boolean> {
  const { process } = shell
  const full = isPhysical ? process.path(target) : logical(process.path(target))
  try {
    const node = process.files.stat(full, process.credentials)
    if (node.kind !== 'directory') throw new UnixError('ENOTDIR')
    const { uid } = process.credentials
    if (uid !== 0 && (node.mode & (node.uid === uid ? 0o100 : node.gid === process.credentials.gid ? 0o010 : 0o001)) === 0)
      throw new UnixError('EACCES')
    const old = process.cwd
    process.cwd = isPhysical ? process.files.realpath(full, process.credentials) : full
    shell.assign('OLDPWD', old)
    shell.variables.declare('OLDPWD').isExported = true
    shell.assign('PWD', process.cwd)
    return true
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* shell.complain(shell.flavour === 'ash' ? `${name}: can't cd to ${shown}: ${error.words}` : `${name}: ${shown}: ${error.words}`)
    return false
  }
}

/** Takes `.` and `..` out by text alone. */
function logical(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

export const pwd: Builtin = function* (shell, argv) {
  const parsed = yield* options(shell, argv, 'LP', 'pwd [-LP]')
  if (!parsed) return 2
  yield* print(shell, `${parsed.letters.has('P') ? shell.process.files.realpath(shell.process.cwd) : shell.process.cwd}\n`)
  return 0
}

function shortened(shell: Shell, path: string): string {
  const home = shell.home()
  return path === home ? '~' : path.startsWith(`${home}/`) && home !== '/' ? `~${path.slice(home.length)}` : path
}

export const dirs: Builtin = function* (shell, argv) {
  const parsed = yield* options(shell, argv, 'clpv', 'dirs [-clpv] [+N] [-N]')
  if (!parsed) return 2
  const { letters } = parsed
  if (letters.has('c')) {
    shell.directoryStack = []
    return 0
  }
  const all = [shell.process.cwd, ...shell.directoryStack].map((path) => (letters.has('l') ? path : shortened(shell, path)))
  if (letters.has('v')) yield* print(shell, all.map((path, index) => `${String(index).padStart(2)}  ${path}\n`).join(''))
  else yield* print(shell, `${all.join(letters.has('p') ? '\n' : ' ')}\n`)
  return 0
}

export const pushd: Builtin = function* (shell, argv) {
  const target = argv[1]
  const old = shell.process.cwd
  if (target === undefined) {
    const [top, ...rest] = shell.directoryStack
    if (top === undefined) {
      yield* shell.complain('pushd: no other directory')
      return 1
    }
    if (!(yield* enter(shell, top, { isPhysical: false, name: 'pushd', shown: top }))) return 1
    shell.directoryStack = [old, ...rest]
  } else if (/^[+-]\d+$/.test(target)) {
    const all = [old, ...shell.directoryStack]
    const index = target.startsWith('+') ? Number(target.slice(1)) : all.length - 1 - Number(target.slice(1))
    if (index < 0 || index >= all.length) {
      yield* shell.complain(`pushd: ${target}: directory stack index out of range`)
      return 1
    }
    const turned = [...all.slice(index), ...all.slice(0, index)]
    if (!(yield* enter(shell, turned[0], { isPhysical: false, name: 'pushd', shown: turned[0] }))) return 1
    shell.directoryStack = turned.slice(1)
  } else {
    if (!(yield* enter(shell, target, { isPhysical: false, name: 'pushd', shown: target }))) return 1
    shell.directoryStack = [old, ...shell.directoryStack]
  }
  return yield* dirs(shell, ['dirs'])
}

export const popd: Builtin = function* (shell) {
  const [top, ...rest] = shell.directoryStack
  if (top === undefined) {
    yield* shell.complain('popd: directory stack empty')
    return 1
  }
  if (!(yield* enter(shell, top, { isPhysical: false, name: 'popd', shown: top }))) return 1
  shell.directoryStack = rest
  return yield* dirs(shell, ['dirs'])
}
