/**
 * etcdctl and etcdutl 3.5 as programs, over etcd's gateway. Values under /registry are what the API server stores: protobuf for its own kinds, JSON
 * for custom resources. A snapshot file is the sandbox's own form, so bbolt's tools cannot read it.
 */
import { bytesOf, bytesOfBase64, textOf } from '../../base/bytes.ts'
import { ByteStream } from '../../base/http.ts'
import { sha256Hex } from '../../base/sha256.ts'
import { UnixError } from '../../unix/errors.ts'
import { type Blocking, err, out, type Process, readAll, type Running, writeTo } from '../../unix/kernel/process.ts'
import { nextOf } from '../../unix/network/fetch.ts'
import { type Flag, FlagError, type Flags, HelpWanted, parseFlags } from '../flags.ts'
import { base64, call, EtcdError, endpointsOf, jsonOf, prefixEnd, refuse, stamp } from './client.ts'
import { helpOf } from './help.ts'
import { framed } from './table.ts'

const version = '3.5.21'

const flagList: readonly Flag[] = [
  { name: 'endpoints', type: 'string', value: '127.0.0.1:2379' },
  { name: 'cacert', type: 'string' },
  { name: 'cert', type: 'string' },
  { name: 'key', type: 'string' },
  { name: 'write-out', shorthand: 'w', type: 'string', value: 'simple' },
  { name: 'prefix', type: 'bool' },
  { name: 'from-key', type: 'bool' },
  { name: 'keys-only', type: 'bool' },
  { name: 'print-value-only', type: 'bool' },
  { name: 'count-only', type: 'bool' },
  { name: 'limit', type: 'int', value: '0' },
  { name: 'rev', type: 'int', value: '0' },
  { name: 'hex', type: 'bool' },
  { name: 'order', type: 'string' },
  { name: 'sort-by', type: 'string' },
  { name: 'prev-kv', type: 'bool' },
  { name: 'cluster', type: 'bool' },
  { name: 'command-timeout', type: 'duration', value: '5s' },
  { name: 'dial-timeout', type: 'duration', value: '2s' },
  { name: 'insecure-skip-tls-verify', type: 'bool' },
  { name: 'insecure-transport', type: 'bool', value: 'true' },
  { name: 'data-dir', type: 'string' },
  { name: 'wal-dir', type: 'string' },
  { name: 'name', type: 'string', value: 'default' },
  { name: 'initial-cluster', type: 'string', value: 'default=http://localhost:2380' },
  { name: 'initial-cluster-token', type: 'string', value: 'etcd-cluster' },
  { name: 'initial-advertise-peer-urls', type: 'string', value: 'http://localhost:2380' },
  { name: 'skip-hash-check', type: 'bool' },
  { name: 'user', type: 'string' },
  { name: 'password', type: 'string' },
  { name: 'debug', type: 'bool' },
]

interface Call {
  readonly process: Process
  readonly flags: Flags
  readonly args: readonly string[]
  readonly tool: string
}

type Run = (call: Call) => Blocking<void>

interface KeyValue {
  readonly key: string
  readonly value?: string
  readonly create_revision: string
  readonly mod_revision: string
  readonly version: string
}

function format({ process, flags }: Call): string {
  return flags.isSet('write-out') ? flags.text('write-out') : (process.env.ETCDCTL_WRITE_OUT ?? 'simple')
}

/** What etcdctl does not print in a form that was asked for. */
function unsupported(name: string): never {
  return refuse(`${name} not supported as output format`, 4)
}

/** Numbers of 64 bits come as text and are printed bare. */
function bare(value: unknown): string {
  return JSON.stringify(value).replace(
    /"(cluster_id|member_id|revision|raft_term|create_revision|mod_revision|version|count|deleted|ID|raftIndex|raftTerm|raftAppliedIndex|dbSize|dbSizeInUse|leader)":"(\d+)"/g,
    '"$1":$2',
  )
}

