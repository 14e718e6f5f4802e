/**
 * The flags of `docker run` and `docker create` as the body of POST /containers/create. What the CLI itself refuses (a malformed port,
 * a volume without a path) is refused here with its words; the rest is the daemon's business.
 */
import type { Process } from '../../unix/kernel/process.ts'
import { UnixError } from '../../unix/errors.ts'
import type { Flags } from '../flags.ts'
import { parseGoDuration } from '../go-values.ts'
import { badFlag, cannot, nanoCpus, size } from './bad-flags.ts'
import { DockerError } from './docker-error.ts'
import { keyValues } from './key-values.ts'
import { mount } from './mount-flag.ts'
import { publishedPorts } from './ports.ts'
import { bytesOfSize, whyNoSize } from '../../base/go-units.ts'
import { checkMac, endpoints, networksOf } from './wanted-networks.ts'

export function containerConfig(
  process: Process,
  flags: Flags,
  [image, ...command]: readonly string[],
  { isRun }: { isRun: boolean },
): Record<string, unknown> {
  const attach = flags.list('attach').map((stream) => stream.toLowerCase())
  const isDetached = flags.knows('detach') && flags.is('detach')
  const usesInput = flags.is('interactive')
  const volumes = flags.list('volume')
  if (volumes.includes('')) throw cannot('invalid empty volume spec')
  for (const volume of volumes)
    if (isBind(volume) && volume.split(':').includes('')) throw cannot(`invalid spec: ${volume}: empty section between colons`)
  const binds = volumes.filter(isBind)
  const anonymous = volumes.filter((volume) => !isBind(volume))
  const { exposed, bindings } = publishedPorts(flags.list('publish'), flags.list('expose'))
  const networks = networksOf(flags)
  checkFlags(flags)
  for (const option of flags.list('security-opt'))
    if (!/[=:]/.test(option) && option !== 'no-new-privileges') throw cannot(`Invalid --security-opt: ${JSON.stringify(option)}`)
  const mode = networks[0]?.name ?? 'default'
  const attaches = (stream: string) =>
    isRun
      ? !isDetached && (attach.length === 0 ? stream !== 'stdin' || usesInput : attach.includes(stream))
      : stream !== 'stdin'
        ? attach.length === 0 || attach.includes(stream)
        : usesInput
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
      CgroupParent: flags.text('cgroup-parent'),
      Dns: flags.list('dns'),
      DnsOptions: [...flags.list('dns-opt'), ...flags.list('dns-option')],
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
      ...(flags.list('tmpfs').length > 0 && {
        Tmpfs: Object.fromEntries(
          flags
            .list('tmpfs')
            .map((one) => (one.includes(':') ? [one.slice(0, one.indexOf(':')), one.slice(one.indexOf(':') + 1)] : [one, ''])),
        ),
      }),
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
export function keyValueLines(
  process: Process,
  paths: readonly string[],
  what: 'env' | 'label',
  refuse: (why: string) => DockerError = cannot,
): string[] {
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
  for (const label of flags.list('label'))
    if (label.startsWith('=')) throw badFlag(label, '-l, --label', `invalid label '${label}': empty name`)
  for (const [name, words, known] of [
    ['pid', 'PID', /^(|host|container:.+)$/],
    ['uts', 'UTS', /^(|host)$/],
    ['userns', 'USER', /^(|host)$/],
    ['cgroupns', 'CGROUP', /^(|host|private)$/],
  ] as const) {
    if (!known.test(flags.text(name))) throw cannot(`--${name}: invalid ${words} mode`)
  }
  for (const host of flags.list('add-host')) {
    const found = /^([^:=]+)[:=](.*)$/.exec(host)
    if (!found) throw badFlag(host, '--add-host', `bad format for add-host: ${JSON.stringify(host)}`)
    if (found[2] !== 'host-gateway' && !isAddress(found[2].replace(/^\[|\]$/g, '')))
      throw badFlag(host, '--add-host', `invalid IP address in add-host: ${JSON.stringify(found[2])}`)
  }
  if (bytesOfSize(flags.text('shm-size')) === undefined)
    throw badFlag(flags.text('shm-size'), '--shm-size', whyNoSize(flags.text('shm-size')))
  for (const server of flags.list('dns'))
    if (!isAddress(server)) throw badFlag(server, '--dns', `IP address is not correctly formatted: ${server}`)
  for (const domain of flags.list('dns-search'))
    if (domain !== '.' && !/^\.?([A-Za-z0-9_-]+)(\.[A-Za-z0-9_-]+)*\.?$/.test(domain))
      throw badFlag(domain, '--dns-search', `${domain} is not a valid domain`)
  for (const link of flags.list('link')) if (link === '') throw badFlag(link, '--link', 'empty string specified for links')
  for (const link of flags.list('link')) if (link.split(':').length > 2) throw badFlag(link, '--link', `bad format for links: ${link}`)
  for (const option of flags.list('sysctl')) if (!isSysctl(option)) throw badFlag(option, '--sysctl', `sysctl '${option}' is not allowed`)
  for (const rule of flags.list('device-cgroup-rule'))
    if (!/^[acb] ([0-9]+|\*):([0-9]+|\*) [rwm]{1,3}$/.test(rule))
      throw badFlag(rule, '--device-cgroup-rule', `invalid device cgroup format '${rule}'`)
  for (const stream of flags.list('attach'))
    if (!/^(stdin|stdout|stderr)$/i.test(stream)) throw badFlag(stream, '-a, --attach', 'valid streams are STDIN, STDOUT and STDERR')
  for (const name of ['blkio-weight-device', 'device-read-bps', 'device-write-bps', 'device-read-iops', 'device-write-iops']) {
    for (const limit of flags.knows(name) ? flags.list(name) : []) {
      if (!/^[^:]+:[^:]+$/.test(limit)) throw badFlag(limit, `--${name}`, `bad format: ${limit}`)
      if (!limit.startsWith('/dev/')) throw badFlag(limit, `--${name}`, `bad format for device path: ${limit}`)
      const isRate = name.endsWith('bps')
      if (!(isRate ? /:\d+([kmg]?b?)$/i : /:\d+$/).test(limit)) {
        const form = isRate
          ? 'Number must be a positive integer. Unit is optional and can be kb, mb, or gb'
          : 'Number must be a positive integer'
        throw badFlag(
          limit,
          `--${name}`,
          name === 'blkio-weight-device'
            ? `invalid weight for device: ${limit}`
            : `invalid rate for device: ${limit}. The correct format is <device-path>:<number>${isRate ? '[<unit>]' : ''}. ${form}`,
        )
      }
    }
  }
  checkMac(flags.text('mac-address'))
  const swappiness = flags.number('memory-swappiness')
  if (swappiness !== -1 && (swappiness < 0 || swappiness > 100))
    throw cannot(`invalid value: ${swappiness}. Valid memory swappiness range is 0-100`)
  if (flags.number('health-retries') < 0) throw cannot('--health-retries cannot be negative')
  if (flags.text('log-driver') === 'none' && flags.list('log-opt').length > 0) throw cannot('invalid logging opts for driver none')
  for (const option of flags.list('storage-opt')) if (!option.includes('=')) throw cannot('invalid storage option')
  for (const name of ['health-interval', 'health-timeout', 'health-start-period', 'health-start-interval'])
    if (flags.text(name).startsWith('-')) throw cannot(`--${name} cannot be negative`)
}

function isAddress(text: string): boolean {
  return /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(text) || (/^[0-9a-fA-F:.]+$/.test(text) && text.includes(':'))
}

/** Only settings that belong to one container's namespaces may be set. */
function isSysctl(option: string): boolean {
  const [name, value] = option.split('=')
  if (value === undefined) return false
  const alone = [
    'kernel.msgmax',
    'kernel.msgmnb',
    'kernel.msgmni',
    'kernel.sem',
    'kernel.shmall',
    'kernel.shmmax',
    'kernel.shmmni',
    'kernel.shm_rmid_forced',
  ]
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
    if (Number.isNaN(request.Count))
      throw badFlag(text, '--gpus', `invalid count (${value ?? key}): value must be either "all" or an integer: invalid syntax`)
  }
  return request
}

