/** `-p [[ip:]host:]container[/protocol]`, with ranges, and `--expose`, as the API wants them. */
import { DockerError } from './docker-error.ts'

export interface PortSettings {
  readonly exposed: Record<string, object>
  readonly bindings: Record<string, { HostIp: string; HostPort: string }[]>
}

export function publishedPorts(published: readonly string[], exposed: readonly string[]): PortSettings {
  const settings: PortSettings = { exposed: {}, bindings: {} }
  for (const text of exposed) {
    const [ports, protocol = 'tcp'] = text.split('/')
    if (text.includes(':')) throw refusal(text, `invalid port format for --expose: ${text}`)
    const wrong = ports.split('-').find((part) => !/^\d+$/.test(part))
    if (wrong !== undefined)
      throw refusal(
        text,
        `invalid range format for --expose: ${text}, error: strconv.ParseUint: parsing ${JSON.stringify(wrong)}: invalid syntax`,
      )
    for (const port of range(ports, text)) settings.exposed[`${port}/${protocol}`] = {}
  }
  for (const text of published) publish(settings, text)
  return settings
}

function publish({ exposed, bindings }: PortSettings, text: string): void {
  if (text === '' || text.endsWith(':')) throw refusal(text, `no port specified: ${text}<empty>`)
  const found = /^(?:(?:(\[[^\]]*\]|[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:]*|[^:]*):)?([^:]*):)?([^:]+)$/.exec(text)
  if (!found) throw refusal(text, `invalid IP address: ${text.split(':').slice(0, -2).join(':')}`)
  const [, ip = '', host = '', inside] = found
  if (ip !== '' && !/^(\d{1,3}(\.\d{1,3}){3}|\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\]?)$/.test(ip))
    throw refusal(text, `invalid IP address: ${ip}`)
  const [ports, protocol = 'tcp'] = inside.split('/')
  if (!['tcp', 'udp', 'sctp'].includes(protocol.toLowerCase())) throw refusal(text, `invalid proto: ${protocol}`)
  const containerPorts = range(ports, text, 'containerPort')
  const hostPorts = host === '' ? undefined : range(host, text, 'hostPort')
  if (hostPorts && containerPorts.length > 1 && hostPorts.length !== containerPorts.length)
    throw refusal(text, `invalid ranges specified for container and host Ports: ${ports} and ${host}`)
  for (const [index, port] of containerPorts.entries()) {
    const key = `${port}/${protocol}`
    exposed[key] = {}
    const hostPort = hostPorts === undefined ? '' : hostPorts.length > containerPorts.length ? host : String(hostPorts[index])
    ;(bindings[key] ??= []).push({ HostIp: ip.replace(/^\[|\]$/g, ''), HostPort: hostPort })
  }
}

function range(text: string, whole: string, what = 'containerPort'): number[] {
  const [from, to = from] = text.split('-')
  const numbers = [from, to].map((part) => (/^\d+$/.test(part) ? Number(part) : Number.NaN))
  if (numbers.some((number) => !(number >= 0 && number <= 65_535))) throw refusal(whole, `invalid ${what}: ${text}`)
  if (numbers[1] < numbers[0]) throw refusal(whole, `invalid ${what}: ${text}`)
  return Array.from({ length: numbers[1] - numbers[0] + 1 }, (_, index) => numbers[0] + index)
}

function refusal(text: string, why: string): DockerError {
  return new DockerError(`docker: ${why}\n\nRun 'docker run --help' for more information`, 125)
}