function headerFields(header: unknown): string {
  const { cluster_id, member_id, revision, raft_term } = header as Readonly<Record<string, string>>
  return `"ClusterID" : ${cluster_id}\n"MemberID" : ${member_id}\n"Revision" : ${revision}\n"RaftTerm" : ${raft_term}\n`
}

function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
}

function range({ flags, args }: Call): object {
  const [key, end] = args
  const isAll = (flags.is('prefix') || flags.is('from-key')) && key === ''
  const wanted = isAll ? 'AA==' : base64(key)
  const rangeEnd =
    end !== undefined ? base64(end) : flags.is('from-key') || isAll ? 'AA==' : flags.is('prefix') ? prefixEnd(key) : undefined
  return { key: wanted, ...(rangeEnd && { range_end: rangeEnd }) }
}

const get: Run = function* (given) {
  const { process, flags, args } = given
  if (args.length === 0) refuse('get command needs one argument as key and an optional argument as range_end', 128)
  if (flags.is('prefix') && flags.is('from-key')) refuse('`--prefix` and `--from-key` cannot be set at the same time, choose one', 128)
  if (flags.is('keys-only') && flags.is('count-only'))
    refuse('`--keys-only` and `--count-only` cannot be set at the same time, choose one', 128)
  const answer = jsonOf(
    yield* call(process, flags, '/v3/kv/range', {
      ...range(given),
      limit: flags.text('limit'),
      keys_only: flags.is('keys-only'),
      count_only: flags.is('count-only'),
    }),
  )
  const pairs = (answer.kvs as readonly KeyValue[] | undefined) ?? []
  const ordered = flags.text('order').toUpperCase() === 'DESCEND' ? [...pairs].reverse() : pairs
  switch (format(given)) {
    case 'json':
      return yield* out(
        process,
        `${bare({ header: answer.header, ...(pairs.length > 0 && { kvs: ordered }), ...(answer.more === true && { more: true }), count: answer.count })}\n`,
      )
    case 'fields': {
      yield* out(process, headerFields(answer.header))
      for (const pair of ordered) {
        yield* out(
          process,
          `"Key" : ${quoted(pair.key)}\n"CreateRevision" : ${pair.create_revision}\n"ModRevision" : ${pair.mod_revision}\n"Version" : ${pair.version}\n"Value" : ${quoted(pair.value ?? '')}\n"Lease" : 0\n`,
        )
      }
      return yield* out(process, `"More" : ${answer.more === true}\n"Count" : ${String(answer.count)}\n`)
    }
    case 'table':
      return unsupported('table')
    case 'protobuf':
      return unsupported('protobuf')
  }
  // Only the form of fields tells the count.
  if (flags.is('count-only')) return
  for (const pair of ordered) yield* printPair(given, pair)
}

function quoted(encoded: string): string {
  return JSON.stringify(textOf(bytesOfBase64(encoded)))
}

function* printPair({ process, flags }: Call, { key, value = '' }: Pick<KeyValue, 'key' | 'value'>): Blocking<void> {
  const shown = (encoded: string): Uint8Array => (flags.is('hex') ? bytesOf(hexText(bytesOfBase64(encoded))) : bytesOfBase64(encoded))
  if (!flags.is('print-value-only')) {
    yield* writeTo(process, 1, shown(key))
    yield* out(process, '\n')
  }
  yield* writeTo(process, 1, shown(value))
  yield* out(process, '\n')
}

const put: Run = function* (given) {
  const { process, flags, args } = given
  if (args.length === 0) refuse('put command needs 1 argument and input from stdin or 2 arguments', 128)
  let value = args[1]
  if (value === undefined) {
    value = textOf(yield* readAll(process, 0))
  }
  const answer = jsonOf(yield* call(process, flags, '/v3/kv/put', { key: base64(args[0]), value: base64(value) }))
  if (format(given) === 'json') return yield* out(process, `${bare({ header: answer.header })}\n`)
  if (format(given) === 'fields') return yield* out(process, headerFields(answer.header))
  yield* out(process, 'OK\n')
}

