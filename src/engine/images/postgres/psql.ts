/**
 * psql: interactive, `-c`, `-f` and from a pipe. Not simulated and said so where it is typed: \e, \watch, \gexec, \crosstabview, variables in
 * queries and tab completion.
 */
import { bytesOf, textOf } from '../../../base/bytes.ts'
import { UnixError } from '../../../unix/errors.ts'
import { start } from '../../../unix/kernel/execute.ts'
import { type Blocking, ended, err, out, type Process, type Program, readFrom } from '../../../unix/kernel/process.ts'
import { typedPassword } from '../asking.ts'
import { connect, ConnectionFailure, defaultTarget, type Result, type Session, type Target, targetOf } from './connection.ts'
import { databases, description, listed, relations, roles, rowsOf } from './describe.ts'
import { plainStyle, printed, type Style } from './print.ts'
import { scanned } from './statements.ts'
import { message } from './wire.ts'

interface State {
  readonly process: Process
  session: Session
  style: Style
  isQuiet: boolean
  isTimed: boolean
  stopsOnError: boolean
  echoes: boolean
  hasFailed: boolean
  /** Lines of a file or pipe that were not read yet, for COPY's data. */
  pending: string[]
  readonly variables: Map<string, string>
  lastError: string
  /** Ctrl-C came while the server was at a statement. */
  isCancelling: boolean
}

interface Options {
  readonly target: Partial<Target>
  readonly actions: readonly { readonly kind: 'command' | 'file'; readonly text: string }[]
  readonly style: Style
  readonly flags: ReadonlySet<string>
  readonly variables: ReadonlyMap<string, string>
}

const long: Readonly<Record<string, string>> = {
  host: 'h',
  port: 'p',
  username: 'U',
  dbname: 'd',
  command: 'c',
  file: 'f',
  'tuples-only': 't',
  'no-align': 'A',
  quiet: 'q',
  expanded: 'x',
  list: 'l',
  version: 'V',
  'single-transaction': '1',
  set: 'v',
  variable: 'v',
  'no-password': 'w',
  password: 'W',
  'no-psqlrc': 'X',
  'field-separator': 'F',
  pset: 'P',
  'echo-all': 'a',
  'echo-errors': 'b',
  'echo-queries': 'e',
  'echo-hidden': 'E',
  help: '?',
  html: 'H',
  csv: 'S',
  output: 'o',
}
const withValue = 'hpUdcfvFPo'

class UsageMistake extends Error {}

function optionsOf(args: readonly string[]): Options {
  let target: Partial<Target> = {}
  const actions: { kind: 'command' | 'file'; text: string }[] = []
  const flags = new Set<string>()
  const variables = new Map<string, string>()
  const operands: string[] = []
  let style = plainStyle
  const take = (letter: string, value: string): void => {
    if (letter === 'h') target = { ...target, host: value }
    else if (letter === 'p') target = { ...target, port: Number(value) }
    else if (letter === 'U') target = { ...target, user: value }
    else if (letter === 'd') target = { ...target, ...(targetOf(value) ?? { database: value }) }
    else if (letter === 'c') actions.push({ kind: 'command', text: value })
    else if (letter === 'f') actions.push({ kind: 'file', text: value })
    else if (letter === 'v') variables.set(value.split('=')[0], value.split(/=(.*)/s)[1] ?? '')
    else if (letter === 'F') style = { ...style, separator: value }
    else if (letter === 't') style = { ...style, tuplesOnly: true }
    else if (letter === 'A') style = { ...style, isAligned: false }
    else if (letter === 'x') style = { ...style, isExpanded: true }
    else if (letter === 'P' && value.startsWith('footer=off')) style = { ...style, hasFooter: false }
    else if (letter === 'P' && value.startsWith('null=')) style = { ...style, null: value.slice(5) }
    else if ('HSo'.includes(letter)) throw new UsageMistake(`-${letter} is not simulated`)
    flags.add(letter)
  }
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]
    const [, name, inline] = /^--([\w-]+)(?:=(.*))?$/s.exec(arg) ?? []
    if (name !== undefined) {
      const letter = long[name]
      if (letter === undefined) throw new UsageMistake(`unrecognized option '${arg}'`)
      take(letter, withValue.includes(letter) ? (inline ?? args[++at] ?? '') : '')
    } else if (arg.startsWith('-') && arg.length > 1) {
      for (let letter = 1; letter < arg.length; letter++) {
        if (!withValue.includes(arg[letter])) {
          if (!/[tAqxlV1wWXabeEs?nLSHo0z]/.test(arg[letter])) throw new UsageMistake(`invalid option -- '${arg[letter]}'`)
          take(arg[letter], '')
          continue
        }
        take(arg[letter], arg.slice(letter + 1) || (args[++at] ?? ''))
        break
      }
    } else operands.push(arg)
  }
  if (operands[0] !== undefined && !flags.has('d')) target = { ...target, ...(targetOf(operands[0]) ?? { database: operands[0] }) }
  if (operands[1] !== undefined && !flags.has('U')) target = { ...target, user: operands[1] }
  return { target, actions, style, flags, variables }
}

