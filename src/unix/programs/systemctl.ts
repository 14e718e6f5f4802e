/** systemctl, service and journalctl: they ask the machine's systemd on its socket; where there is none (containers) they say what the real ones say. */
import { noBytes } from '../../base/bytes.ts'
import { UnixError } from '../errors.ts'
import { type Blocking, ended, err, type Process, type Program } from '../kernel/process.ts'
import { start } from '../kernel/execute.ts'
import { fetch, wholeText } from '../network/fetch.ts'
import { type JournalEntry, systemdSocket, type UnitState } from '../systemd.ts'
import { count, flag, list, parseOptions, UsageError, value } from './options.ts'
import { print } from './text.ts'
import { isTerminal } from './tool.ts'
import { momentOf, strftime, zoneOf } from './time-text.ts'
import { dateOf } from './date-text.ts'

const notBooted = "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down\n"

/** Undefined: no systemd here; null: no such unit. */
function* ask<T>(process: Process, method: string, path: string): Blocking<T | null | undefined> {
  try {
    const response = yield* fetch(
      process,
      { socketPath: systemdSocket },
      { method, url: path, headers: { host: 'systemd' }, body: noBytes },
    )
    if (response.status === 404) return null
    return JSON.parse(yield* wholeText(response)) as T
  } catch (error) {
    if (error instanceof UnixError) return undefined
    throw error
  }
}

const fullName = (name: string): string => (/\.(service|socket|target|timer|mount|slice|scope)$/.test(name) ? name : `${name}.service`)

function agoText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  if (days > 0) return days === 1 ? `1 day ${hours % 24}h ago` : `${days} days ago`
  if (hours > 0) return hours < 5 ? `${hours}h ${minutes % 60}min ago` : `${hours}h ago`
  if (minutes > 0) return minutes < 5 ? `${minutes}min ${seconds % 60}s ago` : `${minutes}min ago`
  return `${seconds}s ago`
}

function sizeText(bytes: number): string {
  return bytes >= 2 ** 30
    ? `${(bytes / 2 ** 30).toFixed(1)}G`
    : bytes >= 2 ** 20
      ? `${(bytes / 2 ** 20).toFixed(1)}M`
      : `${(bytes / 1024).toFixed(1)}K`
}

const lineOf = (process: Process, { at, from, text }: JournalEntry): string =>
  `${strftime('%b %d %H:%M:%S', momentOf(at, zoneOf(process)))} ${process.namespaces.uts.hostname} ${from}: ${text}\n`

function endText({ code, signal }: NonNullable<UnitState['ended']>): string {
  if (signal !== undefined) return `code=killed, signal=${signal}`
  return `code=exited, status=${code === 0 ? '0/SUCCESS' : code === 203 ? '203/EXEC' : `${code}/FAILURE`}`
}

const staleText = (name: string): string =>
  `Warning: The unit file, source configuration file or drop-ins of ${name} changed on disk. Run 'systemctl daemon-reload' to reload units.\n`

