/** What psql's backslash commands ask the catalogs: lists of databases, relations, roles, and the description of one relation. */
import type { Blocking } from '../../../unix/kernel/process.ts'
import type { Result, Session } from './connection.ts'
import { printed, type Style, type Table } from './print.ts'
import type { Column } from './wire.ts'

type Rows = Extract<Result, { kind: 'rows' }>

export function* rowsOf(session: Session, sql: string): Blocking<Rows> {
  const results = yield* session.query(sql)
  const failed = results.find((result) => result.kind === 'error')
  if (failed?.kind === 'error') throw new Error(failed.fields.M)
  const rows = results.find((result) => result.kind === 'rows')
  return rows?.kind === 'rows' ? rows : { kind: 'rows', columns: [], rows: [], tag: '' }
}

/** psql's pattern: letters fold, `*` and `?` are wild, a dot parts schema and name. */
function matching(pattern: string, name: string, schema: string): string {
  if (pattern === '') return ''
  const [first, second] = pattern.includes('.') ? pattern.split(/\.(.*)/s) : [undefined, pattern]
  const regex = (text: string): string =>
    `'^(${(text.startsWith('"') ? text.slice(1, -1) : text.toLowerCase()).replaceAll('*', '.*').replaceAll('?', '.').replaceAll('$', '\\$')})$'`
  return ` AND ${name} OPERATOR(pg_catalog.~) ${regex(second ?? '')}${first === undefined ? '' : ` AND ${schema} OPERATOR(pg_catalog.~) ${regex(first)}`}`
}

const kindNames = `CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index' WHEN 'S' THEN 'sequence' WHEN 't' THEN 'TOAST table' WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'partitioned table' WHEN 'I' THEN 'partitioned index' END`

export interface Relations {
  /** `t`, `tv`, `i` …: letters of the command; empty for \d alone. */
  readonly kinds: string
  readonly pattern: string
  readonly isVerbose: boolean
  readonly major: number
  readonly hasSystem: boolean
}

/** \d, \dt, \dv, \di, \ds. */
export function* relations(session: Session, { kinds, pattern, isVerbose, major, hasSystem }: Relations, style: Style): Blocking<string> {
  const letters =
    kinds === ''
      ? ['r', 'p', 'v', 'm', 'S', 'f']
      : Array.from(kinds).flatMap((kind) => ({ t: ['r', 'p'], v: ['v'], m: ['m'], i: ['i', 'I'], s: ['S'], E: ['f'] })[kind] ?? [])
  const isIndex = kinds.includes('i')
  const sql = `SELECT n.nspname AS "Schema", c.relname AS "Name", ${kindNames} AS "Type", pg_catalog.pg_get_userbyid(c.relowner) AS "Owner"${isIndex ? ', c2.relname AS "Table"' : ''}${isVerbose ? `, CASE c.relpersistence WHEN 'p' THEN 'permanent' WHEN 't' THEN 'temporary' WHEN 'u' THEN 'unlogged' END AS "Persistence"${letters.includes('r') || isIndex ? ', am.amname AS "Access method"' : ''}, pg_catalog.pg_size_pretty(pg_catalog.pg_table_size(c.oid)) AS "Size", pg_catalog.obj_description(c.oid, 'pg_class') AS "Description"` : ''}
FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam${isIndex ? ' LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_catalog.pg_class c2 ON i.indrelid = c2.oid' : ''}
WHERE c.relkind IN (${letters.map((letter) => `'${letter}'`).join(',')})${hasSystem || pattern !== '' ? '' : " AND n.nspname <> 'pg_catalog' AND n.nspname !~ '^pg_toast' AND n.nspname <> 'information_schema'"}${pattern.includes('.') ? '' : ' AND pg_catalog.pg_table_is_visible(c.oid)'}${matching(pattern, 'c.relname', 'n.nspname')} ORDER BY 1, 2`
  const found = yield* rowsOf(session, sql)
  const plural =
    major >= 18 ? ({ t: 'tables', v: 'views', i: 'indexes', s: 'sequences', m: 'materialized views' }[kinds] ?? 'relations') : 'relations'
  if (found.rows.length === 0)
    return pattern === ''
      ? `Did not find any ${plural}.\n`
      : `Did not find any ${plural === 'relations' ? 'relation' : plural} named "${pattern}".\n`
  return printed({ ...found, title: `List of ${plural}` }, style)
}

