/**
 * The flags of `docker run` and `docker create` as the body of POST /containers/create. What the CLI itself refuses (a malformed port,
 * a volume without a path) is refused here with its words; the rest is the daemon's business.
 */
import type { Blocking, Process } from '../../unix/kernel/process.ts'
import { UnixError } from '../../unix/errors.ts'
import type { Flags } from '../flags.ts'
import { parseGoDuration } from '../go-values.ts'
import { DockerError } from './command.ts'
import { publishedPorts } from './ports.ts'
import { bytesOfSize } from './sizes.ts'

export function* containerConfig(process: Process, flags: Flags, [image, ...command]: readonly string[], { isRun }: { isRun: boolean }): Blocking<Record<string, unknown>> {
  const attach = flags.list('attach').map((stream) => stream.toLowerCase())
  const isDetached = flags.knows('detach') && flags.is('detach')
  const usesInput = flags.is('interactive')
  const volumes = flags.list('volume')
  const binds = volumes.filter((volume) => volume.includes(':'))
  const anonymous = volumes.filter((volume) => !volume.includes(':'))
  const { exposed, bindings } = publishedPorts(flags.list('publish'), flags.list('expose'))
  const networks = flags.list('network')
  for (const option of flags.list('security-opt')) if (!/[=:]/.test(option) && option !== 'no-new-privileges') throw cannot(`Invalid --security-opt: ${JSON.stringify(option)}`)
  if (!['', 'host'].includes(flags.text('userns'))) throw cannot('--userns: invalid USER mode')
  for (const host of flags.list('add-host')) if (!/[:=]/.test(host)) throw badFlag(host, '--add-host', `bad format for add-host: ${JSON.stringify(host)}`)
  const mode = networks[0] ?? 'default'
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
    Env: [...(yield* fileLines(process, flags.list('env-file'))), ...flags.list('env')].flatMap((one) => environment(process, one)),
    Cmd: command.length > 0 ? command : null,
    ...(healthcheck(flags) && { Healthcheck: healthcheck(flags) }),
    Image: image,
    Volumes: Object.fromEntries(anonymous.map((path) => [path, {}])),
    WorkingDir: flags.text('workdir'),
    Entrypoint: entrypoint,
    OnBuild: null,
    Labels: keyValues([...(yield* fileLines(process, flags.list('label-file'))), ...flags.list('label')]),
    ...(flags.text('stop-signal') !== '' && { StopSignal: flags.text('stop-signal') }),
    ...(flags.isSet('stop-timeout') && { StopTimeout: flags.number('stop-timeout') }),
    HostConfig: {
      Binds: binds.length > 0 ? binds.map((bind) => absoluteBind(process, bind)) : null,
      ContainerIDFile: '',
      LogConfig: { Type: flags.text('log-driver'), Config: keyValues(flags.list('log-opt')) },
      NetworkMode: mode,
      PortBindings: bindings,
      RestartPolicy: restartPolicy(flags.text('restart')),
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
      SecurityOpt: orNull(flags.list('security-opt')),
      UTSMode: flags.text('uts'),
      UsernsMode: flags.text('userns'),
      ShmSize: bytesOfSize(flags.text('shm-size')) ?? 0,
      Tmpfs: Object.fromEntries(flags.list('tmpfs').map((one) => (one.includes(':') ? [one.slice(0, one.indexOf(':')), one.slice(one.indexOf(':') + 1)] : [one, '']))),
      Sysctls: keyValues(flags.list('sysctl')),
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
      ...(flags.list('storage-opt').length > 0 && { StorageOpt: keyValues(flags.list('storage-opt')) }),
      ...(flags.text('isolation') !== '' && { Isolation: flags.text('isolation') }),
      ...(flags.list('mount').length > 0 && { Mounts: flags.list('mount').map(mount) }),
      MaskedPaths: null,
      ReadonlyPaths: null,
    },
    NetworkingConfig: { EndpointsConfig: endpoints(flags, networks.length > 0 ? networks : ['default']) },
  }
}

function orNull<T>(list: readonly T[]): readonly T[] | null {
  return list.length > 0 ? list : null
}

function* fileLines(process: Process, paths: readonly string[]): Blocking<string[]> {
  return paths.flatMap((path) => {
    try {
      return process.files
        .readText(process.path(path), process.credentials)
        .split('\n')
        .map((line) => line.trimStart())
        .filter((line) => line !== '' && !line.startsWith('#'))
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      throw new DockerError(`docker: open ${path}: ${error.words.toLowerCase()}\n\nRun 'docker run --help' for more information`, 125)
    }
  })
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

export function restartPolicy(text: string): { Name: string; MaximumRetryCount: number } {
  const [name, count, ...rest] = text.split(':')
  if (count === undefined) return { Name: name, MaximumRetryCount: 0 }
  if (rest.length > 0) throw new DockerError('invalid restart policy format: maximum retry count must be an integer', 125)
  if (!/^\d+$/.test(count)) throw new DockerError('invalid restart policy format: maximum retry count must be an integer', 125)
  return { Name: name, MaximumRetryCount: Number(count) }
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
  const [name, value = ''] = text.split('=')
  if (!limitNames.includes(name)) throw badFlag(text, '--ulimit', `invalid ulimit type: ${name}`)
  const [soft, hard = soft] = value.split(':')
  return { Name: name, Hard: Number(hard), Soft: Number(soft) }
}

function device(text: string): { PathOnHost: string; PathInContainer: string; CgroupPermissions: string } {
  const [host, inside = host, permissions = 'rwm'] = text.split(':')
  return { PathOnHost: host, PathInContainer: inside, CgroupPermissions: permissions }
}

function mount(text: string): Record<string, unknown> {
  const bare = text.split(',').find((one) => !one.includes('=') && !['readonly', 'ro', 'volume-nocopy', 'bind-nonrecursive'].includes(one.toLowerCase()))
  if (bare !== undefined) throw badFlag(text, '--mount', `invalid field '${bare}' must be a key=value pair`)
  const values = new Map(text.split(',').map((one) => (one.includes('=') ? [one.slice(0, one.indexOf('=')).toLowerCase(), one.slice(one.indexOf('=') + 1)] : [one.toLowerCase(), 'true'])))
  const target = values.get('target') ?? values.get('dst') ?? values.get('destination')
  if (target === undefined) throw new DockerError(`invalid argument "${text}" for "--mount" flag: target is required\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nRun 'docker run --help' for more information`, 125)
  const isReadOnly = ['readonly', 'ro'].some((name) => ['true', '1'].includes(values.get(name) ?? ''))
  const source = values.get('source') ?? values.get('src')
  return { Type: values.get('type') ?? 'volume', ...(source !== undefined && { Source: source }), Target: target, ...(isReadOnly && { ReadOnly: true }) }
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

/** `--network name=net,alias=web,ip=…` and the shorter flags for the first one. */
function endpoints(flags: Flags, networks: readonly string[]): Record<string, object> {
  return Object.fromEntries(
    networks.map((network, index) => {
      const parts = network.includes('=') ? keyValues(network.split(',')) : { name: network }
      const aliases = index === 0 ? flags.list('network-alias') : []
      if (parts.alias) aliases.push(parts.alias)
      const ip = parts.ip ?? (index === 0 ? flags.text('ip') : '')
      return [parts.name, { IPAMConfig: ip === '' ? null : { IPv4Address: ip }, Links: index === 0 ? orNull(flags.list('link')) : null, Aliases: orNull(aliases), MacAddress: index === 0 ? flags.text('mac-address') : '' }]
    }),
  )
}