/** `NAME` alone is taken from the caller's environment, and left out when it is not set there. */
export function environment(process: Process, one: string, usage?: string): string[] {
  if (one === '' || one.startsWith('=')) throw badFlag(one, '-e, --env', `invalid environment variable: ${one}`, usage)
  if (one.includes('=')) return [one]
  const value = process.env[one]
  return value === undefined ? [] : [`${one}=${value}`]
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
class InvalidPolicy extends DockerError {}

export function restartPolicy(text: string): { Name: string; MaximumRetryCount: number } {
  const [name, count, ...rest] = text.split(':')
  if (count === undefined) return { Name: name, MaximumRetryCount: 0 }
  if (name === '') throw new InvalidPolicy('invalid restart policy format: no policy provided before colon')
  if (rest.length > 0 || !/^-?\d+$/.test(count))
    throw new InvalidPolicy('invalid restart policy format: maximum retry count must be an integer')
  return { Name: name, MaximumRetryCount: Number(count) }
}

function policyOf(text: string): { Name: string; MaximumRetryCount: number } {
  try {
    return restartPolicy(text)
  } catch (error) {
    throw error instanceof InvalidPolicy ? cannot(error.message) : error
  }
}

const limitNames = [
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'memlock',
  'msgqueue',
  'nice',
  'nofile',
  'nproc',
  'rss',
  'rtprio',
  'rttime',
  'sigpending',
  'stack',
]

function ulimit(text: string): { Name: string; Hard: number; Soft: number } {
  if (!text.includes('=')) throw badFlag(text, '--ulimit', `invalid ulimit argument: ${text}`)
  const [name, value = ''] = text.split('=')
  if (!limitNames.includes(name)) throw badFlag(text, '--ulimit', `invalid ulimit type: ${name}`)
  const [softText, hardText = softText, ...others] = value.split(':')
  if (others.length > 0)
    throw badFlag(text, '--ulimit', `too many limit value arguments - ${value}, can only have up to two, \`soft[:hard]\``)
  for (const part of [softText, hardText])
    if (!/^-?\d+$/.test(part)) throw badFlag(text, '--ulimit', `strconv.ParseInt: parsing ${JSON.stringify(part)}: invalid syntax`)
  const [soft, hard] = [Number(softText), Number(hardText)]
  if (hard !== -1 && (soft === -1 || soft > hard))
    throw badFlag(text, '--ulimit', `ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`)
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
