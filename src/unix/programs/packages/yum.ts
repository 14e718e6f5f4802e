/** yum of release 7 and dnf of the later ones: one command line, two ways of telling. */
import { type Blocking, err, type Process, type Program, sleep } from '../../kernel/process.ts'
import { agrees } from '../remove.ts'
import { print } from '../text.ts'
import { isTerminal } from '../tool.ts'
import { type Distribution, distributionOf, type Package, packageOf, packagesOf } from './catalogue.ts'
import { installedPackages, isInstalled, isOnline, networkMs, place, remove, selection } from './install.ts'

const line = '='.repeat(80)

export const yum: Program = function* (process) {
  const on = distributionOf(process)
  const isOld = on.major === 7
  const args = process.argv.slice(1)
  const isQuiet = args.some((arg) => /^-[a-z]*q/.test(arg) || arg === '--quiet')
  const [command, ...names] = args.filter((arg) => !arg.startsWith('-'))
  const say = (text: string): Blocking<void> => (isQuiet ? nothing() : print(process, text))
  if (args.includes('--version')) {
    yield* print(process, isOld ? '3.4.3\n' : '4.14.0\n')
    return 0
  }
  const changes = ['install', 'remove', 'erase', 'update', 'upgrade', 'reinstall', 'autoremove', 'localinstall', 'groupinstall', 'module']
  if (process.credentials.uid !== 0 && command !== undefined && changes.includes(command)) {
    yield* err(
      process,
      isOld
        ? 'Loaded plugins: ovl\nYou need to be root to perform this command.\n'
        : 'Error: This command has to be run with superuser privileges (under the root user on most systems).\n',
    )
    return 1
  }
  if (isOld && command !== undefined && command !== 'clean') yield* say('Loaded plugins: ovl\n')
  switch (command) {
    case 'install':
    case 'localinstall':
    case 'reinstall':
      return yield* install({ process, on, isOld, args, names, say, isQuiet })
    case 'remove':
    case 'erase':
    case 'autoremove': {
      const gone = names.filter((name) => isInstalled(process, on, name)).flatMap((name) => packageOf(on, name) ?? [])
      for (const name of names)
        if (!gone.some((one) => one.name === name))
          yield* print(process, isOld ? `No Match for argument: ${name}\n` : `No match for argument: ${name}\n`)
      if (gone.length === 0) {
        yield* print(
          process,
          isOld
            ? 'No Packages marked for removal\n'
            : 'No packages marked for removal.\nDependencies resolved.\nNothing to do.\nComplete!\n',
        )
        return 0
      }
      for (const one of gone) remove(process, on, one.name)
      yield* say(
        `${isOld ? '\nDependencies Resolved\n' : 'Dependencies resolved.\n'}\nRemoved:\n${gone.map((one) => `  ${fullName(one, isOld)}\n`).join('')}\nComplete!\n`,
      )
      return 0
    }
    case 'update':
    case 'upgrade':
      yield* sleep(process, networkMs)
      yield* say(
        isOld
          ? 'No packages marked for update\n'
          : 'Last metadata expiration check: 0:00:01 ago.\nDependencies resolved.\nNothing to do.\nComplete!\n',
      )
      return 0
    case 'makecache':
      yield* sleep(process, networkMs)
      yield* say(isOld ? 'Metadata Cache Created\n' : 'Metadata cache created.\n')
      return 0
    case 'clean':
      yield* say(isOld ? 'Loaded plugins: ovl\nCleaning repos: ol7_latest\n' : '0 files removed\n')
      return 0
    case 'list':
    case 'search':
    case 'info': {
      const isAboutInstalled = names[0] === 'installed' || args.includes('--installed')
      const patterns = names.filter((name) => !['installed', 'available', 'all'].includes(name))
      const all = (isAboutInstalled ? installedPackages(process, on) : packagesOf(on)).filter(
        (one) =>
          patterns.length === 0 ||
          patterns.some((pattern) =>
            command === 'search'
              ? one.name.includes(pattern)
              : one.name === pattern.replace(/\*$/, '') || (pattern.endsWith('*') && one.name.startsWith(pattern.slice(0, -1))),
          ),
      )
      if (all.length === 0) {
        yield* err(process, command === 'search' ? 'No matches found.\n' : 'Error: No matching Packages to list\n')
        return command === 'search' ? 0 : 1
      }
      if (command === 'list')
        yield* print(
          process,
          `${isAboutInstalled ? 'Installed' : 'Available'} Packages\n${all.map((one) => `${`${one.name}.x86_64`.padEnd(40)}${one.version.padEnd(30)}${isInstalled(process, on, one.name) ? `@${repository(on)}` : repository(on)}\n`).join('')}`,
        )
      else if (command === 'info')
        yield* print(
          process,
          all
            .map(
              (one) =>
                `Name        : ${one.name}\nArch        : x86_64\nVersion     : ${one.version.split('-')[0]}\nRelease     : ${one.version.split('-')[1]}\nSize        : ${one.installedKb} k\nRepo        : ${repository(on)}\n\n`,
            )
            .join(''),
        )
      else yield* print(process, all.map((one) => `${one.name}.x86_64 : ${one.name}\n`).join(''))
      return 0
    }
    case 'repolist':
      yield* print(
        process,
        isOld
          ? `repo id                      repo name                                     status\n${repository(on)}/x86_64            ${on.id === 'ol' ? 'Oracle Linux 7Server Latest (x86_64)' : 'Base'}          ${packagesOf(on).length}\nrepolist: ${packagesOf(on).length}\n`
          : `repo id                repo name\n${repository(on)}     ${repository(on)}\n`,
      )
      return 0
    case undefined:
      yield* err(
        process,
        isOld ? 'Loaded plugins: ovl\nYou need to give some command\nUsage: yum [options] COMMAND\n' : 'usage: yum [options] COMMAND\n',
      )
      return 1
    default:
      yield* err(
        process,
        isOld
          ? `No such command: ${command}. Please use /usr/bin/yum --help\n`
          : `No such command: ${command}. Please use /usr/bin/yum --help\nIt could be a YUM plugin command, try: "yum install 'dnf-command(${command})'"\n`,
      )
      return 1
  }
}