const del: Run = function* (given) {
  const { process, flags, args } = given
  if (args.length === 0) refuse('del command needs one argument as key and an optional argument as range_end', 128)
  const answer = jsonOf(yield* call(process, flags, '/v3/kv/deleterange', range(given)))
  if (format(given) === 'json')
    return yield* out(process, `${bare({ header: answer.header, ...(answer.deleted ? { deleted: answer.deleted } : {}) })}\n`)
  yield* out(process, `${String(answer.deleted ?? 0)}\n`)
}

const watch: Run = function* (given) {
  const { process, flags, args } = given
  if (args.length === 0) refuse('watch in non-interactive mode requires an argument as key or prefix', 128)
  const { body } = yield* call(process, flags, '/v3/watch', {
    create_request: { ...range(given), ...(flags.isSet('rev') && { start_revision: flags.text('rev') }) },
  })
  if (!(body instanceof ByteStream)) return
  let rest = ''
  try {
    for (;;) {
      const chunk = yield* nextOf(body)
      if (!chunk) return
      const lines = (rest + textOf(chunk)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const { result } = JSON.parse(line) as { result: { header: object; events?: readonly { type?: string; kv: KeyValue }[] } }
        if (!result.events) continue
        if (format(given) === 'json') {
          yield* out(
            process,
            `${bare({ Header: result.header, Events: result.events, CompactRevision: 0, Canceled: false, Created: false })}\n`,
          )
          continue
        }
        for (const { type = 'PUT', kv } of result.events) {
          yield* out(process, `${type}\n`)
          yield* printPair(given, kv)
        }
      }
    }
  } finally {
    body.cancel()
  }
}

const memberList: Run = function* (given) {
  const { process, flags } = given
  const answer = jsonOf(yield* call(process, flags, '/v3/cluster/member/list', {}))
  const members = answer.members as readonly { ID: string; name: string; peerURLs: string[]; clientURLs: string[] }[]
  const rows = members.map(({ ID, name, peerURLs, clientURLs }) => [
    hexId(ID),
    'started',
    name,
    peerURLs.join(','),
    clientURLs.join(','),
    'false',
  ])
  if (format(given) === 'json') return yield* out(process, `${bare({ header: answer.header, members })}\n`)
  if (format(given) === 'table')
    return yield* out(process, framed(['ID', 'STATUS', 'NAME', 'PEER ADDRS', 'CLIENT ADDRS', 'IS LEARNER'], rows))
  if (format(given) === 'fields') {
    const fields = members.map(
      ({ ID, name, peerURLs, clientURLs }) =>
        `"ID" : ${ID}\n"Name" : ${JSON.stringify(name)}\n${peerURLs.map((url) => `"PeerURL" : ${JSON.stringify(url)}\n`).join('')}${clientURLs.map((url) => `"ClientURL" : ${JSON.stringify(url)}\n`).join('')}"IsLearner" : false\n\n`,
    )
    return yield* out(process, headerFields(answer.header) + fields.join(''))
  }
  for (const row of rows) yield* out(process, `${row.join(', ')}\n`)
}

function hexId(decimal: string): string {
  return BigInt(decimal).toString(16)
}

const endpointStatus: Run = function* (given) {
  const { process, flags } = given
  const rows: string[][] = []
  const whole: object[] = []
  for (const endpoint of yield* everyEndpoint(given)) {
    const answer = jsonOf(yield* call(process, flags, '/v3/maintenance/status', {}, endpoint))
    const { member_id } = answer.header as Readonly<Record<string, string>>
    whole.push({ Endpoint: endpoint, Status: answer })
    rows.push([
      endpoint,
      hexId(member_id),
      String(answer.version),
      humanSize(Number(answer.dbSize)),
      String(answer.leader === member_id),
      'false',
      String(answer.raftTerm),
      String(answer.raftIndex),
      String(answer.raftAppliedIndex),
      '',
    ])
  }
  if (format(given) === 'json') return yield* out(process, `${bare(whole)}\n`)
  if (format(given) === 'table')
    return yield* out(
      process,
      framed(
        ['ENDPOINT', 'ID', 'VERSION', 'DB SIZE', 'IS LEADER', 'IS LEARNER', 'RAFT TERM', 'RAFT INDEX', 'RAFT APPLIED INDEX', 'ERRORS'],
        rows,
      ),
    )
  for (const row of rows) yield* out(process, `${row.join(', ')}\n`)
}

