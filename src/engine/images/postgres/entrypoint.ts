/**
 * What docker-entrypoint.sh of the postgres image does: refuses without a password, makes the cluster, runs the scripts of
 * /docker-entrypoint-initdb.d against a server that listens on its socket only, and then becomes the server.
 */
import { UnixError } from '../../../unix/errors.ts'
import { executable, found, start } from '../../../unix/kernel/execute.ts'
import { type Blocking, ended, err, out, type Process, type Program } from '../../../unix/kernel/process.ts'
import { initCluster } from './cluster.ts'
import type { LoadPostgres } from './library.ts'
import { connect, defaultTarget } from './connection.ts'
import { literal, quoted, socketFolder, versionOf } from './server.ts'

export function postgresEntrypoint(load: LoadPostgres): Program {
  return function* (process) {
    let args = process.argv.slice(process.argv[0].endsWith('docker-entrypoint.sh') ? 1 : 0)
    if (args[0]?.startsWith('-')) args = ['postgres', ...args]
    if (args[0] === 'postgres' && !args.some((arg) => ['-?', '--help', '--describe-config', '-V', '--version'].includes(arg))) {
      try {
        const code = yield* prepared(process, load)
        if (code !== undefined) return code
      } catch (error) {
        if (!(error instanceof InitFailure)) throw error
        return error.code
      }
    }
    return yield* become(process, args)
  }
}

function* become(process: Process, argv: readonly string[]): Blocking<number> {
  const path = found(process, argv[0])
  if (path === undefined) {
    yield* err(process, `/usr/local/bin/docker-entrypoint.sh: line 420: exec: ${argv[0]}: not found\n`)
    return 127
  }
  const { program, argv: full } = executable(process, path, argv)
  process.argv = full
  return yield* program(process)
}

function* prepared(process: Process, load: LoadPostgres): Blocking<number | undefined> {
  const { files, env } = process
  const folder = env.PGDATA ?? '/var/lib/postgresql/data'
  const isEmpty = !files.exists(`${folder}/PG_VERSION`)
  const old = '/var/lib/postgresql/data'
  if (folder !== old && isEmpty && (files.mounts.some(({ at }) => at === old) || files.exists(`${old}/PG_VERSION`))) {
    yield* err(process, oldMount(old))
    return 1
  }
  if (process.credentials.uid === 0) {
    for (const path of [folder, socketFolder]) {
      if (!files.exists(path)) files.mkdir(path, { parents: true })
      files.chown(path, { uid: 999, gid: 999 })
    }
    files.chmod(folder, 0o700)
    process.credentials = { uid: 999, gid: 999, groups: [] }
    env.HOME = '/var/lib/postgresql'
  }
  if (!isEmpty) {
    yield* out(process, '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n')
    return undefined
  }
  for (const name of ['POSTGRES_PASSWORD', 'POSTGRES_USER', 'POSTGRES_DB', 'POSTGRES_INITDB_ARGS']) {
    const file = env[`${name}_FILE`]
    if (file === undefined) continue
    if (env[name] !== undefined) {
      yield* err(process, `error: both ${name} and ${name}_FILE are set (but are exclusive)\n`)
      return 1
    }
    env[name] = files.readText(file).replace(/\n+$/, '')
    delete env[`${name}_FILE`]
  }
  const user = env.POSTGRES_USER || 'postgres'
  const database = env.POSTGRES_DB || user
  const password = env.POSTGRES_PASSWORD ?? ''
  if (password === '' && env.POSTGRES_HOST_AUTH_METHOD !== 'trust') {
    yield* err(process, noPassword)
    return 1
  }
  if (env.POSTGRES_HOST_AUTH_METHOD === 'trust') yield* err(process, trustWarning)
  const code = yield* initdb(process, load, folder)
  if (code !== 0) return code
  yield* setUp(process, { user, database, password, folder })
  return undefined
}

