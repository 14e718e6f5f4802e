/**
 * Users and groups: shadow's useradd and its kin, Debian's adduser, and busybox's adduser and addgroup, which Dockerfiles call. All of them only
 * write /etc/passwd, /etc/group and /etc/shadow; passwords are kept as `!` or `*`, as nobody logs in with one here.
 */
import { type Blocking, err, type Process, type Program, readFrom } from '../kernel/process.ts'
import { isBusybox } from './flavour.ts'
import { flag, list, UsageError, value } from './options.ts'
import { print, stringOf } from './text.ts'
import { complain, isTerminal, tool } from './tool.ts'

interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly comment: string
  readonly home: string
  readonly shell: string
}

interface Group {
  readonly name: string
  readonly gid: number
  readonly members: readonly string[]
}

const linesOf = (process: Process, path: string): string[] =>
  process.files.exists(path) ? process.files.readText(path).split('\n').filter(Boolean) : []

function accounts(process: Process): Account[] {
  return linesOf(process, '/etc/passwd').map((line) => {
    const [name, , uid, gid, comment = '', home = '/', shell = ''] = line.split(':')
    return { name, uid: Number(uid), gid: Number(gid), comment, home, shell }
  })
}

function groups(process: Process): Group[] {
  return linesOf(process, '/etc/group').map((line) => {
    const [name, , gid, members = ''] = line.split(':')
    return { name, gid: Number(gid), members: members.split(',').filter(Boolean) }
  })
}

const write = (process: Process, path: string, lines: readonly string[], mode?: number): void =>
  process.files.writeFile(path, lines.map((line) => `${line}\n`).join(''), mode === undefined ? {} : { mode }, process.credentials)

function writeAccounts(process: Process, all: readonly Account[]): void {
  write(
    process,
    '/etc/passwd',
    all.map(({ name, uid, gid, comment, home, shell }) => `${name}:x:${uid}:${gid}:${comment}:${home}:${shell}`),
  )
}

function writeGroups(process: Process, all: readonly Group[]): void {
  write(
    process,
    '/etc/group',
    all.map(({ name, gid, members }) => `${name}:x:${gid}:${members.join(',')}`),
  )
}

function writeShadow(process: Process, name: string, password: string | undefined): void {
  const days = Math.floor(process.now() / 86_400_000)
  const others = linesOf(process, '/etc/shadow').filter((line) => !line.startsWith(`${name}:`))
  write(process, '/etc/shadow', password === undefined ? others : [...others, `${name}:${password}:${days}:0:99999:7:::`], 0o640)
}

/** The first number nobody has: counted up for people, down from 999 for Debian's system accounts, up from 100 for busybox's. */
function freeNumber(taken: readonly number[], isSystem: boolean, isBusyboxWay: boolean): number {
  const used = new Set(taken)
  if (isSystem && !isBusyboxWay) {
    for (let number = 999; number > 100; number--) if (!used.has(number)) return number
  }
  let number = isSystem ? 100 : Math.max(999, ...taken.filter((one) => one < 60_000)) + 1
  while (used.has(number)) number++
  return number
}

const uidsOf = (process: Process): number[] => accounts(process).map(({ uid }) => uid)
const gidsOf = (process: Process): number[] => groups(process).map(({ gid }) => gid)

function groupNamed(process: Process, text: string): Group | undefined {
  return groups(process).find(({ name, gid }) => name === text || (/^\d+$/.test(text) && gid === Number(text)))
}

function join(process: Process, user: string, wanted: readonly string[], others: 'kept' | 'left'): void {
  writeGroups(
    process,
    groups(process).map((group) => {
      const isMember = group.members.includes(user)
      if (wanted.includes(group.name)) return isMember ? group : { ...group, members: [...group.members, user] }
      return isMember && others === 'left' ? { ...group, members: group.members.filter((one) => one !== user) } : group
    }),
  )
}

