/** Every command that does something, under the words that name it. */
import type { Blocking } from '../../unix/kernel/process.ts'
import type { Call } from './call.ts'
import { get } from './get.ts'

export const commands: Readonly<Record<string, (call: Call) => Blocking<void>>> = {
  get,
}