/** \l. The columns have changed between versions. */
export function* databases(session: Session, pattern: string, major: number, style: Style): Blocking<string> {
  const provider = `CASE d.datlocprovider WHEN 'b' THEN 'builtin' WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' END AS "Locale Provider"`
  const locale =
    major >= 17
      ? 'd.datlocale AS "Locale", d.daticurules AS "ICU Rules", '
      : major >= 16
        ? 'd.datlocale AS "ICU Locale", d.daticurules AS "ICU Rules", '
        : major === 15
          ? `d.datlocale AS "ICU Locale", ${provider}, `
          : ''
  const found = yield* rowsOf(
    session,
    `SELECT d.datname AS "Name", pg_catalog.pg_get_userbyid(d.datdba) AS "Owner", pg_catalog.pg_encoding_to_char(d.encoding) AS "Encoding", ${major >= 16 ? `${provider}, ` : ''}d.datcollate AS "Collate", d.datctype AS "Ctype", ${locale}CASE WHEN pg_catalog.array_length(d.datacl, 1) = 0 THEN '(none)' ELSE pg_catalog.array_to_string(d.datacl, E'\\n') END AS "Access privileges" FROM pg_catalog.pg_database d WHERE true${matching(pattern, 'd.datname', 'd.datname')} ORDER BY 1`,
  )
  return printed({ ...found, title: 'List of databases' }, style)
}

/** \du. */
export function* roles(session: Session, pattern: string, major: number, style: Style): Blocking<string> {
  const found = yield* rowsOf(
    session,
    `SELECT r.rolname, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolreplication, r.rolbypassrls, r.rolconnlimit, ARRAY(SELECT b.rolname FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles b ON m.roleid = b.oid WHERE m.member = r.oid) FROM pg_catalog.pg_roles r WHERE r.rolname !~ '^pg_'${matching(pattern, 'r.rolname', 'r.rolname')} ORDER BY 1`,
  )
  const rows = found.rows.map(([name, isSuper, inherits, creates, databases_, logs, replicates, bypasses, limit, members]) => {
    const attributes = [
      ...(isSuper === 't' ? ['Superuser'] : []),
      ...(inherits === 't' ? [] : ['No inheritance']),
      ...(creates === 't' ? ['Create role'] : []),
      ...(databases_ === 't' ? ['Create DB'] : []),
      ...(logs === 't' ? [] : ['Cannot login']),
      ...(replicates === 't' ? ['Replication'] : []),
      ...(bypasses === 't' ? ['Bypass RLS'] : []),
    ].join(', ')
    return [name, `${attributes}${limit === '-1' ? '' : `${attributes ? '\n' : ''}${limit} connections`}`, ...(major < 16 ? [members] : [])]
  })
  return printed(
    { columns: textColumns('Role name', 'Attributes', ...(major < 16 ? ['Member of'] : [])), rows, title: 'List of roles' },
    { ...style, hasFooter: false },
  )
}

/** The simple lists: \dn schemas, \dx extensions, \df functions, \dT types. */
export function* listed(session: Session, what: 'dn' | 'dx' | 'df' | 'dT', pattern: string, style: Style): Blocking<string> {
  const queries = {
    dn: [
      'List of schemas',
      `SELECT n.nspname AS "Name", pg_catalog.pg_get_userbyid(n.nspowner) AS "Owner" FROM pg_catalog.pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'${matching(pattern, 'n.nspname', 'n.nspname')} ORDER BY 1`,
    ],
    dx: [
      'List of installed extensions',
      `SELECT e.extname AS "Name", e.extversion AS "Version", n.nspname AS "Schema", d.description AS "Description" FROM pg_catalog.pg_extension e LEFT JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace LEFT JOIN pg_catalog.pg_description d ON d.objoid = e.oid AND d.classoid = 'pg_catalog.pg_extension'::pg_catalog.regclass WHERE true${matching(pattern, 'e.extname', 'n.nspname')} ORDER BY 1`,
    ],
    df: [
      'List of functions',
      `SELECT n.nspname AS "Schema", p.proname AS "Name", pg_catalog.pg_get_function_result(p.oid) AS "Result data type", pg_catalog.pg_get_function_arguments(p.oid) AS "Argument data types", CASE p.prokind WHEN 'a' THEN 'agg' WHEN 'w' THEN 'window' WHEN 'p' THEN 'proc' ELSE 'func' END AS "Type" FROM pg_catalog.pg_proc p LEFT JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE pg_catalog.pg_function_is_visible(p.oid)${pattern === '' ? " AND n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema'" : ''}${matching(pattern, 'p.proname', 'n.nspname')} ORDER BY 1, 2, 4`,
    ],
    dT: [
      'List of data types',
      `SELECT n.nspname AS "Schema", pg_catalog.format_type(t.oid, NULL) AS "Name", pg_catalog.obj_description(t.oid, 'pg_type') AS "Description" FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE (t.typrelid = 0 OR (SELECT c.relkind = 'c' FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid)) AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_type el WHERE el.oid = t.typelem AND el.typarray = t.oid)${pattern === '' ? " AND n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema'" : ''} AND pg_catalog.pg_type_is_visible(t.oid)${matching(pattern, 't.typname', 'n.nspname')} ORDER BY 1, 2`,
    ],
  } as const
  const [title, sql] = queries[what]
  return printed({ ...(yield* rowsOf(session, sql)), title }, style)
}