function makeHome(process: Process, { home, uid, gid }: Account, mode: number): void {
  const { files } = process
  if (!files.exists(home)) files.mkdir(home, { parents: true, mode }, process.credentials)
  files.chmod(home, mode, process.credentials)
  files.chown(home, { uid, gid }, process.credentials)
  if (!files.exists('/etc/skel')) return
  for (const name of files.list('/etc/skel')) {
    const [from, to] = [`/etc/skel/${name}`, `${home}/${name}`]
    if (files.exists(to) || files.stat(from).kind !== 'file') continue
    files.writeFile(to, files.readFile(from), {}, process.credentials)
    files.chown(to, { uid, gid }, process.credentials)
  }
}

const isRoot = (process: Process): boolean => process.credentials.uid === 0

/** What only root may do, in shadow's words. */
function* refused(call: { readonly process: Process; readonly name: string }): Blocking<boolean> {
  if (isRoot(call.process)) return false
  yield* complain(call, `Permission denied.\n${call.name}: cannot lock /etc/passwd; try again later.`)
  return true
}

export const useradd = tool({
  name: 'useradd',
  usage: '[options] LOGIN\n-D\n-D [options]',
  summary: 'Create a new user.',
  package: 'shadow 4.13',
  usageCode: 2,
  flags: {
    badname: flag('badname'),
    base: value('b|base-dir', 'BASE_DIR'),
    comment: value('c|comment', 'COMMENT'),
    home: value('d|home-dir', 'HOME_DIR'),
    expire: value('e|expiredate', 'DATE'),
    gid: value('g|gid', 'GROUP'),
    groups: value('G|groups', 'GROUPS'),
    create: flag('m|create-home'),
    none: flag('M|no-create-home'),
    alone: flag('N|no-user-group'),
    twice: flag('o|non-unique'),
    password: value('p|password', 'PASSWORD'),
    system: flag('r|system'),
    shell: value('s|shell', 'SHELL'),
    uid: value('u|uid', 'UID'),
    own: flag('U|user-group'),
    noLog: flag('l|no-log-init'),
  },
  *run(call) {
    const { process, flags, operands } = call
    const [login] = operands
    if (login === undefined) throw new UsageError('', undefined, 2)
    if (yield* refused(call)) return 1
    const all = accounts(process)
    if (!/^[a-z_][a-z0-9_-]*\$?$/i.test(login) && !flags.badname) {
      yield* complain(call, `invalid user name '${login}': use --badname to ignore`)
      return 3
    }
    if (all.some(({ name }) => name === login)) {
      yield* complain(call, `user '${login}' already exists`)
      return 9
    }
    if (flags.uid !== undefined && !flags.twice && all.some(({ uid }) => uid === Number(flags.uid))) {
      yield* complain(call, `UID ${flags.uid} is not unique`)
      return 4
    }
    for (const wanted of [...(flags.gid === undefined ? [] : [flags.gid]), ...(flags.groups?.split(',') ?? [])]) {
      if (groupNamed(process, wanted)) continue
      yield* complain(call, `group '${wanted}' does not exist`)
      return 6
    }
    const makesGroup = flags.gid === undefined && !flags.alone
    if (makesGroup && groupNamed(process, login)) {
      yield* complain(call, `group ${login} exists - if you want to add this user to that group, use -g.`)
      return 9
    }
    const uid = flags.uid === undefined ? freeNumber(uidsOf(process), flags.system, false) : Number(flags.uid)
    const gid =
      flags.gid !== undefined
        ? (groupNamed(process, flags.gid)?.gid ?? 0)
        : makesGroup
          ? gidsOf(process).includes(uid)
            ? freeNumber(gidsOf(process), flags.system, false)
            : uid
          : 100
    if (makesGroup) writeGroups(process, [...groups(process), { name: login, gid, members: [] }])
    const account = {
      name: login,
      uid,
      gid,
      comment: flags.comment ?? '',
      home: flags.home ?? `${flags.base ?? '/home'}/${login}`,
      shell: flags.shell ?? '/bin/sh',
    }
    writeAccounts(process, [...all, account])
    writeShadow(process, login, flags.password ?? '!')
    if (flags.groups !== undefined)
      join(
        process,
        login,
        flags.groups.split(',').map((one) => groupNamed(process, one)?.name ?? one),
        'kept',
      )
    if (flags.create && !flags.none) {
      if (process.files.exists(account.home))
        yield* err(
          process,
          `useradd: warning: the home directory ${account.home} already exists.\nuseradd: Not copying any file from skel directory into it.\n`,
        )
      else makeHome(process, account, 0o755)
    }
    return 0
  },
})

