/** `docker update`: limits and the restart policy of containers that exist. */
import { err, out } from '../../unix/kernel/process.ts'
import { nanoCpus, size as sizeOf } from './bad-flags.ts'
import { type Command, forEach } from './command.ts'
import { DockerError } from './docker-error.ts'
import { restartPolicy } from './container-config.ts'

const usage = 'docker update [OPTIONS] CONTAINER [CONTAINER...]'

export const update: Command = (context) => {
  const { flags, engine, process } = context
  const number = (name: string) => (flags.isSet(name) ? flags.number(name) : 0)
  const size = (name: string) => (flags.isSet(name) ? (flags.text(name) === '-1' ? -1 : sizeOf(flags, name, usage)) : 0)
  const body = {
    BlkioWeight: number('blkio-weight'),
    CpuPeriod: number('cpu-period'),
    CpuQuota: number('cpu-quota'),
    CpuRealtimePeriod: number('cpu-rt-period'),
    CpuRealtimeRuntime: number('cpu-rt-runtime'),
    CpuShares: number('cpu-shares'),
    NanoCpus: nanoCpus(flags.text('cpus'), usage),
    CpusetCpus: flags.text('cpuset-cpus'),
    CpusetMems: flags.text('cpuset-mems'),
    Memory: size('memory'),
    MemoryReservation: size('memory-reservation'),
    MemorySwap: size('memory-swap'),
    PidsLimit: flags.isSet('pids-limit') ? flags.number('pids-limit') : null,
    RestartPolicy: flags.isSet('restart') ? restartPolicy(flags.text('restart')) : {},
  }
  if (flags.given().length === 0) throw new DockerError('you must provide one or more flags when using this command')
  return forEach(context.args, function* (name) {
    const { Warnings } = yield* engine.json<{ Warnings?: readonly string[] | null }>(
      'POST',
      `/containers/${encodeURIComponent(name)}/update`,
      body,
    )
    yield* out(process, `${name}\n`)
    for (const warning of Warnings ?? []) yield* err(process, `${warning}\n`)
  })
}
