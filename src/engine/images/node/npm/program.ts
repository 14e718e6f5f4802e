/**
 * npm, npx and yarn as Dockerfiles and lessons use them: init, install, ci, run, start, test, ls. The registry is the sandbox's own (registry.ts): a
 * package that it does not have is answered as npm answers an unknown one, with a line that says whose registry that is.
 */
import { bytesOf, textOf } from '../../../../base/bytes.ts'
import { sha256Hex } from '../../../../base/sha256.ts'
import { UnixError } from '../../../../unix/errors.ts'
import { start } from '../../../../unix/kernel/execute.ts'
import { type Blocking, ended, err, out, type Process, type Program, readFrom, sleep } from '../../../../unix/kernel/process.ts'
import { type NpmPackage, npmPackage, npmPackages, versionIn } from './registry.ts'

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

interface Manifest {
  name?: string
  version?: string
  main?: string
  scripts?: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  [field: string]: Json | Record<string, string> | undefined
}

const registry = 'https://npm.drydock'

function versionOf(process: Process): string {
  const major = Number((process.env.NODE_VERSION ?? '22').split('.')[0])
  return (
    (
      { 25: '11.6.2', 24: '11.6.1', 22: '10.9.4', 20: '10.8.2', 18: '10.8.2', 16: '8.19.4', 14: '6.14.18' } as Readonly<
        Record<number, string>
      >
    )[major] ?? '10.9.4'
  )
}

export const npm: Program = function* (process) {
  const args = process.argv.slice(1)
  const flags = args.filter((arg) => arg.startsWith('-'))
  const at = args.indexOf('--')
  const own = at < 0 ? args : args.slice(0, at)
  const passed = at < 0 ? [] : args.slice(at + 1)
  const valued = ['--prefix', '-C', '--registry', '--loglevel', '-w', '--workspace']
  const [command, ...names] = own.filter((arg, index) => !arg.startsWith('-') && !valued.includes(own[index - 1] ?? ''))
  if (flags.includes('-v') || flags.includes('--version')) {
    yield* out(process, `${versionOf(process)}\n`)
    return 0
  }
  const prefix = own[own.findIndex((arg) => arg === '--prefix' || arg === '-C') + 1]
  if (own.some((arg) => arg === '--prefix' || arg === '-C') && prefix !== undefined) process.cwd = process.path(prefix)
  try {
    switch (command) {
      case 'init':
      case 'create':
        return yield* init(
          process,
          flags.some((flag) => flag === '-y' || flag === '--yes'),
        )
      case 'install':
      case 'i':
      case 'add':
      case 'in':
        return yield* install(process, names, flags)
      case 'ci':
      case 'clean-install':
        return yield* cleanInstall(process, flags)
      case 'uninstall':
      case 'remove':
      case 'rm':
      case 'un':
        return yield* uninstall(process, names)
      case 'run':
      case 'run-script':
        return yield* runScript(process, names[0], [...names.slice(1), ...passed], {
          isSilent: flags.includes('-s') || flags.includes('--silent'),
        })
      case 'start':
      case 'test':
      case 't':
      case 'stop':
      case 'restart':
        return yield* runScript(process, command === 't' ? 'test' : command, [...names, ...passed], {
          isSilent: flags.includes('-s') || flags.includes('--silent'),
        })
      case 'ls':
      case 'list':
        return yield* list(process)
      case 'view':
      case 'info':
      case 'show':
        return yield* view(process, names)
      case 'search':
        yield* out(
          process,
          npmPackages()
            .filter((one) => one.name.includes(names[0] ?? ''))
            .map((one) => `${one.name}\n${one.description}\nVersion ${one.versions[0]}\n\n`)
            .join(''),
        )
        return 0
      case 'exec':
      case 'x':
        process.argv = ['npx', ...names, ...passed]
        return yield* npx(process)
      case 'config':
      case 'c':
      case 'get':
      case 'set':
        if (names.at(-1) === 'registry') yield* out(process, `${registry}/\n`)
        return 0
      case 'cache':
      case 'prune':
      case 'fund':
      case 'rebuild':
        return 0
      case 'audit':
        yield* out(process, 'found 0 vulnerabilities\n')
        return 0
      case 'root':
        yield* out(process, `${process.path('node_modules')}\n`)
        return 0
      case undefined:
      case 'help':
        yield* out(
          process,
          `npm <command>\n\nUsage:\n\nnpm install        install all the dependencies in your project\nnpm install <foo>  add the <foo> dependency to your project\nnpm test           run this project's tests\nnpm run <foo>      run the script named <foo>\nnpm <command> -h   quick help on <command>\nnpm -l             display usage info for all commands\nnpm help <term>    search for help on <term>\nnpm help npm       more involved overview\n\nAll commands:\n\n    ci, exec, init, install, ls, run, search, start, test,\n    uninstall, view\n\nnpm@${versionOf(process)} /usr/local/lib/node_modules/npm\n`,
        )
        return command === undefined ? 1 : 0
      default:
        yield* err(process, `Unknown command: "${command}"\n\nTo see a list of supported npm commands, run:\n  npm help\n`)
        return 1
    }
  } catch (error) {
    if (error instanceof NpmError) {
      // npm 10.6 changed the word.
      const [major, minor] = versionOf(process).split('.').map(Number)
      const mark = major > 10 || (major === 10 && minor > 5) ? 'npm error' : 'npm ERR!'
      yield* err(
        process,
        `${error.lines.map((line) => `${mark}${line === '' ? '' : ` ${line}`}\n`).join('')}${mark} A complete log of this run can be found in: ${process.env.HOME ?? '/root'}/.npm/_logs/${new Date(process.now()).toISOString().replaceAll(':', '_').replace('.', '_')}-debug-0.log\n`,
      )
      return error.code
    }
    if (!(error instanceof UnixError)) throw error
    yield* err(
      process,
      `npm error code ${error.errno}\nnpm error syscall open\nnpm error errno ${error.errno}\nnpm error Error: ${error.errno}: ${error.words}\n`,
    )
    return 243
  }
}