/** \d NAME: one description per relation that matches. */
export function* description(session: Session, pattern: string, isVerbose: boolean, style: Style): Blocking<string> {
  const found = yield* rowsOf(
    session,
    `SELECT c.oid, n.nspname, c.relname, c.relkind FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ${pattern.includes('.') ? 'true' : 'pg_catalog.pg_table_is_visible(c.oid)'}${matching(pattern, 'c.relname', 'n.nspname')} ORDER BY 2, 3`,
  )
  if (found.rows.length === 0) return `Did not find any relation named "${pattern}".\n`
  let text = ''
  for (const [oid = '', schema = '', name = '', kind = ''] of found.rows)
    text += yield* one(session, { oid: oid ?? '', schema: schema ?? '', name: name ?? '', kind: kind ?? '' }, isVerbose, style)
  return text
}

interface Relation {
  readonly oid: string
  readonly schema: string
  readonly name: string
  readonly kind: string
}

function* one(session: Session, { oid, schema, name, kind }: Relation, isVerbose: boolean, style: Style): Blocking<string> {
  const title = `${({ r: 'Table', v: 'View', m: 'Materialized view', S: 'Sequence', i: 'Index', p: 'Partitioned table', f: 'Foreign table', c: 'Composite type' })[kind] ?? 'Relation'} "${schema}.${name}"`
  if (kind === 'S') {
    const found = yield* rowsOf(
      session,
      `SELECT pg_catalog.format_type(seqtypid, NULL) AS "Type", seqstart AS "Start", seqmin AS "Minimum", seqmax AS "Maximum", seqincrement AS "Increment", CASE WHEN seqcycle THEN 'yes' ELSE 'no' END AS "Cycles?", seqcache AS "Cache" FROM pg_catalog.pg_sequence WHERE seqrelid = ${oid}`,
    )
    const owner = yield* rowsOf(
      session,
      `SELECT pg_catalog.quote_ident(nspname) || '.' || pg_catalog.quote_ident(relname) || '.' || pg_catalog.quote_ident(attname), d.deptype FROM pg_catalog.pg_class c JOIN pg_catalog.pg_depend d ON c.oid = d.refobjid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = ${oid} AND d.deptype IN ('a', 'i')`,
    )
    return printed(
      { ...found, title, footers: owner.rows.map(([of, type]) => `${type === 'i' ? 'Sequence for identity column' : 'Owned by'}: ${of}`) },
      style,
    )
  }
  const columns = yield* rowsOf(
    session,
    `SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), (SELECT c.collname FROM pg_catalog.pg_collation c, pg_catalog.pg_type t WHERE c.oid = a.attcollation AND t.oid = a.atttypid AND a.attcollation <> t.typcollation), CASE WHEN a.attnotnull THEN 'not null' ELSE '' END, CASE WHEN a.attidentity = 'a' THEN 'generated always as identity' WHEN a.attidentity = 'd' THEN 'generated by default as identity' WHEN a.attgenerated = 's' THEN 'generated always as (' || pg_catalog.pg_get_expr(d.adbin, d.adrelid) || ') stored' ELSE pg_catalog.pg_get_expr(d.adbin, d.adrelid) END, CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'x' THEN 'extended' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' END, pg_catalog.col_description(a.attrelid, a.attnum) FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.attrelid = ${oid} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
  )
  const isTable = ['r', 'p', 'f', 'v', 'm', 'c'].includes(kind)
  const rows = columns.rows.map(([column, type, collation, isNull, fallback, storage, comment]) => [
    column,
    type,
    ...(isTable ? [collation ?? '', isNull, fallback ?? ''] : []),
    ...(isVerbose ? [storage, ...(kind === 'r' ? ['', ''] : []), comment ?? ''] : []),
  ])
  const heads = [
    'Column',
    'Type',
    ...(isTable ? ['Collation', 'Nullable', 'Default'] : []),
    ...(isVerbose ? ['Storage', ...(kind === 'r' ? ['Compression', 'Stats target'] : []), 'Description'] : []),
  ]
  const footers: string[] = []
  const section = function* (head: string, sql: string): Blocking<void> {
    const found = yield* rowsOf(session, sql)
    if (found.rows.length > 0) footers.push(head, ...found.rows.map(([line]) => `    ${line ?? ''}`))
  }
  if (kind === 'v' || kind === 'm') {
    if (isVerbose) {
      const view = yield* rowsOf(session, `SELECT pg_catalog.pg_get_viewdef(${oid}, true)`)
      footers.push('View definition:', view.rows[0]?.[0] ?? '')
    }
  } else if (kind === 'r' || kind === 'p') {
    yield* section(
      'Indexes:',
      `SELECT '"' || c2.relname || '"' || CASE WHEN con.contype IN ('p', 'u', 'x') THEN CASE con.contype WHEN 'p' THEN ' PRIMARY KEY, ' WHEN 'u' THEN ' UNIQUE CONSTRAINT, ' ELSE ' ' END ELSE CASE WHEN i.indisunique THEN ' UNIQUE, ' ELSE ' ' END END || pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(i.indexrelid, 0, true), '^.* USING ', '') FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c2 ON i.indexrelid = c2.oid LEFT JOIN pg_catalog.pg_constraint con ON con.conrelid = i.indrelid AND con.conindid = i.indexrelid AND con.contype IN ('p', 'u', 'x') WHERE i.indrelid = ${oid} ORDER BY i.indisprimary DESC, c2.relname`,
    )
    yield* section(
      'Check constraints:',
      `SELECT '"' || conname || '" ' || pg_catalog.pg_get_constraintdef(oid, true) FROM pg_catalog.pg_constraint WHERE conrelid = ${oid} AND contype = 'c' ORDER BY conname`,
    )
    yield* section(
      'Foreign-key constraints:',
      `SELECT '"' || conname || '" ' || pg_catalog.pg_get_constraintdef(oid, true) FROM pg_catalog.pg_constraint WHERE conrelid = ${oid} AND contype = 'f' ORDER BY conname`,
    )
    yield* section(
      'Referenced by:',
      `SELECT 'TABLE ' || pg_catalog.quote_literal(conrelid::pg_catalog.regclass::text) || ' CONSTRAINT "' || conname || '" ' || pg_catalog.pg_get_constraintdef(oid, true) FROM pg_catalog.pg_constraint WHERE confrelid = ${oid} AND contype = 'f' ORDER BY conname`,
    )
    for (const [at, line] of footers.entries()) if (line.startsWith("    TABLE '")) footers[at] = line.replace(/'([^']*)'/, '"$1"')
    yield* section(
      'Triggers:',
      `SELECT tgname || ' ' || pg_catalog.regexp_replace(pg_catalog.pg_get_triggerdef(oid, true), '^CREATE TRIGGER \\S+ ', '') FROM pg_catalog.pg_trigger WHERE tgrelid = ${oid} AND NOT tgisinternal ORDER BY 1`,
    )
    if (isVerbose) {
      yield* section(
        'Not-null constraints:',
        `SELECT '"' || conname || '" NOT NULL ' || pg_catalog.quote_literal(a.attname) FROM pg_catalog.pg_constraint co JOIN pg_catalog.pg_attribute a ON a.attrelid = co.conrelid AND a.attnum = co.conkey[1] WHERE co.contype = 'n' AND co.conrelid = ${oid} ORDER BY a.attnum`,
      )
      for (const [at, line] of footers.entries()) if (/ NOT NULL '/.test(line)) footers[at] = line.replace(/'([^']*)'$/, '"$1"')
      footers.push('Access method: heap')
    }
  } else if (kind === 'i') {
    const found = yield* rowsOf(
      session,
      `SELECT CASE WHEN i.indisprimary THEN 'primary key, ' WHEN i.indisunique THEN 'unique, ' ELSE '' END || am.amname || ', for table "' || n.nspname || '.' || t.relname || '"' FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_am am ON am.oid = c.relam JOIN pg_catalog.pg_class t ON t.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace WHERE i.indexrelid = ${oid}`,
    )
    footers.push(found.rows[0]?.[0] ?? '')
  }
  const table: Table = { columns: textColumns(...heads), rows, title, footers }
  return printed(table, { ...style, isExpanded: false })
}

function textColumns(...names: readonly string[]): readonly Column[] {
  return names.map((name) => ({ name, type: 25 }))
}
