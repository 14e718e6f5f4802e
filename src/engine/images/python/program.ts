/**
 * `python3`: Skulpt, a Python written in JavaScript, inside a VM of the kind that `node` has. So a learner's Python sees only its own
 * machine, can be cut off and interrupted, and reaches files and the network as Node's own modules do.
 */
import type { QuickJS } from 'quickjs-wasi'
import { textOf } from '../../../base/bytes.ts'
import { UnixError } from '../../../unix/errors.ts'
import { err, out, type Process, type Program, readAll } from '../../../unix/kernel/process.ts'
import { Guest } from '../node/guest.ts'
import { loader } from '../node/loader.ts'
import { runGuest } from '../node/program.ts'

/** Debian 12's; images say theirs in PYTHON_VERSION. */
const hostVersion = '3.11.2'
/** Reading a script of some hundred lines takes its time before the first statement runs. */
const gasPerTurn = 12_000
const baseMemoryBytes = 9_500_000

interface Invocation {
  readonly kind: 'file' | 'command' | 'module' | 'input' | 'version' | 'help'
  readonly text: string
  readonly rest: readonly string[]
  readonly isUnbuffered: boolean
  readonly staysAfter: boolean
}

export function pythonProgram(quickjs: () => Promise<WebAssembly.Module>, skulpt: () => Promise<readonly [string, string]>): Program {
  const begun = loader(quickjs, { prepare: (vm) => prepare(vm, skulpt), stackBytes: 400 * 1024 })
  return function* (process) {
    const version = process.env.PYTHON_VERSION ?? hostVersion
    const invocation = argumentsOf(process.argv.slice(1))
    if (typeof invocation === 'string') {
      yield* err(
        process,
        `${invocation}\nusage: ${process.argv[0]} [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry \`python -h' for more information.\n`,
      )
      return 2
    }
    if (invocation.kind === 'version') {
      yield* out(process, `Python ${version}\n`)
      return 0
    }
    if (invocation.kind === 'help') {
      yield* out(
        process,
        `usage: ${process.argv[0]} [option] ... [-c cmd | -m mod | file | -] [arg] ...\nOptions and arguments (and corresponding environment variables):\n-c cmd : program passed in as string (terminates option list)\n-i     : inspect interactively after running script; forces a prompt even\n         if stdin does not appear to be a terminal; also PYTHONINSPECT=x\n-m mod : run library module as a script (terminates option list)\n-u     : force the stdout and stderr streams to be unbuffered;\n         this option has no effect on stdin; also PYTHONUNBUFFERED=x\n-V     : print the Python version number and exit (also --version)\nfile   : program read from script file\n-      : program read from stdin (default; interactive mode if a tty)\narg ...: arguments passed to program in sys.argv[1:]\n`,
      )
      return 0
    }
    process.memoryBytes = baseMemoryBytes
    const script = yield* scriptOf(process, invocation, version)
    if (typeof script === 'number') return script
    const given = { ...script, version, isUnbuffered: invocation.isUnbuffered || (process.env.PYTHONUNBUFFERED ?? '') !== '' }
    const guest = new Guest(
      process,
      version,
      {
        file: undefined,
        code: `__python(${JSON.stringify(JSON.stringify(given))})`,
        isPrinted: false,
        shows: undefined,
        problem: undefined,
        rest: [],
      },
      gasPerTurn,
    )
    return yield* runGuest(guest, begun)
  }
}

function prepare(vm: QuickJS, skulpt: () => Promise<readonly [string, string]>): Promise<void> {
  return Promise.all([skulpt(), import('./driver.ts'), import('./library.ts')]).then(([[core, library], { driver }, own]) => {
    vm.evalCode('globalThis.window = globalThis.self = globalThis', 'python').dispose()
    vm.evalCode(driver, 'python:driver').dispose()
    vm.evalCode(adapted(core), 'skulpt').dispose()
    vm.evalCode(library, 'skulpt-library').dispose()
    vm.evalCode(`__setUp(${JSON.stringify(own.library)})`, 'python:library').dispose()
  })
}

/** Skulpt with CPython's words, our import error, and a clock that counts how often it is looked at (see driver.ts). */
function adapted(core: string): string {
  return core
    .replaceAll('integer division or modulo by zero', 'division by zero')
    .replace(/Date\.now\(\)/g, '__look()')
    .replace(/Sk\.lastYield = new Date\(\);/g, 'Sk.lastYield = __look();')
    .replace(/new [\w.$]+\.ImportError\("No module named "\+(\w+)\)/g, '__noModule($1)')
}

