/** Every program of the mysql and mariadb images; fetched when the first of them is started. */
import type { LoadSqlite } from '../sqlite/library.ts'
import { admin, client } from './client.ts'
import { dump } from './dump.ts'
import { entrypoint } from './entrypoint.ts'
import { mysqlServer } from './server.ts'

export function mysqlPrograms(load: LoadSqlite) {
  return { mysqld: mysqlServer(load), mysql: client, mysqladmin: admin, mysqldump: dump, 'mysql-entrypoint': entrypoint }
}