export const psql: Program = function* (process) {
  let options: Options
  try {
    options = optionsOf(process.argv.slice(1))
  } catch (error) {
    if (!(error instanceof UsageMistake)) throw error
    yield* err(process, `psql: ${error.message}\npsql: hint: Try "psql --help" for more information.\n`)
    return 1
  }
  const { flags } = options
  if (flags.has('V')) {
    yield* out(process, `psql (PostgreSQL) ${clientVersion(process)}\n`)
    return 0
  }
  if (flags.has('?')) {
    yield* out(
      process,
      'psql is the PostgreSQL interactive terminal.\n\nUsage:\n  psql [OPTION]... [DBNAME [USERNAME]]\n\nGeneral options:\n  -c, --command=COMMAND    run only single command (SQL or internal) and exit\n  -d, --dbname=DBNAME      database name to connect to\n  -f, --file=FILENAME      execute commands from file, then exit\n  -l, --list               list available databases, then exit\n  -v, --set=, --variable=NAME=VALUE\n                           set psql variable NAME to VALUE\n  -V, --version            output version information, then exit\n\nConnection options:\n  -h, --host=HOSTNAME      database server host or socket directory\n  -p, --port=PORT          database server port\n  -U, --username=USERNAME  database user name\n',
    )
    return 0
  }
  const target = defaultTarget(
    process,
    flags.has('l') && options.target.database === undefined ? { ...options.target, database: 'postgres' } : options.target,
  )
  let session: Session
  try {
    session = yield* connectAsking(process, target, flags.has('W'), flags.has('w'))
  } catch (error) {
    if (!(error instanceof ConnectionFailure)) throw error
    yield* err(process, `psql: error: ${error.message}\n`)
    return 2
  }
  const state: State = {
    process,
    session,
    style: options.style,
    isQuiet: flags.has('q'),
    isTimed: false,
    stopsOnError:
      options.variables.get('ON_ERROR_STOP') !== undefined && !['0', 'off'].includes(options.variables.get('ON_ERROR_STOP') ?? ''),
    echoes: flags.has('a') || flags.has('e'),
    hasFailed: false,
    pending: [],
    variables: new Map(options.variables),
    lastError: '',
    isCancelling: false,
  }
  process.handlers.set('INT', () => {
    if (!state.session.isBusy) return
    state.session.cancel()
    state.isCancelling = true
  })
  try {
    if (flags.has('l')) {
      yield* out(process, yield* databases(session, '', majorOf(process), state.style))
      return 0
    }
    if (options.actions.length > 0) return yield* actions(state, options)
    if (process.file(0).kind === 'terminal') return yield* interactive(state)
    const text = yield* everything(process, 0)
    return yield* script(state, text, undefined)
  } finally {
    state.session.close()
  }
}

function* actions(state: State, { actions: list, flags }: Options): Blocking<number> {
  if (flags.has('1')) yield* state.session.query('BEGIN')
  let code = 0
  for (const { kind, text } of list) {
    if (kind === 'file') {
      let content: string
      try {
        content =
          text === '-'
            ? yield* everything(state.process, 0)
            : state.process.files.readText(state.process.path(text), state.process.credentials)
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        yield* err(state.process, `psql: error: ${text}: ${error.words}\n`)
        return 1
      }
      code = yield* script(state, content, text)
    } else if (text.trimStart().startsWith('\\')) code = (yield* backslash(state, text.trim())) === 'failed' ? 1 : 0
    else {
      // One -c goes to the server in one piece; it is then one transaction.
      const isFine = yield* run(state, text)
      code = isFine ? 0 : 1
    }
    if (code !== 0 && (state.stopsOnError || flags.has('1'))) break
  }
  if (flags.has('1')) yield* state.session.query(code === 0 ? 'COMMIT' : 'ROLLBACK')
  return code
}

