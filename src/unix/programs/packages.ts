/**
 * apt, apk and yum, with a small catalogue: what is installed are the programs that exist here. A package that is not in the catalogue is told
 * as unknown, exactly as the real ones tell it; nothing is pretended.
 */
import { binary } from '../kernel/execute.ts'
import { type Blocking, err, type Process, type Program, sleep } from '../kernel/process.ts'
import { agrees } from './remove.ts'
import { print } from './text.ts'
import { isTerminal } from './tool.ts'

interface Package {
  readonly version: string
  /** Alpine's. */
  readonly alpine?: string
  readonly kb: number
  readonly programs: readonly string[]
  readonly needs?: readonly string[]
  readonly folder?: string
}

const catalogue: Readonly<Record<string, Package>> = {
  curl: { version: '7.88.1-10+deb12u14', alpine: '8.14.1-r2', kb: 315, programs: ['curl'], needs: ['libcurl4'] },
  libcurl4: { version: '7.88.1-10+deb12u14', alpine: '8.14.1-r2', kb: 391, programs: [] },
  libcurl: { version: '7.88.1-10+deb12u14', alpine: '8.14.1-r2', kb: 391, programs: [] },
  wget: { version: '1.21.3-1+deb12u1', alpine: '1.25.0-r1', kb: 937, programs: ['wget'] },
  procps: { version: '2:4.0.2-3', alpine: '4.0.4-r3', kb: 709, programs: ['ps', 'top', 'free', 'uptime', 'watch', 'pgrep', 'pkill', 'kill', 'pidof'] },
  'iputils-ping': { version: '3:20221126-1+deb12u1', kb: 47, programs: ['ping'], folder: '/usr/bin' },
  iputils: { version: '20240905', alpine: '20240905-r0', kb: 47, programs: ['ping'] },
  'net-tools': { version: '2.10-0.1+deb12u2', alpine: '2.10-r3', kb: 243, programs: ['ifconfig', 'netstat', 'route', 'arp', 'hostname'] },
  iproute2: { version: '6.1.0-3', alpine: '6.15.0-r0', kb: 1046, programs: ['ip', 'ss'] },
  dnsutils: { version: '1:9.18.33-1~deb12u2', kb: 276, programs: ['dig', 'nslookup', 'host'], needs: ['bind9-dnsutils'] },
  'bind9-dnsutils': { version: '1:9.18.33-1~deb12u2', kb: 154, programs: ['dig', 'nslookup', 'host'] },
  'bind9-host': { version: '1:9.18.33-1~deb12u2', kb: 53, programs: ['host'] },
  'bind-tools': { version: '9.20.13', alpine: '9.20.13-r0', kb: 53, programs: ['dig', 'nslookup', 'host'] },
  'netcat-openbsd': { version: '1.219-1', alpine: '1.229.1-r0', kb: 41, programs: ['nc'] },
  netcat: { version: '1.219-1', kb: 41, programs: ['nc'] },
  'netcat-traditional': { version: '1.10-47', kb: 66, programs: ['nc'] },
  telnet: { version: '0.17+2.4-2+deb12u1', kb: 37, programs: ['telnet'] },
  traceroute: { version: '1:2.1.2-1', kb: 57, programs: ['traceroute'] },
  vim: { version: '2:9.0.1378-2+deb12u2', alpine: '9.1.1566-r0', kb: 1567, programs: ['vi', 'vim'] },
  nano: { version: '7.2-1+deb12u1', alpine: '8.4-r0', kb: 690, programs: ['nano'] },
  less: { version: '590-2.1~deb12u2', alpine: '668-r0', kb: 132, programs: ['less'] },
  jq: { version: '1.6-2.1+deb12u1', alpine: '1.8.1-r0', kb: 64, programs: ['jq'] },
  git: { version: '1:2.39.5-0+deb12u2', alpine: '2.49.1-r0', kb: 7264, programs: ['git'] },
  python3: { version: '3.11.2-1+b1', alpine: '3.12.11-r0', kb: 26, programs: ['python3'] },
  openssl: { version: '3.0.17-1~deb12u2', alpine: '3.5.2-r0', kb: 1434, programs: ['openssl'] },
  'ca-certificates': { version: '20230311+deb12u1', alpine: '20250619-r0', kb: 155, programs: [] },
  stress: { version: '1.0.7-1', kb: 18, programs: ['stress'] },
  bash: { version: '5.2.15-2+b8', alpine: '5.2.37-r0', kb: 1490, programs: ['bash'] },
  sudo: { version: '1.9.13p3-1+deb12u2', alpine: '1.9.17_p2-r0', kb: 1889, programs: ['sudo'] },
  tree: { version: '2.1.0-1', alpine: '2.2.1-r0', kb: 52, programs: ['tree'] },
  file: { version: '1:5.44-3', alpine: '5.46-r2', kb: 42, programs: ['file'] },
  xxd: { version: '2:9.0.1378-2+deb12u2', alpine: '9.1.1566-r0', kb: 84, programs: ['xxd'] },
  psmisc: { version: '23.6-1', kb: 259, programs: ['killall'] },
  coreutils: { version: '9.1-1', alpine: '9.7-r1', kb: 2896, programs: [] },
  tar: { version: '1.34+dfsg-1.2+deb12u1', alpine: '1.35-r3', kb: 837, programs: ['tar'] },
  gzip: { version: '1.12-1', alpine: '1.14-r1', kb: 96, programs: ['gzip', 'gunzip', 'zcat'] },
  nginx: { version: '1.22.1-9+deb12u3', alpine: '1.28.0-r3', kb: 528, programs: ['nginx'], folder: '/usr/sbin' },
}