class NpmError extends Error {
  readonly lines: readonly string[]
  readonly code: number

  constructor(lines: readonly string[], code = 1) {
    super(lines.join('\n'))
    this.lines = lines
    this.code = code
  }
}

function manifestAt(process: Process): Manifest | undefined {
  const path = process.path('package.json')
  if (!process.files.exists(path)) return undefined
  const text = process.files.readText(path, process.credentials)
  try {
    return JSON.parse(text) as Manifest
  } catch (error) {
    throw new NpmError([
      'code EJSONPARSE',
      `path ${path}`,
      `JSON.parse ${error instanceof Error ? error.message : ''}`,
      'JSON.parse Failed to parse JSON data.',
      'JSON.parse Note: package.json must be actual JSON, not just JavaScript.',
    ])
  }
}

function needed(process: Process): Manifest {
  const found = manifestAt(process)
  if (found) return found
  const path = process.path('package.json')
  throw new NpmError(
    [
      'code ENOENT',
      'syscall open',
      `path ${path}`,
      'errno -2',
      `enoent Could not read package.json: Error: ENOENT: no such file or directory, open '${path}'`,
      'enoent This is related to npm not being able to find a file.',
      'enoent',
    ],
    254,
  )
}

function write(process: Process, name: string, value: unknown): void {
  process.files.writeFile(process.path(name), `${JSON.stringify(value, null, 2)}\n`, {}, process.credentials)
}