interface Call {
  readonly process: Process
  readonly on: Distribution
  readonly isOld: boolean
  readonly isQuiet: boolean
  readonly args: readonly string[]
  readonly names: readonly string[]
  say(text: string): Blocking<void>
}

function* nothing(): Blocking<void> {}

function* install({ process, on, isOld, isQuiet, args, names, say }: Call): Blocking<number> {
  yield* sleep(process, networkMs)
  if (!isOnline(process)) {
    yield* err(
      process,
      isOld
        ? `Could not retrieve mirrorlist: error was\n14: curl#6 - "Could not resolve host: ${on.id === 'ol' ? 'yum.oracle.com' : 'mirrorlist.centos.org'}; Unknown error"\n`
        : `Error: Failed to download metadata for repo '${repository(on)}': Cannot prepare internal mirrorlist: Curl error (6): Couldn't resolve host name\n`,
    )
    return 1
  }
  // nginx and some others came to release 7 with EPEL only.
  const isOffered = (name: string): boolean =>
    packageOf(on, name) !== undefined &&
    !(
      isOld &&
      ['nginx', 'redis', 'nodejs', 'npm', 'jq', 'htop', 'stress', 'python3-pip', 'memcached', 'figlet', 'cowsay', 'sl'].includes(name) &&
      !isInstalled(process, on, 'epel-release') &&
      on.id === 'centos'
    )
  const unknown = names.filter((name) => !isOffered(name))
  for (const name of unknown) {
    if (isOld) yield* print(process, `No package ${name} available.\n`)
    else yield* print(process, `No match for argument: ${name}\n`)
  }
  if (unknown.length > 0 && (!isOld || unknown.length === names.length)) {
    yield* err(process, isOld ? 'Error: Nothing to do\n' : `Error: Unable to find a match: ${unknown.join(' ')}\n`)
    return 1
  }
  const wanted = names.filter((name) => !unknown.includes(name))
  for (const name of wanted)
    if (isInstalled(process, on, name))
      yield* say(
        `Package ${name}-${packageOf(on, name)?.version}.x86_64 ${isOld ? 'already installed and latest version' : 'is already installed.'}\n`,
      )
  const chosen = selection(process, on, wanted)
  if (chosen.length === 0) {
    yield* say(isOld ? 'Nothing to do\n' : 'Dependencies resolved.\nNothing to do.\nComplete!\n')
    return 0
  }
  const extra = chosen.filter((one) => !names.includes(one.name))
  const asked = chosen.filter((one) => names.includes(one.name))
  if (isOld)
    yield* say(
      `Resolving Dependencies\n--> Running transaction check\n${asked.map((one) => `---> Package ${one.name}.x86_64 0:${one.version} will be installed\n`).join('')}${extra.length > 0 ? `${extra.map((one) => `--> Processing Dependency: ${one.name} for package: ${asked[0].name}-${asked[0].version}.x86_64\n`).join('')}--> Running transaction check\n${extra.map((one) => `---> Package ${one.name}.x86_64 0:${one.version} will be installed\n`).join('')}` : ''}--> Finished Dependency Resolution\n\nDependencies Resolved\n\n`,
    )
  else yield* say('Last metadata expiration check: 0:00:01 ago.\nDependencies resolved.\n')
  yield* say(transaction(on, isOld, asked, extra))
  if (!args.some((arg) => /^-[a-z]*y/.test(arg) || arg === '--assumeyes')) {
    yield* print(process, isOld ? 'Is this ok [y/d/N]: ' : 'Is this ok [y/N]: ')
    if (!isTerminal(process, 0) || !(yield* agrees(process, ''))) {
      yield* err(process, isOld ? 'Exiting on user command\n' : 'Operation aborted.\n')
      return 1
    }
  }
  yield* say(`${isOld ? 'Downloading packages:' : 'Downloading Packages:'}\n`)
  for (const [at, one] of chosen.entries()) {
    yield* sleep(process, 150)
    yield* say(
      `${`(${at + 1}/${chosen.length}): ${one.name}-${one.version}.x86_64.rpm`.padEnd(58).slice(0, 58)} | ${amount(one.kb).padStart(6)}  00:00:00     \n`.replace(
        '(1/1): ',
        '',
      ),
    )
  }
  yield* say(
    `${isOld ? 'Running transaction check\nRunning transaction test\nTransaction test succeeded\nRunning transaction\n' : 'Running transaction check\nTransaction check succeeded.\nRunning transaction test\nTransaction test succeeded.\nRunning transaction\n  Preparing        :                                                        1/1 \n'}`,
  )
  for (const [at, one] of chosen.entries()) {
    place(process, on, one)
    yield* say(
      `${`${isOld ? '  Installing : ' : '  Installing       : '}${one.name}-${one.version}.x86_64`.padEnd(73)} ${at + 1}/${chosen.length} \n`,
    )
  }
  for (const [at, one] of chosen.entries())
    yield* say(
      `${`${isOld ? '  Verifying  : ' : '  Verifying        : '}${one.name}-${one.version}.x86_64`.padEnd(73)} ${at + 1}/${chosen.length} \n`,
    )
  const section = (title: string, some: readonly Package[]): string =>
    some.length > 0 ? `\n${title}:\n${some.map((one) => `  ${fullName(one, isOld)}\n`).join('')}` : ''
  yield* say(
    isOld
      ? `${section('Installed', asked)}${section('Dependency Installed', extra)}\nComplete!\n`
      : `${section('Installed', chosen)}\nComplete!\n`,
  )
  if (isQuiet && !isOld) yield* print(process, `\nInstalled:\n${chosen.map((one) => `  ${fullName(one, false)}\n`).join('')}\n`)
  return 0
}

