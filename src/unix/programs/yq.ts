/**
 * yq 4 (mikefarah's): YAML in, YAML out, comments kept. Its language is jq's with some words of its own; those are put into jq's before the
 * evaluator of jq runs it. What was changed is written back into the document it came from, so that everything else stays as it was typed.
 */
import { Document, isMap, isNode, isScalar, isSeq, type Node, parseAllDocuments, type Scalar, stringify, YAMLMap, YAMLSeq } from 'yaml'
import { UnixError } from '../errors.ts'
import { type Blocking, err, type Process, type Program } from '../kernel/process.ts'
import { evaluated } from './jq/evaluator.ts'
import type { Json } from './jq/json.ts'
import { closeInput, openInput, print, stringOf, wholeInput } from './text.ts'
import { isTerminal } from './tool.ts'

interface Options {
  isInPlace: boolean
  isNull: boolean
  isAll: boolean
  format: string
  inputFormat: string
  indent: number
  isRaw: boolean
  isExit: boolean
  isPretty: boolean
  hasSeparators: boolean
  isJoined: boolean
}

interface Source {
  readonly path: string
  readonly documents: readonly Document[]
}

const help = `yq is a portable command-line data file processor (https://github.com/mikefarah/yq/)
See https://mikefarah.gitbook.io/yq/ for detailed documentation and examples.

Usage:
  yq [flags]
  yq [command]

Examples:

# yq tries to auto-detect the file format based off the extension, and defaults to YAML if it's unknown (or piping through STDIN)
# Use the '-p/--input-format' flag to specify a format type.
cat file.xml | yq -p xml

# read the "stuff" node from "myfile.yml"
yq '.stuff' < myfile.yml

# update myfile.yml in place
yq -i '.stuff = "foo"' myfile.yml

# print contents of sample.json as idiomatic YAML
yq -P -oy sample.json

Available Commands:
  completion  Generate the autocompletion script for the specified shell
  eval        (default) Apply the expression to each document in each yaml file in sequence
  eval-all    Loads _all_ yaml documents of _all_ yaml files and runs expression once
  help        Help about any command

Flags:
  -e, --exit-status                   set exit status if there are no matches or null or false is returned
  -I, --indent int                    sets indent level for output (default 2)
  -i, --inplace                       update the file in place of first file given.
  -N, --no-doc                        Don't print document separators (---)
  -n, --null-input                    Don't read input, simply evaluate the expression given. Useful for creating docs from scratch.
  -o, --output-format string          [auto|a|yaml|y|json|j|props|p] output format type. (default "auto")
  -P, --prettyPrint                   pretty print, shorthand for '... style = ""'
  -r, --unwrapScalar                  unwrap scalar, print the value with no quotes, colors or comments. Defaults to true for yaml (default true)
  -V, --version                       Print version information and quit
`

