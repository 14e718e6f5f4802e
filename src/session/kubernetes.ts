/**
 * What only a session with a cluster needs, in one piece that is fetched with the first of them: Kubernetes itself, its nodes' container
 * runtime, kubeadm. A learner of Docker never loads it.
 */
export { createCluster, kubeconfigText, newStore } from '../engine/cluster.ts'
export { containerdSocket, criServer } from '../engine/runtime/cri.ts'
export { PodRuntime } from '../engine/runtime/pods.ts'
export { kubeadmCall } from './kubeadm-api.ts'
export { uploadConfig } from './kubeadm-objects.ts'
export { accessIn, klogLine, kubeletNotes, kubeletRefusal, lostKubelet, maxPodsIn, staticPodPathIn } from './kubelet-config.ts'
export { kubeletSettings, packageFiles, putFiles } from './node-files.ts'
export { kubernetesVersion } from '../unix/programs/packages/kubernetes.ts'
export { controlPlaneManifests } from '../engine/controllers/control-plane-manifests.ts'
export { manifestFolder } from '../engine/controllers/kubelet/static-pods.ts'
