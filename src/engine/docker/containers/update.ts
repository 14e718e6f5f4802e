/**
 * `docker update` and `docker rename`: what may change about a container that is already there.
 */
import type { Daemon } from '../daemon.ts'
import { badRequest, conflict, DockerError, failure } from '../docker-error.ts'
import type { HostConfig } from '../shapes.ts'
import { checkResources, checkRestartPolicy, nameFor } from './create.ts'

export function updateContainer(daemon: Daemon, name: string, asked: Partial<HostConfig>): { Warnings: string[] } {
  const container = daemon.require(name)
  const given = Object.fromEntries(
    Object.entries(asked).filter(([, value]) => value !== 0 && value !== '' && value !== null && value !== undefined),
  )
  const { RestartPolicy, ...resources } = given as Partial<HostConfig>
  const host: HostConfig = { ...container.HostConfig, ...resources, ...(RestartPolicy?.Name ? { RestartPolicy } : {}) }
  try {
    if (RestartPolicy?.Name) checkRestartPolicy(host.RestartPolicy)
    checkResources(daemon, host)
    const { Memory, MemorySwap } = host
    if (asked.Memory && !asked.MemorySwap && MemorySwap > 0 && Memory > MemorySwap)
      throw conflict('Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time')
  } catch (error) {
    if (error instanceof DockerError && error.status === 409) throw failure(`Cannot update container ${container.Id}: ${error.message}`)
    throw error
  }
  daemon.update(container.Id, { HostConfig: host })
  const live = daemon.liveOf(container.Id)
  if (live.cgroup) {
    live.cgroup.memoryLimitBytes = host.Memory || undefined
    live.cgroup.cpuLimit =
      host.NanoCpus > 0 ? host.NanoCpus / 1e9 : host.CpuQuota > 0 ? host.CpuQuota / (host.CpuPeriod || 100_000) : undefined
    live.cgroup.pidsLimit = host.PidsLimit ?? undefined
  }
  daemon.containerEvent(container, 'update')
  return { Warnings: [] }
}

export function renameContainer(daemon: Daemon, name: string, newName: string): void {
  const container = daemon.require(name)
  if (newName === '') throw failure('Neither old nor new names may be empty')
  if (`/${newName.replace(/^\//, '')}` === container.Name) throw badRequest('Renaming a container with the same name as its current name')
  let whole: string
  try {
    whole = nameFor(daemon, `/${newName.replace(/^\//, '')}`, container.Id)
  } catch (error) {
    if (error instanceof DockerError) throw new DockerError(error.status, `Error when allocating new name: ${error.message}`)
    throw error
  }
  const oldName = container.Name
  daemon.update(container.Id, { Name: whole })
  daemon.containerEvent(daemon.container(container.Id), 'rename', { oldName })
}