export const yq: Program = function* (process) {
  const options: Options = {
    isInPlace: false,
    isNull: false,
    isAll: false,
    format: '',
    inputFormat: '',
    indent: 2,
    isRaw: true,
    isExit: false,
    isPretty: false,
    hasSeparators: true,
    isJoined: false,
  }
  const operands: string[] = []
  const args = process.argv.slice(1)
  let expression: string | undefined
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]
    const [name, given] = /^(--[\w-]+|-[oIp])=?(.*)$/s.exec(arg)?.slice(1) ?? [arg, '']
    const next = (): string => (given !== '' ? given : (args[++index] ?? ''))
    if (!arg.startsWith('-') || arg === '-') operands.push(arg)
    else if (name === '-o' || name === '--output-format') options.format = next()
    else if (name === '-p' || name === '--input-format') options.inputFormat = next()
    else if (name === '-I' || name === '--indent') options.indent = Number(next())
    else if (name === '--from-file') expression = process.files.readText(process.path(next()), process.credentials)
    else if (arg === '-j' || arg === '--tojson') options.format = 'json'
    else if (arg === '-V' || arg === '--version') {
      yield* print(process, 'yq (https://github.com/mikefarah/yq/) version v4.44.3\n')
      return 0
    } else if (arg === '-h' || arg === '--help') {
      yield* print(process, help)
      return 0
    } else if (name === '--unwrapScalar') options.isRaw = given !== 'false'
    else {
      const long: Readonly<Record<string, string>> = {
        '--inplace': 'i',
        '--null-input': 'n',
        '--exit-status': 'e',
        '--prettyPrint': 'P',
        '--no-doc': 'N',
        '--colors': 'C',
        '--no-colors': 'M',
        '--nul-output': '0',
      }
      for (const letter of long[arg] ?? (arg.startsWith('--') ? '?' : arg.slice(1))) {
        if (letter === 'i') options.isInPlace = true
        else if (letter === 'n') options.isNull = true
        else if (letter === 'e') options.isExit = true
        else if (letter === 'P') options.isPretty = true
        else if (letter === 'N') options.hasSeparators = false
        else if (letter === 'r' || letter === 'C' || letter === 'M' || letter === 'v') continue
        else return yield* failed(process, arg.startsWith('--') ? `unknown flag: ${arg}` : `unknown shorthand flag: '${letter}' in ${arg}`)
      }
    }
  }
  if (['e', 'eval', 'ea', 'eval-all'].includes(operands[0] ?? '')) options.isAll = ['ea', 'eval-all'].includes(operands.shift() ?? '')
  if (expression === undefined)
    expression =
      operands.length > 0 &&
      !(operands.length === 1 && !options.isNull && process.files.exists(process.path(operands[0])) && !/^[.(]$/.test(operands[0]))
        ? operands.shift()
        : '.'
  if (operands.length === 0 && !options.isNull && isTerminal(process, 0)) {
    yield* print(process, help)
    return 0
  }
  const sources: Source[] = []
  if (options.isNull) sources.push({ path: '', documents: [new Document(null)] })
  for (const path of options.isNull ? [] : operands.length > 0 ? operands : ['-']) {
    let text: string
    try {
      const descriptor = openInput(process, path)
      text = stringOf(yield* wholeInput(process, descriptor))
      closeInput(process, descriptor)
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      return yield* failed(process, `open ${path}: ${error.words.toLowerCase()}`)
    }
    const parsed = parseAllDocuments(text, { keepSourceTokens: false, logLevel: 'silent', version: '1.2' })
    const documents = Array.isArray(parsed) ? parsed : []
    for (const { errors } of documents) {
      if (errors.length > 0)
        return yield* failed(
          process,
          `bad file '${path}': yaml: line ${errors[0].linePos?.[0].line ?? 1}: ${errors[0].message.split('\n')[0].replace(/ at line.*$/, '')}`,
        )
    }
    if (options.format === '' && path.endsWith('.json')) options.format = 'json'
    sources.push({ path, documents: documents as Document[] })
  }
  const results: { node: Node | Document | undefined; value: Json }[] = []
  try {
    const env = Object.fromEntries(Object.entries(process.env))
    const nowSeconds = (): number => process.now() / 1000
    if (options.isAll) {
      const files = sources.flatMap(({ documents }) => documents)
      const all = files.map((one) => valueOf(one))
      const program = translated(expression ?? '.')
        .replace(/select\(\s*\$fileIndex\s*==\s*(\d+)\s*\)/g, '$files[$1]')
        .replace(/(^|[^\w.])\.\s+as\s+(\$\w+)\s+ireduce\s*\(/g, '$1reduce $files[] as $2 (')
      const isWhole = program.includes('$files')
      for (const [index, input] of (isWhole ? [all[0] ?? null] : all).entries()) {
        for (const { value, path } of evaluated(program, input, {
          variables: new Map<string, Json>([
            ['files', all],
            ['fileIndex', index],
            ['documentIndex', index],
            ['filename', sources[0]?.path ?? ''],
          ]),
          env,
          nowSeconds,
        }))
          results.push(resultOf(files[index], input, value, path))
      }
    } else {
      const program = translated(expression ?? '.')
      for (const [fileIndex, { path: filename, documents }] of sources.entries()) {
        for (const [documentIndex, document] of documents.entries()) {
          const input = valueOf(document)
          for (const { value, path } of evaluated(program, input, {
            variables: new Map<string, Json>([
              ['fileIndex', fileIndex],
              ['documentIndex', documentIndex],
              ['filename', filename],
            ]),
            env,
            nowSeconds,
          }))
            results.push(resultOf(document, input, value, path))
        }
      }
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return yield* failed(process, error.message)
  }
  const text = results
    .map(({ node, value }) => shown(node, value, options))
    .join(
      options.hasSeparators &&
        results.length > 1 &&
        isYaml(options) &&
        sources.some(({ documents }) => documents.length > 1 || sources.length > 1) &&
        results.every(({ value }) => typeof value === 'object' && value !== null)
        ? '---\n'
        : '',
    )
  if (options.isInPlace) {
    if (sources[0] === undefined || sources[0].path === '' || sources[0].path === '-')
      return yield* failed(process, 'write inplace flag only applicable when giving an expression and at least one file')
    process.files.writeFile(process.path(sources[0].path), text, {}, process.credentials)
  } else yield* print(process, text)
  if (options.isExit && results.every(({ value }) => value === null || value === false)) return yield* failed(process, 'no matches found')
  return 0
}

function* failed(process: Process, text: string): Blocking<number> {
  yield* err(process, `Error: ${text}\n`)
  return 1
}

const isYaml = ({ format }: Options): boolean => ['', 'auto', 'a', 'yaml', 'y'].includes(format)

function valueOf(document: Document): Json {
  return (document.toJS({ maxAliasCount: -1 }) ?? null) as Json
}

/** The node a result stands for: a part of the document, the changed document, or something new. */
function resultOf(
  document: Document,
  input: Json,
  value: Json,
  path: readonly (string | number)[] | undefined,
): { node: Node | Document | undefined; value: Json } {
  if (path !== undefined && path.length === 0) return { node: document, value }
  if (path !== undefined) {
    const found = document.getIn(path, true)
    return { node: isNode(found) ? found : undefined, value }
  }
  const isSameKind =
    typeof input === 'object' &&
    input !== null &&
    typeof value === 'object' &&
    value !== null &&
    Array.isArray(input) === Array.isArray(value)
  if (!isSameKind || !isRelated(input, value)) return { node: undefined, value }
  const copy = document.clone()
  copy.contents = changed(copy, copy.contents, value) as typeof copy.contents
  return { node: copy, value }
}

/** Whether the new value grew out of the old one, so that its comments still belong. */
function isRelated(input: object, value: object): boolean {
  if (Array.isArray(input)) return true
  const [old, now] = [Object.keys(input), Object.keys(value)]
  return old.length === 0 || now.length === 0 || old.some((key) => now.includes(key))
}

/** A node with this value, keeping what has not changed. */
function changed(document: Document, node: unknown, value: Json): unknown {
  if (isMap(node) && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const { key } of [...node.items]) if (!(keyText(key) in value)) node.delete(key)
    for (const [key, one] of Object.entries(value)) {
      const pair = node.items.find((item) => keyText(item.key) === key)
      if (pair) pair.value = changed(document, pair.value, one)
      else node.add(document.createPair(key, one))
    }
    return node
  }
  if (isSeq(node) && Array.isArray(value)) {
    const old = node.items
    // Items that are still there keep their comments, wherever they are now.
    const before = old.map((item) => JSON.stringify(isNode(item) ? item.toJS(document) : item))
    const used = new Set<number>()
    node.items = value.map((one, index) => {
      const same = before.findIndex((text, at) => !used.has(at) && text === JSON.stringify(one))
      const at = same >= 0 ? same : value.length === old.length && index < old.length && !used.has(index) ? index : -1
      if (at < 0) return document.createNode(one)
      used.add(at)
      return changed(document, old[at], one)
    })
    return node
  }
  if (isScalar(node) && (typeof value !== 'object' || value === null)) {
    if (node.value === value) return node
    if (typeof node.value === typeof value) {
      node.value = value
      delete (node as Scalar).source
      return node
    }
  }
  const made = document.createNode(value)
  if (isNode(node) && isNode(made)) {
    made.comment = node.comment
    made.commentBefore = node.commentBefore
  }
  return made
}

const keyText = (key: unknown): string => String(isScalar(key) ? key.value : key)

function shown(node: Node | Document | undefined, value: Json, options: Options): string {
  if (['json', 'j'].includes(options.format)) {
    const text =
      typeof value === 'string' && options.isRaw && !options.isInPlace && options.format !== 'json'
        ? value
        : JSON.stringify(value, null, options.indent)
    return `${text}\n`
  }
  if (['props', 'p'].includes(options.format))
    return properties(value, '')
      .map((line) => `${line}\n`)
      .join('')
  if (!isYaml(options)) return `Error: output format ${options.format} is not simulated\n`
  if (options.isRaw && (typeof value !== 'object' || value === null)) {
    if (isScalar(node) && typeof node.source === 'string' && typeof value !== 'string')
      return `${node.source === '' ? 'null' : node.source}\n`
    return `${value === null ? 'null' : String(value)}\n`
  }
  const settings = {
    indent: Math.max(1, options.indent),
    lineWidth: 0,
    indentSeq: true,
    nullStr: 'null',
    flowCollectionPadding: false,
  } as const
  if (node instanceof Document && !options.isPretty) return node.toString(settings).replace(/^---\n/, '')
  if (node && !(node instanceof Document) && !options.isPretty && (node instanceof YAMLMap || node instanceof YAMLSeq)) {
    const document = new Document(null)
    document.contents = node.clone() as never
    return document.toString(settings)
  }
  return stringify(value, settings)
}

function properties(value: Json, prefix: string): string[] {
  if (typeof value !== 'object' || value === null) return [`${prefix} = ${value === null ? '' : String(value)}`]
  return Object.entries(value).flatMap(([key, one]) => properties(one as Json, prefix === '' ? key : `${prefix}.${key}`))
}

/** Words of yq in those of jq; texts in quotes stay as they are. */
function translated(expression: string): string {
  return expression
    .split(/("(?:[^"\\]|\\.)*")/)
    .map((piece, index) => {
      if (index % 2 === 1) return piece
      return piece
        .replace(/\.\.\.(?!\.)/g, '..')
        .replace(/\bstrenv\((\w+)\)/g, '($ENV.$1 | tostring)')
        .replace(/\benv\((\w+)\)/g, '($ENV.$1 | (try fromjson catch .))')
        .replace(/\bfile_?[iI]ndex\b|\bfi\b(?!\()/g, '$fileIndex')
        .replace(/\bdocument_?[iI]ndex\b|\bdi\b(?!\()/g, '$documentIndex')
        .replace(/\bfilename\b/g, '$filename')
        .replace(/\bdowncase\b/g, 'ascii_downcase')
        .replace(/\bupcase\b/g, 'ascii_upcase')
        .replace(/\bto_json\b(\(\d+\))?/g, 'tojson')
        .replace(/\bfrom_json\b/g, 'fromjson')
        .replace(/\bto_number\b/g, 'tonumber')
        .replace(/\bto_string\b/g, 'tostring')
        .replace(/\bsort_keys\(\s*\.\.?\s*\)/g, 'walk(if type == "object" then (to_entries | sort_by(.key) | from_entries) else . end)')
        .replace(
          /\btag\b(?!\()/g,
          '(type | {"string": "!!str", "object": "!!map", "array": "!!seq", "boolean": "!!bool", "null": "!!null", "number": "!!int"}[.])',
        )
        .replace(/\bwith\((\.[^;]*);/g, '_with($1;')
        .replace(/\bparent\b(?!\()/g, 'error("parent is not simulated")')
        .replace(/(^|[^\w"$])\.([A-Za-z_][\w]*(?:-[\w]+)+)/g, '$1."$2"')
        .replace(/([\w\])])\.([A-Za-z_][\w]*(?:-[\w]+)+)/g, '$1."$2"')
    })
    .join('')
    .replace(/^/, 'def _with(p; f): p |= f; ')
    .replace(/\s\*\+\s/g, ' * ')
}
