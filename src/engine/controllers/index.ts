/** The control loops of a control plane, by the component that runs them. One line for each. */
import type { Clock } from '../../base/clock.ts'
import type { Random } from '../../base/random.ts'
import type { Store } from '../store/store.ts'
import { cronJobController } from './cron-job.ts'
import { daemonSetController } from './daemon-set.ts'
import { deploymentController } from './deployment.ts'
import { disruptionController } from './disruption.ts'
import { endpointsController, endpointSliceController } from './endpoints.ts'
import { endpointSliceMirroringController } from './endpoint-slice-mirroring.ts'
import { ephemeralVolumeController } from './ephemeral-volumes.ts'
import { garbageCollector } from './garbage-collector.ts'
import { type AutoscalerOptions, horizontalPodAutoscalerController } from './horizontal-pod-autoscaler.ts'
import { ipAddressController } from './ip-address.ts'
import { jobController } from './job.ts'
import { namespaceController } from './namespace.ts'
import { nodeIpamController, nodeLifecycleController, taintEvictionController } from './node-lifecycle.ts'
import { persistentVolumeController } from './persistent-volumes.ts'
import { podGarbageCollector } from './pod-garbage.ts'
import { replicaSetController, replicationController } from './replica-set.ts'
import type { PatientController } from './run.ts'
import { statefulSetController } from './stateful-set.ts'
import { claimProtectionController, volumeProtectionController } from './storage-protection.ts'
import { rootCaPublisher, serviceAccountController } from './service-account.ts'

export interface ControllerManagerOptions extends Pick<AutoscalerOptions, 'aggregated' | 'kindOf'> {
  readonly clock: Clock
  readonly random: Random
  readonly store: Store
  readonly podCidr: string
  readonly certificate: string
  readonly isQuiet: boolean
}

/** What kube-controller-manager runs. */
export function controllerManager(options: ControllerManagerOptions): readonly PatientController[] {
  const { store, podCidr, certificate } = options
  const resources = (): readonly string[] => store.resources()
  return [
    nodeIpamController({ podCidr }),
    nodeLifecycleController(options),
    taintEvictionController(options),
    serviceAccountController(),
    rootCaPublisher({ certificate }),
    deploymentController(options),
    replicaSetController(options),
    replicationController(options),
    daemonSetController(options),
    statefulSetController(options),
    jobController(options),
    cronJobController(options),
    persistentVolumeController(options),
    ephemeralVolumeController(),
    claimProtectionController(),
    volumeProtectionController(),
    endpointsController(options),
    ipAddressController(),
    endpointSliceController(options),
    endpointSliceMirroringController(),
    horizontalPodAutoscalerController(options),
    disruptionController(options),
    podGarbageCollector(options),
    garbageCollector({ store, resources }),
    namespaceController({ ...options, resources }),
  ]
}