export const usermod = tool({
  name: 'usermod',
  usage: '[options] LOGIN',
  summary: 'Modify a user account.',
  package: 'shadow 4.13',
  usageCode: 2,
  flags: {
    append: flag('a|append'),
    comment: value('c|comment', 'COMMENT'),
    home: value('d|home', 'HOME_DIR'),
    move: flag('m|move-home'),
    gid: value('g|gid', 'GROUP'),
    groups: value('G|groups', 'GROUPS'),
    login: value('l|login', 'NEW_LOGIN'),
    lock: flag('L|lock'),
    unlock: flag('U|unlock'),
    shell: value('s|shell', 'SHELL'),
    uid: value('u|uid', 'UID'),
    password: value('p|password', 'PASSWORD'),
  },
  *run(call) {
    const { process, flags, operands } = call
    const [login] = operands
    if (login === undefined) throw new UsageError('', undefined, 2)
    if (yield* refused(call)) return 1
    const account = accounts(process).find(({ name }) => name === login)
    if (!account) {
      yield* complain(call, `user '${login}' does not exist`)
      return 6
    }
    for (const wanted of [...(flags.gid === undefined ? [] : [flags.gid]), ...(flags.groups?.split(',').filter(Boolean) ?? [])]) {
      if (groupNamed(process, wanted)) continue
      yield* complain(call, `group '${wanted}' does not exist`)
      return 6
    }
    const changed = {
      ...account,
      name: flags.login ?? login,
      uid: flags.uid === undefined ? account.uid : Number(flags.uid),
      gid: flags.gid === undefined ? account.gid : (groupNamed(process, flags.gid)?.gid ?? account.gid),
      comment: flags.comment ?? account.comment,
      home: flags.home ?? account.home,
      shell: flags.shell ?? account.shell,
    }
    writeAccounts(
      process,
      accounts(process).map((one) => (one.name === login ? changed : one)),
    )
    if (flags.groups !== undefined)
      join(
        process,
        login,
        flags.groups
          .split(',')
          .filter(Boolean)
          .map((one) => groupNamed(process, one)?.name ?? one),
        flags.append ? 'kept' : 'left',
      )
    if (flags.home !== undefined && flags.move && process.files.exists(account.home))
      process.files.rename(account.home, flags.home, process.credentials)
    return 0
  },
})

export const userdel = tool({
  name: 'userdel',
  usage: '[options] LOGIN',
  summary: 'Delete a user account.',
  package: 'shadow 4.13',
  usageCode: 2,
  flags: { force: flag('f|force'), remove: flag('r|remove') },
  *run(call) {
    const { process, flags, operands } = call
    const [login] = operands
    if (login === undefined) throw new UsageError('', undefined, 2)
    if (yield* refused(call)) return 1
    const account = accounts(process).find(({ name }) => name === login)
    if (!account) {
      yield* complain(call, `user '${login}' does not exist`)
      return 6
    }
    writeAccounts(
      process,
      accounts(process).filter(({ name }) => name !== login),
    )
    writeGroups(
      process,
      groups(process)
        .filter(({ name, gid }) => !(name === login && gid === account.gid))
        .map((group) => ({ ...group, members: group.members.filter((one) => one !== login) })),
    )
    writeShadow(process, login, undefined)
    if (flags.remove) {
      yield* complain(call, `${login} mail spool (/var/mail/${login}) not found`)
      if (process.files.exists(account.home)) process.files.removeAll(account.home, process.credentials)
    }
    return 0
  },
})