function argumentsOf(args: readonly string[]): Invocation | string {
  let isUnbuffered = false
  let staysAfter = false
  const made = (kind: Invocation['kind'], text: string, rest: readonly string[]): Invocation => ({
    kind,
    text,
    rest,
    isUnbuffered,
    staysAfter,
  })
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]
    if (arg === '-' || !arg.startsWith('-')) return arg === '-' ? made('input', '', args.slice(at)) : made('file', arg, args.slice(at))
    if (arg === '--version' || arg === '-V' || arg === '-VV') return made('version', '', [])
    if (arg === '--help' || arg === '-h') return made('help', '', [])
    for (let letter = 1; letter < arg.length; letter++) {
      const option = arg[letter]
      if (option === 'c' || option === 'm') {
        const inline = arg.slice(letter + 1)
        const value = inline === '' ? args[at + 1] : inline
        if (value === undefined) return `Argument expected for the -${option} option`
        return made(option === 'c' ? 'command' : 'module', value, args.slice(at + (inline === '' ? 2 : 1)))
      }
      if (option === 'u') isUnbuffered = true
      else if (option === 'i') staysAfter = true
      else if (option === 'W' || option === 'X') {
        if (letter === arg.length - 1) at++
        break
      } else if (!'bBdEIOPqsSvx'.includes(option)) return `Unknown option: -${option}`
    }
  }
  return made('input', '', [])
}

interface Script {
  /** As tracebacks name it. */
  readonly file: string
  readonly text: string
  readonly argv: readonly string[]
  /** Where modules are looked for, after the library. */
  readonly path: readonly string[]
  readonly isPrompt?: boolean
}

function* scriptOf(process: Process, { kind, text, rest }: Invocation, version: string) {
  const name = process.argv[0]
  const packages = process.env.PYTHON_VERSION
    ? `/usr/local/lib/python${version.split('.').slice(0, 2).join('.')}/site-packages`
    : '/usr/lib/python3/dist-packages'
  const libraries = [packages, ...(process.env.PYTHONPATH ?? '').split(':').filter(Boolean)]
  const script = (one: Omit<Script, 'path'>, folder: string): Script => ({ ...one, path: [folder, ...libraries] })
  if (kind === 'command') return script({ file: '<string>', text, argv: ['-c', ...rest] }, process.cwd)
  if (kind === 'input') {
    if (process.descriptors.get(0)?.file.kind === 'terminal')
      return script(
        {
          file: '<stdin>',
          text: `Python ${version} (main, Mar 13 2023, 12:18:29) [GCC 12.2.0] on linux\nType "help", "copyright", "credits" or "license" for more information.\n`,
          argv: [''],
          isPrompt: true,
        },
        process.cwd,
      )
    return script({ file: '<stdin>', text: textOf(yield* readAll(process, 0)), argv: [rest[0] ?? '', ...rest.slice(1)] }, process.cwd)
  }
  if (kind === 'module') return yield* moduleScript(process, text, rest, script, libraries)
  const full = process.path(text)
  try {
    const isFolder = process.files.stat(full, process.credentials).kind === 'directory'
    const file = isFolder ? `${full}/__main__.py` : full
    if (isFolder && !process.files.exists(file)) {
      yield* err(process, `${name}: can't find '__main__' module in '${full}'\n`)
      return 1
    }
    return script(
      { file: isFolder ? file : full, text: textOf(process.files.readFile(file, process.credentials)), argv: rest },
      full.slice(0, full.lastIndexOf('/')) || '/',
    )
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* err(process, `${name}: can't open file '${full}': [Errno ${error.errno === 'ENOENT' ? 2 : 13}] ${error.words}\n`)
    return 2
  }
}

/** `-m name`: what the library's own modules do when run so, or a module of the learner's. */
function* moduleScript(
  process: Process,
  name: string,
  rest: readonly string[],
  script: (one: Omit<Script, 'path'>, folder: string) => Script,
  libraries: readonly string[],
) {
  const argv = JSON.stringify(rest)
  const own: Readonly<Record<string, string>> = {
    'http.server': `import http.server\nhttp.server._main(${argv})\n`,
    'json.tool': `import _tools\n_tools.json_tool(${argv})\n`,
    pip: `import subprocess, sys\nsys.exit(subprocess.call(['pip'] + ${argv}))\n`,
    this: 'import this\n',
    platform: 'import platform\nprint(platform.platform())\n',
  }
  const body = own[name]
  if (body !== undefined) return script({ file: 'src/lib/_run.py', text: body, argv: [name, ...rest] }, process.cwd)
  for (const folder of [process.cwd, ...libraries]) {
    for (const end of ['.py', '/__main__.py']) {
      const path = `${folder}/${name.replaceAll('.', '/')}${end}`
      if (process.files.exists(path))
        return script({ file: path, text: textOf(process.files.readFile(path, process.credentials)), argv: [path, ...rest] }, process.cwd)
    }
  }
  yield* err(process, `${process.argv[0]}: No module named ${name}\n`)
  return 1
}
