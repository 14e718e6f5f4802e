/** dpkg and rpm, as far as people ask them what is installed. */
import { err, type Program } from '../../kernel/process.ts'
import { print } from '../text.ts'
import { distributionOf, packageOf } from './catalogue.ts'
import { installedPackages, isInstalled } from './install.ts'
import { statusOf } from './kubernetes.ts'

export const dpkg: Program = function* (process) {
  const on = distributionOf(process)
  const args = process.argv.slice(1)
  const [action, ...wanted] = args
  if (action === '-l' || action === '--list') {
    const status = statusOf(process.files)
    const recorded = [...status].map(([name, { version }]) => ({ name, version }))
    const all = [...installedPackages(process, on).filter(({ name }) => !status.has(name)), ...recorded].filter(
      ({ name }) => wanted.length === 0 || wanted.some((one) => new RegExp(`^${one.replaceAll('*', '.*')}$`).test(name)),
    )
    if (all.length === 0 && wanted.length > 0) {
      yield* err(process, `dpkg-query: no packages found matching ${wanted[0]}\n`)
      return 1
    }
    yield* print(
      process,
      `Desired=Unknown/Install/Remove/Purge/Hold\n| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n||/ Name           Version              Architecture Description\n+++-==============-====================-============-=================================\n${all.map(({ name, version }) => `${status.get(name)?.isHeld ? 'hi' : 'ii'}  ${name.padEnd(14)} ${version.padEnd(20)} amd64        ${name}\n`).join('')}`,
    )
    return 0
  }
  if (action === '-s' || action === '--status') {
    const recorded = statusOf(process.files).get(wanted[0] ?? '')
    if (recorded) {
      yield* print(
        process,
        `Package: ${wanted[0]}\nStatus: ${recorded.isHeld ? 'hold' : 'install'} ok installed\nPriority: optional\nSection: admin\nArchitecture: amd64\nVersion: ${recorded.version}\n`,
      )
      return 0
    }
    const found = packageOf(on, wanted[0] ?? '')
    if (!found || !isInstalled(process, on, found.name)) {
      yield* err(
        process,
        `dpkg-query: package '${wanted[0] ?? ''}' is not installed and no information is available\nUse dpkg --info (= dpkg-deb --info) to examine archive files.\n`,
      )
      return 1
    }
    yield* print(
      process,
      `Package: ${found.name}\nStatus: install ok installed\nPriority: optional\nInstalled-Size: ${found.installedKb}\nArchitecture: amd64\nVersion: ${found.version}\n`,
    )
    return 0
  }
  if (action === '-L' || action === '--listfiles') {
    const path = `/var/lib/dpkg/info/${wanted[0] ?? ''}.list`
    if (!process.files.exists(path)) {
      yield* err(
        process,
        `dpkg-query: package '${wanted[0] ?? ''}' is not installed\nUse dpkg --contents (= dpkg-deb --contents) to list archive files contents.\n`,
      )
      return 1
    }
    yield* print(process, `/.\n${process.files.readText(path)}`)
    return 0
  }
  if (action === '--print-architecture') {
    yield* print(process, 'amd64\n')
    return 0
  }
  yield* err(process, 'dpkg: error: need an action option\n\nType dpkg --help for help about installing and deinstalling packages [*];\n')
  return 2
}

export const rpm: Program = function* (process) {
  const on = distributionOf(process)
  const [action = '', ...names] = process.argv.slice(1)
  if (!/^-q/.test(action)) {
    yield* err(
      process,
      /^-[iUF]/.test(action)
        ? 'rpm: Drydock has no packages outside its mirrors: use yum install\n'
        : 'RPM version 4.11.3\nUsage: rpm [OPTION...]\n',
    )
    return 1
  }
  if (action.includes('a')) {
    yield* print(
      process,
      installedPackages(process, on)
        .map(({ name, version }) => `${name}-${version}.x86_64\n`)
        .join(''),
    )
    return 0
  }
  let missing = 0
  for (const name of names) {
    const found = packageOf(on, name)
    if (!found || !isInstalled(process, on, name)) {
      missing++
      yield* print(process, `package ${name} is not installed\n`)
    } else if (action.includes('l'))
      yield* print(process, process.files.exists(`/var/lib/rpm/${name}.list`) ? process.files.readText(`/var/lib/rpm/${name}.list`) : '')
    else yield* print(process, `${name}-${found.version}.x86_64\n`)
  }
  return missing
}
