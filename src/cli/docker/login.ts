/** `docker login` and `logout`: credentials stand in ~/.docker/config.json, base64 as the real tool leaves them, with its warning. */
import { base64Of, bytesOf, bytesOfBase64, textOf } from '../../base/bytes.ts'
import { type Blocking, err, out, type Process, readAll } from '../../unix/kernel/process.ts'
import type { Command } from './command.ts'
import { DockerError } from './docker-error.ts'
import type { Engine } from './engine.ts'

const hub = 'https://index.docker.io/v1/'

interface Config {
  auths?: Record<string, { auth: string }>
  [other: string]: unknown
}

export function configPath(process: Process): string {
  return `${process.env.DOCKER_CONFIG ?? `${process.env.HOME ?? '/root'}/.docker`}/config.json`
}

export function readConfig(process: Process): Config {
  const path = configPath(process)
  if (!process.files.exists(path)) return {}
  const value: unknown = JSON.parse(process.files.readText(path))
  return typeof value === 'object' && value !== null ? (value as Config) : {}
}

export function writeConfig(process: Process, config: Config): void {
  const path = configPath(process)
  process.files.mkdir(path.replace(/\/[^/]*$/, ''), { mode: 0o700, parents: true })
  process.files.writeFile(path, `${JSON.stringify(config, null, '\t')}`, { mode: 0o600 })
}

/** The `X-Registry-Auth` header for a registry: `{}` in base64 when nobody is logged in there. */
export function credentials(process: Process, domain: string): string {
  const server = domain === 'docker.io' ? hub : domain
  const auth = readConfig(process).auths?.[server]?.auth
  if (!auth) return base64Of(bytesOf('{}'))
  const [username, password] = textOf(bytesOfBase64(auth)).split(/:(.*)/s)
  return base64Of(bytesOf(JSON.stringify({ username, password, serveraddress: server })))
}

export const login: Command = function* ({ process, flags, args, engine }) {
  const server = args[0] ?? hub
  let username = flags.text('username')
  let password = flags.text('password')
  if (flags.is('password-stdin')) {
    if (username === '') throw new DockerError('the --password-stdin option requires --username to be set')
    if (flags.isSet('password')) throw new DockerError('conflicting options: cannot specify both --password and --password-stdin')
    password = textOf(yield* readAll(process, 0)).replace(/\r?\n$/, '')
  } else if (flags.isSet('password')) yield* err(process, 'WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n')
  if (username === '' || password === '') {
    const known = username === '' && password === '' ? readConfig(process).auths?.[server]?.auth : undefined
    if (known !== undefined) return yield* loginAgain(process, engine, server, known)
    if (process.descriptors.get(0)?.file.kind !== 'terminal')
      throw new DockerError('Error: Cannot perform an interactive login from a non TTY device'.replace(/^Error: /, 'Error: '))
    if (server === hub)
      yield* out(
        process,
        notice(
          'A Personal Access Token (PAT) can be used instead.',
          'To create a PAT, visit \x1b[4mhttps://app.docker.com/settings\x1b[0m',
          '',
          '',
        ),
      )
    if (username === '') username = yield* asked(process, 'Username: ', true)
    if (username === '') throw new DockerError('Error: Username cannot be empty')
    if (password === '') password = yield* asked(process, 'Password: ', false)
  }
  const answer = yield* engine.json<{ Status?: string }>('POST', '/auth', { username, password, serveraddress: server })
  const config = readConfig(process)
  const isNew = config.auths?.[server] === undefined
  config.auths = { ...config.auths, [server]: { auth: base64Of(bytesOf(`${username}:${password}`)) } }
  writeConfig(process, config)
  // Said once: what is stored there already is only replaced.
  if (isNew)
    yield* err(
      process,
      `\nWARNING! Your credentials are stored unencrypted in '${configPath(process)}'.\nConfigure a credential helper to remove this warning. See\nhttps://docs.docker.com/go/credential-store/\n\n`,
    )
  if (answer?.Status) yield* out(process, `${answer.Status}\n`)
  return 0
}

/** What is stored already is tried first. */
function* loginAgain(process: Process, engine: Engine, server: string, auth: string): Blocking<number> {
  const [username, password] = textOf(bytesOfBase64(auth)).split(/:(.*)/s)
  const advice = "To login with a different account, run 'docker logout' followed by 'docker login'"
  const isTerminal = process.descriptors.get(2)?.file.kind === 'terminal'
  yield* err(
    process,
    `Authenticating with existing credentials... [Username: ${username}]\n${isTerminal ? `${notice(advice)}\n\n` : `\n Info -> ${advice}\n\n\n`}`,
  )
  const answer = yield* engine.json<{ Status?: string }>('POST', '/auth', { username, password, serveraddress: server })
  if (answer?.Status) yield* out(process, `${answer.Status}\n`)
  return 0
}

/** Advice in a box of its own on a terminal; further lines are indented below the first. */
function notice(first: string, ...others: readonly string[]): string {
  return `\n\x1b[1m\x1b[106m\x1b[30mi\x1b[0m\x1b[0m \x1b[96mInfo → \x1b[0m\x1b[0m\x1b[3m${first}\x1b[0m\n${others.map((line) => `         \x1b[3m${line}\x1b[0m\n`).join('')}`
}

export const logout: Command = function* ({ process, args }) {
  const server = args[0] ?? hub
  const config = readConfig(process)
  yield* out(process, `Removing login credentials for ${server}\n`)
  if (!config.auths?.[server]) return 0
  delete config.auths[server]
  writeConfig(process, config)
  return 0
}

/** One line of standard input, without echo when it is a secret. */
export function* asked(process: Process, question: string, isShown: boolean): Blocking<string> {
  yield* out(process, question)
  const { terminal } = process
  if (terminal && !isShown) terminal.echo = false
  let text = ''
  try {
    while (!text.includes('\n')) {
      const bytes = process.file(0).read(1024)
      if (bytes?.length === 0) break
      if (bytes) text += textOf(bytes)
      else yield { on: [process.file(0).readable] }
    }
  } finally {
    if (terminal && !isShown) terminal.echo = true
  }
  if (!isShown) yield* out(process, '\n')
  return text.replace(/\r?\n[\s\S]*$/, '')
}
