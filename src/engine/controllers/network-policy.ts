/**
 * What NetworkPolicies allow: asked when a connection is opened, once by the pod that opens it and once by the pod it is meant for. Answers
 * on an open connection are never judged, so replies need no rule. A pod that no policy selects is open; one that is selected is closed
 * but for what the rules of all its policies let through together.
 *
 * Packets are judged as they are after kube-proxy: with the pod's address and its own port, never a Service's.
 */
import { selectorMatches } from '../api/selectors.ts'
import type { V1Namespace, V1NetworkPolicy, V1NetworkPolicyPeer, V1NetworkPolicyPort, V1Pod } from '../kinds/generated/types.ts'
import type { Store } from '../store/store.ts'
import type { Address, Packets } from '../../unix/network/network.ts'
import { isInside } from '../../unix/network/namespace.ts'

/** What a node's network plugin asks for each new connection of a pod, which it knows by `namespace/name`. */
export interface NetworkPolicies {
  /** Whether there is any; without one nobody needs to ask. */
  readonly isAny: boolean
  mayLeave(pod: string, to: Address, packets: Packets): boolean
  mayEnter(pod: string, from: string, to: Address, packets: Packets): boolean
}

export interface NetworkPoliciesOptions {
  readonly store: Store
  /** All addresses of a node's own interfaces: traffic between a pod and its node (a kubelet's probes) is always allowed. */
  readonly addressesOf: (node: string) => readonly string[]
  /** Each node answers names itself at this address, in place of the pods of kube-dns: what is asked there counts as asked of them. */
  readonly dnsAddress: string
}

/** One end of a connection. Pods in the host's network are their node, so they are no pods here. */
interface End {
  readonly ip: string
  readonly pod?: V1Pod
}

const resource = 'networkpolicies.networking.k8s.io'

export function networkPolicies({ store, addressesOf, dnsAddress }: NetworkPoliciesOptions): NetworkPolicies {
  let listed: readonly object[] | undefined
  let byAddress = new Map<string, V1Pod>()

  const podAt = (ip: string): V1Pod | undefined => {
    const pods = store.list('pods')
    // The store answers the same array until a pod changes.
    if (pods !== listed) byAddress = addressesOfPods((listed = pods) as readonly V1Pod[])
    return byAddress.get(ip)
  }

  const labelsOf = (namespace: string) => (store.get('namespaces', namespace) as V1Namespace | undefined)?.metadata.labels

  const isolating = ({ metadata }: V1Pod, type: 'Ingress' | 'Egress'): readonly V1NetworkPolicy[] =>
    (store.list(resource) as readonly V1NetworkPolicy[]).filter(
      (policy) =>
        policy.metadata.namespace === metadata.namespace &&
        policy.spec.policyTypes?.includes(type) &&
        selectorMatches(policy.spec.podSelector, metadata.labels),
    )

  const matchesPeer = ({ ipBlock, podSelector, namespaceSelector }: V1NetworkPolicyPeer, { ip, pod }: End, home: string): boolean => {
    if (ipBlock) return isWithin(ip, ipBlock.cidr) && !ipBlock.except?.some((cidr) => isWithin(ip, cidr))
    if (!pod) return false
    const namespace = pod.metadata.namespace ?? ''
    if (namespaceSelector ? !selectorMatches(namespaceSelector, labelsOf(namespace)) : namespace !== home) return false
    return !podSelector || selectorMatches(podSelector, pod.metadata.labels)
  }

  const isAllowed = (pod: V1Pod, type: 'Ingress' | 'Egress', peer: End, target: End, port: number, packets: Packets): boolean => {
    const policies = isolating(pod, type)
    return (
      policies.length === 0 ||
      policies.some(({ metadata, spec }) => {
        const rules =
          type === 'Ingress'
            ? spec.ingress?.map(({ from, ports }) => ({ peers: from, ports }))
            : spec.egress?.map(({ to, ports }) => ({ peers: to, ports }))
        return rules?.some(
          ({ peers = [], ports = [] }) =>
            (peers.length === 0 || peers.some((each) => matchesPeer(each, peer, metadata.namespace ?? ''))) &&
            (ports.length === 0 || ports.some((each) => matchesPort(each, target.pod, port, packets))),
        )
      })
    )
  }

  const podOf = (key: string): V1Pod | undefined => store.get('pods', key) as V1Pod | undefined
  const isOwnNode = ({ spec }: V1Pod, ip: string): boolean => addressesOf(spec.nodeName ?? '').includes(ip)

  const mayEnter: NetworkPolicies['mayEnter'] = (key, from, { ip, port }, packets) => {
    const pod = podOf(key)
    if (!pod || isOwnNode(pod, from)) return true
    return isAllowed(pod, 'Ingress', { ip: from, pod: podAt(from) }, { ip, pod }, port, packets)
  }

  return {
    get isAny() {
      return store.count(resource) > 0
    },
    mayEnter,
    mayLeave(key, to, packets) {
      const pod = podOf(key)
      if (!pod) return true
      if (to.ip !== dnsAddress) {
        if (isOwnNode(pod, to.ip)) return true
        const target = { ip: to.ip, pod: podAt(to.ip) }
        return isAllowed(pod, 'Egress', target, target, to.port, packets)
      }
      const server = (store.list('pods') as readonly V1Pod[]).find(isNameServer)
      const target = {
        ip: server?.status?.podIP ?? to.ip,
        ...(server && { pod: server }),
      }
      if (!isAllowed(pod, 'Egress', target, target, to.port, packets)) return false
      const own = pod.status?.podIP ?? ''
      return !server || isAllowed(server, 'Ingress', { ip: own, pod }, target, to.port, packets)
    },
  }
}

/** The pods that have an address of their own; of two with the same one the first has ended, and its address was given away. */
function addressesOfPods(pods: readonly V1Pod[]): Map<string, V1Pod> {
  const found = new Map<string, V1Pod>()
  for (const pod of pods) {
    const { podIP, phase } = pod.status ?? {}
    if (podIP && !pod.spec.hostNetwork && phase !== 'Succeeded' && phase !== 'Failed') found.set(podIP, pod)
  }
  return found
}

function isNameServer({ metadata, status }: V1Pod): boolean {
  return metadata.namespace === 'kube-system' && metadata.labels?.['k8s-app'] === 'kube-dns' && status?.podIP !== undefined
}

/** ICMP has no ports: a rule that names any does not let it through. */
function matchesPort(
  { protocol = 'TCP', port, endPort }: V1NetworkPolicyPort,
  target: V1Pod | undefined,
  asked: number,
  packets: Packets,
): boolean {
  if (protocol.toLowerCase() !== packets) return false
  if (port === undefined) return true
  if (typeof port === 'number') return asked >= port && asked <= (endPort ?? port)
  const named = [...(target?.spec.containers ?? []), ...(target?.spec.initContainers ?? [])].flatMap(({ ports = [] }) => ports)
  return named.some((each) => each.name === port && each.containerPort === asked && (each.protocol ?? 'TCP') === protocol)
}

function isWithin(ip: string, cidr: string): boolean {
  const [network, prefix] = cidr.split('/')
  return !cidr.includes(':') && isInside(ip, { ip: network, prefix: Number(prefix) })
}
