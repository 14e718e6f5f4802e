/** Every command that does something, under the words that name it. */
import type { Blocking } from '../../unix/kernel/process.ts'
import { apply, setLastApplied, viewLastApplied } from './apply.ts'
import { attach, exec } from './attach.ts'
import type { Call } from './call.ts'
import { create, replace } from './create.ts'
import { remove } from './delete.ts'
import { edit } from './edit.ts'
import { generators } from './generators.ts'
import { get } from './get.ts'
import { run } from './run.ts'
import { wait } from './wait.ts'

export const commands: Readonly<Record<string, (call: Call) => Blocking<void>>> = {
  get,
  apply,
  'apply view-last-applied': viewLastApplied,
  'apply set-last-applied': setLastApplied,
  create,
  ...generators,
  replace,
  delete: remove,
  edit,
  run,
  exec,
  attach,
  wait,
}
