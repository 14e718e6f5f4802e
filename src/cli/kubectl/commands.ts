/** Every command that does something, under the words that name it. */
import type { Blocking } from '../../unix/kernel/process.ts'
import { advancedCommands } from './advanced.ts'
import { apply, setLastApplied, viewLastApplied } from './apply.ts'
import { attach, exec } from './attach.ts'
import type { Call } from './call.ts'
import { configCommands } from './config.ts'
import { create, replace } from './create.ts'
import { remove } from './delete.ts'
import { describe } from './describe.ts'
import { edit, editLastApplied } from './edit.ts'
import { explain } from './explain.ts'
import { generators } from './generators/generators.ts'
import { get } from './get.ts'
import { annotate, label } from './label.ts'
import { logs } from './logs.ts'
import { autoscale, expose, patch, scale, setEnv, setImage, setResources, setSelector, setServiceAccount, setSubject } from './modify.ts'
import { cordon, drain, taint, uncordon } from './nodes.ts'
import { portForward } from './port-forward.ts'
import { history, pause, restart, resume, status, undo } from './rollout.ts'
import { run } from './run.ts'
import { infoCommands } from './server-info.ts'
import { wait } from './wait.ts'

export const commands: Readonly<Record<string, (call: Call) => Blocking<void>>> = {
  get,
  describe,
  logs,
  apply,
  'apply view-last-applied': viewLastApplied,
  'apply set-last-applied': setLastApplied,
  'apply edit-last-applied': editLastApplied,
  create,
  ...generators,
  replace,
  delete: remove,
  edit,
  run,
  exec,
  attach,
  wait,
  label,
  annotate,
  patch,
  scale,
  expose,
  autoscale,
  'set image': setImage,
  'set env': setEnv,
  'set resources': setResources,
  'set selector': setSelector,
  'set serviceaccount': setServiceAccount,
  'set subject': setSubject,
  'rollout status': status,
  'rollout history': history,
  'rollout undo': undo,
  'rollout restart': restart,
  'rollout pause': pause,
  'rollout resume': resume,
  cordon,
  uncordon,
  drain,
  taint,
  explain,
  'port-forward': portForward,
  ...configCommands,
  ...infoCommands,
  ...advancedCommands,
}
