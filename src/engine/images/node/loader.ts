/**
 * The VM of a guest: QuickJS restored from a snapshot that holds the library (prelude.ts), made once for all processes.
 */
import { QuickJS, type Snapshot } from 'quickjs-wasi'
import { Guest } from './guest.ts'
import { heapBytes } from './memory.ts'
import { prelude } from './prelude.ts'

/** One module and one snapshot for all processes; `prepare` adds to what the snapshot holds. */
export function loader(
  quickjs: () => Promise<WebAssembly.Module>,
  { prepare, stackBytes = 128 * 1024 }: { prepare?: (vm: QuickJS) => Promise<void>; stackBytes?: number } = {},
): (guest: Guest) => Promise<void> {
  let begun: Promise<{ readonly wasm: WebAssembly.Module; readonly snapshot: Snapshot }> | undefined
  const image = () =>
    (begun ??= quickjs().then((wasm) =>
      QuickJS.create({ wasm, timezoneOffset: 0, wasi: fixedClock, maxStackSize: stackBytes }).then((vm) => {
        for (const name of ['__host', '__compile', '__evaluate', '__jobs']) {
          const made = vm.newFunction(name, () => vm.undefined)
          vm.setProp(vm.global, name, made)
          made.dispose()
        }
        vm.evalCode(prelude, 'node:prelude').dispose()
        return (prepare?.(vm) ?? Promise.resolve()).then(() => {
          vm.executePendingJobs()
          const snapshot = vm.snapshot()
          vm.dispose()
          return { wasm, snapshot }
        })
      }),
    ))
  return (guest) =>
    image().then(({ wasm, snapshot }) =>
      QuickJS.restore(snapshot, {
        wasm,
        memoryLimit: heapBytes,
        maxStackSize: stackBytes,
        timezoneOffset: 0,
        interruptHandler: () => guest.isOutOfGas(),
        onUnhandledRejection: (promise, reason, isHandled) => guest.noteRejection(promise.dup(), reason.dup(), isHandled),
        wasi: (memory) => ({
          clock_time_get: (_id: number, _precision: bigint, at: number) => {
            new DataView(memory.buffer).setBigUint64(at, BigInt(Math.floor(guest.process.now() * 1e6)), true)
            return 0
          },
        }),
      }).then((vm) => guest.attach(vm)),
    )
}

const fixedClock = (memory: WebAssembly.Memory) => ({
  clock_time_get: (_id: number, _precision: bigint, at: number) => {
    new DataView(memory.buffer).setBigUint64(at, 1_700_000_000_000_000_000n, true)
    return 0
  },
})
