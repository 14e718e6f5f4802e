/** The lines that mysqld and mariadbd log when they start and stop, and those of their entrypoint. */
import { type Blocking, err, out, type Process } from '../../../unix/kernel/process.ts'

export const isMaria = ({ env }: Process): boolean => env.MARIADB_VERSION !== undefined
export const versionOf = ({ env }: Process): string =>
  (env.MARIADB_VERSION ?? env.MYSQL_VERSION ?? '9.5.0').replace(/^1:/, '').replace(/[-+].*$/, '')
/** As the server tells it. */
export const serverVersion = (process: Process): string => (isMaria(process) ? `${versionOf(process)}-MariaDB-ubu2404` : versionOf(process))

export function* note(process: Process, text: string, level = 'Note'): Blocking<void> {
  yield* (level === 'Note' ? out : err)(
    process,
    `${new Date(process.now()).toISOString().slice(0, 19).replace('T', ' ')}+00:00 [${level}] [Entrypoint]: ${text}\n`,
  )
}

export function* log(process: Process, line: string): Blocking<void> {
  const iso = new Date(process.now()).toISOString()
  const stamp = isMaria(process) ? `${iso.slice(0, 10)} ${iso.slice(11, 19).replace(/^0/, ' ')}` : iso.replace('Z', '000Z')
  yield* err(process, `${stamp} ${line}\n`)
}

const hasStartMarks = (process: Process): boolean => Number.parseFloat(versionOf(process)) >= 8.2

export function* initialised(process: Process): Blocking<void> {
  if (isMaria(process)) return
  const version = versionOf(process)
  if (hasStartMarks(process)) yield* log(process, '0 [System] [MY-015017] [Server] MySQL Server Initialization - start.')
  yield* log(
    process,
    `0 [System] [MY-013169] [Server] /usr/sbin/mysqld (mysqld ${version}) initializing of server in progress as process 80`,
  )
  yield* log(process, '1 [System] [MY-013576] [InnoDB] InnoDB initialization has started.')
  yield { until: process.now() + 1_200 }
  yield* log(process, '1 [System] [MY-013577] [InnoDB] InnoDB initialization has ended.')
  yield { until: process.now() + 1_500 }
  yield* log(
    process,
    '6 [Warning] [MY-010453] [Server] root@localhost is created with an empty password ! Please consider switching off the --initialize-insecure option.',
  )
  yield { until: process.now() + 1_300 }
  if (hasStartMarks(process)) yield* log(process, '0 [System] [MY-015018] [Server] MySQL Server Initialization - end.')
}

export function* started(process: Process, port: number): Blocking<void> {
  const version = versionOf(process)
  if (isMaria(process)) {
    yield* log(process, `0 [Note] Starting MariaDB ${serverVersion(process)} source revision as process ${process.pid}`)
    yield* log(process, '0 [Note] InnoDB: Initializing buffer pool, total size = 128.000MiB, chunk size = 2.000MiB')
    yield* log(process, '0 [Note] InnoDB: Completed initialization of buffer pool')
    yield* log(process, "0 [Note] Plugin 'FEEDBACK' is disabled.")
    if (port > 0) yield* log(process, `0 [Note] Server socket created on IP: '0.0.0.0', port: '${port}'.`)
    yield* log(process, '0 [Note] mariadbd: ready for connections.')
    yield* err(
      process,
      `Version: '${serverVersion(process)}'  socket: '/run/mysqld/mysqld.sock'  port: ${port}  mariadb.org binary distribution\n`,
    )
    return
  }
  if (hasStartMarks(process)) yield* log(process, '0 [System] [MY-015015] [Server] MySQL Server - start.')
  yield* log(process, `0 [System] [MY-010116] [Server] /usr/sbin/mysqld (mysqld ${version}) starting as process ${process.pid}`)
  yield* log(process, '1 [System] [MY-013576] [InnoDB] InnoDB initialization has started.')
  yield { until: process.now() + 300 }
  yield* log(process, '1 [System] [MY-013577] [InnoDB] InnoDB initialization has ended.')
  yield* log(process, '0 [Warning] [MY-010068] [Server] CA certificate ca.pem is self signed.')
  yield* log(
    process,
    '0 [System] [MY-013602] [Server] Channel mysql_main configured to support TLS. Encrypted connections are now supported for this channel.',
  )
  yield* log(
    process,
    "0 [Warning] [MY-011810] [Server] Insecure configuration for --pid-file: Location '/var/run/mysqld' in the path is accessible to all OS users. Consider choosing a different directory.",
  )
  yield* log(
    process,
    `0 [System] [MY-011323] [Server] X Plugin ready for connections. ${port > 0 ? "Bind-address: '::' port: 33060, socket" : 'Socket'}: /var/run/mysqld/mysqlx.sock`,
  )
  yield* log(
    process,
    `0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '${version}'  socket: '/var/run/mysqld/mysqld.sock'  port: ${port}  MySQL Community Server - GPL.`,
  )
}

export function* stopped(process: Process, by: string): Blocking<void> {
  const version = versionOf(process)
  if (isMaria(process)) {
    yield* log(process, '0 [Note] mariadbd (initiated by: unknown): Normal shutdown')
    yield* log(process, '0 [Note] mariadbd: Shutdown complete')
    return
  }
  yield* log(
    process,
    `${by === 'root' ? 10 : 0} [System] [MY-013172] [Server] Received SHUTDOWN from user ${by}. Shutting down mysqld (Version: ${version}).`,
  )
  yield* log(
    process,
    `0 [System] [MY-010910] [Server] /usr/sbin/mysqld: Shutdown complete (mysqld ${version})  MySQL Community Server - GPL.`,
  )
  if (hasStartMarks(process)) yield* log(process, '0 [System] [MY-015016] [Server] MySQL Server - end.')
}
