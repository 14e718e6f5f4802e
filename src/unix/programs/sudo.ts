/** sudo and su. On the learner's machine anyone may sudo, as in every cloud image: no password is asked. */
import { asUser } from '../kernel/capabilities.ts'
import type { Program } from '../kernel/process.ts'
import { err } from '../kernel/process.ts'
import { runInPlace } from './run.ts'
import { isBusybox } from './flavour.ts'
import { groups, userOf } from './users.ts'
import { print } from './text.ts'

export const sudo: Program = function* (process) {
  let words = process.argv.slice(1)
  let name = 'root'
  let login = false
  let shell = false
  let keepsEnvironment = false
  while (words[0]?.startsWith('-')) {
    const option = words[0]
    words = words.slice(1)
    if (option === '--') break
    if (option === '-u' || option === '--user') {
      name = words[0] ?? 'root'
      words = words.slice(1)
    } else if (option === '-g') words = words.slice(1)
    else if (option === '-i') login = true
    else if (option === '-s') shell = true
    else if (option === '-E') keepsEnvironment = true
    else if (option === '-l' || option === '-v' || option === '-k' || option === '-K') return 0
    else if (option === '-V') {
      yield* print(process, 'Sudo version 1.9.13p3\n')
      return 0
    }
  }
  const user = userOf(process, name)
  if (!user) {
    yield* err(process, `sudo: unknown user ${name}\nsudo: error initializing audit plugin sudoers_audit\n`)
    return 1
  }
  const environment: Record<string, string> = {
    ...(keepsEnvironment ? process.env : {}),
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    TERM: process.env.TERM ?? 'xterm',
    HOME: login || name !== 'root' ? user.home : (process.env.HOME ?? user.home),
    USER: user.name,
    LOGNAME: user.name,
    SHELL: user.shell,
    SUDO_USER: process.env.USER ?? 'root',
    SUDO_UID: String(process.credentials.uid),
    SUDO_GID: String(process.credentials.gid),
  }
  if (process.env.PATH && process.credentials.uid === 0) environment.PATH = process.env.PATH
  while (/^[A-Za-z_]\w*=/.test(words[0] ?? '')) {
    const [variable, ...rest] = words[0].split('=')
    environment[variable] = rest.join('=')
    words = words.slice(1)
  }
  if (words.length === 0 && !login && !shell) {
    yield* err(
      process,
      'usage: sudo -h | -K | -k | -V\nusage: sudo -v [-ABkNnS] [-g group] [-h host] [-p prompt] [-u user]\nusage: sudo -l [-ABkNnS] [-g group] [-h host] [-p prompt] [-U user] [-u user]\n            [command [arg ...]]\nusage: sudo [-ABbEHkNnPS] [-r role] [-t type] [-C num] [-D directory] [-g\n            group] [-h host] [-p prompt] [-R directory] [-T timeout] [-u user]\n            [VAR=value] [-i | -s] [command [arg ...]]\n',
    )
    return 1
  }
  process.credentials = asUser(process.credentials, {
    uid: user.uid,
    gid: user.gid,
    groups: groups(process)
      .filter(({ members }) => members.includes(user.name))
      .map(({ gid }) => gid),
  })
  if (login) process.cwd = process.files.exists(user.home) ? user.home : '/'
  const command = login || shell ? (words.length > 0 ? [user.shell, '-c', words.join(' ')] : [user.shell, ...(login ? ['-l'] : [])]) : words
  const code = yield* runInPlace({ process, name: 'sudo', busybox: false }, command, environment)
  return code === 127 ? 1 : code
}

export const su: Program = function* (process) {
  const args = process.argv.slice(1)
  let login = false
  let command: string | undefined
  let shell: string | undefined
  const operands: string[] = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]
    if (arg === '-' || arg === '-l' || arg === '--login') login = true
    else if (arg === '-c' || arg === '--command') command = args[++index]
    else if (arg === '-s' || arg === '--shell') shell = args[++index]
    else if (arg === '-p' || arg === '-m') continue
    else operands.push(arg)
  }
  const [name = 'root', ...rest] = operands
  const user = userOf(process, name)
  if (!user) {
    yield* err(
      process,
      isBusybox(process)
        ? `su: unknown user ${name}\n`
        : `su: user ${name} does not exist or the user entry does not contain all the required fields\n`,
    )
    return 1
  }
  if (process.credentials.uid !== 0) {
    yield* err(process, isBusybox(process) ? 'su: must be suid to work properly\n' : 'Password: \nsu: Authentication failure\n')
    return 1
  }
  if (/nologin$/.test(shell ?? user.shell)) {
    yield* print(process, 'This account is currently not available.\n')
    return 1
  }
  process.credentials = asUser(process.credentials, {
    uid: user.uid,
    gid: user.gid,
    groups: groups(process)
      .filter(({ members }) => members.includes(user.name))
      .map(({ gid }) => gid),
  })
  const environment = login
    ? { TERM: process.env.TERM ?? 'xterm', PATH: '/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games' }
    : process.env
  if (login && process.files.exists(user.home)) process.cwd = user.home
  const program = shell ?? (user.shell || '/bin/sh')
  return yield* runInPlace(
    { process, name: 'su', busybox: isBusybox(process) },
    [program, ...(login ? ['-l'] : []), ...(command === undefined ? rest : ['-c', command, ...rest])],
    { ...environment, HOME: user.home, USER: user.name, LOGNAME: user.name, SHELL: program },
  )
}
