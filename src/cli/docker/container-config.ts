/**
 * The flags of `docker run` and `docker create` as the body of POST /containers/create. What the CLI itself refuses (a malformed port,
 * a volume without a path) is refused here with its words; the rest is the daemon's business.
 */
import type { Process } from '../../unix/kernel/process.ts'
import { UnixError } from '../../unix/errors.ts'
import type { Flags } from '../flags.ts'
import { parseGoDuration } from '../go-values.ts'
import { DockerError } from './command.ts'
import { publishedPorts } from './ports.ts'
import { bytesOfSize } from './sizes.ts'

export function containerConfig(process: Process, flags: Flags, [image, ...command]: readonly string[], { isRun }: { isRun: boolean }): Record<string, unknown> {
  const attach = flags.list('attach').map((stream) => stream.toLowerCase())
  const isDetached = flags.knows('detach') && flags.is('detach')
  const usesInput = flags.is('interactive')
  const volumes = flags.list('volume')
  if (volumes.includes('')) throw cannot('invalid empty volume spec')
  const binds = volumes.filter(isBind)
  const anonymous = volumes.filter((volume) => !isBind(volume))
  const { exposed, bindings } = publishedPorts(flags.list('publish'), flags.list('expose'))
  const networks = networksOf(flags)
  checkFlags(flags)
  for (const option of flags.list('security-opt')) if (!/[=:]/.test(option) && option !== 'no-new-privileges') throw cannot(`Invalid --security-opt: ${JSON.stringify(option)}`)
  const mode = networks[0]?.name ?? 'default'
  const attaches = (stream: string) => (isRun ? !isDetached && (attach.length === 0 ? stream !== 'stdin' || usesInput : attach.includes(stream)) : stream !== 'stdin' ? attach.length === 0 || attach.includes(stream) : usesInput)
  const entrypoint = flags.isSet('entrypoint') ? (flags.text('entrypoint') === '' ? [''] : [flags.text('entrypoint')]) : null
  return {
    Hostname: flags.text('hostname'),
    Domainname: flags.text('domainname'),
    User: flags.text('user'),
    AttachStdin: attaches('stdin'),
    AttachStdout: attaches('stdout'),
    AttachStderr: attaches('stderr'),
    ExposedPorts: exposed,
    Tty: flags.is('tty'),
    OpenStdin: usesInput,
    StdinOnce: usesInput && isRun && !isDetached,
    Env: [...keyValueLines(process, flags.list('env-file'), 'env'), ...flags.list('env')].flatMap((one) => environment(process, one)),
    Cmd: command.length > 0 ? command : null,
    ...(healthcheck(flags) && { Healthcheck: healthcheck(flags) }),
    Image: image,
    Volumes: Object.fromEntries(anonymous.map((path) => [path, {}])),
    WorkingDir: flags.text('workdir'),
    Entrypoint: entrypoint,
    OnBuild: null,
    Labels: keyValues([...keyValueLines(process, flags.list('label-file'), 'label'), ...flags.list('label')]),
    ...(flags.text('stop-signal') !== '' && { StopSignal: flags.text('stop-signal') }),
    ...(flags.isSet('stop-timeout') && { StopTimeout: flags.number('stop-timeout') }),
    HostConfig: {
      Binds: binds.length > 0 ? binds.map((bind) => absoluteBind(process, bind)) : null,
      ContainerIDFile: '',
      LogConfig: { Type: flags.text('log-driver'), Config: keyValues(flags.list('log-opt')) },
      NetworkMode: mode,
      PortBindings: bindings,
      RestartPolicy: policyOf(flags.text('restart')),
      AutoRemove: flags.is('rm'),
      VolumeDriver: flags.text('volume-driver'),
      VolumesFrom: orNull(flags.list('volumes-from')),
      ConsoleSize: process.terminal ? [process.terminal.rows, process.terminal.cols] : [0, 0],
      CapAdd: orNull(flags.list('cap-add')),
      CapDrop: orNull(flags.list('cap-drop')),
      CgroupnsMode: flags.text('cgroupns'),
      Dns: flags.list('dns'),
      DnsOptions: flags.list('dns-option'),
      DnsSearch: flags.list('dns-search'),
      ExtraHosts: orNull(flags.list('add-host').map((host) => host.replace('=', ':'))),
      GroupAdd: orNull(flags.list('group-add')),
      IpcMode: flags.text('ipc'),
      Cgroup: '',
      Links: orNull(flags.list('link')),
      OomScoreAdj: flags.number('oom-score-adj'),
      PidMode: flags.text('pid'),
      Privileged: flags.is('privileged'),
      PublishAllPorts: flags.is('publish-all'),
      ReadonlyRootfs: flags.is('read-only'),
      SecurityOpt: orNull(flags.list('security-opt').map((option) => securityOption(process, option))),
      UTSMode: flags.text('uts'),
      UsernsMode: flags.text('userns'),
      ShmSize: bytesOfSize(flags.text('shm-size')) ?? 0,
      ...(flags.list('tmpfs').length > 0 && { Tmpfs: Object.fromEntries(flags.list('tmpfs').map((one) => (one.includes(':') ? [one.slice(0, one.indexOf(':')), one.slice(one.indexOf(':') + 1)] : [one, '']))) }),
      ...(flags.list('sysctl').length > 0 && { Sysctls: keyValues(flags.list('sysctl')) }),
      ...(flags.list('annotation').length > 0 && { Annotations: keyValues(flags.list('annotation')) }),
      Runtime: flags.text('runtime'),
      Init: flags.isSet('init') ? flags.is('init') : undefined,
      CpuShares: flags.number('cpu-shares'),
      Memory: size(flags, 'memory'),
      NanoCpus: nanoCpus(flags.text('cpus')),
      CpuPeriod: flags.number('cpu-period'),
      CpuQuota: flags.number('cpu-quota'),
      CpusetCpus: flags.text('cpuset-cpus'),
      CpusetMems: flags.text('cpuset-mems'),
      MemoryReservation: size(flags, 'memory-reservation'),
      MemorySwap: flags.text('memory-swap') === '-1' ? -1 : size(flags, 'memory-swap'),
      MemorySwappiness: flags.number('memory-swappiness'),
      OomKillDisable: flags.is('oom-kill-disable'),
      PidsLimit: flags.number('pids-limit'),
      Ulimits: flags.list('ulimit').map(ulimit),
      Devices: flags.list('device').map(device),
      BlkioWeight: flags.number('blkio-weight'),
      BlkioWeightDevice: [],
      BlkioDeviceReadBps: [],
      BlkioDeviceWriteBps: [],
      BlkioDeviceReadIOps: [],
      BlkioDeviceWriteIOps: [],
      DeviceCgroupRules: orNull(flags.list('device-cgroup-rule')),
      DeviceRequests: flags.text('gpus') === '' ? null : [gpuRequest(flags.text('gpus'))],
      ...(flags.list('storage-opt').length > 0 && { StorageOpt: keyValues(flags.list('storage-opt')) }),
      ...(flags.text('isolation') !== '' && { Isolation: flags.text('isolation') }),
      ...(flags.list('mount').length > 0 && { Mounts: flags.list('mount').map(mount) }),
      MaskedPaths: null,
      ReadonlyPaths: null,
    },
    NetworkingConfig: { EndpointsConfig: endpoints(flags, networks.length > 0 ? networks : [{ name: 'default' }]) },
  }
}

