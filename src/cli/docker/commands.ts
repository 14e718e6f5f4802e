/** Every command of docker that is simulated, by one of its spellings. */
import { cp, exportContainer, importImage, load, save } from './archives.ts'
import { legacyBuild } from './build.ts'
import {
  buildxCreate,
  buildxDiskUsage,
  buildxInspect,
  buildxList,
  buildxPrune,
  buildxRemove,
  buildxStop,
  buildxUse,
  buildxVersion,
} from './buildx.ts'
import type { Command } from './command.ts'
import {
  contextCreate,
  contextExport,
  contextImport,
  contextInspect,
  contextList,
  contextRemove,
  contextShow,
  contextUpdate,
  contextUse,
} from './context.ts'
import { df } from './disk-usage.ts'
import {
  experimental,
  pluginAct,
  pluginCreate,
  pluginInspect,
  pluginInstall,
  pluginList,
  pluginRemove,
  pluginUpgrade,
} from './engine-plugins.ts'
import { events } from './events.ts'
import { exec } from './exec.ts'
import { commit, history, push, rmi, search, tag } from './image-commands.ts'
import { images } from './images.ts'
import { info } from './info.ts'
import { inspecting } from './inspect.ts'
import { attach, diff, kill, pause, port, rename, restart, rm, start, stop, top, unpause, wait } from './lifecycle.ts'
import { login, logout } from './login.ts'
import { logs } from './logs.ts'
import { manifestAnnotate, manifestCreate, manifestInspect, manifestPush, manifestRemove } from './manifest.ts'
import {
  networkConnect,
  networkCreate,
  networkDisconnect,
  networkList,
  networkRemove,
  volumeCreate,
  volumeList,
  volumeRemove,
} from './network-commands.ts'
import { builderPrune, containerPrune, imagePrune, networkPrune, systemPrune, volumePrune } from './prune.ts'
import { ps } from './ps.ts'
import { pull } from './pull.ts'
import { create, run } from './run.ts'
import { stats } from './stats.ts'
import { trustInspect, trustKeyGenerate, trustKeyLoad, trustRevoke, trustSign, trustSignerAdd, trustSignerRemove } from './trust.ts'
import { completionScript } from './unlisted.ts'
import { update } from './update.ts'
import { version } from './version.ts'

export const commands: Readonly<Record<string, Command>> = {
  attach,
  build: legacyBuild,
  'builder prune': builderPrune,
  'buildx bake': later(() => import('./buildx-bake.ts'), 'bake'),
  'buildx create': buildxCreate,
  'buildx du': buildxDiskUsage,
  'buildx history inspect': later(() => import('./buildx-history.ts'), 'historyInspect'),
  'buildx history logs': later(() => import('./buildx-history.ts'), 'historyLogs'),
  'buildx history ls': later(() => import('./buildx-history.ts'), 'historyList'),
  'buildx history open': later(() => import('./buildx-history.ts'), 'historyOpen'),
  'buildx history rm': later(() => import('./buildx-history.ts'), 'historyRemove'),
  'buildx imagetools create': later(() => import('./imagetools.ts'), 'imagetoolsCreate'),
  'buildx imagetools inspect': later(() => import('./imagetools.ts'), 'imagetoolsInspect'),
  'buildx inspect': buildxInspect,
  'buildx ls': buildxList,
  'buildx prune': buildxPrune,
  'buildx rm': buildxRemove,
  'buildx stop': buildxStop,
  'buildx use': buildxUse,
  'buildx version': buildxVersion,
  'checkpoint create': experimental,
  'checkpoint ls': experimental,
  'checkpoint rm': experimental,
  commit,
  'completion bash': completionScript,
  'completion fish': completionScript,
  'completion powershell': completionScript,
  'completion zsh': completionScript,
  'container prune': containerPrune,
  'context create': contextCreate,
  'context export': contextExport,
  'context import': contextImport,
  'context inspect': contextInspect,
  'context ls': contextList,
  'context rm': contextRemove,
  'context show': contextShow,
  'context update': contextUpdate,
  'context use': contextUse,
  cp,
  create,
  diff,
  events,
  exec,
  export: exportContainer,
  history,
  'image prune': imagePrune,
  images,
  import: importImage,
  inspect: inspecting(undefined),
  'container inspect': inspecting('container'),
  'image inspect': inspecting('image'),
  'network inspect': inspecting('network'),
  'volume inspect': inspecting('volume'),
  info,
  kill,
  load,
  login,
  logout,
  logs,
  'manifest annotate': manifestAnnotate,
  'manifest create': manifestCreate,
  'manifest inspect': manifestInspect,
  'manifest push': manifestPush,
  'manifest rm': manifestRemove,
  'network connect': networkConnect,
  'network create': networkCreate,
  'network disconnect': networkDisconnect,
  'network ls': networkList,
  'network prune': networkPrune,
  'network rm': networkRemove,
  pause,
  'plugin create': pluginCreate,
  'plugin disable': pluginAct,
  'plugin enable': pluginAct,
  'plugin inspect': pluginInspect,
  'plugin install': pluginInstall,
  'plugin ls': pluginList,
  'plugin push': pluginAct,
  'plugin rm': pluginRemove,
  'plugin set': pluginAct,
  'plugin upgrade': pluginUpgrade,
  port,
  ps,
  pull,
  push,
  rename,
  restart,
  rm,
  rmi,
  run,
  save,
  search,
  start,
  stats,
  stop,
  'system df': df,
  'system prune': systemPrune,
  tag,
  top,
  'trust inspect': trustInspect,
  'trust key generate': trustKeyGenerate,
  'trust key load': trustKeyLoad,
  'trust revoke': trustRevoke,
  'trust sign': trustSign,
  'trust signer add': trustSignerAdd,
  'trust signer remove': trustSignerRemove,
  unpause,
  update,
  version,
  'volume create': volumeCreate,
  'volume ls': volumeList,
  'volume prune': volumePrune,
  'volume rm': volumeRemove,
  wait,
}

/** A command whose code is fetched when it is first typed. */
function later<Name extends string>(load: () => Promise<Readonly<Record<Name, Command>>>, name: Name): Command {
  let loaded: Command | undefined
  return function* (context) {
    const loading = load().then((room) => {
      loaded = room[name]
    })
    while (loaded === undefined) yield { promise: loading }
    return yield* loaded(context)
  }
}
