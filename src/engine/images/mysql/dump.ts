/** mysqldump and mariadb-dump: what SHOW CREATE TABLE and SELECT say, as statements to read in again. */
import { type Blocking, err, out, type Process, type Program } from '../../../unix/kernel/process.ts'
import { ClientError, connected, type Line, loginOf } from './client.ts'
import type { Rows } from './engine.ts'
import { isMaria, serverVersion, versionOf } from './logs.ts'

export const dump: Program = function* (process) {
  const name = process.argv[0].replace(/^.*\//, '')
  const login = loginOf(process)
  const { flags, words } = login
  const all = flags.has('A') || flags.has('--all-databases')
  const several = all || flags.has('B') || flags.has('--databases')
  if (words.length === 0 && !all) {
    yield* out(
      process,
      `Usage: ${name} [OPTIONS] database [tables]\nOR     ${name} [OPTIONS] --databases [OPTIONS] DB1 [DB2 DB3...]\nOR     ${name} [OPTIONS] --all-databases [OPTIONS]\nFor more options, use ${name} --help\n`,
    )
    return 1
  }
  let line: Line
  try {
    line = yield* connected(process, login)
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    const [, code = '', words_ = ''] = /^ERROR (\d+) \(\w+\): (.*)$/s.exec(error.message) ?? []
    yield* err(
      process,
      `${name}: Got error: ${code}: ${words_.startsWith('Access denied') ? words_ : `"${words_}"`} when trying to connect\n`,
    )
    return 2
  }
  try {
    const rows = function* (sql: string): Blocking<Rows> {
      const answer = yield* line.ask(sql)
      if ('error' in answer) throw new ClientError(`Got error: ${answer.error.code}: ${answer.error.text}`)
      return 'rows' in answer.outcome ? answer.outcome : { columns: [], rows: [], types: [] }
    }
    const databases = all
      ? (yield* rows('SHOW DATABASES')).rows
          .map(([one]) => String(one))
          .filter((one) => !/^(information_schema|performance_schema|sys|mysql)$/.test(one))
      : several
        ? words
        : [words[0]]
    yield* out(process, head(process, login.host ?? 'localhost', several ? '' : (databases[0] ?? '')))
    for (const database of databases) {
      if (several)
        yield* out(
          process,
          `--\n-- Current Database: \`${database}\`\n--\n\nCREATE DATABASE /*!32312 IF NOT EXISTS*/ \`${database}\` /*!40100 DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci */ /*!80016 DEFAULT ENCRYPTION='N' */;\n\nUSE \`${database}\`;\n\n`,
        )
      yield* rows(`USE \`${database}\``)
      const tables = several || words.length === 1 ? (yield* rows('SHOW TABLES')).rows.map(([one]) => String(one)) : words.slice(1)
      for (const table of tables)
        yield* out(
          process,
          yield* tableText(rows, table, {
            hasData: !flags.has('d') && !flags.has('--no-data'),
            hasShape: !flags.has('t') && !flags.has('--no-create-info'),
            between: isMaria(process) ? ',\n' : ',',
          }),
        )
    }
    yield* out(process, tail(process))
    return 0
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    yield* err(process, `${name}: ${error.message}${error.message.includes('1049') ? ' when selecting the database' : ''}\n`)
    return 2
  } finally {
    line.close()
  }
}

function* tableText(
  rows: (sql: string) => Blocking<Rows>,
  table: string,
  { hasData, hasShape, between }: { readonly hasData: boolean; readonly hasShape: boolean; readonly between: string },
): Blocking<string> {
  const shape = yield* rows(`SHOW CREATE TABLE \`${table}\``)
  const definition = String(shape.rows[0]?.[1])
  if (shape.columns[0] === 'View')
    return `--\n-- Temporary view structure for view \`${table}\`\n--\n\nDROP TABLE IF EXISTS \`${table}\`;\n/*!50001 DROP VIEW IF EXISTS \`${table}\`*/;\n/*!50001 ${definition} */;\n\n`
  let text = hasShape
    ? `--\n-- Table structure for table \`${table}\`\n--\n\nDROP TABLE IF EXISTS \`${table}\`;\n/*!40101 SET @saved_cs_client     = @@character_set_client */;\n/*!50503 SET character_set_client = utf8mb4 */;\n${definition};\n/*!40101 SET character_set_client = @saved_cs_client */;\n\n`
    : ''
  if (!hasData) return text
  const { rows: data, types } = yield* rows(`SELECT * FROM \`${table}\``)
  const cell = (value: string | number | null, at: number): string =>
    value === null
      ? 'NULL'
      : typeof value === 'number' || types[at]?.kind === 'decimal'
        ? String(value)
        : `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
  text += `--\n-- Dumping data for table \`${table}\`\n--\n\nLOCK TABLES \`${table}\` WRITE;\n/*!40000 ALTER TABLE \`${table}\` DISABLE KEYS */;\n`
  if (data.length > 0) text += `INSERT INTO \`${table}\` VALUES ${data.map((row) => `(${row.map(cell).join(',')})`).join(between)};\n`
  return `${text}/*!40000 ALTER TABLE \`${table}\` ENABLE KEYS */;\nUNLOCK TABLES;\n\n`
}

function head(process: Process, host: string, database: string): string {
  const maria = isMaria(process)
  return `${maria ? '/*M!999999\\- enable the sandbox mode */ \n' : ''}-- ${maria ? 'MariaDB' : 'MySQL'} dump ${maria ? '10.19' : '10.13'}  ${maria ? 'Distrib' : 'Distrib'} ${serverVersion(process)}, for Linux (x86_64)\n--\n-- Host: ${host}    Database: ${database}\n-- ------------------------------------------------------\n-- Server version\t${versionOf(process)}\n\n/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;\n/*!50503 SET NAMES utf8mb4 */;\n/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;\n/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;\n\n`
}

function tail(process: Process): string {
  return `/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;\n/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;\n/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;\n\n-- Dump completed on ${new Date(process.now()).toISOString().slice(0, 19).replace('T', ' ')}\n`
}