function* everyEndpoint({ process, flags }: Call): Blocking<readonly string[]> {
  if (!flags.is('cluster')) return endpointsOf(process, flags)
  const answer = jsonOf(yield* call(process, flags, '/v3/cluster/member/list', {}))
  return (answer.members as readonly { clientURLs: string[] }[]).flatMap(({ clientURLs }) => clientURLs)
}

const endpointHealth: Run = function* (given) {
  const { process, flags } = given
  const rows: string[][] = []
  let isUnhealthy = false
  for (const endpoint of yield* everyEndpoint(given)) {
    const took = `${(7 + (endpoint.length % 9) * 0.731_245).toFixed(6)}ms`
    try {
      yield* call(process, flags, '/v3/kv/range', { key: base64('health') }, endpoint)
      rows.push([endpoint, 'true', took, ''])
    } catch (error) {
      if (!(error instanceof EtcdError) || error.message !== 'context deadline exceeded') throw error
      isUnhealthy = true
      rows.push([endpoint, 'false', '5.00147896s', error.message])
    }
  }
  if (format(given) === 'json')
    yield* out(
      process,
      `${JSON.stringify(rows.map(([endpoint, health, took, error]) => ({ endpoint, health: health === 'true', took, ...(error && { error }) })))}\n`,
    )
  else if (format(given) === 'table') yield* out(process, framed(['ENDPOINT', 'HEALTH', 'TOOK', 'ERROR'], rows))
  else {
    for (const [endpoint, health, took, error] of rows) {
      if (health === 'true') yield* err(process, `${endpoint} is healthy: successfully committed proposal: took = ${took}\n`)
      else yield* err(process, `${endpoint} is unhealthy: failed to commit proposal: ${error}\n`)
    }
  }
  if (isUnhealthy) refuse('unhealthy cluster')
}

/** Sizes as go-humanize writes them. */
function humanSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB']
  let at = 0
  let size = bytes
  while (size >= 1000 && at < units.length - 1) {
    size /= 1000
    at++
  }
  return at === 0 ? `${bytes} B` : `${size < 10 ? size.toFixed(1) : Math.round(size)} ${units[at]}`
}

function log(process: Process, caller: string, message: string, more: Readonly<Record<string, string>>, logger = ''): Blocking<void> {
  return err(
    process,
    `${JSON.stringify({ level: 'info', ts: stamp(process), ...(logger && { logger }), caller, msg: message, ...more })}\n`,
  )
}

const snapshotSave: Run = function* ({ process, flags, args }) {
  const [path] = args
  if (path === undefined || args.length > 1) refuse(`snapshot save expects one argument`, 128)
  const [endpoint] = endpointsOf(process, flags)
  yield* log(process, 'snapshot/v3_snapshot.go:65', 'created temporary db file', { path: `${path}.part` })
  const answer = jsonOf(yield* call(process, flags, '/v3/maintenance/snapshot', {}))
  const { blob } = answer.result as { blob: string }
  yield* log(process, 'v3@v3.5.21/maintenance.go:212', 'opened snapshot stream; downloading', {}, 'client')
  yield* log(process, 'snapshot/v3_snapshot.go:73', 'fetching snapshot', { endpoint })
  const status = jsonOf(yield* call(process, flags, '/v3/maintenance/status', {}))
  yield* log(process, 'v3@v3.5.21/maintenance.go:220', 'completed snapshot read; closing', {}, 'client')
  try {
    process.files.writeFile(process.path(path), bytesOfBase64(blob), { mode: 0o600 })
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    refuse(`could not open ${path}.part (open ${path}.part: ${error.words.toLowerCase()})`)
  }
  yield* log(process, 'snapshot/v3_snapshot.go:88', 'fetched snapshot', { endpoint, size: humanSize(Number(status.dbSize)), took: 'now' })
  yield* log(process, 'snapshot/v3_snapshot.go:97', 'saved', { path })
  yield* out(process, `Snapshot saved at ${path}\n`)
}

