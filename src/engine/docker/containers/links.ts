/** `--link`: the environment variables of the first containers, `DB_PORT_5432_TCP_ADDR` and its kin. Only the default bridge has them. */
import type { Daemon } from '../daemon.ts'
import type { Container } from '../shapes.ts'

export function linkEnvironment(daemon: Daemon, container: Container): Record<string, string> {
  const env: Record<string, string> = {}
  if (container.HostConfig.NetworkMode !== 'bridge') return env
  for (const link of container.HostConfig.Links ?? []) {
    const [name, alias = name] = link.split(':')
    const target = daemon.find(name)
    const address = target?.NetworkSettings.IPAddress
    if (!target || !address) continue
    const bare = alias.replace(/^.*\//, '')
    const prefix = bare.toUpperCase().replace(/-/g, '_')
    const ports = Object.keys(target.Config.ExposedPorts ?? {}).sort((a, b) => Number.parseInt(a) - Number.parseInt(b))
    const [first] = ports
    if (first) env[`${prefix}_PORT`] = urlOf(first, address)
    for (const port of ports) {
      const [number, protocol] = port.split('/')
      const base = `${prefix}_PORT_${number}_${protocol.toUpperCase()}`
      env[base] = urlOf(port, address)
      env[`${base}_ADDR`] = address
      env[`${base}_PORT`] = number
      env[`${base}_PROTO`] = protocol
    }
    env[`${prefix}_NAME`] = `${container.Name}/${bare}`
    for (const entry of target.Config.Env ?? []) {
      const [key, ...value] = entry.split('=')
      if (key !== 'PATH') env[`${prefix}_ENV_${key}`] = value.join('=')
    }
  }
  return env
}

function urlOf(port: string, address: string): string {
  const [number, protocol] = port.split('/')
  return `${protocol}://${address}:${number}`
}
