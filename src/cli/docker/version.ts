/** `docker version`: the client's half is known here, the server's half is asked; without a server the first half is still printed. */
import { type Blocking, err, out, type Process } from '../../unix/kernel/process.ts'
import { goJson } from '../go-json.ts'
import { template } from '../go-template/template.ts'
import { TemplateError } from '../go-template/options.ts'
import type { Command } from './command.ts'
import { DockerError } from './docker-error.ts'
import { currentContext } from './context.ts'
import { basicFunctions } from './listing.ts'

interface ServerVersion {
  readonly Platform: { readonly Name: string }
  readonly Components: readonly { readonly Name: string; readonly Version: string; readonly Details: Readonly<Record<string, string>> }[]
}

export const version: Command = function* ({ process, flags, engine }) {
  let server: ServerVersion | undefined
  let problem: DockerError | undefined
  let apiVersion = '1.50'
  try {
    apiVersion = yield* engine.version()
    server = withReadableTimes(yield* engine.json<ServerVersion>('GET', '/version'))
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
    problem = error
  }
  const client = {
    Version: '28.2.2',
    ApiVersion: apiVersion,
    DefaultAPIVersion: '1.50',
    GitCommit: 'e6534b4',
    GoVersion: 'go1.24.3',
    Os: 'linux',
    Arch: 'amd64',
    BuildTime: 'Fri May 30 12:07:14 2025',
    Context: currentContext(process),
  }
  const format = flags.text('format')
  if (format !== '') {
    const data = { Client: client, Server: server ?? null }
    yield* out(process, format === 'json' || format === '{{json .}}' ? `${goJson(data)}\n` : `${yield* templated(process, format, data)}\n`)
  } else {
    yield* out(
      process,
      `Client:\n${block(
        [
          ['Version', client.Version],
          ['API version', apiVersion],
          ['Go version', client.GoVersion],
          ['Git commit', client.GitCommit],
          ['Built', client.BuildTime],
          ['OS/Arch', 'linux/amd64'],
          ['Context', client.Context],
        ],
        1,
      )}`,
    )
    if (server)
      yield* out(
        process,
        `\nServer:${server.Platform.Name ? ` ${server.Platform.Name}` : ''}\n${server.Components.map(component).join('')}`,
      )
  }
  if (!problem) return 0
  yield* err(process, `${problem.message}\n`)
  return 1
}

function* templated(process: Process, format: string, data: object): Blocking<string> {
  const missing = (_: object, key: string): never => {
    throw new TemplateError(
      `template: version:1:${format.indexOf(`.${key}`)}: executing "version" at <.${key}>: can't evaluate field ${key} in type system.versionInfo`,
    )
  }
  try {
    return template(format, { name: 'version', functions: basicFunctions, integers: true, missing }).execute(data)
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    if (error.message.includes('executing')) {
      yield* out(process, '\n')
      throw new DockerError(error.message)
    }
    throw new DockerError(`template parsing error: ${error.message}`, 64)
  }
}

function component({ Name, Version, Details }: ServerVersion['Components'][number]): string {
  if (Name === 'Engine') {
    const rows: [string, string][] = [
      ['Version', Version],
      ['API version', `${Details.ApiVersion} (minimum version ${Details.MinAPIVersion})`],
      ['Go version', Details.GoVersion],
      ['Git commit', Details.GitCommit],
      ['Built', Details.BuildTime],
      ['OS/Arch', `${Details.Os}/${Details.Arch}`],
      ['Experimental', Details.Experimental],
    ]
    return ` ${Name}:\n${block(rows, 2)}`
  }
  return ` ${Name}:\n${block(
    [
      ['Version', Version],
      ['GitCommit', Details.GitCommit ?? ''],
    ],
    2,
  )}`
}

/** `2026-09-15T11:02:57.000000000+00:00` → `Tue Sep 15 11:02:57 2026`, for people and templates alike. */
function withReadableTimes(server: ServerVersion): ServerVersion {
  return {
    ...server,
    Components: server.Components.map((one) =>
      one.Details.BuildTime ? { ...one, Details: { ...one.Details, BuildTime: readable(one.Details.BuildTime) } } : one,
    ),
  }
}

function readable(time: string): string {
  const ms = Date.parse(time)
  if (Number.isNaN(ms)) return time
  const [weekday, day, month, year, clock] = new Date(ms).toUTCString().replace(',', '').split(' ')
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${clock} ${year}`
}

/** Names and values in two columns, the second at column 20. */
function block(rows: readonly (readonly [string, string])[], indent: number): string {
  return rows.map(([name, value]) => `${`${' '.repeat(indent)}${name}:`.padEnd(20)}${value}\n`).join('')
}