function* init(process: Process, isYes: boolean): Blocking<number> {
  const folder = process.cwd.replace(/.*\//, '').toLowerCase() || 'app'
  const before = manifestAt(process)
  const main = ['index.js', 'server.js', 'app.js'].find((name) => process.files.exists(process.path(name))) ?? 'index.js'
  const manifest: Manifest = {
    name: folder,
    version: '1.0.0',
    main,
    scripts: { test: 'echo "Error: no test specified" && exit 1', ...(main === 'server.js' && { start: 'node server.js' }) },
    keywords: [],
    author: '',
    license: 'ISC',
    description: '',
    ...before,
  }
  if (!isYes) {
    yield* out(
      process,
      'This utility will walk you through creating a package.json file.\nIt only covers the most common items, and tries to guess sensible defaults.\n\nSee `npm help init` for definitive documentation on these fields\nand exactly what they do.\n\nUse `npm install <pkg>` afterwards to install a package and\nsave it as a dependency in the package.json file.\n\nPress ^C at any time to quit.\n',
    )
    for (const [question, field, preset] of [
      ['package name', 'name', folder],
      ['version', 'version', '1.0.0'],
      ['description', 'description', ''],
      ['entry point', 'main', main],
      ['test command', '', ''],
      ['git repository', '', ''],
      ['keywords', '', ''],
      ['author', 'author', ''],
      ['license', 'license', 'ISC'],
    ] as const) {
      yield* out(process, `${question}:${preset === '' ? '' : ` (${preset})`} `)
      const answer = yield* line(process)
      if (answer === undefined) break
      if (field !== '' && answer !== '') manifest[field] = answer
    }
    yield* out(
      process,
      `About to write to ${process.path('package.json')}:\n\n${JSON.stringify(manifest, null, 2)}\n\n\nIs this OK? (yes) `,
    )
    yield* line(process)
  }
  write(process, 'package.json', manifest)
  if (isYes) yield* out(process, `Wrote to ${process.path('package.json')}:\n\n${JSON.stringify(manifest, null, 2)}\n\n\n\n`)
  return 0
}

function* line(process: Process): Blocking<string | undefined> {
  let text = ''
  while (!text.includes('\n')) {
    const bytes = yield* readFrom(process, 0, 1)
    if (bytes.length === 0) return text === '' ? undefined : text
    text += textOf(bytes)
  }
  return text.trim()
}

interface Chosen {
  readonly found: NpmPackage
  readonly version: string
}

function choose(process: Process, name: string, range: string): Chosen {
  const found = npmPackage(name)
  if (!found) {
    const file = range.startsWith('file:') || range.startsWith('git') || range.startsWith('http')
    if (file) throw new NpmError([`code EUNSUPPORTED`, `Drydock installs packages from its own registry only, not ${range}`])
    throw new NpmError([
      'code E404',
      `404 Not Found - GET ${registry}/${name.replace('/', '%2f')} - Not found`,
      '404',
      `404  '${name}@${range || '*'}' is not in this registry.`,
      `404 (This sandbox has a registry of its own with the ${npmPackages().length} packages that 'npm search' lists.)`,
      '404',
      '404 Note that you can also install from a',
      '404 tarball, folder, http url, or git folder.',
    ])
  }
  const version = versionIn(found, range)
  if (version === undefined)
    throw new NpmError([
      'code ETARGET',
      `notarget No matching version found for ${name}@${range}.`,
      'notarget In most cases you or one of your dependencies are requesting',
      "notarget a package version that doesn't exist.",
    ])
  return { found, version }
}

/** With what they need, by name. */
function closure(process: Process, wanted: readonly (readonly [string, string])[]): Map<string, Chosen> {
  const all = new Map<string, Chosen>()
  const take = ([name, range]: readonly [string, string]): void => {
    if (all.has(name)) return
    const chosen = choose(process, name, range)
    all.set(name, chosen)
    for (const need of Object.entries(chosen.found.dependencies ?? {})) take(need)
  }
  for (const one of wanted) take(one)
  return all
}

function place(process: Process, root: string, { found, version }: Chosen): void {
  const folder = `${root}/${found.name}`
  const { files, credentials } = process
  if (files.exists(folder)) files.removeAll(folder, credentials)
  files.mkdir(folder, { parents: true }, credentials)
  const manifest = {
    name: found.name,
    version,
    description: found.description,
    license: found.license,
    main: 'index.js',
    ...(found.bin && { bin: { [found.name]: found.bin } }),
    ...(found.dependencies && { dependencies: found.dependencies }),
    drydock: 'A small library of the sandbox that answers to the calls of this package.',
  }
  files.writeFile(`${folder}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`, {}, credentials)
  for (const [name, text] of Object.entries(found.files))
    files.writeFile(`${folder}/${name}`, text, { mode: name === found.bin ? 0o755 : 0o644 }, credentials)
  if (found.bin) {
    const bin = root.endsWith('/lib/node_modules') ? root.replace(/lib\/node_modules$/, 'bin') : `${root}/.bin`
    if (!files.exists(bin)) files.mkdir(bin, { parents: true }, credentials)
    if (files.exists(`${bin}/${found.name}`)) files.unlink(`${bin}/${found.name}`, credentials)
    files.symlink(`${folder}/${found.bin}`, `${bin}/${found.name}`, credentials)
  }
}

const versionAt = (process: Process, folder: string): string | undefined => {
  const path = process.path(`${folder}/package.json`)
  return process.files.exists(path) ? (JSON.parse(process.files.readText(path)) as Manifest).version : undefined
}

const isProduction = (process: Process, flags: readonly string[]): boolean =>
  flags.some((flag) => flag === '--production' || flag === '--only=production' || flag === '--omit=dev') ||
  (process.env.NODE_ENV === 'production' && !flags.includes('--include=dev'))

function* install(process: Process, names: readonly string[], flags: readonly string[]): Blocking<number> {
  const isGlobal = flags.includes('-g') || flags.includes('--global')
  const isDev = flags.includes('-D') || flags.includes('--save-dev')
  const began = process.now()
  if (isGlobal) {
    const chosen = closure(process, names.map(split))
    yield* sleep(process, 800)
    for (const one of chosen.values()) place(process, '/usr/local/lib/node_modules', one)
    yield* told(
      process,
      flags,
      [...chosen.values()].reduce((sum, { found }) => sum + 1 + found.brings, 0),
      process.now() - began,
      undefined,
    )
    return 0
  }
  const manifest: Manifest = manifestAt(process) ?? {}
  const asked = names.map(split)
  for (const [name, range] of asked) {
    const { version } = choose(process, name, range)
    const section = isDev ? 'devDependencies' : 'dependencies'
    const saved =
      range === '' || range === 'latest' ? (flags.includes('-E') || flags.includes('--save-exact') ? version : `^${version}`) : range
    manifest[section] = Object.fromEntries(
      Object.entries({ ...manifest[section], [name]: saved }).sort(([left], [right]) => (left < right ? -1 : 1)),
    )
  }
  const omitsDev = isProduction(process, flags)
  const wanted = Object.entries({ ...manifest.dependencies, ...(omitsDev ? {} : manifest.devDependencies) })
  const chosen = closure(process, wanted)
  yield* fetched(process, chosen.size)
  const root = process.path('node_modules')
  const fresh = [...chosen.values()].filter(({ found, version }) => versionAt(process, `node_modules/${found.name}`) !== version)
  for (const one of fresh) place(process, root, one)
  if (names.length > 0 && !flags.includes('--no-save')) write(process, 'package.json', manifest)
  if (!flags.includes('--no-package-lock'))
    write(
      process,
      'package-lock.json',
      lockOf(
        process,
        manifest,
        closure(process, Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })),
        manifest.devDependencies ?? {},
      ),
    )
  const count = [...chosen.values()].reduce((sum, { found }) => sum + 1 + found.brings, 0)
  yield* told(
    process,
    flags,
    fresh.reduce((sum, { found }) => sum + 1 + found.brings, 0),
    process.now() - began,
    count,
  )
  return 0
}

