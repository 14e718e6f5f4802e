/** What SHOW VARIABLES and `@@name` tell, and the databases that every server has. */
import type { Cell, Engine, Session } from './engine.ts'
import { SqlError } from './errors.ts'

export const systemDatabases = ['information_schema', 'mysql', 'performance_schema', 'sys']

export function variable(engine: Engine, session: Session, given: string): Cell {
  const key = given.toLowerCase()
  const own = session.variables.get(`@@${key}`)
  if (own !== undefined) return own
  const found = variables(engine, session).find(([label]) => label === key)
  if (!found) throw new SqlError(1193, 'HY000', `Unknown system variable '${given}'`)
  return /^\d+$/.test(found[1]) ? Number(found[1]) : found[1]
}

export function variables({ settings }: Engine, session: Session): [string, string][] {
  const { version, hostname, isMaria } = settings
  const onOff = session.autocommit ? 'ON' : 'OFF'
  return [
    ['autocommit', onOff],
    ['basedir', '/usr/'],
    ['bind_address', '*'],
    ['character_set_client', 'utf8mb4'],
    ['character_set_connection', 'utf8mb4'],
    ['character_set_database', 'utf8mb4'],
    ['character_set_results', 'utf8mb4'],
    ['character_set_server', 'utf8mb4'],
    ['character_set_system', 'utf8mb3'],
    ['collation_connection', 'utf8mb4_0900_ai_ci'],
    ['collation_database', 'utf8mb4_0900_ai_ci'],
    ['collation_server', 'utf8mb4_0900_ai_ci'],
    ['datadir', '/var/lib/mysql/'],
    ['default_storage_engine', 'InnoDB'],
    ['foreign_key_checks', 'ON'],
    ['general_log', 'OFF'],
    ['hostname', hostname],
    ['innodb_buffer_pool_size', '134217728'],
    ['log_bin', isMaria ? 'OFF' : 'ON'],
    ['long_query_time', '10.000000'],
    ['lower_case_table_names', '0'],
    ['max_allowed_packet', '67108864'],
    ['max_connections', '151'],
    ['port', '3306'],
    ['read_only', 'OFF'],
    ['secure_file_priv', isMaria ? '' : 'NULL'],
    ['server_id', '1'],
    ['slow_query_log', 'OFF'],
    ['socket', '/var/run/mysqld/mysqld.sock'],
    ['sql_mode', 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'],
    ['system_time_zone', 'UTC'],
    ['time_zone', 'SYSTEM'],
    ['transaction_isolation', 'REPEATABLE-READ'],
    ['version', version],
    ['version_comment', isMaria ? 'mariadb.org binary distribution' : 'MySQL Community Server - GPL'],
    ['version_compile_machine', 'x86_64'],
    ['version_compile_os', 'Linux'],
    ['wait_timeout', '28800'],
  ]
}