function* initdb(process: Process, load: LoadPostgres, folder: string): Blocking<number> {
  const { files, credentials } = process
  const others = files.list(folder)
  if (others.length > 0) {
    yield* err(
      process,
      `initdb: error: directory "${folder}" exists but is not empty\n${others.includes('lost+found') ? 'initdb: detail: It contains a lost+found directory, perhaps due to it being a mount point.\ninitdb: hint: Using a mount point directly as the data directory is not recommended.\nCreate a subdirectory under the mount point.\n' : `initdb: hint: If you want to create a new database system, either remove or empty the directory "${folder}" or run initdb with an argument other than "${folder}".\n`}`,
    )
    return 1
  }
  const zone = process.env.TZ ?? 'Etc/UTC'
  yield* out(
    process,
    `The files belonging to this database system will be owned by user "postgres".\nThis user must also own the server process.\n\nThe database cluster will be initialized with locale "en_US.utf8".\nThe default database encoding has accordingly been set to "UTF8".\nThe default text search configuration will be set to "english".\n\nData page checksums are ${Number(versionOf(process).split('.')[0]) >= 18 ? 'enabled' : 'disabled'}.\n\nfixing permissions on existing directory ${folder} ... ok\ncreating subdirectories ... ok\nselecting dynamic shared memory implementation ... posix\nselecting default "max_connections" ... 100\nselecting default "shared_buffers" ... 128MB\nselecting default time zone ... ${zone}\ncreating configuration files ... ok\n`,
  )
  yield* initCluster(process, load, folder)
  const write = (name: string, text: string): void => files.writeFile(`${folder}/${name}`, text, { mode: 0o600 }, credentials)
  for (const name of ['base', 'global', 'pg_wal', 'pg_xact', 'pg_multixact', 'pg_stat', 'pg_tblspc'])
    files.mkdir(`${folder}/${name}`, { mode: 0o700 }, credentials)
  write('PG_VERSION', `${versionOf(process).split('.')[0]}\n`)
  write(
    'postgresql.conf',
    `# -----------------------------\n# PostgreSQL configuration file\n# -----------------------------\n\nlisten_addresses = '*'\n#port = 5432\t\t\t\t# (change requires restart)\nmax_connections = 100\t\t\t# (change requires restart)\nshared_buffers = 128MB\t\t\t# min 128kB\nlog_timezone = '${zone}'\ntimezone = '${zone}'\n`,
  )
  write(
    'pg_hba.conf',
    `# TYPE  DATABASE        USER            ADDRESS                 METHOD\n\n# "local" is for Unix domain socket connections only\nlocal   all             all                                     trust\n# IPv4 local connections:\nhost    all             all             127.0.0.1/32            trust\n# IPv6 local connections:\nhost    all             all             ::1/128                 trust\n\nhost all all all ${process.env.POSTGRES_HOST_AUTH_METHOD ?? 'scram-sha-256'}\n`,
  )
  write('pg_ident.conf', '# MAPNAME       SYSTEM-USERNAME         PG-USERNAME\n')
  write('postgresql.auto.conf', '# Do not edit this file manually!\n# It will be overwritten by the ALTER SYSTEM command.\n')
  // The superuser is called as asked from the first connection on.
  write('drydock.user', 'postgres\n')
  yield* out(
    process,
    `running bootstrap script ... ok\nperforming post-bootstrap initialization ... ok\nsyncing data to disk ... ok\n\n\nSuccess. You can now start the database server using:\n\n    pg_ctl -D ${folder} -l logfile start\n\n`,
  )
  yield* err(
    process,
    'initdb: warning: enabling "trust" authentication for local connections\ninitdb: hint: You can change this by editing pg_hba.conf or using the option -A, or --auth-local and --auth-host, the next time you run initdb.\n',
  )
  return 0
}

