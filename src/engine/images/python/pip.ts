/**
 * `pip` and the commands its packages bring. What is installed are ordinary files in site-packages, so that a layer holds them and a
 * script finds them; only what packages/ has can be had, the rest is refused as pip refuses what its index does not know.
 */
import { bytesOf } from '../../../base/bytes.ts'
import { binary, start } from '../../../unix/kernel/execute.ts'
import { type Blocking, ended, err, out, type Process, type Program, sleep } from '../../../unix/kernel/process.ts'
import { UnixError } from '../../../unix/errors.ts'
import { packages } from './library.ts'

interface Wheel {
  readonly version: string
  readonly needs?: readonly string[]
  readonly kb: number
  readonly commands?: readonly string[]
}

/** Those without files of their own are there because others need them. */
const index: Readonly<Record<string, Wheel>> = {
  blinker: { version: '1.9.0', kb: 8.5 },
  certifi: { version: '2025.10.5', kb: 163 },
  'charset-normalizer': { version: '3.4.4', kb: 153 },
  click: { version: '8.3.0', kb: 107 },
  flask: {
    version: '3.1.2',
    needs: ['blinker', 'click', 'itsdangerous', 'jinja2', 'markupsafe', 'werkzeug'],
    kb: 103,
    commands: ['flask'],
  },
  gunicorn: { version: '23.0.0', needs: ['packaging'], kb: 85 },
  idna: { version: '3.11', kb: 71 },
  itsdangerous: { version: '2.2.0', kb: 16 },
  jinja2: { version: '3.1.6', needs: ['markupsafe'], kb: 134 },
  markupsafe: { version: '3.0.3', kb: 22 },
  packaging: { version: '25.0', kb: 66 },
  redis: { version: '6.4.0', kb: 279 },
  requests: { version: '2.32.5', needs: ['charset-normalizer', 'idna', 'urllib3', 'certifi'], kb: 64 },
  urllib3: { version: '2.5.0', kb: 129 },
  werkzeug: { version: '3.1.3', needs: ['markupsafe'], kb: 224 },
}

export const pip: Program = function* (process) {
  const [command, ...args] = process.argv.slice(1)
  const folder = sitePackages(process)
  switch (command) {
    case 'install':
      return yield* install(process, args, folder)
    case 'uninstall':
      return yield* uninstall(process, args, folder)
    case 'list':
      yield* out(
        process,
        `Package    Version\n---------- -------\n${installed(process, folder)
          .map(([name, version]) => `${name.padEnd(10)} ${version}\n`)
          .join('')}`,
      )
      return 0
    case 'freeze':
      yield* out(
        process,
        installed(process, folder)
          .filter(([name]) => name !== 'pip')
          .map(([name, version]) => `${name}==${version}\n`)
          .join(''),
      )
      return 0
    case 'show': {
      const found = installed(process, folder).find(([name]) => name.toLowerCase() === args[0]?.toLowerCase())
      if (!found) {
        yield* err(process, `WARNING: Package(s) not found: ${args[0] ?? ''}\n`)
        return 1
      }
      yield* out(
        process,
        `Name: ${found[0]}\nVersion: ${found[1]}\nLocation: ${folder}\nRequires: ${index[found[0].toLowerCase()]?.needs?.join(', ') ?? ''}\n`,
      )
      return 0
    }
    case '--version':
    case '-V':
      yield* out(process, `pip 25.2 from ${folder}/pip (python ${shortVersion(process)})\n`)
      return 0
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      yield* out(
        process,
        '\nUsage:   \n  pip <command> [options]\n\nCommands:\n  install                     Install packages.\n  uninstall                   Uninstall packages.\n  freeze                      Output installed packages in requirements format.\n  list                        List installed packages.\n  show                        Show information about installed packages.\n',
      )
      return 0
    case 'download':
    case 'wheel':
    case 'cache':
    case 'config':
    case 'check':
    case 'search':
    case 'index':
      yield* err(process, `ERROR: pip ${command} is not simulated in this sandbox\n`)
      return 1
    default:
      yield* err(process, `ERROR: unknown command "${command}"\n`)
      return 1
  }
}

const shortVersion = ({ env }: Process): string => (env.PYTHON_VERSION ?? '3.11.2').split('.').slice(0, 2).join('.')
const sitePackages = (process: Process): string => `/usr/local/lib/python${shortVersion(process)}/site-packages`

function installed({ files }: Process, folder: string): (readonly [string, string])[] {
  if (!files.exists(folder)) return []
  return files.list(folder).flatMap((name) => {
    const match = /^(.+)-([^-]+)\.dist-info$/.exec(name)
    return match ? [[shownName(match[1]), match[2]] as const] : []
  })
}

