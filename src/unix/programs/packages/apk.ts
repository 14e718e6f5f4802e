/** apk, Alpine's package manager. Its index is fetched anew by `add` unless `update` left one: hence `--no-cache` in Dockerfiles. */
import { type Blocking, err, type Process, type Program, sleep } from '../../kernel/process.ts'
import { print } from '../text.ts'
import { distributionOf, packageOf, packagesOf } from './catalogue.ts'
import { installedPackages, isInstalled, isOnline, networkMs, place, remove, selection } from './install.ts'

export const apk: Program = function* (process) {
  const on = distributionOf(process)
  const args = process.argv.slice(1)
  const isQuiet = args.includes('-q') || args.includes('--quiet')
  const valued = ['-t', '--virtual', '-X', '--repository', '-p', '--root']
  const [command, ...names] = args.filter((arg, index) => !arg.startsWith('-') && !valued.includes(args[index - 1] ?? ''))
  const flagged = args.findIndex((arg) => arg === '-t' || arg === '--virtual')
  const group = flagged >= 0 ? args[flagged + 1] : args.find((arg) => arg.startsWith('--virtual='))?.slice(10)
  const release = process.files.exists('/etc/alpine-release')
    ? process.files.readText('/etc/alpine-release').split('.').slice(0, 2).join('.')
    : '3.22'
  const repositories = ['main', 'community'].map((area) => `https://dl-cdn.alpinelinux.org/alpine/v${release}/${area}`)
  const index = '/var/cache/apk/APKINDEX.drydock.tar.gz'
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
  const sizeOf = (): string => {
    const there = installedPackages(process, on)
    return `${Math.round(8 + there.reduce((sum, one) => sum + one.installedKb, 0) / 1024)} MiB in ${16 + there.length} packages`
  }
  switch (command) {
    case 'update':
      if (!(yield* fetchIndex())) return 2
      process.files.writeFile(index, '')
      yield* print(
        process,
        `v${release}.1-224-g1d2bd2cfd19 [${repositories[0]}]\nv${release}.1-220-g5ca4dc3d0b7 [${repositories[1]}]\nOK: 26326 distinct packages available\n`,
      )
      return 0
    case 'upgrade':
      if (!process.files.exists(index) && !(yield* fetchIndex())) return 2
      yield* print(process, `OK: ${sizeOf()}\n`)
      return 0
    case 'add': {
      if (process.credentials.uid !== 0) {
        yield* err(process, 'ERROR: Unable to lock database: Permission denied\nERROR: Failed to open apk database: Permission denied\n')
        return 99
      }
      const isCached =
        process.files.exists(index) && !args.includes('--no-cache') && !args.includes('-U') && !args.includes('--update-cache')
      const wanted = names.map((one) => one.replace(/[=<>~@].*$/, ''))
      const unreachable = isCached ? false : !(yield* fetchIndex())
      const unknown = unreachable ? wanted : wanted.filter((one) => packageOf(on, one) === undefined)
      if (unknown.length > 0) {
        yield* err(
          process,
          `ERROR: unable to select packages:\n${unknown.map((one) => `  ${one} (no such package):\n    required by: world[${one}]\n`).join('')}`,
        )
        return unknown.length
      }
      const chosen = selection(process, on, wanted)
      for (const [at, one] of chosen.entries()) {
        yield* sleep(process, 120)
        if (!isQuiet) yield* print(process, `(${at + 1}/${chosen.length}) Installing ${one.name} (${one.version})\n`)
        place(process, on, one)
      }
      if (group !== undefined) {
        process.files.writeFile(`/lib/apk/db/${group}.virtual`, wanted.join('\n'))
        if (!isQuiet) yield* print(process, `(${chosen.length + 1}/${chosen.length + 1}) Installing ${group} (20260105.090000)\n`)
      }
      if (!isQuiet && chosen.length > 0) yield* print(process, 'Executing busybox-1.37.0-r18.trigger\n')
      if (!isQuiet) yield* print(process, `OK: ${sizeOf()}\n`)
      return 0
    }
    case 'del': {
      const gone = names
        .flatMap((name) =>
          process.files.exists(`/lib/apk/db/${name}.virtual`) ? process.files.readText(`/lib/apk/db/${name}.virtual`).split('\n') : [name],
        )
        .filter((one) => isInstalled(process, on, one))
      for (const [at, one] of gone.entries()) {
        if (!isQuiet) yield* print(process, `(${at + 1}/${gone.length}) Purging ${one} (${packageOf(on, one)?.version})\n`)
        remove(process, on, one)
        giveBack(process, packageOf(on, one)?.programs ?? [])
      }
      if (gone.length > 0 && !isQuiet) yield* print(process, 'Executing busybox-1.37.0-r18.trigger\n')
      if (!isQuiet) yield* print(process, `OK: ${sizeOf()}\n`)
      return 0
    }
    case 'list':
    case 'info': {
      if (command === 'info' && args.includes('-e')) {
        const missing = names.filter((name) => !isInstalled(process, on, name))
        yield* print(
          process,
          names
            .filter((name) => !missing.includes(name))
            .map((name) => `${name}\n`)
            .join(''),
        )
        return missing.length === 0 ? 0 : 1
      }
      const base = ['alpine-baselayout', 'alpine-keys', 'apk-tools', 'busybox', 'musl', 'zlib']
      const there = installedPackages(process, on)
      if (command === 'info')
        yield* print(
          process,
          (names.length > 0 ? [] : [...base, ...there.map((one) => one.name)].sort()).map((name) => `${name}\n`).join('') +
            there
              .filter((one) => names.includes(one.name))
              .map((one) => `${one.name}-${one.version} installed size:\n${one.installedKb} KiB\n\n`)
              .join(''),
        )
      else
        yield* print(
          process,
          (args.includes('-I') || args.includes('--installed') ? there : packagesOf(on))
            .filter((one) => names.length === 0 || names.includes(one.name))
            .map(
              (one) => `${one.name}-${one.version} x86_64 {${one.name}} (MIT)${isInstalled(process, on, one.name) ? ' [installed]' : ''}\n`,
            )
            .join(''),
        )
      return 0
    }
    case 'search':
      yield* print(
        process,
        packagesOf(on)
          .filter((one) => one.name.includes(names[0] ?? ''))
          .map((one) => `${one.name}-${one.version}\n`)
          .join(''),
      )
      return 0
    case 'version':
    case undefined:
      if (args.includes('--version') || args.includes('-V')) {
        yield* print(process, 'apk-tools 2.14.9, compiled for x86_64.\n')
        return 0
      }
      yield* err(process, usage)
      return 1
    default:
      yield* err(process, `ERROR: '${command}' is not an apk command. See 'apk --help'.\n`)
      return 1
  }
}

const usage =
  'apk-tools 2.14.9, compiled for x86_64.\n\nusage: apk [<OPTIONS>...] COMMAND [<ARGUMENTS>...]\n\nPackage installation and removal:\n  add        Add packages to WORLD and commit changes\n  del        Remove packages from WORLD and commit changes\n\nRepository and package metadata maintenance:\n  update     Update repository indexes\n\nQuerying package information:\n  info       Give detailed information about packages or repositories\n  list       List packages matching a pattern or other criteria\n  search     Search for packages by name or description\n'

/** The applet that the package's program stood in for is there again. */
function giveBack(process: Process, programs: readonly string[]): void {
  for (const one of programs) {
    const path = `/usr/bin/${one.replace(/:.*$/, '')}`
    if (
      ['wget', 'less', 'vi', 'free', 'top', 'uptime', 'watch', 'pgrep', 'pkill', 'nc', 'nslookup', 'traceroute', 'unzip'].includes(one) &&
      !process.files.exists(path)
    )
      process.files.symlink('/bin/busybox', path)
  }
}