function orNull<T>(list: readonly T[]): readonly T[] | null {
  return list.length > 0 ? list : null
}

/** The lines of `--env-file` and `--label-file`: what is before the `=` must be one word. */
export function keyValueLines(process: Process, paths: readonly string[], what: 'env' | 'label', refuse: (why: string) => DockerError = cannot): string[] {
  return paths.flatMap((path) => {
    const lines = textOf(process, path, refuse)
      .split('\n')
      .map((line) => line.trimStart())
      .filter((line) => line !== '' && !line.startsWith('#'))
    for (const line of lines) {
      const name = line.split('=', 1)[0]
      if (name === '') throw refuse(`invalid ${what} file (${path}): no variable name on line '${line}'`)
      if (/\s/.test(name)) throw refuse(`invalid ${what} file (${path}): variable '${name}' contains whitespaces`)
    }
    return lines
  })
}

function textOf(process: Process, path: string, refuse: (why: string) => DockerError = cannot): string {
  try {
    return process.files.readText(process.path(path), process.credentials)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    throw refuse(`open ${path}: ${error.words.toLowerCase()}`)
  }
}

/** A drive letter of Windows (`x:relative`) is no source, nor is what begins with a colon. */
function isBind(volume: string): boolean {
  return !volume.startsWith(':') && (/^[a-zA-Z]:/.test(volume) ? volume.indexOf(':', 2) > 0 : volume.includes(':'))
}