function snapshotText({ process }: Call, path: string): string {
  try {
    return textOf(process.files.readFile(process.path(path), process.credentials))
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return refuse(error.errno === 'ENOENT' ? `stat ${path}: no such file or directory` : `open ${path}: ${error.words.toLowerCase()}`)
  }
}

const snapshotStatus: Run = function* (given) {
  const { process, args, tool } = given
  if (args.length !== 1) refuse('snapshot status requires exactly one argument', 128)
  if (tool === 'etcdctl') yield* err(process, 'Deprecated: Use `etcdutl snapshot status` instead.\n\n')
  const text = snapshotText(given, args[0])
  const { revision, objects } = contentOf(text)
  const hash = Number.parseInt(sha256Hex(bytesOf(text)).slice(0, 8), 16)
  const size = 20_480 + Math.ceil((revision * 1_450) / 4_096) * 4_096
  if (format(given) === 'json')
    return yield* out(process, `${JSON.stringify({ hash, revision, totalKey: objects.length, totalSize: size })}\n`)
  const row = [hash.toString(16), String(revision), String(objects.length), humanSize(size)]
  if (format(given) === 'table') return yield* out(process, framed(['HASH', 'REVISION', 'TOTAL KEYS', 'TOTAL SIZE'], [row]))
  if (format(given) === 'fields')
    return yield* out(process, `"Hash" : ${hash}\n"Revision" : ${revision}\n"Keys" : ${objects.length}\n"Size" : ${size}\n`)
  yield* out(process, `${row.join(', ')}\n`)
}

function contentOf(text: string): { readonly revision: number; readonly objects: readonly object[] } {
  const start = text.indexOf('\n')
  try {
    if (text.startsWith('etcd database of the sandbox')) return JSON.parse(text.slice(start + 1)) as { revision: number; objects: object[] }
  } catch {
    // A file that was cut is no database.
  }
  return refuse('snapshot file integrity check failed. 1 errors found.\nfile size mismatch or not a database')
}

const snapshotRestore: Run = function* (given) {
  const { process, flags, args, tool } = given
  if (args.length !== 1) refuse('snapshot restore requires exactly one argument', 128)
  if (tool === 'etcdctl') yield* err(process, 'Deprecated: Use `etcdutl snapshot restore` instead.\n\n')
  const [path] = args
  const folder = flags.text('data-dir') || `${flags.text('name')}.etcd`
  const text = snapshotText(given, path)
  contentOf(text)
  const full = process.path(folder)
  if (process.files.exists(full) && process.files.list(full).length > 0) refuse(`data-dir "${folder}" not empty or could not be read`)
  const line = (caller: string, message: string, more: object): Blocking<void> =>
    err(
      process,
      `${new Date(process.now()).toISOString().slice(0, 19)}Z\tinfo\t${caller}\t${message}${Object.keys(more).length > 0 ? `\t${JSON.stringify(more).replaceAll('":', '": ').replaceAll(',"', ', "')}` : ''}\n`,
    )
  yield* line('snapshot/v3_snapshot.go:265', 'restoring snapshot', {
    path,
    'wal-dir': `${folder}/member/wal`,
    'data-dir': folder,
    'snap-dir': `${folder}/member/snap`,
    'initial-memory-map-size': 0,
  })
  yield* line('membership/store.go:141', 'Trimming membership information from the backend...', {})
  yield* line('membership/cluster.go:421', 'added member', {
    'cluster-id': 'cdf818194e3a8c32',
    'local-member-id': '0',
    'added-peer-id': '8e9e05c52164694d',
    'added-peer-peer-urls': [flags.text('initial-advertise-peer-urls')],
    'added-peer-is-learner': false,
  })
  for (const part of ['member/wal', 'member/snap']) process.files.mkdir(`${full}/${part}`, { parents: true, mode: 0o700 })
  process.files.writeFile(`${full}/member/snap/db`, text, { mode: 0o600 })
  process.files.writeFile(`${full}/member/wal/0000000000000000-0000000000000000.wal`, '', { mode: 0o600 })
  yield* line('snapshot/v3_snapshot.go:293', 'restored snapshot', {
    path,
    'wal-dir': `${folder}/member/wal`,
    'data-dir': folder,
    'snap-dir': `${folder}/member/snap`,
    'initial-memory-map-size': 0,
  })
}

