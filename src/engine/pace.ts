/**
 * Every waiting time a learner sees, in milliseconds of session time, in one table. The defaults of a real cluster where they are
 * known; what depends on a machine's speed (starting a container) is what an ordinary laptop takes. Nothing is right only because
 * of a number here.
 */
export const pace = {
  /** Kubelet: from seeing a pod to its first container, and from "create" to "running". */
  sandboxStart: 200,
  /** Of 256 parts that a pod's uid picks from. */
  sandboxUnevenness: 1.5,
  containerStart: 150,
  /** BuildKit: from a RUN's begin to its program's, and from its end to the next step. */
  buildContainerStart: 140,
  buildContainerEnd: 20,
  /** How long the kubelet takes to notice what its containers did. */
  relist: 200,
  /** From a deleted pod's end to its leaving the API. */
  podTeardown: 700,
  /** Kubelet looks at every pod again this often, as its own sync loop does. */
  podResync: 60_000,
  /** And this soon after something failed. */
  podRetry: 14_000,
  /** A container that could not be made is tried again; a kubelet waits between 10 and 15 s. */
  containerRetry: 11_000,
  /** How soon a kubelet notices what changed in its folder of manifests: real ones are told by inotify. */
  manifestCheck: 2_000,
  crashBackoffFirst: 10_000,
  crashBackoffMost: 300_000,
  /** A container that ran this long is forgiven its past. */
  crashBackoffReset: 600_000,
  imageBackoffFirst: 10_000,
  imageBackoffMost: 300_000,
  leaseRenewal: 10_000,
  /** How long a kubelet waits for a silent container runtime before the node is not ready. */
  runtimePatience: 30_000,
  nodeStatusReport: 300_000,
  /** From registering to Ready: the network plugin has to come up. */
  nodeReady: 1_000,
  /** Node controller. */
  nodeMonitor: 5_000,
  nodeGrace: 50_000,
  volumeSetup: 50,
  /** Retries of the kubelet's mount work. */
  mountBackoffFirst: 500,
  mountBackoffMost: 122_000,
  /** Between two looks of the deployment controller. */
  deploymentStep: 5,
  schedulerBackoffFirst: 1_000,
  schedulerBackoffMost: 10_000,
  schedulerUnschedulableFlush: 300_000,
  retryFirst: 5,
  retryMost: 1_000_000,
  garbageSweep: 20_000,
  namespaceContentRetry: 5_000,
  hpaSync: 15_000,
  metricsScrape: 15_000,
  cronCheck: 1_000,
  /** How often claims and volumes that wait are looked at again. */
  volumeResync: 15_000,
  provision: 200,
  jobBackoffFirst: 10_000,
  jobBackoffMost: 600_000,
  /** Bytes a registry sends in a second, all layers together, and bytes of a layer unpacked in one. */
  pullBytesPerSecond: 30_000_000,
  extractBytesPerSecond: 150_000_000,
  /** A cluster's nodes stand in a data centre, near a mirror: the recorded ones had nginx within a second. */
  nodePullBytesPerSecond: 100_000_000,
  nodeRegistryRoundTrip: 250,
  /** Asking a registry for a manifest. */
  registryRoundTrip: 350,
  /** Between two lines of progress. */
  progress: 100,
  /** First wait before a Docker container is restarted; doubled each time. One that lived long enough begins anew. */
  dockerRestartFirst: 100,
  dockerRestartMost: 60_000,
  dockerRestartReset: 10_000,
  /** Swarm: from a task that waits for a node to its node, from there to the node's agent, and between two ticks of a manager. */
  swarmSchedule: 50,
  swarmDispatch: 100,
  /** From a task's end to the word of it: its networks are taken down first. */
  swarmTeardown: 1_200,
  swarmTick: 1_000,
  /** Silence after which a manager stands for election, and a node counts as down. */
  swarmElection: 10_000,
  swarmNodeGrace: 15_000,
  /** How long a call waits for a leader. */
  swarmRequest: 20_000,
} as const