/** What the CLI refuses by itself, without asking the daemon. */
function checkFlags(flags: Flags): void {
  for (const [name, words, known] of [['pid', 'PID', /^(|host|container:.+)$/], ['uts', 'UTS', /^(|host)$/], ['userns', 'USER', /^(|host)$/], ['cgroupns', 'CGROUP', /^(|host|private)$/]] as const) {
    if (!known.test(flags.text(name))) throw cannot(`--${name}: invalid ${words} mode`)
  }
  for (const host of flags.list('add-host')) {
    const found = /^([^:=]+)[:=](.*)$/.exec(host)
    if (!found) throw badFlag(host, '--add-host', `bad format for add-host: ${JSON.stringify(host)}`)
    if (found[2] !== 'host-gateway' && !isAddress(found[2].replace(/^\[|\]$/g, ''))) throw badFlag(host, '--add-host', `invalid IP address in add-host: ${JSON.stringify(found[2])}`)
  }
  if (bytesOfSize(flags.text('shm-size')) === undefined) throw badFlag(flags.text('shm-size'), '--shm-size', `invalid size: '${flags.text('shm-size')}'`)
  for (const server of flags.list('dns')) if (!isAddress(server)) throw badFlag(server, '--dns', `IP address is not correctly formatted: ${server}`)
  for (const domain of flags.list('dns-search')) if (domain !== '.' && !/^\.?([A-Za-z0-9_-]+)(\.[A-Za-z0-9_-]+)*\.?$/.test(domain)) throw badFlag(domain, '--dns-search', `${domain} is not a valid domain`)
  for (const link of flags.list('link')) if (link.split(':').length > 2) throw badFlag(link, '--link', `bad format for links: ${link}`)
  for (const option of flags.list('sysctl')) if (!isSysctl(option)) throw badFlag(option, '--sysctl', `sysctl '${option}' is not allowed`)
  for (const rule of flags.list('device-cgroup-rule')) if (!/^[acb] ([0-9]+|\*):([0-9]+|\*) [rwm]{1,3}$/.test(rule)) throw badFlag(rule, '--device-cgroup-rule', `invalid device cgroup format '${rule}'`)
  const mac = flags.text('mac-address')
  if (mac !== '' && !/^[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}$/.test(mac)) throw cannot(`${mac} is not a valid mac address`)
  if (flags.text('log-driver') === 'none' && flags.list('log-opt').length > 0) throw cannot('invalid logging opts for driver none')
  for (const option of flags.list('storage-opt')) if (!option.includes('=')) throw cannot('invalid storage option')
  for (const name of ['health-interval', 'health-timeout', 'health-start-period', 'health-start-interval']) if (flags.text(name).startsWith('-')) throw cannot(`--${name} cannot be negative`)
}