/** The registry is asked for every package; offline npm gives up only after a while. */
function* fetched(process: Process, count: number): Blocking<void> {
  if (count > 0 && !process.net.interfaces.some(({ name }) => name !== 'lo')) {
    yield* sleep(process, 10_000)
    throw new NpmError([
      'code EAI_AGAIN',
      'syscall getaddrinfo',
      'errno EAI_AGAIN',
      `request to ${registry}/ failed, reason: getaddrinfo EAI_AGAIN ${registry.replace('https://', '')}`,
    ])
  }
  yield* sleep(process, 300 + count * 250)
}

function* told(process: Process, flags: readonly string[], added: number, ms: number, total: number | undefined): Blocking<void> {
  if (flags.includes('--silent') || flags.includes('-s')) return
  const time = ms < 1000 ? `${Math.round(ms)}ms` : `${Math.round(ms / 1000)}s`
  const audited = total === undefined ? '' : `${added > 0 ? ', and ' : ''}audited ${total + 1} package${total === 0 ? '' : 's'}`
  const first =
    added > 0 ? `added ${added} package${added === 1 ? '' : 's'}${audited}` : total === undefined ? 'up to date' : `up to date, ${audited}`
  const funds =
    total !== undefined && total > 5 ? `\n${Math.floor(total / 4)} packages are looking for funding\n  run \`npm fund\` for details\n` : ''
  yield* out(process, `\n${first} in ${time}\n${funds}${total === undefined ? '' : '\nfound 0 vulnerabilities\n'}`)
}

