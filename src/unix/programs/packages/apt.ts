/** apt and apt-get, over the sandbox's mirror. What is not in its catalogue is told as unknown, exactly as the real one tells it. */
import { type Blocking, err, type Process, type Program, sleep } from '../../kernel/process.ts'
import { agrees } from '../remove.ts'
import { print } from '../text.ts'
import { isTerminal } from '../tool.ts'
import { type Distribution, distributionOf, type Package, packageOf, packagesOf } from './catalogue.ts'
import { installKubernetes } from './apt-kubernetes.ts'
import { installedPackages, isInstalled, isOnline, networkMs, place, remove, selection } from './install.ts'
import { content, isKubernetes, isOffered, offerOf, repositoriesOf, repository, statusOf } from './kubernetes.ts'

interface Call {
  readonly process: Process
  readonly on: Distribution
  /** `apt` or `apt-get`. */
  readonly name: string
  readonly args: readonly string[]
  readonly names: readonly string[]
  /** How much is said: `-q` still tells what is done, `-qq` next to nothing. */
  readonly quiet: number
  say(text: string): Blocking<void>
}

const lists = '/var/lib/apt/lists'

export const apt: Program = function* (process) {
  const args = process.argv.slice(1)
  const quiet = args.reduce((sum, arg) => sum + (/^-[a-z]+$/.test(arg) ? (arg.match(/q/g)?.length ?? 0) : arg === '--quiet' ? 1 : 0), 0)
  const [command, ...names] = args.filter(
    (arg, index) => !arg.startsWith('-') && !['-t', '-o', '-c', '--target-release', '--option'].includes(args[index - 1]),
  )
  const name = process.argv[0].replace(/.*\//, '')
  const call: Call = {
    process,
    on: distributionOf(process),
    name,
    args,
    names,
    quiet,
    say: (text) => (quiet > 1 ? nothing() : print(process, text)),
  }
  if (name === 'apt' && !isTerminal(process, 1) && command !== undefined)
    yield* err(process, '\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n')
  if (args.includes('--version') || args.includes('-v')) {
    yield* print(process, 'apt 2.6.1 (amd64)\n')
    return 0
  }
  if (command === undefined) {
    yield* print(
      process,
      `apt 2.6.1 (amd64)\nUsage: ${name} [options] command\n\nMost used commands:\n  update - Retrieve new lists of packages\n  install - Install new packages\n  remove - Remove packages\n  upgrade - Perform an upgrade\n`,
    )
    return 0
  }
  const needsRoot = [
    'update',
    'install',
    'reinstall',
    'remove',
    'purge',
    'upgrade',
    'autoremove',
    'dist-upgrade',
    'full-upgrade',
    'clean',
  ].includes(command)
  if (needsRoot && process.credentials.uid !== 0) {
    if (command === 'update')
      yield* err(
        process,
        'Reading package lists...\nE: Could not open lock file /var/lib/apt/lists/lock - open (13: Permission denied)\nE: Unable to lock directory /var/lib/apt/lists/\n',
      )
    else
      yield* err(
        process,
        'E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n',
      )
    return 100
  }
  switch (command) {
    case 'update':
      return yield* update(call)
    case 'install':
    case 'reinstall':
      return yield* install(call)
    case 'remove':
    case 'purge':
      return yield* removal(call, command)
    case 'upgrade':
    case 'dist-upgrade':
    case 'full-upgrade':
      yield* call.say(`${reading(call)}Calculating upgrade...\n0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n`)
      return 0
    case 'autoremove':
      yield* call.say(`${reading(call)}0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n`)
      return 0
    case 'clean':
    case 'autoclean':
      return 0
    case 'madison':
      return yield* madison(call)
    case 'search':
    case 'list':
    case 'show':
    case 'policy':
    case 'depends':
      return yield* look(call, command)
    default:
      yield* err(process, `E: Invalid operation ${command}\n`)
      return 100
  }
}

function* nothing(): Blocking<void> {}

function reading({ process }: Call): string {
  const done = isTerminal(process, 1) ? ' Done' : ''
  return `Reading package lists...${done}\nBuilding dependency tree...${done}\nReading state information...${done}\n`
}

function mirrorOf({ id }: Distribution): { readonly mirror: string; readonly suites: readonly string[]; readonly security: string } {
  return id === 'ubuntu'
    ? { mirror: 'http://archive.ubuntu.com/ubuntu', suites: ['-updates', '-backports'], security: 'http://security.ubuntu.com/ubuntu' }
    : { mirror: 'http://deb.debian.org/debian', suites: ['-updates'], security: 'http://deb.debian.org/debian-security' }
}

function* update({ process, on, name, say }: Call): Blocking<number> {
  const { codename } = on
  const { mirror, suites: more, security } = mirrorOf(on)
  if (!isOnline(process)) {
    const host = mirror.split('/')[2]
    yield* sleep(process, 2000)
    yield* say(
      `Ign:1 ${mirror} ${codename} InRelease\nErr:1 ${mirror} ${codename} InRelease\n  Temporary failure resolving '${host}'\nReading package lists...\n`,
    )
    yield* err(
      process,
      `W: Failed to fetch ${mirror}/dists/${codename}/InRelease  Temporary failure resolving '${host}'\nW: Some index files failed to download. They have been ignored, or old ones used instead.\n`,
    )
    return 0
  }
  const suites = [`${mirror} ${codename}`, ...more.map((one) => `${mirror} ${codename}${one}`), `${security} ${codename}-security`]
  const sizes = ['151 kB', '55.4 kB', '48.0 kB', '126 kB']
  for (const [index, suite] of suites.entries()) {
    yield* sleep(process, networkMs / suites.length)
    yield* say(`Get:${index + 1} ${suite} InRelease [${sizes[index]}]\n`)
  }
  for (const minor of repositoriesOf(process.files)) {
    if (isOffered(minor)) yield* say(`Get:${suites.length + 3} ${content}  InRelease [1227 B]\n`)
    else
      yield* err(
        process,
        `W: The repository 'https://pkgs.k8s.io/core:/stable:/v${minor}/deb  InRelease' is not in this sandbox: it has that of v1.33\n`,
      )
  }
  yield* sleep(process, networkMs)
  yield* say(
    `Get:${suites.length + 1} ${mirror} ${codename}/main amd64 Packages [8791 kB]\nGet:${suites.length + 2} ${security} ${codename}-security/main amd64 Packages [283 kB]\nFetched 9306 kB in 2s (5170 kB/s)\nReading package lists...${isTerminal(process, 1) ? ' Done' : ''}\n`,
  )
  if (name === 'apt') yield* say('Building dependency tree...\nReading state information...\nAll packages are up to date.\n')
  if (!process.files.exists(lists)) process.files.mkdir(lists, { parents: true })
  process.files.writeFile(
    `${lists}/${mirror.replace('http://', '').replaceAll('/', '_')}_dists_${codename}_main_binary-amd64_Packages`,
    packagesOf(on)
      .map((one) => `Package: ${one.name}\nVersion: ${one.version}\n\n`)
      .join(''),
  )
  return 0
}

/** Machines that came with Kubernetes' packages came with the list of their repository. */
const knowsKubernetes = (process: Process): boolean => isUpdated(process) || statusOf(process.files).has('kubeadm')

function isUpdated(process: Process): boolean {
  return process.files.exists(lists) && process.files.list(lists).some((name) => /Packages/.test(name))
}

/** Every version that there is of a package. */
function* madison({ process, on, names }: Call): Blocking<number> {
  for (const name of names) {
    const row = (version: string, from: string): string => `${name.padStart(10)} | ${version.padStart(10)} | ${from} Packages\n`
    const found = packageOf(on, name)
    const versions = knowsKubernetes(process) ? (offerOf(process.files, name)?.versions ?? []) : []
    yield* print(process, versions.map((version) => row(version, `${repository} `)).join(''))
    if (found && isUpdated(process)) yield* print(process, row(found.version, `${mirrorOf(on).mirror} ${on.codename}/main amd64`))
    else if (versions.length === 0) yield* err(process, `N: Unable to locate package ${name}\n`)
  }
  return 0
}

function* install(call: Call): Blocking<number> {
  const { process, on, args, names, say } = call
  yield* say(reading(call))
  if (names.length > 0 && names.every((one) => isKubernetes(one.replace(/[=:/].*$/, ''))) && knowsKubernetes(process)) {
    const wishes = names.map((one) => ({ name: one.replace(/[=:/].*$/, ''), version: /=(.+)$/.exec(one)?.[1] }))
    return yield* installKubernetes(process, wishes, { isYes: saysYes(call), args, say })
  }
  const wanted = names.map((one) => one.replace(/[=:/].*$/, ''))
  let isWrong = false
  for (const [index, one] of wanted.entries()) {
    if (isInstalled(process, on, one)) continue
    const found = packageOf(on, one)
    const asked = /=(.+)$/.exec(names[index])?.[1]
    if (
      found &&
      isUpdated(process) &&
      (asked === undefined || new RegExp(`^${asked.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(found.version))
    )
      continue
    isWrong = true
    if (found && isUpdated(process)) yield* err(process, `E: Version '${asked}' for '${one}' was not found\n`)
    else if (one === 'netcat' && isUpdated(process)) {
      yield* print(
        process,
        'Package netcat is a virtual package provided by:\n  netcat-openbsd 1.219-1\n  netcat-traditional 1.10-47\nYou should explicitly select one to install.\n\n',
      )
      yield* err(process, `E: Package 'netcat' has no installation candidate\n`)
    } else yield* err(process, `E: Unable to locate package ${one}\n`)
  }
  if (isWrong) return 100
  for (const one of wanted)
    if (isInstalled(process, on, one)) yield* say(`${one} is already the newest version (${packageOf(on, one)?.version ?? ''}).\n`)
  const chosen = selection(process, on, wanted)
  if (chosen.length === 0) {
    yield* say('0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n')
    return 0
  }
  const extra = chosen.filter((one) => !wanted.includes(one.name))
  if (extra.length > 0)
    yield* say(
      `The following additional packages will be installed:\n  ${extra
        .map((one) => one.name)
        .sort()
        .join(' ')}\n`,
    )
  const size = chosen.reduce((sum, one) => sum + one.kb, 0)
  yield* say(
    `The following NEW packages will be installed:\n  ${chosen
      .map((one) => one.name)
      .sort()
      .join(
        ' ',
      )}\n0 upgraded, ${chosen.length} newly installed, 0 to remove and 0 not upgraded.\nNeed to get ${amount(size)} of archives.\nAfter this operation, ${amount(chosen.reduce((sum, one) => sum + one.installedKb, 0))} of additional disk space will be used.\n`,
  )
  if (!saysYes(call) && chosen.length !== wanted.length) {
    yield* print(process, 'Do you want to continue? [Y/n] ')
    if (!(yield* agreed(process))) {
      yield* print(process, 'Abort.\n')
      return 1
    }
  }
  yield* fetchAll(call, chosen, size)
  if (!isTerminal(process, 0) && process.env.DEBIAN_FRONTEND !== 'noninteractive')
    yield* err(process, 'debconf: delaying package configuration, since apt-utils is not installed\n')
  for (const one of chosen) {
    yield* sleep(process, 100)
    yield* print(
      process,
      `Selecting previously unselected package ${one.name}.\n${one === chosen[0] ? '(Reading database ... 6092 files and directories currently installed.)\n' : ''}Preparing to unpack .../${one.name}_${one.version.replace(':', '%3a')}_amd64.deb ...\nUnpacking ${one.name} (${one.version}) ...\n`,
    )
  }
  for (const one of chosen) {
    place(process, on, one)
    yield* print(process, `Setting up ${one.name} (${one.version}) ...\n`)
    // A container has no init that could start it; policy-rc.d of the image forbids it besides.
    if (process.files.exists(`/etc/init.d/${one.name}`))
      yield* print(process, 'invoke-rc.d: could not determine current runlevel\ninvoke-rc.d: policy-rc.d denied execution of start.\n')
  }
  return 0
}

function saysYes({ args, quiet }: Call): boolean {
  return args.some((arg) => /^-[a-z]*y/.test(arg) || arg === '--yes' || arg === '--assume-yes') || quiet > 1
}

function* fetchAll({ process, on, say }: Call, chosen: readonly Package[], size: number): Blocking<void> {
  const { mirror } = mirrorOf(on)
  for (const [index, one] of chosen.entries()) {
    yield* sleep(process, 150)
    yield* say(`Get:${index + 1} ${mirror} ${on.codename}/main amd64 ${one.name} amd64 ${one.version} [${amount(one.kb)}]\n`)
  }
  const seconds = Math.max(0, Math.round(chosen.length * 0.15))
  yield* say(`Fetched ${amount(size)} in ${seconds}s (${amount(Math.round(size / Math.max(1, seconds)))}/s)\n`)
}

/** `315 kB`, `10.4 MB`, as apt counts. */
function amount(kb: number): string {
  return kb < 10_000 ? `${kb} kB` : kb < 100_000 ? `${(kb / 1000).toFixed(1)} MB` : `${Math.round(kb / 1000)} MB`
}

/** An empty line is a yes; no input at all is not. */
function* agreed(process: Process): Blocking<boolean> {
  if (!isTerminal(process, 0)) return false
  return yield* agrees(process, '', { isDefault: true })
}

function* removal(call: Call, command: 'remove' | 'purge'): Blocking<number> {
  const { process, on, names, say } = call
  yield* say(reading(call))
  const gone: string[] = []
  for (const one of names) {
    if (!packageOf(on, one)) {
      yield* err(process, `E: Unable to locate package ${one}\n`)
      return 100
    }
    if (isInstalled(process, on, one)) gone.push(one)
    else yield* say(`Package '${one}' is not installed, so not removed\n`)
  }
  const size = gone.reduce((sum, one) => sum + (packageOf(on, one)?.installedKb ?? 0), 0)
  yield* say(
    `${gone.length > 0 ? `The following packages will be REMOVED:\n  ${gone.map((one) => (command === 'purge' ? `${one}*` : one)).join(' ')}\n` : ''}0 upgraded, 0 newly installed, ${gone.length} to remove and 0 not upgraded.\n${gone.length > 0 ? `After this operation, ${amount(size)} disk space will be freed.\n(Reading database ... 6120 files and directories currently installed.)\n` : ''}`,
  )
  for (const one of gone) {
    remove(process, on, one)
    yield* say(`Removing ${one} (${packageOf(on, one)?.version ?? ''}) ...\n`)
  }
  return 0
}

function* look({ process, on, args, names }: Call, command: string): Blocking<number> {
  const status = statusOf(process.files)
  for (const name of names.filter((one) => isKubernetes(one))) {
    const offer = offerOf(process.files, name)
    const version = status.get(name)?.version
    if (!offer && !version) continue
    const candidate = offer?.versions[0] ?? version
    if (command === 'policy')
      yield* print(
        process,
        `${name}:\n  Installed: ${version ?? '(none)'}\n  Candidate: ${candidate}\n  Version table:\n${(offer?.versions ?? []).map((one) => `${one === version ? ' ***' : '    '} ${one} 500\n        500 ${repository}  Packages\n${one === version ? '        100 /var/lib/dpkg/status\n' : ''}`).join('')}`,
      )
    else if (command === 'show')
      for (const one of offer?.versions ?? [])
        yield* print(
          process,
          `Package: ${name}\nVersion: ${one}\nPriority: optional\nSection: admin\nMaintainer: Kubernetes Authors <dev@kubernetes.io>\nInstalled-Size: ${offer?.installedKb} kB\nHomepage: https://kubernetes.io\nDownload-Size: ${offer?.kb} kB\n\n`,
        )
  }
  if (names.length > 0 && names.every((one) => isKubernetes(one) && (status.has(one) || offerOf(process.files, one)))) return 0
  const all = packagesOf(on)
  if (command === 'list' && isTerminal(process, 1)) yield* print(process, 'Listing... Done\n')
  else if (command === 'list') yield* print(process, 'Listing...\n')
  if (command === 'show' && names[0] !== undefined && !packageOf(on, names[0])) {
    yield* err(process, `N: Unable to locate package ${names[0]}\nE: No packages found\n`)
    return 100
  }
  for (const one of command === 'list' && args.includes('--installed') ? installedPackages(process, on) : all) {
    const isThere = isInstalled(process, on, one.name)
    const isNamed = names.length === 0 || names.some((name) => (command === 'search' ? one.name.includes(name) : one.name === name))
    if (!isNamed) continue
    if (command === 'show')
      yield* print(
        process,
        `Package: ${one.name}\nVersion: ${one.version}\nPriority: optional\nSection: utils\nInstalled-Size: ${one.installedKb} kB\n${one.needs.length > 0 ? `Depends: ${one.needs.join(', ')}\n` : ''}Download-Size: ${one.kb} kB\n\n`,
      )
    else if (command === 'policy')
      yield* print(
        process,
        `${one.name}:\n  Installed: ${isThere ? one.version : '(none)'}\n  Candidate: ${one.version}\n  Version table:\n${isThere ? ' ***' : '    '} ${one.version} 500\n        500 ${mirrorOf(on).mirror} ${on.codename}/main amd64 Packages\n`,
      )
    else if (command === 'depends') yield* print(process, `${one.name}\n${one.needs.map((need) => `  Depends: ${need}\n`).join('')}`)
    else
      yield* print(
        process,
        `${one.name}/${on.codename}${isThere ? ',now' : ''} ${one.version} amd64${isThere ? ' [installed]' : ''}\n${command === 'search' ? '\n' : ''}`,
      )
  }
  return 0
}
