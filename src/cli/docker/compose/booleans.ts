/**
 * Words where the format wants true or false. The reader of the file leaves `yes` and `on` as text; compose makes booleans of them at these
 * places only, and asks for the words of YAML 1.2.
 */
import { DockerError } from '../docker-error.ts'
import { type Fields, isFields } from './tree.ts'

const places = [
  'services.*.(init|oom_kill_disable|privileged|read_only|stdin_open|tty)',
  'services.*.healthcheck.disable',
  'services.*.build.(no_cache|privileged|pull)',
  'services.*.volumes.*.read_only',
  'services.*.volumes.*.bind.create_host_path',
  'services.*.volumes.*.volume.nocopy',
  'networks.*.(attachable|enable_ipv6|external|internal)',
  '(configs|secrets|volumes).*.external',
].map((place) => new RegExp(`^${place.replaceAll('.', '\\.').replaceAll('*', '[^.]+')}$`))

export function booleansRead(content: unknown, warn: (words: string) => void, path = ''): unknown {
  if (Array.isArray(content)) return content.map((item, index) => booleansRead(item, warn, `${path}.${index}`))
  if (isFields(content))
    return Object.fromEntries(
      Object.entries(content satisfies Fields).map(([key, value]) => [
        key,
        booleansRead(value, warn, path === '' ? key : `${path}.${key}`),
      ]),
    )
  if (typeof content !== 'string' || !places.some((place) => place.test(path))) return content
  const word = content.toLowerCase()
  if (word === 'true' || word === 'false') return word === 'true'
  const isYes = ['y', 'yes', 'on'].includes(word)
  if (!isYes && !['n', 'no', 'off'].includes(word))
    throw new DockerError(`error while interpolating ${path}: failed to cast to expected type: invalid boolean: ${content}`)
  warn(`"${content}" for boolean is not supported by YAML 1.2, please use \`${isYes}\``)
  return isYes
}