function split(text: string): readonly [string, string] {
  const at = text.lastIndexOf('@')
  return at > 0 ? [text.slice(0, at), text.slice(at + 1)] : [text, '']
}

function lockOf(process: Process, manifest: Manifest, chosen: ReadonlyMap<string, Chosen>, dev: Readonly<Record<string, string>>): unknown {
  const name = manifest.name ?? process.cwd.replace(/.*\//, '')
  const rest = Object.fromEntries(
    (['dependencies', 'devDependencies'] as const).flatMap((section) => (manifest[section] ? [[section, manifest[section]]] : [])),
  )
  return {
    name,
    ...(manifest.version !== undefined && { version: manifest.version }),
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': {
        ...(manifest.name !== undefined && { name }),
        ...(manifest.version !== undefined && { version: manifest.version, license: 'ISC' }),
        ...rest,
      },
      ...Object.fromEntries(
        [...chosen.values()]
          .sort((left, right) => (left.found.name < right.found.name ? -1 : 1))
          .map(({ found, version }) => [
            `node_modules/${found.name}`,
            {
              version,
              resolved: `${registry}/${found.name}/-/${found.name}-${version}.tgz`,
              integrity: `sha256-${sha256Hex(bytesOf(found.name + version)).slice(0, 43)}=`,
              ...(found.name in dev && { dev: true }),
              license: found.license,
              ...(found.bin && { bin: { [found.name]: found.bin } }),
              ...(found.dependencies && { dependencies: found.dependencies }),
            },
          ]),
      ),
    },
  }
}

function* cleanInstall(process: Process, flags: readonly string[]): Blocking<number> {
  const manifest = needed(process)
  const path = process.path('package-lock.json')
  if (!process.files.exists(path))
    throw new NpmError([
      'code EUSAGE',
      '',
      'The `npm ci` command can only install with an existing package-lock.json or',
      'npm-shrinkwrap.json with lockfileVersion >= 1. Run an install with npm@5 or',
      'later to generate a package-lock.json file, then try again.',
      '',
      'Clean install a project',
      '',
      'Usage:',
      'npm ci',
      '',
      'aliases: clean-install, ic, install-clean, isntall-clean',
      '',
      'Run "npm help ci" for more info',
    ])
  const lock = JSON.parse(process.files.readText(path)) as {
    readonly packages?: Readonly<Record<string, { readonly version?: string; readonly dev?: boolean }>>
  }
  const all = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
  const missing = all.filter(([name]) => lock.packages?.[`node_modules/${name}`] === undefined)
  if (missing.length > 0)
    throw new NpmError([
      'code EUSAGE',
      '',
      '`npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync. Please update your lock file with `npm install` before continuing.',
      '',
      ...missing.map(([name, range]) => `Missing: ${name}@${range.replace(/^[\^~]/, '')} from lock file`),
      '',
    ])
  const began = process.now()
  const omitsDev = isProduction(process, flags)
  // Lock files written elsewhere name packages that real ones are made of; ours stand alone.
  const wanted = all
    .filter(([name]) => !omitsDev || manifest.dependencies?.[name] !== undefined)
    .map(([name, range]): readonly [string, string] => {
      const locked = lock.packages?.[`node_modules/${name}`]?.version ?? ''
      return [name, npmPackage(name)?.versions.includes(locked) ? locked : range]
    })
  const chosen = closure(process, wanted)
  yield* fetched(process, chosen.size)
  const root = process.path('node_modules')
  if (process.files.exists(root)) process.files.removeAll(root, process.credentials)
  for (const one of chosen.values()) place(process, root, one)
  const count = [...chosen.values()].reduce((sum, { found }) => sum + 1 + found.brings, 0)
  yield* told(process, flags, count, process.now() - began, count)
  return 0
}