function* setUp(
  process: Process,
  {
    user,
    database,
    password,
    folder,
  }: { readonly user: string; readonly database: string; readonly password: string; readonly folder: string },
): Blocking<void> {
  yield* out(process, 'waiting for server to start....')
  const server = start(process, ['postgres', '-D', folder, '-c', 'listen_addresses=', '-p', '5432'])
  const socket = `${socketFolder}/.s.PGSQL.5432`
  while (!process.files.exists(socket) && !server.isEnded) yield { until: process.now() + 20 }
  const session = yield* connect(process, {
    ...defaultTarget(process, { host: socketFolder, port: 5432 }),
    user: 'postgres',
    database: 'postgres',
  })
  yield* out(process, ' done\nserver started\n')
  if (user !== 'postgres') {
    // The bootstrap superuser cannot rename itself, so another one does it.
    for (const sql of [
      'CREATE ROLE drydock SUPERUSER',
      'SET SESSION AUTHORIZATION drydock',
      `ALTER ROLE postgres RENAME TO ${quoted(user)}`,
      `SET SESSION AUTHORIZATION ${quoted(user)}`,
      'DROP ROLE drydock',
    ])
      yield* session.query(sql)
    process.files.writeFile(`${folder}/drydock.user`, `${user}\n`, { mode: 0o600 }, process.credentials)
  }
  if (password !== '') yield* session.query(`ALTER ROLE ${quoted(user)} PASSWORD ${literal(password)}`)
  if (database !== 'postgres') {
    yield* session.query(`CREATE DATABASE ${quoted(database)}`)
    yield* out(process, 'CREATE DATABASE\n')
  }
  session.close()
  yield* out(process, '\n\n')
  const scripts = '/docker-entrypoint-initdb.d'
  const names = process.files.exists(scripts) ? process.files.list(scripts) : []
  if (names.length === 0) yield* out(process, `/usr/local/bin/docker-entrypoint.sh: ignoring ${scripts}/*\n`)
  if (user !== 'postgres' && names.length > 0) {
    // The server knows the superuser's new name only after a start.
    process.kernel.kill(server, 'INT')
    yield* ended(server)
  }
  const running =
    user !== 'postgres' && names.length > 0 ? start(process, ['postgres', '-D', folder, '-c', 'listen_addresses=', '-p', '5432']) : server
  while (!process.files.exists(socket) && !running.isEnded) yield { until: process.now() + 20 }
  const env = { ...process.env, PGHOST: socketFolder, PGUSER: user, PGDATABASE: database }
  for (const name of names) {
    const path = `${scripts}/${name}`
    if (/\.sql$/.test(name)) {
      yield* out(process, `/usr/local/bin/docker-entrypoint.sh: running ${path}\n`)
      const code = yield* ended(
        start(process, ['psql', '-v', 'ON_ERROR_STOP=1', '--no-psqlrc', '--username', user, '--dbname', database, '-f', path], { env }),
      )
      if (code !== 0) {
        process.kernel.kill(running, 'INT')
        yield* ended(running)
        throw new InitFailure(code)
      }
      yield* out(process, '\n\n')
    } else if (/\.sh$/.test(name)) {
      yield* out(process, `/usr/local/bin/docker-entrypoint.sh: ${isExecutable(process, path) ? 'running' : 'sourcing'} ${path}\n`)
      const code = yield* ended(
        start(process, isExecutable(process, path) ? [path] : ['bash', '-e', path], {
          env: { ...env, POSTGRES_USER: user, POSTGRES_DB: database },
        }),
      )
      if (code !== 0) {
        process.kernel.kill(running, 'INT')
        yield* ended(running)
        throw new InitFailure(code)
      }
    } else yield* out(process, `/usr/local/bin/docker-entrypoint.sh: ignoring ${path}\n`)
  }
  yield* out(process, '\nwaiting for server to shut down....')
  process.kernel.kill(running, 'INT')
  yield* ended(running)
  yield* out(process, ' done\nserver stopped\n\nPostgreSQL init process complete; ready for start up.\n\n')
}

/** A script of the learner's failed: the container ends with its code, the half-made cluster stays. */
class InitFailure extends Error {
  readonly code: number

  constructor(code: number) {
    super('init script failed')
    this.code = code
  }
}

function isExecutable(process: Process, path: string): boolean {
  try {
    return (process.files.stat(path).mode & 0o111) !== 0
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return false
  }
}

const noPassword = `Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".

       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all
       connections without a password. This is *not* recommended.

       See PostgreSQL documentation about "trust":
       https://www.postgresql.org/docs/current/auth-trust.html
`

const trustWarning = `********************************************************************************
WARNING: POSTGRES_HOST_AUTH_METHOD has been set to "trust". This will allow
         anyone with access to the Postgres port to access your database without
         a password, even if POSTGRES_PASSWORD is set. See PostgreSQL
         documentation about "trust":
         https://www.postgresql.org/docs/current/auth-trust.html
         In Docker's default configuration, this is effectively any other
         container on the same system.

         It is not recommended to use POSTGRES_HOST_AUTH_METHOD=trust. Replace
         it with "-e POSTGRES_PASSWORD=password" instead to set a password in
         "docker run".
********************************************************************************
`

const oldMount = (path: string): string => `Error: in 18+, these Docker images are configured to store database data in a
       format which is compatible with "pg_ctlcluster" (specifically, using
       major-version-specific directory names).  This better reflects how
       PostgreSQL itself works, and how upgrades are to be performed.

       See also https://github.com/docker-library/postgres/pull/1259

       Counter to that, there appears to be PostgreSQL data in:
         ${path} (unused mount/volume)

       This is usually the result of upgrading the Docker image without upgrading
       the underlying database using "pg_upgrade" (which requires both versions).

       The suggested container configuration for 18+ is to place a single mount
       at /var/lib/postgresql which will then place PostgreSQL data in a
       subdirectory, allowing usage of "pg_upgrade --link" without mount point
       boundary issues.

       See https://github.com/docker-library/postgres/issues/37 for a (long)
       discussion around this process, and suggestions for how to do so.

`