/** Seconds that a repository takes to answer. */
const networkMs = 900

export const aptGet: Program = (process) => apt(process)
export const aptProgram: Program = (process) => apt(process)

function installed(process: Process, name: string): boolean {
  const found = catalogue[name]
  return found !== undefined && found.programs.length > 0 && found.programs.every((program) => ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin'].some((folder) => process.files.exists(`${folder}/${program}`)))
}

/** With what is needed for it; only what has programs here and is not there yet. */
function selection(process: Process, names: readonly string[]): string[] {
  const all = names.flatMap((name) => [...(catalogue[name]?.needs ?? []), name])
  return [...new Set(all)].filter((name) => !installed(process, name) && process.kernel.programs !== undefined)
}

/** An image whose package is known but whose program does not exist in this sandbox gets a clear answer. */
function missing(process: Process, name: string): string | undefined {
  const found = catalogue[name]
  return found?.programs.length && found.programs.every((program) => !process.kernel.programs.has(program)) ? `Drydock does not simulate ${name}: the package is known, its programs are not here` : undefined
}

function place(process: Process, name: string): void {
  const { programs, folder = '/usr/bin' } = catalogue[name]
  if (!process.files.exists(folder)) process.files.mkdir(folder, { parents: true }, process.credentials)
  for (const program of programs) if (process.kernel.programs.has(program)) process.files.writeFile(`${folder}/${program}`, binary(program), { mode: 0o755 }, process.credentials)
  process.files.writeFile(`${listFolder(process)}/${name}.list`, programs.map((program) => `${folder}/${program}\n`).join(''), {}, process.credentials)
}

function listFolder(process: Process): string {
  const folder = '/var/lib/dpkg/info'
  if (!process.files.exists(folder)) process.files.mkdir(folder, { parents: true }, process.credentials)
  return folder
}

function isUpdated(process: Process): boolean {
  return process.files.exists('/var/lib/apt/lists') && process.files.list('/var/lib/apt/lists').some((name) => /Packages/.test(name))
}

/** The mirror is reached when the network lets anything out. */
function isOnline(process: Process): boolean {
  return process.net.interfaces.some(({ name }) => name !== 'lo')
}

function distribution(process: Process): { codename: string; mirror: string; areas: readonly string[]; security: string } {
  const release = process.files.exists('/etc/os-release') ? process.files.readText('/etc/os-release') : ''
  if (/ID=ubuntu/.test(release)) return { codename: /VERSION_CODENAME=(\w+)/.exec(release)?.[1] ?? 'noble', mirror: 'http://archive.ubuntu.com/ubuntu', areas: ['InRelease', 'updates', 'backports'], security: 'http://security.ubuntu.com/ubuntu' }
  return { codename: /VERSION_CODENAME=(\w+)/.exec(release)?.[1] ?? 'bookworm', mirror: 'http://deb.debian.org/debian', areas: ['InRelease', 'updates'], security: 'http://deb.debian.org/debian-security' }
}

function* apt(process: Process): Blocking<number> {
  const name = process.argv[0].replace(/.*\//, '')
  const args = process.argv.slice(1)
  const isQuiet = args.some((arg) => /^-q+$/.test(arg) || arg === '-yqq' || arg === '-qqy' || arg === '--quiet')
  const isYes = args.some((arg) => /^-[a-z]*y/.test(arg) || arg === '--yes' || arg === '--assume-yes')
  const [command, ...names] = args.filter((arg) => !arg.startsWith('-'))
  const say = function* (text: string): Blocking<void> {
    if (!isQuiet) yield* print(process, text)
  }
  if (name === 'apt' && !isTerminal(process, 1) && command !== undefined) yield* err(process, '\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n')
  if (command === undefined) {
    yield* print(process, `apt 2.6.1 (amd64)\nUsage: ${name} [options] command\n\nMost used commands:\n  update - Retrieve new lists of packages\n  install - Install new packages\n  remove - Remove packages\n  upgrade - Perform an upgrade\n`)
    return 0
  }
  const needsRoot = ['update', 'install', 'remove', 'purge', 'upgrade', 'autoremove', 'dist-upgrade', 'full-upgrade', 'clean'].includes(command)
  if (needsRoot && process.credentials.uid !== 0) {
    if (command === 'update') yield* err(process, 'E: Could not open lock file /var/lib/apt/lists/lock - open (13: Permission denied)\nE: Unable to lock directory /var/lib/apt/lists/\n')
    else yield* err(process, 'E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n')
    return 100
  }
  const { codename, mirror, areas, security } = distribution(process)
  switch (command) {
    case 'update': {
      if (!isOnline(process)) {
        yield* sleep(process, 2000)
        yield* say(`Ign:1 ${mirror} ${codename} InRelease\nErr:1 ${mirror} ${codename} InRelease\n  Temporary failure resolving '${mirror.split('/')[2]}'\nReading package lists...\n`)
        yield* err(process, `W: Failed to fetch ${mirror}/dists/${codename}/InRelease  Temporary failure resolving '${mirror.split('/')[2]}'\nW: Some index files failed to download. They have been ignored, or old ones used instead.\n`)
        return 0
      }
      const suites = [`${mirror} ${codename}`, ...areas.slice(1).map((area) => `${mirror} ${codename}-${area}`), `${security} ${codename}-security`]
      const sizes = [151, 55.4, 48, 126]
      for (const [index, suite] of suites.entries()) {
        yield* sleep(process, networkMs / suites.length)
        yield* say(`Get:${index + 1} ${suite} InRelease [${sizes[index] ?? 48} kB]\n`)
      }
      yield* sleep(process, networkMs)
      yield* say(`Get:${suites.length + 1} ${mirror} ${codename}/main amd64 Packages [8790 kB]\nGet:${suites.length + 2} ${security} ${codename}-security/main amd64 Packages [283 kB]\nFetched 9305 kB in 1s (6203 kB/s)\nReading package lists...${isTerminal(process, 1) ? ' Done' : ''}\n`)
      if (name === 'apt') yield* say('Building dependency tree...\nReading state information...\nAll packages are up to date.\n')
      const lists = '/var/lib/apt/lists'
      if (!process.files.exists(lists)) process.files.mkdir(lists, { parents: true }, process.credentials)
      process.files.writeFile(`${lists}/${mirror.replace('http://', '').replaceAll('/', '_')}_dists_${codename}_main_binary-amd64_Packages`, Object.entries(catalogue).map(([one, { version }]) => `Package: ${one}\nVersion: ${version}\n\n`).join(''), {}, process.credentials)
      return 0
    }
    case 'install': {
      const done = isTerminal(process, 1) ? ' Done' : ''
      yield* say(`Reading package lists...${done}\nBuilding dependency tree...${done}\nReading state information...${done}\n`)
      const wanted = names.map((one) => one.replace(/[=:].*$/, ''))
      for (const [index, one] of wanted.entries()) {
        if (installed(process, one)) continue
        if (!catalogue[one] || !isUpdated(process)) {
          yield* err(process, catalogue[one] && /netcat$/.test(one) ? `E: Package '${one}' has no installation candidate\n` : `E: Unable to locate package ${names[index]}\n`)
          return 100
        }
        const reason = missing(process, one)
        if (reason !== undefined) {
          yield* err(process, `E: ${reason}\n`)
          return 100
        }
      }
      for (const one of wanted) if (installed(process, one)) yield* say(`${one} is already the newest version (${catalogue[one].version}).\n`)
      const chosen = selection(process, wanted)
      if (chosen.length === 0) {
        yield* say('0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n')
        return 0
      }
      const extra = chosen.filter((one) => !wanted.includes(one))
      if (extra.length > 0) yield* say(`The following additional packages will be installed:\n  ${extra.join(' ')}\n`)
      const size = chosen.reduce((sum, one) => sum + catalogue[one].kb, 0)
      yield* say(`The following NEW packages will be installed:\n  ${[...chosen].sort().join(' ')}\n0 upgraded, ${chosen.length} newly installed, 0 to remove and 0 not upgraded.\nNeed to get ${size} kB of archives.\nAfter this operation, ${size * 3} kB of additional disk space will be used.\n`)
      if (!isYes && (extra.length > 0 || wanted.length !== chosen.length || isTerminal(process, 0) === false)) {
        yield* print(process, 'Do you want to continue? [Y/n] ')
        if (!isTerminal(process, 0)) {
          yield* print(process, 'Abort.\n')
          return 1
        }
        if (!(yield* agrees(process, ''))) {
          yield* print(process, 'Abort.\n')
          return 1
        }
      }
      for (const [index, one] of chosen.entries()) {
        yield* sleep(process, 150)
        yield* say(`Get:${index + 1} ${mirror} ${codename}/main amd64 ${one} amd64 ${catalogue[one].version} [${catalogue[one].kb} kB]\n`)
      }
      yield* say(`Fetched ${size} kB in 0s (${size * 4} kB/s)\n`)
      if (!isTerminal(process, 0)) yield* err(process, 'debconf: delaying package configuration, since apt-utils is not installed\n')
      for (const one of chosen) {
        yield* sleep(process, 100)
        yield* say(`Selecting previously unselected package ${one}.\n(Reading database ... 6092 files and directories currently installed.)\nPreparing to unpack .../${one}_${catalogue[one].version.replace(':', '%3a')}_amd64.deb ...\nUnpacking ${one} (${catalogue[one].version}) ...\n`)
      }
      for (const one of chosen) {
        place(process, one)
        yield* say(`Setting up ${one} (${catalogue[one].version}) ...\n`)
      }
      return 0
    }
    case 'remove':
    case 'purge': {
      yield* say('Reading package lists...\nBuilding dependency tree...\nReading state information...\n')
      for (const one of names) {
        if (!catalogue[one]) {
          yield* err(process, `E: Unable to locate package ${one}\n`)
          return 100
        }
        if (!installed(process, one)) {
          yield* say(`Package '${one}' is not installed, so not removed\n`)
          continue
        }
        yield* say(`The following packages will be REMOVED:\n  ${one}\nRemoving ${one} (${catalogue[one].version}) ...\n`)
        for (const program of catalogue[one].programs) for (const folder of ['/usr/bin', '/bin', '/usr/sbin']) if (process.files.exists(`${folder}/${program}`)) process.files.unlink(`${folder}/${program}`, process.credentials)
      }
      return 0
    }
    case 'upgrade':
    case 'dist-upgrade':
    case 'full-upgrade':
    case 'autoremove':
      yield* say('Reading package lists...\nBuilding dependency tree...\nReading state information...\nCalculating upgrade...\n0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n'.replace(command === 'autoremove' ? 'Calculating upgrade...\n' : '\0', ''))
      return 0
    case 'clean':
    case 'autoclean':
      return 0
    case 'search':
    case 'list':
    case 'show': {
      for (const [one, { version, kb }] of Object.entries(catalogue)) {
        if (command === 'show' ? one !== names[0] : names.length > 0 && !one.includes(names[0])) continue
        if (command === 'list' && args.includes('--installed') && !installed(process, one)) continue
        yield* print(process, command === 'show' ? `Package: ${one}\nVersion: ${version}\nInstalled-Size: ${kb * 3} kB\n\n` : `${one}/${codename} ${version} amd64${installed(process, one) ? ' [installed]' : ''}\n`)
      }
      return 0
    }
    default:
      yield* err(process, `E: Invalid operation ${command}\n`)
      return 100
  }
}

export const apk: Program = function* (process) {
  const args = process.argv.slice(1)
  const isQuiet = args.includes('-q') || args.includes('--quiet')
  const [command, ...names] = args.filter((arg, index) => !arg.startsWith('-') && args[index - 1] !== '-t' && args[index - 1] !== '--virtual')
  const repositories = ['main', 'community'].map((area) => `https://dl-cdn.alpinelinux.org/alpine/v3.22/${area}`)
  const fetchIndex = function* (): Blocking<boolean> {
    for (const repository of repositories) {
      if (!isQuiet) yield* print(process, `fetch ${repository}/x86_64/APKINDEX.tar.gz\n`)
      yield* sleep(process, networkMs / 2)
      if (isOnline(process)) continue
      yield* err(process, `WARNING: fetching ${repository}: temporary error (try again later)\n`)
      return false
    }
    return true
  }
  const installedCount = (): number => 16 + Object.keys(catalogue).filter((one) => process.files.exists(`/var/lib/dpkg/info/${one}.list`)).length
  switch (command) {
    case 'update':
      if (!(yield* fetchIndex())) return 2
      yield* print(process, `v3.22.1-224-g1d2bd2cfd19 [${repositories[0]}]\nv3.22.1-220-g5ca4dc3d0b7 [${repositories[1]}]\nOK: 26326 distinct packages available\n`)
      return 0
    case 'add': {
      if (process.credentials.uid !== 0) {
        yield* err(process, 'ERROR: Unable to lock database: Permission denied\nERROR: Failed to open apk database: Permission denied\n')
        return 99
      }
      if (!(yield* fetchIndex())) {
        yield* err(process, `ERROR: unable to select packages:\n${names.map((one) => `  ${one} (no such package):\n    required by: world[${one}]\n`).join('')}`)
        return names.length
      }
      const unknown = names.map((one) => one.replace(/[=<>~].*$/, '')).filter((one) => !catalogue[one] || catalogue[one].alpine === undefined)
      if (unknown.length > 0) {
        yield* err(process, `ERROR: unable to select packages:\n${unknown.map((one) => `  ${one} (no such package):\n    required by: world[${one}]\n`).join('')}`)
        return unknown.length
      }
      const reason = names.map((one) => missing(process, one)).find((one) => one !== undefined)
      if (reason !== undefined) {
        yield* err(process, `ERROR: ${reason}\n`)
        return 1
      }
      const chosen = names.map((one) => one.replace(/[=<>~].*$/, '')).filter((one) => !process.files.exists(`/var/lib/dpkg/info/${one}.list`))
      for (const [index, one] of chosen.entries()) {
        yield* sleep(process, 120)
        if (!isQuiet) yield* print(process, `(${index + 1}/${chosen.length}) Installing ${one} (${catalogue[one].alpine})\n`)
        place(process, one)
      }
      if (!isQuiet && chosen.length > 0) yield* print(process, 'Executing busybox-1.37.0-r18.trigger\n')
      if (!isQuiet) yield* print(process, `OK: ${Math.round(8 + chosen.reduce((sum, one) => sum + catalogue[one].kb, 0) / 400)} MiB in ${installedCount()} packages\n`)
      return 0
    }
    case 'del':
      for (const [index, one] of names.entries()) {
        if (!catalogue[one] || !process.files.exists(`/var/lib/dpkg/info/${one}.list`)) continue
        yield* print(process, `(${index + 1}/${names.length}) Purging ${one} (${catalogue[one].alpine})\n`)
        for (const program of catalogue[one].programs) if (process.files.exists(`/usr/bin/${program}`)) process.files.unlink(`/usr/bin/${program}`, process.credentials)
        process.files.unlink(`/var/lib/dpkg/info/${one}.list`, process.credentials)
      }
      yield* print(process, `OK: 8 MiB in ${installedCount()} packages\n`)
      return 0
    case 'list':
    case 'info':
      for (const [one, { alpine }] of Object.entries(catalogue)) if (process.files.exists(`/var/lib/dpkg/info/${one}.list`)) yield* print(process, command === 'info' ? `${one}\n` : `${one}-${alpine} x86_64 {${one}} (MIT) [installed]\n`)
      return 0
    case 'search':
      for (const [one, { alpine }] of Object.entries(catalogue)) if (alpine !== undefined && one.includes(names[0] ?? '')) yield* print(process, `${one}-${alpine}\n`)
      return 0
    default:
      yield* err(process, 'apk-tools 2.14.9, compiled for x86_64.\n\nusage: apk [<OPTIONS>...] COMMAND [<ARGUMENTS>...]\n')
      return 1
  }
}

export const yum: Program = function* (process) {
  const args = process.argv.slice(1)
  const [command, ...names] = args.filter((arg) => !arg.startsWith('-'))
  if (process.credentials.uid !== 0 && command !== undefined && ['install', 'remove', 'update'].includes(command)) {
    yield* err(process, 'Error: This command has to be run with superuser privileges (under the root user on most systems).\n')
    return 1
  }
  if (command === 'install') {
    yield* sleep(process, networkMs)
    for (const one of names) {
      if (!catalogue[one]) {
        yield* print(process, `No match for argument: ${one}\n`)
        yield* err(process, `Error: Unable to find a match: ${one}\n`)
        return 1
      }
      const reason = missing(process, one)
      if (reason !== undefined) {
        yield* err(process, `Error: ${reason}\n`)
        return 1
      }
      if (installed(process, one)) yield* print(process, `Package ${one}-${catalogue[one].version.replace(/^\d+:|[-+].*$/g, '')}.x86_64 is already installed.\n`)
      else place(process, one)
    }
    yield* print(process, `Dependencies resolved.\n${names.map((one) => `Installed:\n  ${one}-${(catalogue[one]?.version ?? '').replace(/^\d+:|[-+].*$/g, '')}.x86_64\n`).join('')}\nComplete!\n`)
    return 0
  }
  if (command === 'update' || command === 'makecache') {
    yield* print(process, 'Dependencies resolved.\nNothing to do.\nComplete!\n')
    return 0
  }
  yield* err(process, `No such command: ${command ?? ''}. Please use /usr/bin/yum --help\n`)
  return 1
}

export const dpkg: Program = function* (process) {
  const args = process.argv.slice(1)
  if (args[0] === '-l' || args[0] === '--list') {
    const wanted = args.slice(1)
    let text = 'Desired=Unknown/Install/Remove/Purge/Hold\n| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n||/ Name           Version              Architecture Description\n+++-==============-====================-============-=================================\n'
    let found = 0
    for (const [one, { version }] of Object.entries(catalogue)) {
      if (!installed(process, one) || (wanted.length > 0 && !wanted.includes(one))) continue
      text += `ii  ${one.padEnd(14)} ${version.padEnd(20)} amd64        ${one}\n`
      found++
    }
    if (found === 0 && wanted.length > 0) {
      yield* err(process, `dpkg-query: no packages found matching ${wanted[0]}\n`)
      return 1
    }
    yield* print(process, text)
    return 0
  }
  if (args[0] === '--print-architecture') {
    yield* print(process, 'amd64\n')
    return 0
  }
  yield* err(process, 'dpkg: error: need an action option\n\nType dpkg --help for help about installing and deinstalling packages [*];\n')
  return 2
}