export const groupadd = tool({
  name: 'groupadd',
  usage: '[options] GROUP',
  summary: 'Create a new group.',
  package: 'shadow 4.13',
  usageCode: 2,
  flags: { force: flag('f|force'), gid: value('g|gid', 'GID'), twice: flag('o|non-unique'), system: flag('r|system') },
  *run(call) {
    const { process, flags, operands } = call
    const [name] = operands
    if (name === undefined) throw new UsageError('', undefined, 2)
    if (yield* refused(call)) return 1
    const all = groups(process)
    if (all.some((group) => group.name === name)) {
      if (flags.force) return 0
      yield* complain(call, `group '${name}' already exists`)
      return 9
    }
    if (flags.gid !== undefined && !flags.twice && all.some(({ gid }) => gid === Number(flags.gid))) {
      yield* complain(call, `GID '${flags.gid}' already exists`)
      return 4
    }
    writeGroups(process, [
      ...all,
      { name, gid: flags.gid === undefined ? freeNumber(gidsOf(process), flags.system, false) : Number(flags.gid), members: [] },
    ])
    return 0
  },
})

export const groupdel = tool({
  name: 'groupdel',
  usage: '[options] GROUP',
  summary: 'Delete a group.',
  package: 'shadow 4.13',
  usageCode: 2,
  flags: { force: flag('f|force') },
  *run(call) {
    const { process, operands } = call
    const group = groups(process).find(({ name }) => name === operands[0])
    if (!group) {
      yield* complain(call, `group '${operands[0] ?? ''}' does not exist`)
      return 6
    }
    const owner = accounts(process).find(({ gid }) => gid === group.gid)
    if (owner) {
      yield* complain(call, `cannot remove the primary group of user '${owner.name}'`)
      return 8
    }
    writeGroups(
      process,
      groups(process).filter(({ name }) => name !== group.name),
    )
    return 0
  },
})

/** A line typed without being shown. */
function* secret(process: Process, prompt: string): Blocking<string> {
  const terminal = isTerminal(process, 0) ? process.terminal : undefined
  yield* err(process, prompt)
  const echo = terminal?.echo
  if (terminal) terminal.echo = false
  let text = ''
  try {
    while (!text.includes('\n')) {
      const bytes = yield* readFrom(process, 0, terminal ? 4096 : 1)
      if (bytes.length === 0) break
      text += stringOf(bytes)
    }
  } finally {
    if (terminal) terminal.echo = echo ?? true
  }
  if (terminal) yield* err(process, '\n')
  return text.replace(/\n.*$/s, '')
}

export const passwd: Program = function* (process) {
  const name =
    process.argv.slice(1).find((arg) => !arg.startsWith('-')) ??
    accounts(process).find(({ uid }) => uid === process.credentials.uid)?.name ??
    'root'
  if (!accounts(process).some((one) => one.name === name)) {
    yield* err(process, isBusybox(process) ? `passwd: unknown user ${name}\n` : `passwd: user '${name}' does not exist\n`)
    return 1
  }
  if (!isRoot(process)) {
    yield* err(process, `passwd: You may not view or modify password information for ${name}.\n`)
    return 1
  }
  if (process.argv.includes('-S')) {
    yield* print(process, `${name} L 01/05/2026 0 99999 7 -1\n`)
    return 0
  }
  if (process.argv.some((arg) => arg === '-d' || arg === '-l' || arg === '-u' || arg === '-e')) {
    yield* print(process, 'passwd: password changed.\n')
    return 0
  }
  const first = yield* secret(process, 'New password: ')
  if (first === '') {
    yield* err(process, 'No password has been supplied.\npasswd: Authentication token manipulation error\npasswd: password unchanged\n')
    return 10
  }
  if (first !== (yield* secret(process, 'Retype new password: '))) {
    yield* err(process, 'Sorry, passwords do not match.\npasswd: Authentication token manipulation error\npasswd: password unchanged\n')
    return 10
  }
  writeShadow(process, name, '*')
  yield* err(process, 'passwd: password updated successfully\n')
  return 0
}