const shownName = (name: string): string =>
  ({ flask: 'Flask', jinja2: 'Jinja2', markupsafe: 'MarkupSafe', werkzeug: 'Werkzeug' })[name] ?? name

function* install(process: Process, args: readonly string[], folder: string): Blocking<number> {
  const wanted: string[] = []
  let isQuiet = false
  let hasRequirements = false
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]
    if (arg === '-r' || arg === '--requirement' || arg.startsWith('--requirement=')) {
      const file = arg.includes('=') ? arg.slice(arg.indexOf('=') + 1) : (args[++at] ?? '')
      hasRequirements = true
      try {
        wanted.push(
          ...process.files
            .readText(process.path(file))
            .split('\n')
            .map((line) => line.replace(/#.*/, '').trim())
            .filter((line) => line !== '' && !line.startsWith('-')),
        )
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        yield* err(process, `ERROR: Could not open requirements file: [Errno 2] ${error.words}: '${file}'\n`)
        return 1
      }
    } else if (arg === '-q' || arg === '--quiet') isQuiet = true
    else if (arg === '-t' || arg === '-i' || arg === '--index-url' || arg === '--target' || arg === '-c') at++
    else if (!arg.startsWith('-')) wanted.push(arg)
  }
  if (wanted.length === 0 && !hasRequirements) {
    yield* err(process, 'ERROR: You must give at least one requirement to install (see "pip help install")\n')
    return 1
  }
  const say = function* (text: string): Blocking<void> {
    if (!isQuiet) yield* out(process, text)
  }
  const present = new Set(installed(process, folder).map(([name]) => name.toLowerCase()))
  const chosen = new Map<string, string>()
  const queue = wanted.map((text) => ({ text, from: undefined as string | undefined }))
  for (const { text, from } of queue) {
    const match = /^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*([=<>!~].*)?$/.exec(text)
    const name = (match?.[1] ?? text).toLowerCase().replace(/_/g, '-')
    const wheel = Object.hasOwn(index, name) ? index[name] : undefined
    if (!process.net.interfaces.some((one) => one.name !== 'lo') || !wheel) {
      yield* say(`Collecting ${text}\n`)
      if (wheel)
        for (let left = 4; left >= 0; left--)
          yield* err(
            process,
            `WARNING: Retrying (Retry(total=${left}, connect=None, read=None, redirect=None, status=None)) after connection broken by 'NameResolutionError("Failed to resolve 'pypi.org' ([Errno -3] Temporary failure in name resolution)")': /simple/${name}/\n`,
          )
      yield* err(
        process,
        `ERROR: Could not find a version that satisfies the requirement ${text} (from versions: none)\nERROR: No matching distribution found for ${text}\n`,
      )
      return 1
    }
    if (present.has(name)) {
      yield* say(
        `Requirement already satisfied: ${text} in ${folder} (${installed(process, folder).find(([one]) => one.toLowerCase() === name)?.[1] ?? wheel.version})\n`,
      )
      continue
    }
    if (chosen.has(name)) continue
    const version = /^==\s*([\w.]+)$/.exec(match?.[2] ?? '')?.[1] ?? wheel.version
    chosen.set(name, version)
    yield* say(
      `Collecting ${text}${from ? ` (from ${from})` : ''}\n  Downloading ${name.replace(/-/g, '_')}-${version}-py3-none-any.whl.metadata (${(wheel.kb / 40 + 1.2).toFixed(1)} kB)\n`,
    )
    yield* sleep(process, 120)
    queue.push(...(wheel.needs ?? []).map((need) => ({ text: need, from: wanted.includes(text) ? text : name })))
  }
  if (chosen.size === 0) return 0
  for (const [name, version] of chosen) {
    yield* say(`Downloading ${name.replace(/-/g, '_')}-${version}-py3-none-any.whl (${index[name].kb} kB)\n`)
    yield* sleep(process, 150)
  }
  yield* say(`Installing collected packages: ${[...chosen.keys()].reverse().join(', ')}\n`)
  try {
    for (const [name, version] of chosen) place(process, folder, name, version)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* err(
      process,
      `ERROR: Could not install packages due to an OSError: [Errno 13] ${error.words}: '${folder}'\nConsider using the \`--user\` option or check the permissions.\n\n`,
    )
    return 1
  }
  yield* say(
    `Successfully installed ${[...chosen]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, version]) => `${name}-${version}`)
      .join(' ')}\n`,
  )
  if (process.credentials.uid === 0)
    yield* err(
      process,
      "WARNING: Running pip as the 'root' user can result in broken permissions and conflicting behaviour with the system package manager, possibly rendering your system unusable. It is recommended to use a virtual environment instead: https://pip.pypa.io/warnings/venv. Use the --root-user-action option if you know what you are doing and want to suppress this warning.\n",
    )
  return 0
}