function* everything(process: Process, descriptor: number): Blocking<string> {
  let text = ''
  for (;;) {
    const bytes = yield* readFrom(process, descriptor)
    if (bytes.length === 0) return text
    text += textOf(bytes)
  }
}

/** 3 when it stopped at an error because ON_ERROR_STOP was set. */
function* script(state: State, text: string, file: string | undefined): Blocking<number> {
  state.pending = text.split('\n')
  if (state.pending.at(-1) === '') state.pending.pop()
  let buffer = ''
  let line = 0
  while (state.pending.length > 0) {
    const next = state.pending.shift() ?? ''
    line++
    if (state.echoes) yield* out(state.process, `${next}\n`)
    const [sql, meta] = partedAtBackslash(next, buffer)
    buffer += `${sql}\n`
    const { statements, rest } = scanned(buffer)
    buffer = rest.trim() === '' ? '' : rest
    for (const statement of statements) {
      if (statement === '') continue
      const isFine = yield* run(state, statement, file === undefined ? undefined : `psql:${file}:${line}: `)
      if (state.session.isLost) return 2
      if (!isFine && state.stopsOnError) return 3
    }
    if (meta === undefined) continue
    const answer = yield* backslash(state, meta, buffer)
    if (answer === 'quit') return 0
    if (answer === 'sent') buffer = ''
    if (answer === 'failed' && state.stopsOnError) return 3
  }
  if (buffer.trim() !== '') {
    const isFine = yield* run(state, buffer.trim(), file === undefined ? undefined : `psql:${file}:${line}: `)
    if (!isFine && state.stopsOnError) return 3
  }
  return 0
}

/** A backslash outside quotes begins a command that goes on to the end of the line. */
function partedAtBackslash(line: string, before: string): readonly [string, string | undefined] {
  for (let at = line.indexOf('\\'); at >= 0; at = line.indexOf('\\', at + 1)) {
    if (['=', '-', '('].includes(scanned(before + line.slice(0, at)).mark)) return [line.slice(0, at), line.slice(at)]
  }
  return [line, undefined]
}

function* interactive(state: State): Blocking<number> {
  const { process } = state
  if (!state.isQuiet) {
    yield* out(process, `psql (${clientVersion(process)})\nType "help" for help.\n\n`)
  }
  let buffer = ''
  let rest = ''
  for (;;) {
    yield* out(process, prompt(state, buffer))
    while (!rest.includes('\n')) {
      const bytes = yield* readFrom(process, 0)
      if (bytes.length === 0) {
        yield* out(process, '\\q\n')
        return 0
      }
      rest += textOf(bytes)
    }
    const line = rest.slice(0, rest.indexOf('\n'))
    rest = rest.slice(rest.indexOf('\n') + 1)
    if (buffer === '' && /^(quit|exit)\s*;?$/.test(line.trim())) return 0
    if (buffer === '' && /^help\s*$/.test(line)) {
      yield* out(
        process,
        'You are using psql, the command-line interface to PostgreSQL.\nType:  \\copyright for distribution terms\n       \\h for help with SQL commands\n       \\? for help with psql commands\n       \\g or terminate with semicolon to execute query\n       \\q to quit\n',
      )
      continue
    }
    const [sql, meta] = partedAtBackslash(line, buffer)
    buffer += `${sql}\n`
    const found = scanned(buffer)
    buffer = found.rest.trim() === '' ? '' : found.rest
    for (const statement of found.statements) if (statement !== '') yield* run(state, statement)
    if (meta !== undefined) {
      const answer = yield* backslash(state, meta, buffer)
      if (answer === 'quit') return 0
      if (answer === 'sent') buffer = ''
    }
    if (state.session.isLost) return 2
  }
}

