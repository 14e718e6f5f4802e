/** docker-entrypoint.sh of the mysql and mariadb images: the first start makes the data folder, later ones only start the server. */
import { ended, err, out, type Blocking, type Process, type Program, sleep } from '../../../unix/kernel/process.ts'
import { executable, found, start } from '../../../unix/kernel/execute.ts'
import { everything } from './accounts.ts'
import type { Saved } from './engine.ts'
import { initialised, isMaria, note, started, stopped, versionOf } from './logs.ts'
import { dataPath, socketPath } from './server.ts'

export const entrypoint: Program = function* (process) {
  let args = process.argv.slice(process.argv[0].endsWith('docker-entrypoint.sh') ? 1 : 0)
  const server = isMaria(process) ? 'mariadbd' : 'mysqld'
  if (args[0]?.startsWith('-')) args = [server, ...args]
  if ((args[0] === server || args[0] === 'mysqld') && !args.some((arg) => /^(--help|--version|-V|-\?)$/.test(arg))) {
    const code = yield* prepared(process)
    if (code !== 0) return code
  }
  const path = found(process, args[0] ?? '')
  if (path === undefined) {
    yield* err(process, `/usr/local/bin/docker-entrypoint.sh: line ${isMaria(process) ? 762 : 425}: exec: ${args[0]}: not found\n`)
    return 127
  }
  const { program, argv } = executable(process, path, args)
  process.argv = argv
  return yield* program(process)
}

function* prepared(process: Process): Blocking<number> {
  const { env, files } = process
  const product = isMaria(process) ? 'MariaDB' : 'MySQL'
  const prefix = isMaria(process) ? 'MARIADB' : 'MYSQL'
  const asked = (name: string): string | undefined => env[`${prefix}_${name}`] ?? env[`MYSQL_${name}`]
  const hello = `Entrypoint script for ${product} Server ${env.MARIADB_VERSION ?? `${versionOf(process)}-1.el9`} started.`
  yield* note(process, hello)
  if (process.credentials.uid === 0) {
    yield* note(process, "Switching to dedicated user 'mysql'")
    yield* note(process, hello)
  }
  if (files.exists(dataPath)) return 0
  for (const name of ['ROOT_PASSWORD', 'PASSWORD', 'USER', 'DATABASE', 'ROOT_HOST']) {
    const file = asked(`${name}_FILE`)
    if (file === undefined) continue
    if (asked(name) !== undefined) {
      yield* note(process, `Both ${prefix}_${name} and ${prefix}_${name}_FILE are set (but are exclusive)`, 'ERROR')
      return 1
    }
    env[`${prefix}_${name}`] = files.readText(file).replace(/\n+$/, '')
  }
  const root = asked('ROOT_PASSWORD')
  if (!root && !asked('ALLOW_EMPTY_PASSWORD') && !asked('ALLOW_EMPTY_ROOT_PASSWORD') && !asked('RANDOM_ROOT_PASSWORD')) {
    const options = isMaria(process)
      ? 'MARIADB_ROOT_PASSWORD, MARIADB_ROOT_PASSWORD_HASH, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD'
      : undefined
    yield* note(
      process,
      `Database is uninitialized and password option is not specified\n    You need to specify one of${options ? ` ${options}` : ' the following as an environment variable:\n    - MYSQL_ROOT_PASSWORD\n    - MYSQL_ALLOW_EMPTY_PASSWORD\n    - MYSQL_RANDOM_ROOT_PASSWORD'}`,
      'ERROR',
    )
    return 1
  }
  if (asked('USER') === 'root') {
    yield* note(
      process,
      `${prefix}_USER="root", ${prefix}_USER and ${prefix}_PASSWORD are for configuring a regular user and cannot be used for the root user\n    Remove ${prefix}_USER="root" and use one of the following to control the root user password:\n    - ${prefix}_ROOT_PASSWORD\n    - ${prefix}_ALLOW_EMPTY_PASSWORD\n    - ${prefix}_RANDOM_ROOT_PASSWORD`,
      'ERROR',
    )
    return 1
  }
  const password = root || (asked('RANDOM_ROOT_PASSWORD') ? process.kernel.random.hex(32) : '')
  yield* note(process, 'Initializing database files')
  yield* initialised(process)
  yield* note(process, 'Database files initialized')
  yield* note(process, 'Starting temporary server')
  if (isMaria(process)) yield* note(process, 'Waiting for server startup')
  yield* sleep(process, 1_000)
  yield* started(process, 0)
  yield* note(process, 'Temporary server started.')
  if (!root && password !== '') yield* note(process, `GENERATED ROOT PASSWORD: ${password}`)
  const [database, user] = [asked('DATABASE'), asked('USER')]
  if (database) yield* note(process, `Creating database ${database}`)
  if (user) {
    yield* note(process, `Creating user ${user}`)
    if (database) yield* note(process, `Giving user ${user} access to schema ${database}`)
  }
  const saved: Saved = {
    databases: database ? { [database]: {} } : {},
    accounts: [
      { user: 'root', host: 'localhost', password, grants: [everything] },
      { user: 'root', host: asked('ROOT_HOST') ?? '%', password, grants: [everything] },
      ...(user
        ? [
            {
              user,
              host: '%',
              password: asked('PASSWORD') ?? '',
              grants: database ? [{ database, table: '*', privileges: ['ALL PRIVILEGES'], canGrant: false }] : [],
            },
          ]
        : []),
    ],
  }
  files.mkdir('/var/lib/mysql', { parents: true })
  files.writeFile(dataPath, JSON.stringify(saved), { mode: 0o600 })
  const code = yield* scripts(process, password, database)
  if (code !== 0) return code
  yield* out(process, '\n')
  yield* note(process, 'Stopping temporary server')
  yield* stopped(process, 'root')
  yield* sleep(process, 1_000)
  yield* note(process, 'Temporary server stopped')
  yield* out(process, '\n')
  yield* note(process, `${product} init process done. Ready for start up.`)
  yield* out(process, '\n')
  return 0
}