function statusText(process: Process, unit: UnitState, journal: readonly JournalEntry[]): string {
  const colored = isTerminal(process, 1)
  const paint = (code: string, text: string): string => (colored ? `\x1b[${code}m${text}\x1b[0m` : text)
  const [tone, dot] =
    unit.active === 'active'
      ? ['0;1;32', '●']
      : unit.active === 'failed'
        ? ['0;1;31', '×']
        : unit.active === 'activating'
          ? ['0;1;33', '●']
          : ['', '○']
  const since = strftime('%a %Y-%m-%d %H:%M:%S %Z', momentOf(unit.since, zoneOf(process)))
  const result = unit.ended?.signal === undefined ? 'exit-code' : 'signal'
  const state =
    unit.active === 'failed'
      ? `failed (Result: ${result})`
      : unit.active === 'activating'
        ? `activating (auto-restart) (Result: ${result})`
        : `${unit.active} (${unit.sub})`
  let text = `${tone === '' ? dot : paint(tone, dot)} ${unit.name} - ${unit.description}\n`
  text += unit.isMasked
    ? `     Loaded: ${paint('0;1;31', 'masked')} (Reason: Unit ${unit.name} is masked.)\n`
    : `     Loaded: loaded (${unit.path}; ${unit.isEnabled ? paint('0;1;32', 'enabled') : paint('0;1;33', 'disabled')}; preset: ${paint('0;1;32', 'enabled')})\n`
  const folders = new Map<string, string[]>()
  for (const path of unit.drops) {
    const cut = path.lastIndexOf('/')
    folders.set(path.slice(0, cut), [...(folders.get(path.slice(0, cut)) ?? []), path.slice(cut + 1)])
  }
  for (const [index, [folder, names]] of [...folders].entries())
    text += `${index === 0 ? '    Drop-In: ' : '             '}${folder}\n             └─${names.join(', ')}\n`
  text += `     Active: ${tone === '' ? state : paint(tone, state)} since ${since}; ${agoText(process.now() - unit.since)}\n`
  if (unit.docs !== '') text += `       Docs: ${unit.docs}\n`
  if (unit.active !== 'active' && unit.ended)
    text += `    Process: ${unit.ended.pid} ExecStart=${unit.execStart} (${endText(unit.ended)})\n   Main PID: ${unit.ended.pid} (${endText(unit.ended)})\n`
  if (unit.active === 'active') {
    const base = unit.command[0].replace(/.*\//, '').replace(/:$/, '')
    text += `   Main PID: ${unit.pid} (${base})\n      Tasks: 12 (limit: 19048)\n     Memory: ${sizeText(unit.memoryBytes)}\n        CPU: ${unit.cpuMs >= 1000 ? `${(unit.cpuMs / 1000).toFixed(3)}s` : `${Math.max(12, Math.round(unit.cpuMs))}ms`}\n     CGroup: /system.slice/${unit.name}\n             └─${unit.pid} ${unit.command.join(' ')}\n`
  }
  const lines = journal.filter((entry) => entry.unit === unit.name).slice(-10)
  return lines.length === 0 ? text : `${text}\n${lines.map((entry) => lineOf(process, entry)).join('')}`
}

export const systemctl: Program = function* (process) {
  let parsed
  try {
    parsed = parseOptions(
      {
        now: flag('now'),
        noPager: flag('no-pager'),
        full: flag('l|full'),
        quiet: flag('q|quiet'),
        all: flag('a|all'),
        type: value('t|type'),
        state: value('state'),
        lines: value('n|lines'),
        plain: flag('plain'),
        noLegend: flag('no-legend'),
        system: flag('system'),
        user: flag('user'),
        property: list('p|property'),
        value: flag('value'),
        failed: flag('failed'),
        force: count('f|force'),
        version: flag('version'),
        signal: value('s|signal'),
        output: value('o|output'),
        help: flag('h|help'),
      },
      process.argv.slice(1),
    )
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    yield* err(process, `systemctl: ${error.message}\n`)
    return 1
  }
  const { flags, operands } = parsed
  const [command = 'list-units', ...names] = operands
  if (flags.version) {
    yield* print(
      process,
      'systemd 252 (252.38-1~deb12u1)\n+PAM +AUDIT +SELINUX +APPARMOR +IMA +SMACK +SECCOMP +GCRYPT -GNUTLS +OPENSSL +ACL +BLKID +CURL +ELFUTILS +FIDO2 +IDN2 -IDN +IPTC +KMOD +LIBCRYPTSETUP +LIBFDISK +PCRE2 -PWQUALITY +P11KIT +QRENCODE +TPM2 +BZIP2 +LZ4 +XZ +ZLIB +ZSTD -BPF_FRAMEWORK -XKBCOMMON +UTMP +SYSVINIT default-hierarchy=unified\n',
    )
    return 0
  }
  const all = yield* ask<UnitState[]>(process, 'GET', '/units')
  if (!all) {
    yield* err(process, notBooted)
    return 1
  }
  const byName = (name: string): UnitState | undefined => all.find((unit) => unit.name === fullName(name))
  const isRoot = process.credentials.uid === 0
  switch (command) {
    case 'list-units':
    case 'list-unit-files': {
      const services = flags.type !== undefined && !flags.type.includes('service') ? [] : all
      if (command === 'list-unit-files') {
        const width = Math.max(9, ...services.map(({ name }) => name.length))
        yield* print(
          process,
          `${flags.noLegend ? '' : `${'UNIT FILE'.padEnd(width)} STATE    PRESET\n`}${[...services]
            .sort((a, b) => (a.name < b.name ? -1 : 1))
            .map(
              ({ name, isEnabled, isMasked }) =>
                `${name.padEnd(width)} ${(isMasked ? 'masked' : isEnabled ? 'enabled' : 'disabled').padEnd(8)} enabled\n`,
            )
            .join('')}${flags.noLegend ? '' : `\n${services.length} unit files listed.\n`}`,
        )
        return 0
      }
      const shown = services
        .filter(({ active }) =>
          flags.failed
            ? active === 'failed'
            : flags.state !== undefined
              ? flags.state.split(',').some((one) => one === active || (one === 'running' && active === 'active'))
              : flags.all || active !== 'inactive',
        )
        .sort((a, b) => (a.name < b.name ? -1 : 1))
      const width = Math.max(4, ...shown.map(({ name }) => name.length))
      const legend =
        '\nLOAD   = Reflects whether the unit definition was properly loaded.\nACTIVE = The high-level unit activation state, i.e. generalization of SUB.\nSUB    = The low-level unit activation state, values depend on unit type.\n'
      yield* print(
        process,
        `${flags.noLegend ? '' : `  ${'UNIT'.padEnd(width)} LOAD   ACTIVE SUB     DESCRIPTION\n`}${shown.map(({ name, active, sub, description }) => `${active === 'failed' ? '●' : ' '} ${name.padEnd(width)} loaded ${active.padEnd(6)} ${sub.padEnd(7)} ${description}\n`).join('')}${flags.noLegend ? '' : `${shown.length > 0 ? legend : ''}${shown.length} loaded units listed.${flags.all ? '' : " Pass --all to see loaded but inactive units, too.\nTo show all installed unit files use 'systemctl list-unit-files'."}\n`}`,
      )
      return 0
    }
    case 'daemon-reload':
    case 'daemon-reexec':
      if (isRoot) {
        yield* ask(process, 'POST', '/reload')
        return 0
      }
      yield* err(
        process,
        "Failed to reload daemon: Interactive authentication required.\nSee system logs and 'systemctl status' for details.\n",
      )
      return 1
    case 'is-system-running':
      yield* print(process, all.some(({ active }) => active === 'failed') ? 'degraded\n' : 'running\n')
      return 0
    case 'get-default':
      yield* print(process, 'multi-user.target\n')
      return 0
    case 'status': {
      if (names.length === 0) {
        yield* print(
          process,
          `● ${process.namespaces.uts.hostname}\n    State: ${all.some(({ active }) => active === 'failed') ? 'degraded' : 'running'}\n    Units: ${all.length} loaded (incl. loaded aliases)\n     Jobs: 0 queued\n   Failed: ${all.filter(({ active }) => active === 'failed').length} units\n`,
        )
        return 0
      }
      const journal = (yield* ask<JournalEntry[]>(process, 'GET', '/journal')) ?? []
      let code = 0
      for (const [index, name] of names.entries()) {
        const unit = byName(name)
        if (!unit) {
          yield* err(process, `Unit ${fullName(name)} could not be found.\n`)
          code = 4
          continue
        }
        if (unit.isStale) yield* err(process, staleText(unit.name))
        yield* print(process, (index > 0 ? '\n' : '') + statusText(process, unit, journal))
        if (unit.active !== 'active') code = 3
      }
      return code
    }
    case 'is-active':
    case 'is-failed':
    case 'is-enabled': {
      let isGood = false
      for (const name of names) {
        const unit = byName(name)
        if (command === 'is-enabled' && !unit) {
          if (!flags.quiet) yield* err(process, `Failed to get unit file state for ${fullName(name)}: No such file or directory\n`)
          continue
        }
        const text =
          command === 'is-enabled' ? (unit?.isMasked ? 'masked' : unit?.isEnabled ? 'enabled' : 'disabled') : (unit?.active ?? 'inactive')
        if (!flags.quiet) yield* print(process, `${text}\n`)
        isGood ||= text === { 'is-active': 'active', 'is-failed': 'failed', 'is-enabled': 'enabled' }[command]
      }
      return isGood ? 0 : command === 'is-active' ? 3 : 1
    }
    case 'cat': {
      for (const [index, name] of names.entries()) {
        const unit = byName(name)
        if (!unit) {
          yield* err(process, `No files found for ${fullName(name)}.\n`)
          return 1
        }
        for (const path of [unit.path, ...unit.drops])
          yield* print(
            process,
            `${index > 0 || path !== unit.path ? '\n' : ''}# ${path}\n${process.files.readText(path, process.credentials)}`,
          )
      }
      return 0
    }
    case 'show': {
      const unit = byName(names[0] ?? '')
      const facts: Record<string, string> = {
        Id: fullName(names[0] ?? ''),
        Names: fullName(names[0] ?? ''),
        Description: unit?.description ?? fullName(names[0] ?? ''),
        LoadState: unit ? (unit.isMasked ? 'masked' : 'loaded') : 'not-found',
        ActiveState: unit?.active ?? 'inactive',
        SubState: unit?.sub ?? 'dead',
        FragmentPath: unit?.path ?? '',
        UnitFileState: unit ? (unit.isEnabled ? 'enabled' : 'disabled') : '',
        MainPID: String(unit?.pid ?? 0),
        ExecStart: unit ? `{ path=${unit.command[0]} ; argv[]=${unit.command.join(' ')} ; ignore_errors=no }` : '',
      }
      const wanted = flags.property.flatMap((one) => one.split(','))
      yield* print(
        process,
        Object.entries(facts)
          .filter(([key]) => wanted.length === 0 || wanted.includes(key))
          .map(([key, text]) => `${flags.value ? '' : `${key}=`}${text}\n`)
          .join(''),
      )
      return 0
    }
    case 'start':
    case 'stop':
    case 'restart':
    case 'try-restart':
    case 'reload':
    case 'reload-or-restart':
    case 'kill':
    case 'enable':
    case 'disable':
    case 'reenable':
    case 'mask':
    case 'unmask':
    case 'reset-failed': {
      if (names.length === 0 && command !== 'reset-failed') {
        yield* err(process, 'Too few arguments.\n')
        return 1
      }
      let code = 0
      for (const name of names) {
        const full = fullName(name)
        const unit = byName(name)
        const isFile = ['enable', 'disable', 'reenable', 'mask', 'unmask'].includes(command)
        if (!unit) {
          yield* err(
            process,
            isFile
              ? `Failed to ${command} unit: Unit file ${full} does not exist.\n`
              : `Failed to ${command} ${full}: Unit ${full} not${command === 'stop' || command === 'kill' || command.startsWith('try') ? ' loaded' : ' found'}.\n`,
          )
          code = isFile ? 1 : 5
          continue
        }
        if (!isRoot) {
          yield* err(
            process,
            isFile
              ? `Failed to ${command} unit: Interactive authentication required.\n`
              : `Failed to ${command} ${full}: Interactive authentication required.\nSee system logs and 'systemctl status ${full}' for details.\n`,
          )
          code = isFile ? 1 : 4
          continue
        }
        if (unit.isMasked && ['start', 'restart', 'reload-or-restart'].includes(command)) {
          yield* err(process, `Failed to ${command} ${full}: Unit ${full} is masked.\n`)
          code = 1
          continue
        }
        const act = function* (action: string): Blocking<void> {
          yield* ask(process, 'POST', `/units/${encodeURIComponent(full)}/${action}`)
        }
        const link = `/etc/systemd/system/multi-user.target.wants/${full}`
        if ((command === 'enable' || command === 'reenable') && !unit.isEnabled)
          yield* err(process, `Created symlink ${link} → ${unit.path}.\n`)
        if (command === 'disable' && unit.isEnabled) yield* err(process, `Removed "${link}".\n`)
        if (command === 'mask' && !unit.isMasked) yield* err(process, `Created symlink /etc/systemd/system/${full} → /dev/null.\n`)
        if (command === 'unmask' && unit.isMasked) yield* err(process, `Removed "/etc/systemd/system/${full}".\n`)
        if (command === 'reload' && !/dockerd|sshd|nginx/.test(unit.command[0])) {
          yield* err(
            process,
            `Failed to reload ${full}: Job type reload is not applicable for unit ${full}.\nSee system logs and 'systemctl status ${full}' for details.\n`,
          )
          code = 1
          continue
        }
        if (unit.isStale && !isFile) yield* err(process, staleText(full))
        yield* act(command === 'reenable' ? 'enable' : command === 'reload-or-restart' || command === 'try-restart' ? 'restart' : command)
        if (flags.now && command === 'enable') yield* act('start')
        const after = /start$/.test(command) ? yield* ask<readonly UnitState[]>(process, 'GET', '/units') : undefined
        if (after?.find((one) => one.name === full)?.active === 'failed') {
          yield* err(
            process,
            `Job for ${full} failed because the control process exited with error code.\nSee "systemctl status ${full}" and "journalctl -xeu ${full}" for details.\n`,
          )
          code = 1
        }
        if (flags.now && (command === 'disable' || command === 'mask')) yield* act('stop')
      }
      return code
    }
    case 'edit':
      yield* err(process, "systemctl: editing units is not simulated; a unit's file can be read with `systemctl cat`\n")
      return 1
    case 'poweroff':
    case 'reboot':
    case 'halt':
    case 'suspend':
      yield* err(process, `systemctl: switching this machine off from inside is not simulated\n`)
      return 1
    default:
      yield* err(process, `Unknown command verb ${command}.\n`)
      return 1
  }
}

/** The older spelling: `service docker restart`. */
export const service: Program = function* (process) {
  const [name, action] = process.argv.slice(1)
  const all = yield* ask<UnitState[]>(process, 'GET', '/units')
  if (name === '--status-all') {
    yield* print(
      process,
      (all ?? []).map((unit) => ` [ ${unit.active === 'active' ? '+' : '-'} ]  ${unit.name.replace('.service', '')}\n`).join(''),
    )
    return 0
  }
  if (name === undefined || action === undefined) {
    yield* err(process, 'Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]\n')
    return 1
  }
  if (!all) {
    // Without systemd, as in containers, it is the script in /etc/init.d that knows.
    const script = `/etc/init.d/${name}`
    if (process.files.exists(script)) return yield* ended(start(process, [script, action]))
    yield* err(process, `${name}: unrecognized service\n`)
    return 1
  }
  process.argv = ['systemctl', action === '--full-restart' || action === 'force-reload' ? 'restart' : action, fullName(name)]
  return yield* systemctl(process)
}

export const journalctl: Program = function* (process) {
  let parsed
  try {
    parsed = parseOptions(
      {
        unit: list('u|unit'),
        follow: flag('f|follow'),
        lines: value('n|lines'),
        noPager: flag('no-pager'),
        end: flag('e|pager-end'),
        extra: flag('x|catalog'),
        reverse: flag('r|reverse'),
        since: value('S|since'),
        until: value('U|until'),
        boot: flag('b|boot'),
        kernel: flag('k|dmesg'),
        quiet: flag('q|quiet'),
        priority: value('p|priority'),
        output: value('o|output'),
        identifier: list('t|identifier'),
        grep: value('g|grep'),
        usage: flag('disk-usage'),
        full: flag('l|full'),
        all: flag('a|all'),
        noHostname: flag('no-hostname'),
        vacuumTime: value('vacuum-time'),
        vacuumSize: value('vacuum-size'),
      },
      process.argv.slice(1).flatMap((arg) => (/^-[a-z]*n\d+$/.test(arg) ? [arg] : /^-(xe?u|eu|fu|xfu|u)$/.test(arg) ? [arg] : [arg])),
    )
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    yield* err(process, `journalctl: ${error.message}\n`)
    return 1
  }
  const { flags } = parsed
  const look = function* (): Blocking<readonly JournalEntry[]> {
    return (yield* ask<JournalEntry[]>(process, 'GET', '/journal')) ?? []
  }
  const units = flags.unit.map(fullName)
  const [since, until] = [flags.since, flags.until].map((text) =>
    text === undefined ? undefined : dateOf(text, process.now(), zoneOf(process)),
  )
  const wanted = ({ unit, at, text, from }: JournalEntry): boolean =>
    (units.length === 0 || units.includes(unit)) &&
    at >= (since ?? 0) &&
    at <= (until ?? Number.POSITIVE_INFINITY) &&
    (flags.grep === undefined || new RegExp(flags.grep).test(text)) &&
    (flags.identifier.length === 0 || flags.identifier.includes(from.replace(/\[.*/, '')))
  const shown = (entries: readonly JournalEntry[]): string =>
    entries
      .map((entry) =>
        flags.output === 'cat'
          ? `${entry.text}\n`
          : flags.output?.startsWith('json')
            ? `${JSON.stringify({ __REALTIME_TIMESTAMP: String(entry.at * 1000), _HOSTNAME: process.namespaces.uts.hostname, _SYSTEMD_UNIT: entry.unit, SYSLOG_IDENTIFIER: entry.from.replace(/\[.*/, ''), MESSAGE: entry.text })}\n`
            : lineOf(process, entry),
      )
      .join('')
  const entries = (yield* look()).filter(wanted)
  const limit = flags.lines === undefined ? (flags.follow ? 10 : undefined) : flags.lines === 'all' ? undefined : Number(flags.lines)
  const chosen = limit === undefined ? [...entries] : entries.slice(Math.max(0, entries.length - limit))
  if (flags.reverse) chosen.reverse()
  if (chosen.length === 0 && !flags.follow) yield* print(process, '-- No entries --\n')
  yield* print(process, shown(chosen))
  for (let seen = entries.length; flags.follow; ) {
    yield { until: process.now() + 500 }
    const now = (yield* look()).filter(wanted)
    if (now.length > seen) yield* print(process, shown(now.slice(seen)))
    seen = now.length
  }
  return 0
}