function prompt(state: State, buffer: string): string {
  const { session } = state
  const mark = buffer === '' ? '=' : scanned(buffer).mark
  const status = session.status === 'T' ? '*' : session.status === 'E' ? '!' : ''
  return `${session.target.database}${mark === '=' && buffer !== '' ? '-' : mark}${status}${session.parameters.get('is_superuser') === 'on' ? '#' : '>'} `
}

/** Runs SQL and shows what comes back; answers whether all went well. */
function* run(state: State, sql: string, place = ''): Blocking<boolean> {
  const { process, session } = state
  const startedAt = process.now()
  const filled = sql.replace(
    /(^|[^:\w]):(?:'(\w+)'|"(\w+)"|(\w+))/g,
    (whole, before: string, text?: string, name?: string, plain?: string) => {
      const value = state.variables.get(text ?? name ?? plain ?? '')
      if (value === undefined) return whole
      return before + (text ? `'${value.replaceAll("'", "''")}'` : name ? `"${value}"` : value)
    },
  )
  let results = yield* session.query(filled)
  let isFine = true
  if (state.isCancelling) yield* err(process, 'Cancel request sent\n')
  state.isCancelling = false
  for (;;) {
    for (const result of results) if (!(yield* show(state, result, sql, place))) isFine = false
    if (results.at(-1)?.kind !== 'copy-in') break
    yield* copyIn(state)
    results = yield* session.results()
  }
  if (session.isLost) {
    yield* err(
      process,
      'server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n\tbefore or while processing the request.\nThe connection to the server was lost. Attempting reset: Failed.\n',
    )
    return false
  }
  if (state.isTimed) yield* out(process, `Time: ${(process.now() - startedAt + 0.412).toFixed(3)} ms\n`)
  return isFine
}

function* copyIn({ session, pending, process }: State): Blocking<void> {
  if (pending.length === 0 && process.file(0).kind === 'terminal') {
    yield* out(
      process,
      'Enter data to be copied followed by a newline.\nEnd with a backslash and a period on a line by itself, or an EOF signal.\n',
    )
    let rest = ''
    for (;;) {
      yield* out(process, '>> ')
      const bytes = yield* readFrom(process, 0)
      rest += textOf(bytes)
      if (bytes.length === 0 || rest.split('\n').includes('\\.')) break
    }
    pending = rest.split('\n')
  }
  for (;;) {
    const line = pending.shift()
    if (line === undefined || line === '\\.') break
    session.send(message('d', bytesOf(`${line}\n`)))
  }
  session.send(message('c'))
}

function* show(state: State, result: Result, sql: string, place: string): Blocking<boolean> {
  const { process, style } = state
  switch (result.kind) {
    case 'rows': {
      yield* out(process, printed(result, style))
      if (!/^(SELECT|SHOW|EXPLAIN|FETCH|VALUES)/.test(result.tag) && !state.isQuiet) yield* out(process, `${result.tag}\n`)
      return true
    }
    case 'copy-out':
      yield* out(process, result.data)
      return true
    case 'done':
      if (!state.isQuiet) yield* out(process, `${result.tag}\n`)
      return true
    case 'notice': {
      const { S = 'NOTICE', M = '', D, H } = result.fields
      yield* err(process, `${place}${S}:  ${M}\n${D ? `DETAIL:  ${D}\n` : ''}${H ? `HINT:  ${H}\n` : ''}`)
      return true
    }
    case 'error': {
      const { S = 'ERROR', M = '', D, H, P } = result.fields
      yield* err(
        process,
        `${place}${S}:  ${M}\n${P ? pointed(sql, Number(P)) : ''}${D ? `DETAIL:  ${D}\n` : ''}${H ? `HINT:  ${H}\n` : ''}`,
      )
      state.hasFailed = true
      return false
    }
    default:
      return true
  }
}

/** The line of the query with a caret under the place. */
function pointed(sql: string, position: number): string {
  const before = sql.slice(0, position - 1)
  const number = before.split('\n').length
  const line = sql.split('\n')[number - 1] ?? ''
  const column = before.length - (before.lastIndexOf('\n') + 1)
  const head = `LINE ${number}: `
  // Long lines are cut around the place.
  const from = column > 60 ? column - 30 : 0
  const shown = line.slice(from, from + 60)
  const [left, right] = [from > 0 ? '...' : '', from + 60 < line.length ? '...' : '']
  return `${head}${left}${shown.replaceAll('\t', ' ')}${right}\n${' '.repeat(head.length + left.length + column - from)}^\n`
}