/** What lies in /docker-entrypoint-initdb.d, in the order of its names, against a server that only listens on its socket. */
function* scripts(process: Process, password: string, database: string | undefined): Blocking<number> {
  const folder = '/docker-entrypoint-initdb.d'
  const names = process.files.exists(folder) ? process.files.list(folder) : []
  if (names.length === 0) return 0
  const server = start(process, [isMaria(process) ? 'mariadbd' : 'mysqld', '--skip-networking', '--quiet'])
  while (!process.files.exists(socketPath) && !server.isEnded) yield { until: process.now() + 20 }
  let code = 0
  for (const name of names) {
    const path = `${folder}/${name}`
    yield* out(process, '\n')
    if (!/\.(sql|sh|sql\.gz)$/.test(name)) {
      yield* note(process, `/usr/local/bin/docker-entrypoint.sh: ignoring ${path}`, 'Warn')
      continue
    }
    yield* note(process, `/usr/local/bin/docker-entrypoint.sh: running ${path}`)
    const login = `${isMaria(process) ? 'mariadb' : 'mysql'} -uroot ${password === '' ? '' : `--password='${password.replaceAll("'", "'\\''")}'`} ${database ?? ''}`
    const line = name.endsWith('.sql')
      ? `${login} < '${path}' 2>&1 | grep -v 'Using a password' >&2; exit \${PIPESTATUS[0]}`
      : name.endsWith('.gz')
        ? `gunzip -c '${path}' | ${login}`
        : `. '${path}'`
    code = yield* ended(start(process, ['bash', '-c', line]))
    if (code !== 0) break
  }
  process.kernel.kill(server, 'TERM')
  yield* ended(server)
  return code
}
