/**
 * Node's own modules, as far as they are simulated, in the guest's JavaScript. It is evaluated once in a fresh VM, which is then
 * snapshotted; every `node` process begins as a copy of that. What only the machine can do goes through `__host(op, json)`; what
 * happens outside comes in through `__deliver(name, json)`. Nothing may read the environment before `__boot`.
 *
 * It is one function whose text is in guest/, in this order: later parts use what earlier ones declare.
 */
import { bufferText } from './guest/buffer.ts'
import { filesText } from './guest/files.ts'
import { hostText } from './guest/host.ts'
import { httpText } from './guest/http.ts'
import { inspectText } from './guest/inspect.ts'
import { libraryText } from './guest/library.ts'
import { modulesText } from './guest/modules.ts'
import { processText } from './guest/process.ts'

export const nodeVersion = 'v22.21.0'

export const prelude = [hostText, inspectText, bufferText, processText, filesText, httpText, libraryText, modulesText].join('')