function* uninstall(process: Process, names: readonly string[]): Blocking<number> {
  const manifest = needed(process)
  let removed = 0
  for (const name of names) {
    delete manifest.dependencies?.[name]
    delete manifest.devDependencies?.[name]
    const folder = process.path(`node_modules/${name}`)
    if (!process.files.exists(folder)) continue
    process.files.removeAll(folder, process.credentials)
    removed += 1 + (npmPackage(name)?.brings ?? 0)
  }
  write(process, 'package.json', manifest)
  write(
    process,
    'package-lock.json',
    lockOf(
      process,
      manifest,
      closure(process, Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })),
      manifest.devDependencies ?? {},
    ),
  )
  yield* out(
    process,
    `\n${removed > 0 ? `removed ${removed} package${removed === 1 ? '' : 's'}, and ` : 'up to date, '}audited 1 package in 200ms\n\nfound 0 vulnerabilities\n`,
  )
  return 0
}

function* runScript(
  process: Process,
  name: string | undefined,
  args: readonly string[],
  { isSilent, isYarn = false }: { readonly isSilent: boolean; readonly isYarn?: boolean },
): Blocking<number> {
  const manifest = needed(process)
  const scripts = manifest.scripts ?? {}
  if (name === undefined) {
    const entries = Object.entries(scripts)
    yield* out(
      process,
      entries.length === 0
        ? ''
        : `Scripts available in ${manifest.name}@${manifest.version} via \`npm run-script\`:\n${entries.map(([one, text]) => `  ${one}\n    ${text}\n`).join('')}\n`,
    )
    return 0
  }
  const text = scripts[name] ?? (name === 'start' && process.files.exists(process.path('server.js')) ? 'node server.js' : undefined)
  if (text === undefined)
    throw new NpmError(
      [
        `Missing script: "${name}"`,
        ...(name === 'start' || name === 'test' ? [] : ['', 'To see a list of scripts, run:', '  npm run']),
        '',
      ].filter((one, at, all) => one !== '' || at < all.length - 1),
    )
  for (const [step, command] of [
    [`pre${name}`, scripts[`pre${name}`]],
    [name, args.length > 0 ? `${text} ${args.map((arg) => (/[^\w./:=-]/.test(arg) ? `'${arg}'` : arg)).join(' ')}` : text],
    [`post${name}`, scripts[`post${name}`]],
  ] as const) {
    if (command === undefined) continue
    if (isYarn) yield* out(process, `$ ${command}\n`)
    else if (!isSilent)
      yield* out(
        process,
        `\n> ${manifest.name === undefined ? '' : `${manifest.name}${manifest.version === undefined ? '' : `@${manifest.version}`} `}${step}\n> ${command}\n\n`,
      )
    const env = {
      ...process.env,
      PATH: `${process.path('node_modules/.bin')}:${process.env.PATH ?? ''}`,
      npm_lifecycle_event: step,
      npm_package_name: manifest.name ?? '',
      npm_package_version: manifest.version ?? '',
    }
    const child = start(process, ['sh', '-c', command], { env })
    for (const signal of ['TERM', 'INT', 'HUP'] as const) process.handlers.set(signal, () => process.kernel.kill(child, signal, process))
    const code = yield* ended(child)
    if (code !== 0) return code
  }
  return 0
}

function* list(process: Process): Blocking<number> {
  const manifest = manifestAt(process)
  const entries = Object.keys({ ...manifest?.dependencies, ...manifest?.devDependencies }).sort()
  yield* out(
    process,
    `${manifest?.name ?? process.cwd.replace(/.*\//, '')}@${manifest?.version ?? ''} ${process.cwd}\n${entries.length === 0 ? '└── (empty)\n' : entries.map((name, at) => `${at === entries.length - 1 ? '└──' : '├──'} ${versionAt(process, `node_modules/${name}`) === undefined ? `UNMET DEPENDENCY ${name}@${manifest?.dependencies?.[name] ?? ''}` : `${name}@${versionAt(process, `node_modules/${name}`)}`}\n`).join('')}\n`,
  )
  return 0
}

function* view(process: Process, [name = '', field]: readonly string[]): Blocking<number> {
  const { found, version } = choose(process, ...split(name))
  if (field === 'version') yield* out(process, `${version}\n`)
  else if (field === 'versions')
    yield* out(
      process,
      `[\n${[...found.versions]
        .reverse()
        .map((one) => `  '${one}'`)
        .join(',\n')}\n]\n`,
    )
  else
    yield* out(
      process,
      `\n${found.name}@${version} | ${found.license} | deps: ${Object.keys(found.dependencies ?? {}).length || 'none'} | versions: ${found.versions.length}\n${found.description}\n\ndist-tags:\nlatest: ${found.versions[0]}\n`,
    )
  return 0
}

