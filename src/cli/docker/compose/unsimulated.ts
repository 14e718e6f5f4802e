/** What a Compose file may ask for and nothing here does: said when the project is brought up, so that nobody believes it happened. */
import type { Blocking } from '../../../unix/kernel/process.ts'
import { DockerError } from '../docker-error.ts'
import type { ComposeContext } from './context.ts'
import type { Service } from './project.ts'
import { fieldsOf } from './tree.ts'

const fields = [
  'cgroup',
  'cpu_count',
  'cpu_percent',
  'cpu_rt_period',
  'cpu_rt_runtime',
  'credential_spec',
  'device_cgroup_rules',
  'isolation',
  'mac_address',
  'pull_refresh_after',
  'use_api_socket',
] as const

export function* sayUnsimulated({ process, warn }: ComposeContext, services: readonly Service[]): Blocking<void> {
  for (const { name, fields: given } of services) {
    const { provider, models } = given
    // compose looks for the provider among its plugins, then on PATH.
    if (provider !== undefined) {
      const type = String(fieldsOf(provider).type)
      if (!(process.env.PATH ?? '').split(':').some((folder) => process.files.exists(`${folder}/${type}`)))
        throw new DockerError(`exec: ${JSON.stringify(type)}: executable file not found in $PATH`)
      throw new DockerError(`service ${JSON.stringify(name)}: providers are not simulated in this sandbox`)
    }
    if (models !== undefined)
      throw new DockerError(`service ${JSON.stringify(name)}: models are not simulated in this sandbox: there is no Docker Model Runner`)
    for (const field of fields)
      if (given[field] !== undefined)
        yield* warn(`service ${JSON.stringify(name)}: ${field} is not simulated in this sandbox and has no effect`)
  }
}
