/** Log drivers: where each keeps its file, which options it knows, and why most cannot start here. */
import { badRequest, failure } from '../docker-error.ts'
import type { Rotation } from '../../runtime/log-file.ts'
import type { HostConfig } from '../shapes.ts'

type LogConfig = HostConfig['LogConfig']

const common = ['mode', 'max-buffer-size', 'labels', 'labels-regex', 'env', 'env-regex', 'tag']
const known: Readonly<Record<string, readonly string[]>> = {
  'json-file': [...common, 'max-size', 'max-file', 'compress'],
  local: [...common.slice(0, 2), 'max-size', 'max-file', 'compress'],
}

/** What `POST /containers/create` refuses. */
export function checkLogConfig({ Type, Config }: LogConfig): void {
  const options = known[Type]
  if (!options) return
  for (const name of Object.keys(Config)) if (!options.includes(name)) throw badRequest(`unknown log opt '${name}' for ${Type} log driver`)
  if (Config.mode !== undefined && !['blocking', 'non-blocking'].includes(Config.mode))
    throw badRequest(`logger: logging mode not supported: ${Config.mode}`)
}

/** What is only found out when the container starts. */
export function startLogging({ Type, Config }: LogConfig): void {
  const refuse = (why: string) => failure(`failed to create task for container: failed to initialize logging driver: ${why}`)
  switch (Type) {
    case 'json-file':
    case 'local': {
      if (Config['max-size'] !== undefined && sizeOf(Config['max-size']) === undefined)
        throw refuse(`invalid size: '${Config['max-size']}'`)
      const files = Config['max-file']
      if (files !== undefined && !/^\d+$/.test(files)) throw refuse(`strconv.Atoi: parsing ${JSON.stringify(files)}: invalid syntax`)
      if (files === '0') throw refuse('max-file cannot be less than 1')
      return
    }
    case 'none':
      return
    case 'syslog':
      throw refuse('Unix syslog delivery error')
    case 'journald':
      throw refuse('journald is not enabled on this host')
    case 'fluentd':
      throw refuse('dial tcp 127.0.0.1:24224: connect: connection refused')
    default:
      throw refuse(`${Type} is not simulated in this sandbox`)
  }
}

/** The local driver always rotates: five files of 20 MB. */
export function rotationOf({ Type, Config }: LogConfig): Rotation | undefined {
  const given = sizeOf(Config['max-size'] ?? '')
  if (Type === 'local') return { maxBytes: given ?? 20e6, files: Number(Config['max-file'] ?? 5) || 5 }
  return given === undefined || given <= 0 ? undefined : { maxBytes: given, files: Number(Config['max-file'] ?? 1) || 1 }
}

export function logPathOf(folder: string, id: string, { Type }: LogConfig): string {
  return Type === 'local' ? `${folder}/local-logs/container.log` : `${folder}/${id}-json.log`
}

/** go-units' FromHumanSize: 10m is ten million. */
function sizeOf(text: string): number | undefined {
  const found = /^(-?\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i.exec(text)
  if (!found) return undefined
  return Math.floor(Number(found[1]) * 1000 ** ['', 'k', 'm', 'g', 't', 'p'].indexOf(found[2].toLowerCase()))
}
