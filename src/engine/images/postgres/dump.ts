/**
 * pg_dump: tables, keys, indexes, views, functions, triggers and rows. An archive of `-Fc` has the real one's first bytes and then the plain dump's
 * text: programs of other machines cannot read it.
 */
import { bytesOf, joined } from '../../../base/bytes.ts'
import { type Blocking, err, out, type Process, type Program } from '../../../unix/kernel/process.ts'
import { connect, ConnectionFailure, defaultTarget, type Session, targetOf } from './connection.ts'
import { rowsOf } from './describe.ts'
import { clientVersion } from './psql.ts'
import { quoted } from './server.ts'
import { given } from './tools.ts'

export const magic = bytesOf('PGDMP\u0001\u0010\u0000\u0004\u0008\u0003')

/** Plain text, or the archive that pg_restore of this sandbox reads. Extensions and privileges are not dumped. */
export const pgDump: Program = function* (process) {
  const { target, flags, operands } = given(process.argv.slice(1), 'hpUdtfFnE')
  if (flags.has('V')) {
    yield* out(process, `pg_dump (PostgreSQL) ${clientVersion(process)}\n`)
    return 0
  }
  const format = flags.get('F')
  const isArchive = format !== undefined && /^c(ustom)?$/.test(format)
  if (format !== undefined && !isArchive && !/^p(lain)?$/.test(format)) {
    yield* err(process, `pg_dump: error: only the plain text and the custom format are simulated, not "${format}"\n`)
    return 1
  }
  const full = defaultTarget(process, { ...target, ...(operands[0] !== undefined && (targetOf(operands[0]) ?? { database: operands[0] })) })
  try {
    const session = yield* connect(process, full)
    const text = yield* dumped(process, session, {
      hasSchema: !flags.has('a'),
      hasData: !flags.has('s'),
      table: flags.get('t'),
      cleans: flags.has('c'),
    })
    session.close()
    const file = flags.get('f')
    const content = isArchive ? joined([magic, bytesOf(text)]) : text
    if (file === undefined) yield* out(process, content)
    else process.files.writeFile(process.path(file), content, {}, process.credentials)
    return 0
  } catch (error) {
    if (!(error instanceof ConnectionFailure)) throw error
    yield* err(process, `pg_dump: error: ${error.message}\n`)
    return 1
  }
}

