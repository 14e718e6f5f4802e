/** apt-get install for Kubernetes' packages, which are upgraded, downgraded and held; and apt-mark. */
import { type Blocking, err, type Process, type Program, sleep } from '../../kernel/process.ts'
import { print } from '../text.ts'
import { distributionOf, packageOf } from './catalogue.ts'
import { isInstalled } from './install.ts'
import { content, isKubernetes, isOlder, type Installed, keepStatus, offerOf, placeKubernetes, statusOf } from './kubernetes.ts'

export interface Wish {
  readonly name: string
  /** As typed after `=`; a star stands for anything. */
  readonly version?: string
}

interface Step {
  readonly name: string
  readonly from: string | undefined
  readonly to: string
  readonly kb: number
  readonly installedKb: number
}

const amount = (kb: number): string =>
  kb < 10_000 ? `${kb} kB` : kb < 100_000 ? `${(kb / 1000).toFixed(1)} MB` : `${Math.round(kb / 1000)} MB`

const matches = (version: string, asked: string): boolean =>
  new RegExp(`^${asked.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(version)

/** After "Reading state information…"; answers apt's exit code. */
export function* installKubernetes(
  process: Process,
  wishes: readonly Wish[],
  { isYes, args, say }: { readonly isYes: boolean; readonly args: readonly string[]; readonly say: (text: string) => Blocking<void> },
): Blocking<number> {
  const status = statusOf(process.files)
  const steps: Step[] = []
  let isWrong = false
  const take = (name: string, to: string): void => {
    const offer = offerOf(process.files, name)
    const from = status.get(name)?.version
    if (!offer || from === to || steps.some((one) => one.name === name)) return
    for (const need of from === undefined ? (offer.needs ?? []) : [])
      if (!status.has(need)) take(need, offerOf(process.files, need)?.versions[0] ?? '')
    steps.push({ name, from, to, kb: offer.kb, installedKb: offer.installedKb })
  }
  for (const { name, version } of wishes) {
    const offer = offerOf(process.files, name)
    const to = version === undefined ? offer?.versions[0] : offer?.versions.find((one) => matches(one, version))
    if (!offer) yield* err(process, `E: Unable to locate package ${name}\n`)
    else if (to === undefined) yield* err(process, `E: Version '${version}' for '${name}' was not found\n`)
    else if (status.get(name)?.version === to) yield* say(`${name} is already the newest version (${to}).\n`)
    else take(name, to)
    if (to === undefined) isWrong = true
  }
  if (isWrong) return 100
  const held = steps.filter(({ name }) => status.get(name)?.isHeld)
  const fresh = steps.filter(({ from }) => from === undefined)
  const lowered = steps.filter(({ from, to }) => from !== undefined && isOlder(to, from))
  const raised = steps.filter((step) => !fresh.includes(step) && !lowered.includes(step))
  const extra = fresh.filter(({ name }) => !wishes.some((wish) => wish.name === name))
  for (const [title, some] of [
    ['The following additional packages will be installed:', extra],
    ['The following held packages will be changed:', held],
    ['The following NEW packages will be installed:', fresh],
    ['The following packages will be upgraded:', raised],
    ['The following packages will be DOWNGRADED:', lowered],
  ] as const)
    if (some.length > 0)
      yield* say(
        `${title}\n  ${some
          .map(({ name }) => name)
          .sort()
          .join(' ')}\n`,
      )
  yield* say(
    `${raised.length} upgraded, ${fresh.length} newly installed, ${lowered.length > 0 ? `${lowered.length} downgraded, ` : ''}0 to remove and 0 not upgraded.\n`,
  )
  if (steps.length === 0) return 0
  for (const [some, what, flag] of [
    [held, 'Held packages were changed', '--allow-change-held-packages'],
    [lowered, 'Packages were downgraded', '--allow-downgrades'],
  ] as const)
    if (some.length > 0 && isYes && !args.includes(flag)) {
      yield* err(process, `E: ${what} and -y was used without ${flag}.\n`)
      return 100
    }
  const size = steps.reduce((sum, { kb }) => sum + kb, 0)
  const more = fresh.reduce((sum, { installedKb }) => sum + installedKb, 0)
  yield* say(
    `Need to get ${amount(size)} of archives.\nAfter this operation, ${more === 0 ? '0 B' : amount(more)} of additional disk space will be used.\n`,
  )
  for (const [index, { name, to, kb }] of steps.entries()) {
    yield* sleep(process, 300)
    yield* say(`Get:${index + 1} ${content}  ${name} ${to} [${amount(kb)}]\n`)
  }
  yield* say(`Fetched ${amount(size)} in 1s (${amount(Math.round(size / 1.2))}/s)\n`)
  for (const [index, { name, from, to }] of steps.entries()) {
    yield* sleep(process, 400)
    yield* print(
      process,
      `${from === undefined ? `Selecting previously unselected package ${name}.\n` : lowered.some((one) => one.name === name) ? `dpkg: warning: downgrading ${name} from ${from} to ${to}\n` : ''}${index === 0 ? '(Reading database ... 72574 files and directories currently installed.)\n' : ''}Preparing to unpack .../${name}_${to}_amd64.deb ...\nUnpacking ${name} (${to}) ${from === undefined ? '' : `over (${from}) `}...\n`,
    )
  }
  for (const { name, to } of steps) {
    yield* print(process, `Setting up ${name} (${to}) ...\n`)
    placeKubernetes(process, name)
  }
  keepStatus(
    process.files,
    new Map(steps.map(({ name, to }): [string, Installed] => [name, { version: to, isHeld: status.get(name)?.isHeld ?? false }])),
  )
  return 0
}

export const aptMark: Program = function* (process) {
  const [action, ...names] = process.argv.slice(1).filter((arg) => !arg.startsWith('-'))
  const { files } = process
  const on = distributionOf(process)
  const status = statusOf(files)
  const there = (name: string): Installed | undefined => {
    if (status.has(name) || isKubernetes(name)) return status.get(name)
    return isInstalled(process, on, name) ? { version: packageOf(on, name)?.version ?? '', isHeld: false } : undefined
  }
  if (action === 'showhold') {
    const held = [...status]
      .filter(([name, { isHeld }]) => isHeld && (names.length === 0 || names.includes(name)))
      .map(([name]) => `${name}\n`)
    yield* print(process, held.sort().join(''))
    return 0
  }
  if (action === 'hold' || action === 'unhold') {
    if (process.credentials.uid !== 0) {
      yield* err(
        process,
        'E: Could not create temporary file for /var/lib/apt/extended_states - mkstemp (13: Permission denied)\nE: Failed to write temporary StateFile /var/lib/apt/extended_states\n',
      )
      return 100
    }
    for (const name of names)
      if (!there(name) && !packageOf(on, name) && !offerOf(files, name)) {
        yield* err(process, `E: Unable to locate package ${name}\nE: No packages found\n`)
        return 100
      }
    const isHeld = action === 'hold'
    for (const name of names) {
      const now = there(name)
      if ((now?.isHeld ?? false) === isHeld) yield* print(process, `${name} was already ${isHeld ? 'set on' : 'not on'} hold.\n`)
      else {
        if (now) keepStatus(files, new Map([[name, { ...now, isHeld }]]))
        yield* print(process, isHeld ? `${name} set on hold.\n` : `Canceled hold on ${name}.\n`)
      }
    }
    return 0
  }
  if (action === 'auto' || action === 'manual') {
    for (const name of names) yield* print(process, `${name} set to ${action === 'auto' ? 'automatically' : 'manually'} installed.\n`)
    return 0
  }
  if (action === undefined) {
    yield* print(
      process,
      'apt 2.6.1 (amd64)\nUsage: apt-mark [options] {auto|manual} pkg1 [pkg2 ...]\n\napt-mark is a simple command line interface for marking packages\nas manually or automatically installed. It can also be used to\nmanipulate the dpkg(1) selection states of packages, and to list\nall packages with or without a certain marking.\n\nMost used commands:\n  auto - Mark the given packages as automatically installed\n  manual - Mark the given packages as manually installed\n  hold - Mark a package as held back\n  unhold - Unset a package set as held back\n  showhold - Print the list of packages on hold\n',
    )
    return 0
  }
  yield* err(process, `E: Invalid operation ${action}\n`)
  return 100
}