type Outcome = 'done' | 'failed' | 'quit' | 'sent'

function* backslash(state: State, line: string, buffer = ''): Blocking<Outcome> {
  const { session } = state
  const [whole, command = ''] = /^\\([A-Za-z]+\+?S?\+?|[!?.\\])/.exec(line) ?? []
  const rest = line.slice(whole?.length ?? 1)
  // Several commands may stand on one line: `\x\g\x`.
  const next = command === '!' || command === 'copy' ? -1 : rest.indexOf('\\')
  const words = Array.from((next < 0 ? rest : rest.slice(0, next)).matchAll(/'([^']*)'|(\S+)/g), (match) => match[1] ?? match[2])
  const outcome = yield* meta(
    state,
    command,
    words.map((word) => word.replace(/;$/, '')),
    rest,
    buffer,
  )
  if (next < 0 || outcome === 'quit' || session.isLost) return outcome
  const after = yield* backslash(state, rest.slice(next), outcome === 'sent' ? '' : buffer)
  return after === 'done' && outcome === 'sent' ? 'sent' : after
}

function* meta(state: State, command: string, words: readonly string[], rest: string, buffer: string): Blocking<Outcome> {
  const { process, session } = state
  const [first = ''] = words
  const say = function* (text: string): Blocking<Outcome> {
    yield* out(process, text)
    return 'done'
  }
  const isVerbose = command.includes('+')
  const major = majorOf(process)
  const bare = command.replace(/[+S]/g, '')
  try {
    switch (bare) {
      case 'q':
        return 'quit'
      case 'l':
        return yield* say(yield* databases(session, first, major, state.style))
      case 'list':
        return yield* say(yield* databases(session, first, major, state.style))
      case 'du':
      case 'dg':
        return yield* say(yield* roles(session, first, major, state.style))
      case 'dn':
      case 'dx':
      case 'df':
      case 'dT':
        return yield* say(yield* listed(session, bare, first, state.style))
      case 'd':
        if (first !== '') {
          const text = yield* description(session, first, isVerbose, state.style)
          if (!text.startsWith('Did not find')) return yield* say(text)
          yield* err(process, text)
          return 'failed'
        }
        return yield* found(
          state,
          yield* relations(session, { kinds: '', pattern: '', isVerbose, major, hasSystem: command.includes('S') }, state.style),
        )
      case 'dt':
      case 'dv':
      case 'di':
      case 'ds':
      case 'dm':
      case 'dtv':
      case 'dts':
      case 'dtvs':
        return yield* found(
          state,
          yield* relations(
            session,
            { kinds: bare.slice(1), pattern: first, isVerbose, major, hasSystem: command.includes('S') },
            state.style,
          ),
        )
      case 'dp':
      case 'z':
        return yield* say(
          printed(
            {
              ...(yield* rowsOf(
                session,
                `SELECT n.nspname AS "Schema", c.relname AS "Name", CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'S' THEN 'sequence' END AS "Type", pg_catalog.array_to_string(c.relacl, E'\\n') AS "Access privileges", '' AS "Column privileges", '' AS "Policies" FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r','v','S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1, 2`,
              )),
              title: 'Access privileges',
            },
            state.style,
          ),
        )
      case 'c':
      case 'connect': {
        const given = targetOf(first)
        const [database, user, host, port] = words.map((word) => (word === '-' ? undefined : word))
        const target: Target = {
          ...session.target,
          ...(given ?? (database !== undefined && { database })),
          ...(user !== undefined && { user }),
          ...(host !== undefined && { host }),
          ...(port !== undefined && { port: Number(port) }),
        }
        try {
          const fresh = yield* connectAsking(process, target, false, false)
          session.close()
          state.session = fresh
        } catch (error) {
          if (!(error instanceof ConnectionFailure)) throw error
          yield* err(process, `${error.message}\nPrevious connection kept\n`)
          return 'failed'
        }
        return state.isQuiet ? 'done' : yield* say(`You are now connected to database "${target.database}" as user "${target.user}".\n`)
      }
      case 'conninfo': {
        const { database, user, host, port } = session.target
        return yield* say(
          host.startsWith('/')
            ? `You are connected to database "${database}" as user "${user}" via socket in "${host}" at port "${port}".\n`
            : `You are connected to database "${database}" as user "${user}" on host "${host}" at port "${port}".\n`,
        )
      }
      case 'x': {
        const isOn = first === '' ? !state.style.isExpanded : first === 'on' || first === 'auto'
        state.style = { ...state.style, isExpanded: isOn }
        return state.isQuiet ? 'done' : yield* say(`Expanded display is ${isOn ? 'on' : 'off'}.\n`)
      }
      case 't':
        state.style = { ...state.style, tuplesOnly: !state.style.tuplesOnly }
        return yield* say(`Tuples only is ${state.style.tuplesOnly ? 'on' : 'off'}.\n`)
      case 'a':
        state.style = { ...state.style, isAligned: !state.style.isAligned }
        return yield* say(`Output format is ${state.style.isAligned ? 'aligned' : 'unaligned'}.\n`)
      case 'timing':
        state.isTimed = first === '' ? !state.isTimed : first === 'on'
        return yield* say(`Timing is ${state.isTimed ? 'on' : 'off'}.\n`)
      case 'g':
      case 'gx': {
        if (buffer.trim() === '') return 'done'
        const before = state.style
        if (bare === 'gx') state.style = { ...before, isExpanded: true }
        yield* run(state, buffer.trim())
        state.style = before
        return 'sent'
      }
      case 'r':
        return 'sent'
      case 'p':
        return yield* say(buffer.trim() === '' ? 'Query buffer is empty.\n' : buffer)
      case 'echo':
        return yield* say(
          `${words.map((word) => (word.startsWith(':') ? (state.variables.get(word.slice(1)) ?? word) : word)).join(' ')}\n`,
        )
      case 'set':
        if (first !== '') state.variables.set(first, words.slice(1).join(''))
        if (first === 'ON_ERROR_STOP') state.stopsOnError = !['0', 'off'].includes(words[1] ?? 'on')
        return 'done'
      case 'unset':
        state.variables.delete(first)
        return 'done'
      case 'pset':
        if (first === 'null') state.style = { ...state.style, null: words[1] ?? '' }
        else if (first === 'footer') state.style = { ...state.style, hasFooter: words[1] !== 'off' }
        else {
          yield* err(process, `\\pset: ${first} is not simulated\n`)
          return 'failed'
        }
        return 'done'
      case 'encoding':
        return yield* say('UTF8\n')
      case 'i':
      case 'ir': {
        try {
          const text = process.files.readText(process.path(first), process.credentials)
          const before = state.pending
          yield* script(state, text, first)
          state.pending = before
        } catch (error) {
          if (!(error instanceof UnixError)) throw error
          yield* err(process, `${first}: ${error.words}\n`)
          return 'failed'
        }
        return 'done'
      }
      case 'copy':
        return yield* copied(state, rest)
      case '!': {
        yield* ended(start(process, ['sh', '-c', rest.trim()]))
        return 'done'
      }
      case 'copyright':
        return yield* say('PostgreSQL Database Management System\n(also known as Postgres, formerly known as Postgres95)\n')
      case 'h':
        return yield* say('\\h is not simulated here: the manual of SQL commands is too large for this sandbox.\n')
      case '?':
        return yield* say(
          'General\n  \\g [(OPTIONS)] [FILE]  execute query (and send result to file or |pipe)\n  \\gx [(OPTIONS)] [FILE] as \\g, but forces expanded output mode\n  \\q                     quit psql\n\nInformational\n  (options: S = show system objects, + = additional detail)\n  \\d[S+]                 list tables, views, and sequences\n  \\d[S+]  NAME           describe table, view, sequence, or index\n  \\df[anptw][S+] [FUNCPTRN [TYPEPTRN ...]] list [only agg/normal/procedure/trigger/window] functions\n  \\di[S+] [PATTERN]      list indexes\n  \\dn[S+] [PATTERN]      list schemas\n  \\dt[S+] [PATTERN]      list tables\n  \\du[S+] [PATTERN]      list roles\n  \\dv[S+] [PATTERN]      list views\n  \\dx[+]  [PATTERN]      list extensions\n  \\l[+]   [PATTERN]      list databases\n\nFormatting\n  \\a                     toggle between unaligned and aligned output mode\n  \\t [on|off]            show only rows (currently off)\n  \\x [on|off|auto]       toggle expanded output (currently off)\n\nConnection\n  \\c[onnect] {[DBNAME|- USER|- HOST|- PORT|-] | conninfo}\n                         connect to new database (currently "' +
            session.target.database +
            '")\n  \\conninfo              display information about current connection\n',
        )
      case 'password':
      case 'e':
      case 'ef':
      case 'watch':
      case 'gexec':
      case 'gset':
      case 'crosstabview':
      case 'o':
      case 's':
      case 'w':
      case 'if':
      case 'else':
      case 'endif':
        yield* err(process, `\\${bare}: this psql command is not simulated\n`)
        return 'failed'
      default:
        yield* err(process, `invalid command \\${command}\n${process.file(0).kind === 'terminal' ? 'Try \\? for help.\n' : ''}`)
        return 'failed'
    }
  } catch (error) {
    if (!(error instanceof Error) || error instanceof UnixError || error.name !== 'Error') throw error
    yield* err(process, `ERROR:  ${error.message}\n`)
    return 'failed'
  }
}