export const npx: Program = function* (process) {
  const args = process.argv
    .slice(1)
    .filter(
      (arg, at, all) =>
        !(arg === '--yes' || arg === '-y' || arg === '--no-install') || all.slice(0, at).some((one) => !one.startsWith('-')),
    )
  const [tool, ...rest] = args
  if (tool === undefined || tool === '--version' || tool === '-v') {
    yield* out(process, `${versionOf(process)}\n`)
    return 0
  }
  const [name, range] = split(tool)
  const own = process.path(`node_modules/.bin/${name}`)
  const cached = `${process.env.HOME ?? '/root'}/.npm/_npx/node_modules`
  try {
    if (!process.files.exists(own) && !process.files.exists(`${cached}/.bin/${name}`))
      for (const one of closure(process, [[name, range]]).values()) place(process, cached, one)
  } catch (error) {
    if (!(error instanceof NpmError)) throw error
    yield* err(process, error.lines.map((one) => `npm error ${one}\n`).join(''))
    return 1
  }
  const path = process.files.exists(own) ? own : `${cached}/.bin/${name}`
  if (!process.files.exists(path)) {
    yield* err(process, 'npm error could not determine executable to run\n')
    return 1
  }
  return yield* ended(start(process, [path, ...rest]))
}

export const yarn: Program = function* (process) {
  const args = process.argv.slice(1)
  const flags = args.filter((arg) => arg.startsWith('-'))
  const [command = 'install', ...names] = args.filter((arg) => !arg.startsWith('-'))
  if (flags.includes('--version') || flags.includes('-v')) {
    yield* out(process, '1.22.22\n')
    return 0
  }
  const began = process.now()
  const seconds = (): string => ((process.now() - began) / 1000).toFixed(2)
  const title = command === 'install' || command === 'add' || command === 'remove' || command === 'init' ? command : 'run'
  if (!flags.includes('--silent') && !flags.includes('-s')) yield* out(process, `yarn ${title} v1.22.22\n`)
  try {
    if (command === 'install' || command === 'add') {
      const manifest: Manifest = command === 'add' ? (manifestAt(process) ?? {}) : needed(process)
      const isDev = flags.includes('-D') || flags.includes('--dev')
      for (const [name, range] of names.map(split)) {
        const section = isDev ? 'devDependencies' : 'dependencies'
        manifest[section] = { ...manifest[section], [name]: range || `^${choose(process, name, range).version}` }
      }
      yield* out(process, '[1/4] Resolving packages...\n')
      const chosen = closure(
        process,
        Object.entries({ ...manifest.dependencies, ...(isProduction(process, flags) ? {} : manifest.devDependencies) }),
      )
      yield* fetched(process, chosen.size)
      yield* out(process, '[2/4] Fetching packages...\n[3/4] Linking dependencies...\n[4/4] Building fresh packages...\n')
      for (const one of chosen.values()) place(process, process.path('node_modules'), one)
      if (command === 'add') write(process, 'package.json', manifest)
      process.files.writeFile(
        process.path('yarn.lock'),
        `# THIS IS AN AUTOGENERATED FILE. DO NOT EDIT THIS FILE DIRECTLY.\n# yarn lockfile v1\n\n\n${[...chosen.values()].map(({ found, version }) => `${found.name}@^${version}:\n  version "${version}"\n`).join('\n')}`,
        {},
        process.credentials,
      )
      yield* out(process, `success Saved lockfile.\nDone in ${seconds()}s.\n`)
      return 0
    }
    const code = yield* runScript(process, command === 'run' ? names[0] : command, command === 'run' ? names.slice(1) : names, {
      isSilent: true,
      isYarn: true,
    })
    if (code !== 0)
      yield* err(process, `error Command failed with exit code ${code}.\ninfo Visit yarn's documentation about this command.\n`)
    else yield* out(process, `Done in ${seconds()}s.\n`)
    return code
  } catch (error) {
    if (!(error instanceof NpmError)) throw error
    const missing = /Missing script: "(.*)"/.exec(error.message)
    yield* err(process, missing ? `error Command "${missing[1]}" not found.\n` : `error ${error.lines[1] ?? error.message}\n`)
    return 1
  }
}
