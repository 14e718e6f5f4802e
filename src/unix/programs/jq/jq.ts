/**
 * jq 1.6: a parser for its language and an evaluator that yields every result. Input values are read one after the other, so it can stand
 * behind `kubectl get -w -o json`.
 */
import { err, type Program } from '../../kernel/process.ts'
import { type Json, jsonText, values } from './json.ts'
import { CompileError, type Node, parse } from './parse.ts'
import { Break, type Environment, Halt } from './environment.ts'
import { run } from './evaluator.ts'
import { isTrue, JqError } from './values.ts'
import { closeInput, openInput, print, stringOf, wholeInput } from '../text.ts'
import { isTerminal, wordsOf } from '../tool.ts'

export const jq: Program = function* (process) {
  const name = process.argv[0].replace(/.*\//, '')
  const options = {
    raw: false,
    join: false,
    compact: false,
    null: false,
    rawInput: false,
    slurp: false,
    sort: false,
    exit: false,
    color: isTerminal(process, 1),
    indent: 2,
    tab: false,
    ascii: false,
    stream: false,
    seq: false,
  }
  const variables = new Map<string, Json>()
  const named: { [key: string]: Json } = {}
  const positional: Json[] = []
  let program: string | undefined
  const files: string[] = []
  let rest: 'files' | 'args' | 'jsonargs' = 'files'
  const args = process.argv.slice(1)
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]
    const long: Readonly<Record<string, string>> = {
      '--raw-output': 'r',
      '--join-output': 'j',
      '--compact-output': 'c',
      '--null-input': 'n',
      '--raw-input': 'R',
      '--slurp': 's',
      '--sort-keys': 'S',
      '--exit-status': 'e',
      '--color-output': 'C',
      '--monochrome-output': 'M',
      '--ascii-output': 'a',
    }
    if (arg === '--arg' || arg === '--argjson' || arg === '--slurpfile' || arg === '--rawfile') {
      const key = args[++index]
      const text = args[++index]
      if (text === undefined) {
        yield* err(
          process,
          `jq: ${arg} takes two parameters (e.g. ${arg} varname ${arg === '--arg' ? 'value' : arg === '--argjson' ? 'text' : 'filename'})\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://stedolan.github.io/jq\n`,
        )
        return 2
      }
      try {
        variables.set(
          key,
          arg === '--arg'
            ? text
            : arg === '--argjson'
              ? (JSON.parse(text) as Json)
              : arg === '--rawfile'
                ? process.files.readText(process.path(text))
                : values(process.files.readText(process.path(text))).found,
        )
      } catch {
        yield* err(
          process,
          arg === '--argjson'
            ? `jq: invalid JSON text passed to --argjson\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://stedolan.github.io/jq\n`
            : `jq: Bad JSON in --${arg.slice(2)} ${key} ${text}: Could not open ${text}: No such file or directory\n`,
        )
        return 2
      }
      named[key] = variables.get(key) ?? null
    } else if (arg === '--indent') options.indent = Number(args[++index])
    else if (arg === '--tab') options.tab = true
    else if (arg === '--stream') options.stream = true
    else if (arg === '--seq') options.seq = true
    else if (arg === '--unbuffered') continue
    else if (arg === '--args') rest = 'args'
    else if (arg === '--jsonargs') rest = 'jsonargs'
    else if (arg === '-f' || arg === '--from-file') {
      const path = args[++index] ?? ''
      try {
        program = process.files.readText(process.path(path))
      } catch (error) {
        yield* err(process, `jq: Could not open ${path}: ${wordsOf(error)}\n`)
        return 2
      }
    } else if (arg === '-h' || arg === '--help' || arg === '-V' || arg === '--version') {
      yield* print(process, arg.includes('V') || arg.includes('version') ? 'jq-1.6\n' : usage)
      return 0
    } else if (arg.startsWith('-') && arg.length > 1 && program === undefined ? true : /^-[a-zA-Z]+$|^--\w/.test(arg)) {
      for (const letter of long[arg] ?? (arg.startsWith('--') ? '?' : arg.slice(1))) {
        if (letter === 'r') options.raw = true
        else if (letter === 'j') options.raw = options.join = true
        else if (letter === 'c') options.compact = true
        else if (letter === 'n') options.null = true
        else if (letter === 'R') options.rawInput = true
        else if (letter === 's') options.slurp = true
        else if (letter === 'S') options.sort = true
        else if (letter === 'e') options.exit = true
        else if (letter === 'C') options.color = true
        else if (letter === 'M') options.color = false
        else if (letter === 'a') options.ascii = true
        else {
          yield* err(
            process,
            `jq: Unknown option${arg.startsWith('--') ? '' : ':'} ${arg}\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://stedolan.github.io/jq\n`,
          )
          return 2
        }
      }
    } else if (program === undefined) program = arg
    else if (rest === 'files') files.push(arg)
    else positional.push(rest === 'args' ? arg : (JSON.parse(arg) as Json))
  }
  if (program === undefined) {
    yield* err(process, usage)
    return 2
  }
  variables.set('ARGS', { positional, named })
  let tree: Node
  try {
    tree = parse(program)
  } catch (error) {
    if (!(error instanceof CompileError)) throw error
    yield* err(process, `${name}: error: ${error.message}\n${program}${' '.repeat(error.at)}\njq: 1 compile error\n`)
    return 3
  }
  let code = 0
  let source = ''
  const begins: { readonly at: number; readonly path: string }[] = []
  for (const path of files.length > 0 ? files : options.null ? [] : ['-']) {
    try {
      const descriptor = openInput(process, path)
      begins.push({ at: source.length, path })
      source += stringOf(yield* wholeInput(process, descriptor))
      closeInput(process, descriptor)
    } catch (error) {
      yield* err(process, `jq: error: Could not open file ${path}: ${wordsOf(error)}\n`)
      code = 2
    }
  }
  let problem: string | undefined
  let inputs: Json[]
  let ends: readonly number[] = []
  if (options.rawInput) inputs = options.slurp ? [source] : source.split('\n').slice(0, source.endsWith('\n') ? -1 : undefined)
  else {
    const read = values(source)
    inputs = options.slurp ? [read.found] : read.found
    problem = read.problem
    ends = options.slurp ? [source.length] : read.ends
    if (options.slurp && problem !== undefined) inputs = []
  }
  if (options.stream) {
    const events = parse('tostream')
    inputs = inputs.flatMap((one) =>
      Array.from(
        run(
          events,
          { value: one, path: [] },
          { variables, functions: new Map(), labels: new Map(), host: { env: process.env, nowSeconds: () => 0, inputs: () => undefined } },
        ),
        (event) => event.value,
      ),
    )
    ends = []
  }
  let next = 0
  const fileNow = () => begins.findLast(({ at }) => at < Math.max(1, ends[next - 1] ?? source.length))
  /** The file read last, and how many of its lines were read by then. */
  const where = (): string => {
    const file = fileNow()
    if (!file || next === 0) return '<unknown>'
    const end = ends[next - 1] ?? source.length
    const line = source.indexOf('\n', end)
    return `${file.path === '-' ? '<stdin>' : file.path}:${source.slice(file.at, line < 0 ? source.length : line + 1).split('\n').length - 1}`
  }
  const env: Environment = {
    variables,
    functions: new Map(),
    labels: new Map(),
    host: {
      env: process.env,
      nowSeconds: () => process.now() / 1000,
      inputs: () => inputs[next++],
      inputFile: () => {
        const file = fileNow()
        return !file ? null : file.path === '-' ? '<stdin>' : file.path
      },
      note: (text) => {
        noted += text
      },
    },
  }
  /** What `debug` wrote and is not told yet. */
  let noted = ''
  let last: Json | undefined
  const starts = options.null ? [null] : undefined
  for (;;) {
    const input = starts ? starts.shift() : inputs[next++]
    if (input === undefined) break
    let shown = ''
    try {
      for (const { value } of run(tree, { value: input, path: [] }, env)) {
        last = value
        if (options.seq) shown += '\x1e'
        shown += options.raw && typeof value === 'string' ? value : jsonText(value, options)
        if (!options.join) shown += '\n'
        if (shown.length > 32_768) {
          yield* print(process, shown)
          shown = ''
        }
      }
    } catch (error) {
      yield* print(process, shown)
      yield* err(process, noted)
      noted = ''
      shown = ''
      if (error instanceof CompileError) {
        yield* err(process, `jq: error: ${error.message}\n${program}${' '.repeat(error.at)}\njq: 1 compile error\n`)
        return 3
      }
      if (error instanceof Halt) {
        yield* err(process, error.message)
        return error.code
      }
      if (error instanceof Break) {
        code = code || 0
      } else if (error instanceof JqError || error instanceof SyntaxError) {
        const words =
          error instanceof JqError && typeof error.value !== 'string'
            ? ` (not a string): ${JSON.stringify(error.value)}`
            : `: ${error.message}`
        // `error(null)` says nothing at all.
        if (!(error instanceof JqError) || error.value !== null) yield* err(process, `jq: error (at ${where()})${words}\n`)
        code = error instanceof JqError && error.value === null ? code : 5
      } else if (error instanceof RangeError) {
        yield* err(process, 'jq: error: stack overflow\n')
        code = 5
      } else throw error
    }
    yield* print(process, shown)
    yield* err(process, noted)
    noted = ''
    yield
  }
  if (problem !== undefined) {
    yield* err(process, `parse error: ${problem}\n`)
    return 4
  }
  if (options.exit && code === 0) return last === undefined ? 4 : isTrue(last) ? 0 : 1
  return code
}

const usage = `Usage:	jq [OPTIONS] FILTER [FILES...]
	jq [OPTIONS] --args FILTER [ARGUMENTS...]
	jq [OPTIONS] --jsonargs FILTER [JSON_VALUES...]

jq is a tool for processing JSON inputs, applying the given filter to
its JSON text inputs and producing the filter's results as JSON on
standard output.
`