/** `\\copy`: COPY whose file is read or written here, not on the server. */
function* copied(state: State, rest: string): Blocking<Outcome> {
  const { process, session } = state
  const [, what = '', direction = '', place = '', how = ''] =
    /^\s*(\(.*\)|\S+(?:\s*\([^)]*\))?)\s+(from|to)\s+('[^']*'|\S+)\s*(.*?);?\s*$/is.exec(rest) ?? []
  if (what === '') {
    yield* err(process, '\\copy: arguments required\n')
    return 'failed'
  }
  const isFrom = direction.toLowerCase() === 'from'
  const path = place.replace(/^'(.*)'$/, '$1')
  const isStandard = /^p?std(in|out)$/i.test(path)
  try {
    const text = isFrom && !isStandard ? process.files.readText(process.path(path), process.credentials) : ''
    const sql = `COPY ${what} ${isFrom ? 'FROM STDIN' : 'TO STDOUT'} ${how}`
    let results = yield* session.query(sql)
    if (results.at(-1)?.kind === 'copy-in') {
      if (isStandard) yield* copyIn(state)
      else {
        session.send(message('d', bytesOf(text)))
        session.send(message('c'))
      }
      results = yield* session.results()
    }
    for (const result of results) {
      if (result.kind === 'copy-out' && !isStandard) {
        process.files.writeFile(process.path(path), result.data, {}, process.credentials)
        if (!state.isQuiet) yield* out(process, `${result.tag}\n`)
      } else if (!(yield* show(state, result, sql, ''))) return 'failed'
    }
    return 'done'
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* err(process, `${path}: ${error.words}\n`)
    return 'failed'
  }
}

function* found({ process }: State, text: string): Blocking<Outcome> {
  if (!text.startsWith('Did not find')) {
    yield* out(process, text)
    return 'done'
  }
  yield* err(process, text)
  return 'failed'
}

/** The server tells that it wants a password; then the terminal is asked. */
function* connectAsking(process: Process, target: Target, isAsked: boolean, isNever: boolean): Blocking<Session> {
  let full =
    isAsked && target.password === undefined
      ? { ...target, password: yield* typedPassword(process, `Password for user ${target.user}: `) }
      : target
  try {
    return yield* connect(process, full)
  } catch (error) {
    if (!(error instanceof ConnectionFailure) || !error.needsPassword || isNever || !process.terminal) throw error
    full = { ...target, password: yield* typedPassword(process, `Password for user ${target.user}: `) }
    return yield* connect(process, full)
  }
}

export function clientVersion(process: Process): string {
  const full = process.env.PG_VERSION
  if (full === undefined) return '15.14 (Debian 15.14-0+deb12u1)'
  const short = full.replace(/-.*$/, '')
  return full.includes('pgdg') ? `${short} (Debian ${full})` : short
}

function majorOf(process: Process): number {
  return Number(clientVersion(process).split('.')[0])
}
