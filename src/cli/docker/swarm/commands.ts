/** Every command of swarm mode, by one of its spellings. Loaded when the first of them is typed. */
import type { Command } from '../command.ts'
import { nodeDemote, nodeInspect, nodeList, nodePromote, nodePs, nodeRemove, nodeUpdate } from './node.ts'
import { secretCommands } from './secret.ts'
import { serviceInspect } from './service-inspect.ts'
import {
  serviceCreate,
  serviceList,
  serviceLogs,
  servicePs,
  serviceRemove,
  serviceRollback,
  serviceScale,
  serviceUpdate,
} from './service.ts'
import { stackConfig, stackDeploy, stackList, stackPs, stackRemove, stackServices } from './stack.ts'
import { swarmCa, swarmInit, swarmJoin, swarmJoinToken, swarmLeave, swarmUnlock, swarmUnlockKey, swarmUpdate } from './swarm.ts'

export const swarmCommands: Readonly<Record<string, Command>> = {
  ...secretCommands,
  'node demote': nodeDemote,
  'node inspect': nodeInspect,
  'node ls': nodeList,
  'node promote': nodePromote,
  'node ps': nodePs,
  'node rm': nodeRemove,
  'node update': nodeUpdate,
  'service create': serviceCreate,
  'service inspect': serviceInspect,
  'service logs': serviceLogs,
  'service ls': serviceList,
  'service ps': servicePs,
  'service rm': serviceRemove,
  'service rollback': serviceRollback,
  'service scale': serviceScale,
  'service update': serviceUpdate,
  'stack config': stackConfig,
  'stack deploy': stackDeploy,
  'stack ls': stackList,
  'stack ps': stackPs,
  'stack rm': stackRemove,
  'stack services': stackServices,
  'swarm ca': swarmCa,
  'swarm init': swarmInit,
  'swarm join': swarmJoin,
  'swarm join-token': swarmJoinToken,
  'swarm leave': swarmLeave,
  'swarm unlock': swarmUnlock,
  'swarm unlock-key': swarmUnlockKey,
  'swarm update': swarmUpdate,
}
