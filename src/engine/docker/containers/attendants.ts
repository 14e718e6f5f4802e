/**
 * The processes that stand beside containers on a real machine: a containerd-shim for each, the parent of what runs in it, and a
 * docker-proxy for each published port. Here they only stand there: the runtime and the network's rules do their work.
 */
import type { Cancel } from '../../../base/clock.ts'
import { WaitQueue } from '../../../base/wait-queue.ts'
import type { Process, Program } from '../../../unix/kernel/process.ts'
import type { Host } from '../../runtime/host.ts'

const standing: Program = function* () {
  const never = new WaitQueue()
  while (true) yield { on: [never] }
}

const root = { uid: 0, gid: 0, groups: [0] }

export function startShim(host: Host, id: string): Process {
  const shim = attendant(host, 'containerd', [
    '/usr/bin/containerd-shim-runc-v2',
    '-namespace',
    'moby',
    '-id',
    id,
    '-address',
    '/run/containerd/containerd.sock',
  ])
  shim.memoryBytes = 10_400_000
  shim.threads = 11
  return shim
}

/** Process group and session stay the child's own. From inside a container its shim is not seen: there the child has no parent. */
export function adopt(parent: Process, child: Process): void {
  child.parent = parent
  parent.children.add(child)
}

export function startProxy(
  host: Host,
  { hostIp, hostPort, ip, port, protocol }: { hostIp: string; hostPort: number; ip: string; port: number; protocol: string },
): Cancel {
  const proxy = attendant(host, 'docker', [
    '/usr/bin/docker-proxy',
    '-proto',
    protocol,
    '-host-ip',
    hostIp,
    '-host-port',
    String(hostPort),
    '-container-ip',
    ip,
    '-container-port',
    String(port),
    '-use-listen-fd',
  ])
  proxy.memoryBytes = 3_900_000
  const daemon = [...host.kernel.processes].find(({ argv }) => argv[0]?.endsWith('/dockerd'))
  if (daemon) adopt(daemon, proxy)
  return () => host.kernel.kill(proxy, 'KILL')
}

function attendant(host: Host, service: string, argv: readonly string[]): Process {
  return host.kernel.spawn({
    program: standing,
    argv,
    env: {},
    cwd: '/',
    namespaces: host.namespaces,
    credentials: root,
    cgroup: { path: `/system.slice/${service}.service` },
    descriptors: new Map(),
  })
}