function isAddress(text: string): boolean {
  return /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(text) || (/^[0-9a-fA-F:.]+$/.test(text) && text.includes(':'))
}

/** Only settings that belong to one container's namespaces may be set. */
function isSysctl(option: string): boolean {
  const [name, value] = option.split('=')
  if (value === undefined) return false
  const alone = ['kernel.msgmax', 'kernel.msgmnb', 'kernel.msgmni', 'kernel.sem', 'kernel.shmall', 'kernel.shmmax', 'kernel.shmmni', 'kernel.shm_rmid_forced']
  return alone.includes(name) || name.startsWith('net.') || name.startsWith('fs.mqueue.')
}

/** A seccomp profile is sent as its text. */
function securityOption(process: Process, option: string): string {
  const path = /^seccomp[=:](.*)$/.exec(option)?.[1]
  if (path === undefined || path === 'unconfined' || path === 'builtin') return option
  const text = textOf(process, path, (why) => cannot(`opening seccomp profile (${path}) failed: ${why}`))
  try {
    return `seccomp=${JSON.stringify(JSON.parse(text))}`
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw cannot(`compacting json for seccomp profile (${path}) failed: ${error.message}`)
  }
}

/** `--gpus all`, `--gpus 2`, `--gpus '"device=0,1"'`. */
function gpuRequest(text: string): Record<string, unknown> {
  const request = { Driver: '', Count: 0, DeviceIDs: null as readonly string[] | null, Capabilities: [['gpu']], Options: {} }
  for (const field of text.replace(/^"|"$/g, '').split(',')) {
    const [key, value] = field.split('=')
    if (value === undefined && !text.includes('=')) request.Count = key === 'all' ? -1 : Number(key)
    else if (key === 'driver') request.Driver = value
    else if (key === 'count') request.Count = value === 'all' ? -1 : Number(value)
    else if (key === 'device') request.DeviceIDs = [value]
    else if (value === undefined) request.DeviceIDs = [...(request.DeviceIDs ?? []), key]
    else if (key !== 'capabilities' && key !== 'options') throw badFlag(text, '--gpus', `unexpected key '${key}' in '${field}'`)
    if (Number.isNaN(request.Count)) throw badFlag(text, '--gpus', `invalid count (${value ?? key}): value must be either "all" or an integer: strconv.Atoi: parsing ${JSON.stringify(value ?? key)}: invalid syntax`)
  }
  return request
}

/** `NAME` alone is taken from the caller's environment, and left out when it is not set there. */
function environment(process: Process, one: string): string[] {
  if (one === '' || one.startsWith('=')) throw new DockerError(`invalid argument "${one}" for "-e, --env" flag: invalid environment variable: ${one}\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nRun 'docker run --help' for more information`, 125)
  if (one.includes('=')) return [one]
  const value = process.env[one]
  return value === undefined ? [] : [`${one}=${value}`]
}

export function keyValues(list: readonly string[]): Record<string, string> {
  return Object.fromEntries(list.map((one) => (one.includes('=') ? [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)] : [one, ''])))
}

/** A relative host path is taken from the working folder when it begins with a dot, as the CLI does. */
function absoluteBind(process: Process, bind: string): string {
  const [source, ...rest] = bind.split(':')
  if (!source.startsWith('.')) return bind
  return [normal(process.path(source)), ...rest].join(':')
}