export const chpasswd: Program = function* (process) {
  let text = ''
  for (let bytes = yield* readFrom(process, 0); bytes.length > 0; bytes = yield* readFrom(process, 0)) text += stringOf(bytes)
  for (const [index, line] of text.split('\n').filter(Boolean).entries()) {
    const [name] = line.split(':')
    if (!line.includes(':')) {
      yield* err(process, `chpasswd: line ${index + 1}: missing new password\nchpasswd: error detected, changes ignored\n`)
      return 1
    }
    if (!accounts(process).some((one) => one.name === name)) {
      yield* err(
        process,
        `chpasswd: (user ${name}) pam_chauthtok() failed, error:\nAuthentication token manipulation error\nchpasswd: (line ${index + 1}, user ${name}) password not changed\n`,
      )
      return 1
    }
    writeShadow(process, name, '*')
  }
  return 0
}

const adduserFlags = {
  home: value('h|home', 'DIR'),
  comment: value('g|gecos|comment', 'GECOS'),
  shell: value('s|shell', 'SHELL'),
  group: value('G|ingroup', 'GRP'),
  system: flag('S|system'),
  noPassword: flag('D|disabled-password'),
  noLogin: flag('disabled-login'),
  noHome: flag('H|no-create-home'),
  uid: value('u|uid', 'UID'),
  gid: value('gid', 'GID'),
  ownGroup: flag('group'),
  quiet: flag('q|quiet'),
  skel: value('k', 'SKEL'),
}

