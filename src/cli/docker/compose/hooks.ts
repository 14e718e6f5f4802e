/** `post_start` and `pre_stop`: commands in a service's container after its start and before its stop; one that fails ends the whole. */
import type { Blocking } from '../../../unix/kernel/process.ts'
import { DockerError } from '../docker-error.ts'
import { eachText } from '../engine.ts'
import type { ComposeContext, Member } from './context.ts'
import type { Service } from './project.ts'
import { shellWords } from './service-config.ts'
import { isFields, isTrue, pairsOf } from './tree.ts'

export function* runHooks(
  { engine }: ComposeContext,
  { fields }: Service,
  when: 'post_start' | 'pre_stop',
  { id, name }: Pick<Member, 'id' | 'name'>,
): Blocking<void> {
  for (const hook of Array.isArray(fields[when]) ? (fields[when] as unknown[]) : []) {
    if (!isFields(hook)) continue
    const Env = Object.entries(pairsOf(hook.environment)).map(([key, value]) => `${key}=${value ?? ''}`)
    const { Id } = yield* engine.json<{ Id: string }>('POST', `/containers/${id}/exec`, {
      Cmd: shellWords(hook.command),
      User: hook.user ?? '',
      Privileged: isTrue(hook.privileged),
      WorkingDir: hook.working_dir ?? '',
      Env,
      AttachStdout: true,
      AttachStderr: true,
    })
    const response = yield* engine.open('POST', `/exec/${Id}/start`, { Detach: false, Tty: false })
    // Until it is over: what it says goes nowhere, as compose shows it only of services it is attached to.
    yield* eachText(response, function* () {})
    const { ExitCode } = yield* engine.json<{ ExitCode: number }>('GET', `/exec/${Id}/json`)
    if (ExitCode !== 0) throw new DockerError(`container ${name} ${when} hook exited with status ${ExitCode}`)
  }
}