export function* dumped(
  process: Process,
  session: Session,
  {
    hasSchema,
    hasData,
    table,
    cleans,
  }: { readonly hasSchema: boolean; readonly hasData: boolean; readonly table: string | undefined; readonly cleans: boolean },
): Blocking<string> {
  const version = clientVersion(process)
  const parts = [
    `--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version ${version}\n-- Dumped by pg_dump version ${version}\n\nSET statement_timeout = 0;\nSET lock_timeout = 0;\nSET idle_in_transaction_session_timeout = 0;\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\nSELECT pg_catalog.set_config('search_path', '', false);\nSET check_function_bodies = false;\nSET xmloption = content;\nSET client_min_messages = warning;\nSET row_security = off;\n\n`,
  ]
  const block = (name: string, type: string, schema: string, owner: string, sql: string): void => {
    parts.push(`--\n-- Name: ${name}; Type: ${type}; Schema: ${schema}; Owner: ${owner}\n--\n\n${sql}\n\n`)
  }
  const only = table === undefined ? '' : ` AND c.relname = '${table.replace(/^.*\./, '').replaceAll("'", "''")}'`
  const found = yield* rowsOf(
    session,
    `SELECT c.oid, n.nspname, c.relname, pg_catalog.pg_get_userbyid(c.relowner), c.relkind FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'v', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'${only} ORDER BY c.relkind = 'v', n.nspname, c.relname`,
  )
  const relations = found.rows.map(([oid, schema, name, owner, kind]) => ({
    oid: oid ?? '',
    schema: schema ?? '',
    name: name ?? '',
    owner: owner ?? '',
    kind: kind ?? '',
    full: `${plain(schema ?? '')}.${plain(name ?? '')}`,
  }))
  if (hasSchema) {
    if (cleans)
      for (const { full, kind } of relations.toReversed())
        parts.push(`DROP ${kind === 'v' ? 'VIEW' : kind === 'S' ? 'SEQUENCE' : 'TABLE'} IF EXISTS ${full};\n`)
    parts.push("SET default_tablespace = '';\n\nSET default_table_access_method = heap;\n\n")
    const functions =
      table === undefined
        ? yield* rowsOf(
            session,
            "SELECT p.proname, n.nspname, pg_catalog.pg_get_userbyid(p.proowner), pg_catalog.pg_get_functiondef(p.oid), CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, pg_catalog.pg_get_function_identity_arguments(p.oid) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prokind IN ('f', 'p') ORDER BY 1",
          )
        : undefined
    for (const [name, schema, owner, definition, type, parameters] of functions?.rows ?? [])
      block(
        `${name}(${parameters})`,
        type ?? '',
        schema ?? '',
        owner ?? '',
        `${definition?.trimEnd().replace('CREATE OR REPLACE', 'CREATE')};\n\n\nALTER ${type} ${plain(schema ?? '')}.${plain(name ?? '')}(${parameters}) OWNER TO ${plain(owner ?? '')};`,
      )
    for (const { oid, schema, name, owner, kind, full } of relations) {
      if (kind === 'r') {
        const columns = yield* rowsOf(
          session,
          `SELECT pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod) || CASE WHEN d.adbin IS NOT NULL AND a.attgenerated = '' AND pg_catalog.pg_get_expr(d.adbin, d.adrelid) !~ '^nextval' THEN ' DEFAULT ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid) ELSE '' END || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.attrelid = ${oid} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
        )
        const checks = yield* rowsOf(
          session,
          `SELECT 'CONSTRAINT ' || pg_catalog.quote_ident(conname) || ' ' || pg_catalog.pg_get_constraintdef(oid) FROM pg_catalog.pg_constraint WHERE conrelid = ${oid} AND contype = 'c' ORDER BY conname`,
        )
        block(
          name,
          'TABLE',
          schema,
          owner,
          `CREATE TABLE ${full} (\n${[...columns.rows, ...checks.rows].map(([line]) => `    ${line}`).join(',\n')}\n);\n\n\nALTER TABLE ${full} OWNER TO ${plain(owner)};`,
        )
      } else if (kind === 'S') {
        const settings = yield* rowsOf(
          session,
          `SELECT pg_catalog.format_type(seqtypid, NULL), seqstart, seqincrement, seqcache FROM pg_catalog.pg_sequence WHERE seqrelid = ${oid}`,
        )
        const [type, start, by, cache] = settings.rows[0] ?? []
        block(
          name,
          'SEQUENCE',
          schema,
          owner,
          `CREATE SEQUENCE ${full}\n${type === 'bigint' ? '' : `    AS ${type}\n`}    START WITH ${start}\n    INCREMENT BY ${by}\n    NO MINVALUE\n    NO MAXVALUE\n    CACHE ${cache};\n\n\nALTER SEQUENCE ${full} OWNER TO ${plain(owner)};`,
        )
      } else {
        const view = yield* rowsOf(session, `SELECT pg_catalog.pg_get_viewdef(${oid})`)
        block(
          name,
          'VIEW',
          schema,
          owner,
          `CREATE VIEW ${full} AS\n${view.rows[0]?.[0] ?? ''}\n\n\nALTER VIEW ${full} OWNER TO ${plain(owner)};`,
        )
      }
    }
    for (const { oid, schema, name, owner, full } of relations.filter(({ kind }) => kind === 'r')) {
      const defaults = yield* rowsOf(
        session,
        `SELECT a.attname, pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE d.adrelid = ${oid} AND pg_catalog.pg_get_expr(d.adbin, d.adrelid) ~ '^nextval'`,
      )
      for (const [column, value] of defaults.rows) {
        const sequence = /nextval\('([^']+)'/.exec(value ?? '')?.[1] ?? ''
        const sequenceName = sequence.includes('.') ? sequence : `${plain(schema)}.${sequence}`
        block(
          sequenceName.replace(/^.*\./, ''),
          'SEQUENCE OWNED BY',
          schema,
          owner,
          `ALTER SEQUENCE ${sequenceName} OWNED BY ${full}.${plain(column ?? '')};`,
        )
        block(
          `${name} ${column}`,
          'DEFAULT',
          schema,
          owner,
          `ALTER TABLE ONLY ${full} ALTER COLUMN ${plain(column ?? '')} SET DEFAULT nextval('${sequenceName}'::regclass);`,
        )
      }
    }
  }
  if (hasData) {
    for (const { oid, schema, name, owner, full } of relations.filter(({ kind }) => kind === 'r')) {
      const columns = yield* rowsOf(
        session,
        `SELECT pg_catalog.quote_ident(attname) FROM pg_catalog.pg_attribute WHERE attrelid = ${oid} AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`,
      )
      const list = columns.rows.map(([column]) => column).join(', ')
      const copied = (yield* session.query(`COPY ${full} (${list}) TO stdout`)).find((result) => result.kind === 'copy-out')
      block(
        name,
        'TABLE DATA',
        schema,
        owner,
        `COPY ${full} (${list}) FROM stdin;\n${copied?.kind === 'copy-out' ? new TextDecoder().decode(copied.data) : ''}\\.\n\n`,
      )
      parts[parts.length - 1] = parts[parts.length - 1].replace('-- Name', '-- Data for Name').replace('\n\n\n\n', '\n\n\n')
    }
    for (const { schema, name, owner, full } of relations.filter(({ kind }) => kind === 'S')) {
      const value = yield* rowsOf(session, `SELECT last_value, is_called FROM ${full}`)
      const [last, isCalled] = value.rows[0] ?? []
      block(name, 'SEQUENCE SET', schema, owner, `SELECT pg_catalog.setval('${full}', ${last}, ${isCalled === 't'});`)
    }
  }
  if (hasSchema) {
    for (const order of ["contype IN ('p', 'u')", "contype = 'f'"]) {
      for (const { oid, schema, name, owner, full } of relations.filter(({ kind }) => kind === 'r')) {
        const constraints = yield* rowsOf(
          session,
          `SELECT conname, pg_catalog.pg_get_constraintdef(oid), contype FROM pg_catalog.pg_constraint WHERE conrelid = ${oid} AND ${order} ORDER BY conname`,
        )
        for (const [constraint, definition, type] of constraints.rows)
          block(
            `${name} ${constraint}`,
            type === 'f' ? 'FK CONSTRAINT' : 'CONSTRAINT',
            schema,
            owner,
            `ALTER TABLE ONLY ${full}\n    ADD CONSTRAINT ${plain(constraint ?? '')} ${definition};`,
          )
        if (order.startsWith('contype IN')) {
          const indexes = yield* rowsOf(
            session,
            `SELECT c2.relname, pg_catalog.pg_get_indexdef(i.indexrelid) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c2 ON c2.oid = i.indexrelid WHERE i.indrelid = ${oid} AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint con WHERE con.conindid = i.indexrelid) ORDER BY 1`,
          )
          for (const [index, definition] of indexes.rows) block(index ?? '', 'INDEX', schema, owner, `${definition};`)
        }
      }
    }
  }
  if (hasSchema) {
    for (const { oid, schema, name, owner } of relations.filter(({ kind }) => kind === 'r')) {
      const triggers = yield* rowsOf(
        session,
        `SELECT tgname, pg_catalog.pg_get_triggerdef(oid) FROM pg_catalog.pg_trigger WHERE tgrelid = ${oid} AND NOT tgisinternal ORDER BY 1`,
      )
      for (const [trigger, definition] of triggers.rows) block(`${name} ${trigger}`, 'TRIGGER', schema, owner, `${definition};`)
    }
  }
  return `${parts.join('\n').replaceAll('\n\n\n\n', '\n\n\n')}\n--\n-- PostgreSQL database dump complete\n--\n\n`
}

function plain(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : quoted(name)
}