function simple(path: string, words: (given: Call, answer: Readonly<Record<string, unknown>>) => string): Run {
  return function* (given) {
    const answer = jsonOf(yield* call(given.process, given.flags, path, {}))
    yield* out(given.process, words(given, answer))
  }
}

const versionText: Run = function* ({ process, tool }) {
  yield* out(process, `${tool} version: ${version}\nAPI version: 3.5\n`)
}

const commands: Readonly<Record<string, Run>> = {
  get,
  put,
  del,
  watch,
  version: versionText,
  'member list': memberList,
  'endpoint status': endpointStatus,
  'endpoint health': endpointHealth,
  'snapshot save': snapshotSave,
  'snapshot status': snapshotStatus,
  'snapshot restore': snapshotRestore,
  compaction: simple('/v3/kv/compaction', ({ args }) => `compacted revision ${args[0] ?? ''}\n`),
  defrag: simple(
    '/v3/maintenance/defragment',
    ({ process, flags }) => `Finished defragmenting etcd member[${endpointsOf(process, flags)[0]}]\n`,
  ),
  'alarm list': simple('/v3/maintenance/alarm', () => ''),
  'alarm disarm': simple('/v3/maintenance/alarm', () => ''),
}

const utilities: Readonly<Record<string, Run>> = {
  version: versionText,
  'snapshot status': snapshotStatus,
  'snapshot restore': snapshotRestore,
}

/** Known to the real tool, not to this sandbox. */
const missing = new Set([
  'auth',
  'check',
  'completion',
  'elect',
  'lease',
  'lock',
  'make-mirror',
  'move-leader',
  'role',
  'txn',
  'user',
  'member',
  'endpoint',
  'alarm',
  'backup',
  'hashkv',
  'migrate',
  'downgrade',
])

function tool(name: string, known: Readonly<Record<string, Run>>) {
  return function* (process: Process): Running {
    try {
      const flags = parseFlags(process.argv.slice(1), flagList)
      const two = flags.args.slice(0, 2).join(' ')
      const command = known[two] ? two : (flags.args[0] ?? '')
      const run = known[command]
      if (process.env.ETCDCTL_API === '2')
        yield* err(
          process,
          `{"level":"warn","ts":"${stamp(process)}","caller":"etcdctl/main.go:38","msg":"unrecognized environment variable","environment-variable":"ETCDCTL_API=2"}\n`,
        )
      if (run) {
        yield* run({ process, flags, args: flags.args.slice(command.split(' ').length), tool: name })
        return 0
      }
      if (command === '' || command === 'help' || command === 'snapshot') {
        yield* out(process, helpOf(name))
        return 0
      }
      if (missing.has(command)) yield* err(process, `Error: ${name} ${flags.args.join(' ')} is not simulated in this sandbox\n`)
      else yield* err(process, `Error: unknown command ${JSON.stringify(command)} for "${name}"\nRun '${name} --help' for usage.\n`)
      return 1
    } catch (error) {
      if (error instanceof HelpWanted) {
        yield* out(process, helpOf(name))
        return 0
      }
      if (error instanceof FlagError || error instanceof EtcdError) {
        yield* err(process, `Error: ${error.message}\n`)
        return error instanceof EtcdError ? error.code : 1
      }
      throw error
    }
  }
}

export const etcdctl = tool('etcdctl', commands)
export const etcdutl = tool('etcdutl', utilities)
