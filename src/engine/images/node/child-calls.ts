/**
 * What a guest asks of `child_process`: processes of the machine, their output relayed as it comes.
 */
import { UnixError } from '../../../unix/errors.ts'
import { start } from '../../../unix/kernel/execute.ts'
import { Descriptor } from '../../../unix/kernel/open-file.ts'
import { pipe } from '../../../unix/kernel/pipe.ts'
import type { Blocking, Process } from '../../../unix/kernel/process.ts'
import { signalOf } from '../../../unix/kernel/signals.ts'
import { binaryOf, bytesOfBinary } from './binary.ts'
import type { Beside, Calls } from './jobs.ts'

interface Spawned {
  readonly id: number
  readonly argv: readonly string[]
  readonly cwd?: string
  readonly env?: Record<string, string>
  readonly inherit: boolean
}

export class Children {
  readonly #process: Process
  readonly #beside: Beside
  readonly #children = new Map<number, { readonly process: Process; readonly stdin: ReturnType<typeof pipe>['writer'] | undefined }>()

  readonly calls: Calls = {
    spawn: (given: Spawned) => {
      return this.#spawn(given)
    },
    'child-write': ({ id, data }: { readonly id: number; readonly data: string }) => {
      this.#children.get(id)?.stdin?.write(bytesOfBinary(data))
    },
    'child-end': ({ id }: { readonly id: number }) => {
      this.#children.get(id)?.stdin?.close()
    },
    'child-kill': ({ id, signal: name }: { readonly id: number; readonly signal: string }) => {
      const child = this.#children.get(id)?.process
      const signal = signalOf(String(name))
      if (child && signal) this.#process.kernel.kill(child, signal, this.#process)
      return child !== undefined
    },
  }

  constructor(process: Process, beside: Beside) {
    this.#process = process
    this.#beside = beside
  }

  *#relay(id: number, name: string, reader: ReturnType<typeof pipe>['reader']): Blocking<void> {
    for (;;) {
      const bytes = reader.read(65_536)
      if (bytes === undefined) yield { on: [reader.readable] }
      else if (bytes.length === 0) break
      else this.#beside.deliver(id, name, binaryOf(bytes))
    }
    reader.close()
    this.#beside.deliver(id, name, null)
  }

  *#childEnd(id: number, child: Process): Blocking<void> {
    while (child.exitCode === undefined) yield { on: [child.kernel.endOf(child)] }
    this.#children.delete(id)
    this.#beside.deliver(id, 'exit', {
      code: child.killedBy ? null : child.exitCode,
      signal: child.killedBy ? `SIG${child.killedBy}` : null,
    })
  }

  #spawn({ id, argv, cwd, env, inherit }: Spawned): number | undefined {
    const process = this.#process
    const output = pipe(process.kernel.nextInode())
    const errors = pipe(process.kernel.nextInode())
    const input = pipe(process.kernel.nextInode())
    const own = process.descriptors
    const descriptors = inherit
      ? own
      : new Map([
          [0, new Descriptor(input.reader)],
          [1, new Descriptor(output.writer)],
          [2, new Descriptor(errors.writer)],
        ])
    try {
      const child = start(process, argv, { cwd: cwd === undefined ? undefined : process.path(cwd), env, descriptors })
      this.#children.set(id, { process: child, stdin: inherit ? undefined : input.writer })
      if (inherit) {
        output.writer.close()
        errors.writer.close()
      }
      this.#beside.start(id, this.#relay(id, 'stdout', output.reader))
      this.#beside.start(id, this.#relay(id, 'stderr', errors.reader))
      this.#beside.start(id, this.#childEnd(id, child))
      return child.pid
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      this.#beside.deliver(id, 'error', { code: error.errno === 'ENOEXEC' ? 'EACCES' : error.errno })
      return undefined
    }
  }
}