function normal(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** `run` adds its own prefix to it, `update` does not. */
export class InvalidPolicy extends DockerError {}

export function restartPolicy(text: string): { Name: string; MaximumRetryCount: number } {
  const [name, count, ...rest] = text.split(':')
  if (count === undefined) return { Name: name, MaximumRetryCount: 0 }
  if (rest.length > 0 || !/^-?\d+$/.test(count)) throw new InvalidPolicy('invalid restart policy format: maximum retry count must be an integer')
  return { Name: name, MaximumRetryCount: Number(count) }
}

function policyOf(text: string): { Name: string; MaximumRetryCount: number } {
  try {
    return restartPolicy(text)
  } catch (error) {
    throw error instanceof InvalidPolicy ? cannot(error.message) : error
  }
}

function size(flags: Flags, name: string): number {
  const text = flags.text(name)
  if (text === '' || text === '0') return 0
  const bytes = bytesOfSize(text)
  if (bytes === undefined) {
    const shown = name === 'memory' ? '-m, --memory' : `--${name}`
    throw new DockerError(`invalid argument "${text}" for "${shown}" flag: invalid size: '${text}'\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nRun 'docker run --help' for more information`, 125)
  }
  return bytes
}

function nanoCpus(text: string): number {
  if (text === '') return 0
  if (!/^\d*\.?\d+$/.test(text)) throw new DockerError(`invalid argument "${text}" for "--cpus" flag: failed to parse ${text} as a rational number\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nRun 'docker run --help' for more information`, 125)
  return Math.round(Number(text) * 1e9)
}

const limitNames = ['core', 'cpu', 'data', 'fsize', 'locks', 'memlock', 'msgqueue', 'nice', 'nofile', 'nproc', 'rss', 'rtprio', 'rttime', 'sigpending', 'stack']

function badFlag(text: string, flag: string, why: string): DockerError {
  return new DockerError(`invalid argument "${text}" for "${flag}" flag: ${why}\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nRun 'docker run --help' for more information`, 125)
}

function cannot(why: string): DockerError {
  return new DockerError(`docker: ${why}\n\nRun 'docker run --help' for more information`, 125)
}

function ulimit(text: string): { Name: string; Hard: number; Soft: number } {
  if (!text.includes('=')) throw badFlag(text, '--ulimit', `invalid ulimit argument: ${text}`)
  const [name, value = ''] = text.split('=')
  if (!limitNames.includes(name)) throw badFlag(text, '--ulimit', `invalid ulimit type: ${name}`)
  const [softText, hardText = softText] = value.split(':')
  for (const part of [softText, hardText]) if (!/^-?\d+$/.test(part)) throw badFlag(text, '--ulimit', `strconv.ParseInt: parsing ${JSON.stringify(part)}: invalid syntax`)
  const [soft, hard] = [Number(softText), Number(hardText)]
  if (hard !== -1 && (soft === -1 || soft > hard)) throw badFlag(text, '--ulimit', `ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`)
  return { Name: name, Hard: hard, Soft: soft }
}

/** `/dev/a`, `/dev/a:rw`, `/dev/a:/dev/b`, `/dev/a:/dev/b:r`. */
function device(text: string): { PathOnHost: string; PathInContainer: string; CgroupPermissions: string } {
  const [host, second, third, ...rest] = text.split(':')
  const isMode = (part: string | undefined) => part !== undefined && /^[rwm]+$/.test(part)
  if (rest.length > 0) throw cannot(`invalid device specification: ${text}`)
  const inside = second === undefined || isMode(second) ? host : second
  const permissions = third ?? (isMode(second) ? second : 'rwm')
  if (!isMode(permissions) && third !== undefined) throw cannot(`bad mode specified: ${third}`)
  return { PathOnHost: host, PathInContainer: inside, CgroupPermissions: permissions }
}

const mountFlags = ['readonly', 'ro', 'volume-nocopy', 'bind-nonrecursive']

/** `--mount type=…,src=…,dst=…` with the options of its type. */
function mount(text: string): Record<string, unknown> {
  const refuse = (why: string) => badFlag(text, '--mount', why)
  if (text === '') throw refuse('EOF')
  const wanted: Record<string, unknown> = { Type: 'volume' }
  const [bind, volume, tmpfs]: Record<string, unknown>[] = [{}, {}, {}]
  const isTrue = (key: string, value: string): boolean => {
    if (!/^(1|0|t|f|true|false)$/i.test(value)) throw refuse(`invalid value for ${key}: ${value}`)
    return /^(1|t|true)$/i.test(value)
  }
  for (const field of text.split(',')) {
    const equals = field.indexOf('=')
    const key = (equals < 0 ? field : field.slice(0, equals)).toLowerCase()
    if (equals < 0 && !mountFlags.includes(key)) throw refuse(`invalid field '${field}' must be a key=value pair`)
    const value = equals < 0 ? 'true' : field.slice(equals + 1)
    switch (key) {
      case 'type':
        wanted.Type = value.toLowerCase()
        break
      case 'source':
      case 'src':
        wanted.Source = value
        break
      case 'target':
      case 'dst':
      case 'destination':
        wanted.Target = value
        break
      case 'readonly':
      case 'ro':
        if (isTrue(key, value)) wanted.ReadOnly = true
        break
      case 'consistency':
        wanted.Consistency = value.toLowerCase()
        break
      case 'bind-propagation':
        bind.Propagation = value.toLowerCase()
        break
      case 'bind-nonrecursive':
        bind.NonRecursive = isTrue(key, value)
        break
      case 'bind-recursive':
        if (!['enabled', 'disabled', 'writable', 'readonly'].includes(value)) throw refuse(`invalid value for ${key}: ${value} (must be "enabled", "disabled", "writable", or "readonly")`)
        if (value === 'disabled') bind.NonRecursive = true
        break
      case 'volume-subpath':
        volume.Subpath = value
        break
      case 'volume-nocopy':
        volume.NoCopy = isTrue(key, value)
        break
      case 'volume-label':
        volume.Labels = { ...(volume.Labels as object | undefined), ...keyValues([value]) }
        break
      case 'volume-driver':
        volume.DriverConfig = { ...(volume.DriverConfig as object | undefined), Name: value }
        break
      case 'volume-opt': {
        const driver = (volume.DriverConfig ?? {}) as { Options?: object }
        volume.DriverConfig = { ...driver, Options: { ...driver.Options, ...keyValues([value]) } }
        break
      }
      case 'tmpfs-size': {
        const bytes = bytesOfSize(value)
        if (bytes === undefined) throw refuse(`invalid value for ${key}: ${value}`)
        tmpfs.SizeBytes = bytes
        break
      }
      case 'tmpfs-mode':
        if (!/^[0-7]+$/.test(value)) throw refuse(`invalid value for ${key}: ${value}`)
        tmpfs.Mode = Number.parseInt(value, 8)
        break
      default:
        throw refuse(`unexpected key '${key}' in '${field}'`)
    }
  }
  if (wanted.Target === undefined) throw refuse('target is required')
  for (const [type, options, name] of [['bind', bind, 'BindOptions'], ['volume', volume, 'VolumeOptions'], ['tmpfs', tmpfs, 'TmpfsOptions']] as const) {
    if (Object.keys(options).length === 0) continue
    if (wanted.Type !== type) throw refuse(`cannot mix '${type}-*' options with mount type '${String(wanted.Type)}'`)
    wanted[name] = options
  }
  return wanted
}

function healthcheck(flags: Flags): Record<string, unknown> | undefined {
  const names = ['health-cmd', 'health-interval', 'health-timeout', 'health-start-period', 'health-start-interval', 'health-retries']
  if (flags.is('no-healthcheck')) {
    if (names.some((name) => flags.isSet(name))) throw cannot('--no-healthcheck conflicts with --health-* options')
    return { Test: ['NONE'] }
  }
  if (!names.some((name) => flags.isSet(name))) return undefined
  const nanos = (name: string) => Math.round((parseGoDuration(flags.text(name)) ?? 0) * 1e6)
  return {
    ...(flags.text('health-cmd') !== '' && { Test: ['CMD-SHELL', flags.text('health-cmd')] }),
    Interval: nanos('health-interval'),
    Timeout: nanos('health-timeout'),
    StartPeriod: nanos('health-start-period'),
    ...(flags.isSet('health-start-interval') && { StartInterval: nanos('health-start-interval') }),
    Retries: flags.number('health-retries'),
  }
}

interface WantedNetwork {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly ip?: string
  readonly ip6?: string
  readonly mac?: string
  readonly priority?: number
  readonly options?: Readonly<Record<string, string>>
}

/** `--network NAME` or `--network name=NAME,alias=web,ip=…`. */
function networksOf(flags: Flags): readonly WantedNetwork[] {
  const networks = flags.list('network').map(wantedNetwork)
  const names = networks.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw cannot(`network ${JSON.stringify(twice)} is specified multiple times`)
  const isOwn = (name: string) => !/^(default|bridge|host|none|container:.*)$/.test(name)
  if (names.length > 1 && names.some((name) => !isOwn(name))) throw cannot('conflicting options: cannot attach both user-defined and non-user-defined network-modes')
  const hasAliases = flags.list('network-alias').length > 0
  if (hasAliases && (networks[0]?.aliases?.length ?? 0) > 0) throw cannot('conflicting options: cannot specify both --network-alias and per-network alias')
  if (hasAliases && !isOwn(names[0] ?? 'default')) throw cannot('network-scoped aliases are only supported for user-defined networks')
  return networks
}

function wantedNetwork(text: string): WantedNetwork {
  if (!text.includes('=')) return { name: text }
  const wanted: { -readonly [Key in keyof WantedNetwork]: WantedNetwork[Key] } & { name: string } = { name: '' }
  for (const field of text.split(',')) {
    const equals = field.indexOf('=')
    if (equals < 0) throw badFlag(text, '--network', `invalid key=value pair: ${field}`)
    const [key, value] = [field.slice(0, equals).trim().toLowerCase(), field.slice(equals + 1).trim()]
    switch (key) {
      case 'name':
        wanted.name = value
        break
      case 'alias':
        wanted.aliases = [...(wanted.aliases ?? []), value]
        break
      case 'ip':
        wanted.ip = value
        break
      case 'ip6':
        wanted.ip6 = value
        break
      case 'mac-address':
        wanted.mac = value
        break
      case 'gw-priority':
        if (!/^-?\d+$/.test(value)) throw badFlag(text, '--network', `invalid gw-priority (${value}): strconv.Atoi: parsing ${JSON.stringify(value)}: invalid syntax`)
        wanted.priority = Number(value)
        break
      case 'driver-opt': {
        const [option, ...rest] = value.split('=')
        if (rest.length === 0) throw badFlag(text, '--network', 'invalid key/value pair format in driver options')
        wanted.options = { ...wanted.options, [option]: rest.join('=') }
        break
      }
      default:
        throw badFlag(text, '--network', `invalid field key ${key}`)
    }
  }
  if (wanted.name === '') throw badFlag(text, '--network', 'network name/id is not specified')
  return wanted
}

/** What is asked of each network; the shorter flags (`--ip`, `--network-alias` …) are for the first one. */
function endpoints(flags: Flags, networks: readonly WantedNetwork[]): Record<string, object> {
  return Object.fromEntries(
    networks.map(({ name, aliases = [], ip = '', ip6 = '', mac = '', priority, options }, index) => {
      const own = (flag: string, value: string) => value || (index === 0 ? flags.text(flag) : '')
      const [address, address6] = [own('ip', ip), own('ip6', ip6)]
      const all = [...(index === 0 ? flags.list('network-alias') : []), ...aliases]
      return [
        name,
        {
          IPAMConfig: address === '' && address6 === '' ? null : { ...(address !== '' && { IPv4Address: address }), ...(address6 !== '' && { IPv6Address: address6 }) },
          Links: index === 0 ? orNull(flags.list('link')) : null,
          Aliases: orNull(all),
          MacAddress: own('mac-address', mac),
          ...(priority !== undefined && { GwPriority: priority }),
          DriverOpts: options ?? null,
        },
      ]
    }),
  )
}