function place(process: Process, folder: string, name: string, version: string): void {
  const { files, credentials } = process
  const put = (path: string, content: Uint8Array, mode = 0o644) => {
    files.mkdir(path.slice(0, path.lastIndexOf('/')), { parents: true }, credentials)
    files.writeFile(path, content, { mode }, credentials)
  }
  put(
    `${folder}/${name.replace(/-/g, '_')}-${version}.dist-info/METADATA`,
    bytesOf(`Metadata-Version: 2.4\nName: ${shownName(name)}\nVersion: ${version}\n`),
  )
  for (const [path, text] of Object.entries(packages)) if (path.startsWith(`${name}/`)) put(`${folder}/${path}`, bytesOf(text))
  for (const command of index[name].commands ?? []) put(`/usr/local/bin/${command}`, binary(`image:${command}`), 0o755)
}

function* uninstall(process: Process, args: readonly string[], folder: string): Blocking<number> {
  for (const name of args.filter((arg) => !arg.startsWith('-'))) {
    const found = installed(process, folder).find(([one]) => one.toLowerCase() === name.toLowerCase())
    if (!found) {
      yield* err(process, `WARNING: Skipping ${name} as it is not installed.\n`)
      continue
    }
    yield* out(process, `Found existing installation: ${found[0]} ${found[1]}\nUninstalling ${found[0]}-${found[1]}:\n`)
    for (const entry of process.files.list(folder))
      if (entry.toLowerCase() === name.toLowerCase() || entry.toLowerCase().startsWith(`${name.toLowerCase().replace(/-/g, '_')}-`))
        process.files.removeAll(`${folder}/${entry}`, process.credentials)
    yield* out(process, `  Successfully uninstalled ${found[0]}-${found[1]}\n`)
  }
  return 0
}

/** `flask run`: the application that FLASK_APP, or a file app.py or wsgi.py, holds. */
export const flask: Program = function* (process) {
  const args = process.argv.slice(1)
  const value = (...names: readonly string[]): string | undefined => {
    const at = args.findIndex((arg) => names.some((name) => arg === name || arg.startsWith(`${name}=`)))
    return at < 0 ? undefined : args[at].includes('=') ? args[at].slice(args[at].indexOf('=') + 1) : args[at + 1]
  }
  if (!args.includes('run')) {
    yield* err(
      process,
      args.includes('--version')
        ? 'Python 3.11.2\nFlask 3.1.2\nWerkzeug 3.1.3\n'
        : 'Usage: flask [OPTIONS] COMMAND [ARGS]...\n\nError: only flask run is simulated in this sandbox\n',
    )
    return args.includes('--version') ? 0 : 2
  }
  const named =
    value('--app', '-A') ?? process.env.FLASK_APP ?? ['app.py', 'wsgi.py'].find((file) => process.files.exists(process.path(file)))
  if (named === undefined) {
    yield* err(
      process,
      "Usage: flask run [OPTIONS]\nTry 'flask run --help' for help.\n\nError: Could not locate a Flask application. Use the 'flask --app' option, 'FLASK_APP' environment variable, or a 'wsgi.py' or 'app.py' file in the current directory.\n",
    )
    return 2
  }
  const [file, variable] = named.split(':')
  const module = file.replace(/\.py$/, '').replaceAll('/', '.')
  const isDebug = args.includes('--debug') || ['1', 'true'].includes(process.env.FLASK_DEBUG ?? '')
  const host = value('--host', '-h') ?? process.env.FLASK_RUN_HOST ?? '127.0.0.1'
  const port = Number(value('--port', '-p') ?? process.env.FLASK_RUN_PORT ?? 5000)
  const code = `import flask, sys\nimport ${module} as _module\n_found = ${variable ? `_module.${variable}` : "getattr(_module, 'app', None) or getattr(_module, 'application', None) or _module.create_app()"}\n_found.name = ${JSON.stringify(file)}\n_found.run(${JSON.stringify(host)}, ${port}, ${isDebug ? 'True' : 'False'})\n`
  const child = start(process, ['python3', '-c', code])
  const pass = (signal: Parameters<Process['kernel']['kill']>[1]) => process.kernel.kill(child, signal, process)
  process.handlers.set('TERM', pass)
  process.handlers.set('INT', 'ignore')
  return yield* ended(child)
}