export const adduser = tool({
  name: 'adduser',
  usage: '[OPTIONS] USER [GROUP]',
  summary: 'Create new user, or add USER to GROUP',
  package: 'adduser 3.134',
  flags: adduserFlags,
  *run(call) {
    const { process, flags, operands, busybox } = call
    const [login, group] = operands
    const fatal = function* (text: string): Blocking<number> {
      yield* err(process, busybox ? `adduser: ${text}\n` : `adduser: ${text[0].toUpperCase()}${text.slice(1)}.\n`)
      return 1
    }
    if (login === undefined) throw new UsageError(busybox ? '' : 'Only one or two names allowed.')
    if (!isRoot(process)) return yield* fatal(busybox ? "can't execute as non-root" : 'only root may add a user or group to the system')
    const all = accounts(process)
    if (group !== undefined) {
      if (!groupNamed(process, group)) return yield* fatal(busybox ? `unknown group ${group}` : `the group \`${group}' does not exist`)
      if (!busybox) yield* print(process, `Adding user \`${login}' to group \`${group}' ...\n`)
      join(process, login, [group], 'kept')
      if (!busybox) yield* print(process, 'Done.\n')
      return 0
    }
    if (all.some(({ name }) => name === login))
      return yield* fatal(busybox ? `user '${login}' in use` : `the user \`${login}' already exists`)
    if (flags.group !== undefined && !groupNamed(process, flags.group))
      return yield* fatal(busybox ? `unknown group ${flags.group}` : `the group \`${flags.group}' does not exist`)
    const given = flags.group ?? flags.gid
    // Without a group the new one has the user's number, so both must be free.
    const uid =
      flags.uid === undefined
        ? freeNumber([...uidsOf(process), ...(given === undefined ? gidsOf(process) : [])], flags.system, busybox)
        : Number(flags.uid)
    // busybox's system accounts without a group belong to nogroup.
    const nogroup = flags.system && given === undefined && !flags.ownGroup ? groupNamed(process, 'nogroup')?.gid : undefined
    const gid = given === undefined ? (nogroup ?? uid) : (groupNamed(process, given)?.gid ?? uid)
    if (given === undefined && nogroup === undefined && !groupNamed(process, login))
      writeGroups(process, [...groups(process), { name: login, gid, members: [] }])
    const home = flags.home ?? `/home/${login}`
    const account = {
      name: login,
      uid,
      gid,
      comment: flags.comment ?? (busybox ? 'Linux User' : ',,,'),
      home,
      shell: flags.shell ?? (flags.system ? (busybox ? '/bin/false' : '/usr/sbin/nologin') : busybox ? '/bin/sh' : '/bin/bash'),
    }
    if (!busybox && !flags.quiet)
      yield* print(
        process,
        flags.system
          ? `Adding system user \`${login}' (UID ${uid}) ...\nAdding new user \`${login}' (UID ${uid}) with group \`${groups(process).find((one) => one.gid === gid)?.name ?? gid}' ...\n`
          : `Adding user \`${login}' ...\nAdding new group \`${login}' (${gid}) ...\nAdding new user \`${login}' (${uid}) with group \`${login} (${gid})' ...\n`,
      )
    writeAccounts(process, [...all, account])
    writeShadow(process, login, '!')
    if (flags.noHome) {
      if (!busybox && !flags.quiet) yield* print(process, `Not creating home directory \`${home}'.\n`)
    } else {
      if (!busybox && !flags.quiet)
        yield* print(process, `Creating home directory \`${home}' ...\n${flags.system ? '' : "Copying files from `/etc/skel' ...\n"}`)
      makeHome(process, account, busybox ? 0o2755 : flags.system ? 0o755 : 0o700)
    }
    if (flags.noPassword || flags.noLogin || flags.system) return 0
    const first = yield* secret(process, busybox ? `Changing password for ${login}\nNew password: ` : 'New password: ')
    if (first !== (yield* secret(process, busybox ? 'Retype password: ' : 'Retype new password: '))) {
      yield* err(
        process,
        busybox
          ? `Passwords don't match\npasswd: password for ${login} is unchanged\n`
          : 'Sorry, passwords do not match.\npasswd: Authentication token manipulation error\npasswd: password unchanged\n',
      )
      return 1
    }
    writeShadow(process, login, '*')
    yield* print(process, busybox ? `passwd: password for ${login} changed by root\n` : 'passwd: password updated successfully\n')
    return 0
  },
})

export const addgroup = tool({
  name: 'addgroup',
  usage: '[-g GID] [-S] [USER] GROUP',
  summary: 'Add a group or add a user to a group',
  package: 'adduser 3.134',
  flags: { gid: value('g|gid', 'GID', 'Group id'), system: flag('S|system', 'Create a system group'), rest: list('conf') },
  *run(call) {
    const { process, flags, operands, busybox } = call
    const [first, second] = operands
    if (first === undefined) throw new UsageError(busybox ? '' : 'Only one or two names allowed.')
    if (second !== undefined) {
      if (!accounts(process).some(({ name }) => name === first)) {
        yield* complain(call, busybox ? `unknown user ${first}` : `The user \`${first}' does not exist.`)
        return 1
      }
      if (!groupNamed(process, second)) {
        yield* complain(call, busybox ? `unknown group ${second}` : `The group \`${second}' does not exist.`)
        return 1
      }
      join(process, first, [second], 'kept')
      return 0
    }
    if (groupNamed(process, first)) {
      yield* complain(call, busybox ? `group '${first}' in use` : `The group \`${first}' already exists.`)
      return 1
    }
    const gid = flags.gid === undefined ? freeNumber(gidsOf(process), flags.system, busybox) : Number(flags.gid)
    if (!busybox) yield* print(process, `Adding group \`${first}' (GID ${gid}) ...\nDone.\n`)
    writeGroups(process, [...groups(process), { name: first, gid, members: [] }])
    return 0
  },
})

/** busybox's deluser and delgroup. */
export const deluser = tool({
  name: 'deluser',
  usage: '[--remove-home] USER',
  summary: 'Delete USER from the system',
  flags: { remove: flag('remove-home') },
  *run(call) {
    const { process, flags, operands } = call
    const [login, group] = operands
    const account = accounts(process).find(({ name }) => name === login)
    if (!account) {
      yield* complain(call, call.busybox ? `unknown user ${login}` : `The user \`${login}' does not exist.`)
      return 1
    }
    if (group !== undefined) {
      writeGroups(
        process,
        groups(process).map((one) => (one.name === group ? { ...one, members: one.members.filter((member) => member !== login) } : one)),
      )
      return 0
    }
    writeAccounts(
      process,
      accounts(process).filter(({ name }) => name !== login),
    )
    writeGroups(
      process,
      groups(process).filter(({ name }) => name !== login),
    )
    writeShadow(process, login, undefined)
    if (flags.remove) process.files.removeAll(account.home, process.credentials)
    return 0
  },
})
