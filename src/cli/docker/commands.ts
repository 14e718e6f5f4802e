/** Every command of docker that is simulated, by one of its spellings. */
import { build } from './build.ts'
import type { Command } from './command.ts'
import { exec } from './exec.ts'
import { commit, history, push, rmi, search, tag } from './image-commands.ts'
import { images } from './images.ts'
import { inspecting } from './inspect.ts'
import { attach, diff, kill, pause, port, rename, restart, rm, start, stop, top, unpause, wait } from './lifecycle.ts'
import { login, logout } from './login.ts'
import { logs } from './logs.ts'
import { networkConnect, networkCreate, networkDisconnect, networkList, networkRemove, volumeCreate, volumeList, volumeRemove } from './network-commands.ts'
import { ps } from './ps.ts'
import { pull } from './pull.ts'
import { create, run } from './run.ts'
import { version } from './version.ts'

export const commands: Readonly<Record<string, Command>> = {
  attach,
  build,
  commit,
  create,
  diff,
  exec,
  history,
  images,
  inspect: inspecting(undefined),
  'container inspect': inspecting('container'),
  'image inspect': inspecting('image'),
  'network inspect': inspecting('network'),
  'volume inspect': inspecting('volume'),
  kill,
  login,
  logout,
  logs,
  'network connect': networkConnect,
  'network create': networkCreate,
  'network disconnect': networkDisconnect,
  'network ls': networkList,
  'network rm': networkRemove,
  pause,
  port,
  ps,
  pull,
  push,
  rename,
  restart,
  rm,
  rmi,
  run,
  search,
  start,
  stop,
  tag,
  top,
  unpause,
  version,
  'volume create': volumeCreate,
  'volume ls': volumeList,
  'volume rm': volumeRemove,
  wait,
}