function repository({ id, major }: Distribution): string {
  return id === 'ol'
    ? major === 7
      ? 'ol7_latest'
      : `ol${major}_appstream`
    : major === 7
      ? 'base'
      : id === 'fedora'
        ? 'updates'
        : id === 'amzn'
          ? 'amazonlinux'
          : 'appstream'
}

function fullName({ name, version }: Package, isOld: boolean): string {
  return isOld ? `${name}.x86_64 0:${version}` : `${name}-${version}.x86_64`
}

function amount(kb: number): string {
  return kb < 1000 ? `${kb} k` : `${(kb / 1024).toFixed(1)} M`
}

function transaction(on: Distribution, isOld: boolean, asked: readonly Package[], extra: readonly Package[]): string {
  const width = Math.max(12, ...[...asked, ...extra].map((one) => one.name.length + 1))
  const versionWidth = Math.max(18, ...[...asked, ...extra].map((one) => one.version.length + 1))
  const row = (one: Package): string =>
    ` ${one.name.padEnd(width)} x86_64   ${one.version.padEnd(versionWidth)} ${repository(on).padEnd(14)} ${amount(one.kb).padStart(6)}\n`
  const all = [...asked, ...extra]
  const count = asked.length
  return `${line}\n ${'Package'.padEnd(width)} ${isOld ? 'Arch    ' : 'Arch.   '} ${'Version'.padEnd(versionWidth)} ${'Repository'.padEnd(14)}   Size\n${line}\nInstalling:\n${asked.map(row).join('')}${extra.length > 0 ? `Installing ${isOld ? 'for ' : ''}dependencies:\n${extra.map(row).join('')}` : ''}\nTransaction Summary\n${line}\nInstall  ${isOld ? `${count} Package${count > 1 ? 's' : ''}${extra.length > 0 ? ` (+${extra.length} Dependent package${extra.length > 1 ? 's' : ''})` : ''}` : `${all.length} Package${all.length > 1 ? 's' : ''}`}\n\nTotal download size: ${amount(all.reduce((sum, one) => sum + one.kb, 0))}\nInstalled size: ${amount(all.reduce((sum, one) => sum + one.installedKb, 0))}\n`
}
