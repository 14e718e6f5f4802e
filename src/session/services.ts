/** The units of the sandbox's machines, and what starting and stopping them does to the engine. */
import type { Cancel, Clock } from '../base/clock.ts'
import type { Machine } from '../unix/machine.ts'
import { serveSsh } from '../unix/sshd.ts'
import { Systemd, type Unit } from '../unix/systemd.ts'

export interface Switch {
  readonly check?: Unit['check']
  readonly reload?: () => void
  readonly start: () => void
  readonly stop: () => void
}

export const unitFile = (
  description: string,
  docs: string,
  after: string,
  command: string,
  extra = 'Restart=always\nRestartSec=2\n',
): string =>
  `[Unit]\nDescription=${description}\nDocumentation=${docs}\nAfter=${after}\n\n[Service]\nExecStart=${command}\n${extra}\n[Install]\nWantedBy=multi-user.target\n`

export function sshUnit(machine: Machine): Unit {
  let close: Cancel | undefined
  const start = (): void => {
    close ??= serveSsh(machine)
  }
  start()
  return {
    name: 'ssh.service',
    description: 'OpenBSD Secure Shell server',
    docs: 'man:sshd(8)\n             man:sshd_config(5)',
    argv: ['sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups'],
    memoryBytes: 8_900_000,
    file: unitFile(
      'OpenBSD Secure Shell server',
      'man:sshd(8) man:sshd_config(5)',
      'network.target auditd.service',
      '/usr/sbin/sshd -D $SSHD_OPTS',
      'ExecReload=/bin/kill -HUP $MAINPID\nKillMode=process\nRestart=on-failure\nType=notify\nRuntimeDirectory=sshd\n',
    ),
    start,
    stop() {
      close?.()
      close = undefined
    },
  }
}

export function containerdUnit({ start, stop }: Partial<Switch> = {}): Unit {
  return {
    start,
    stop,
    name: 'containerd.service',
    description: 'containerd container runtime',
    docs: 'https://containerd.io',
    argv: ['/usr/bin/containerd'],
    memoryBytes: 48_200_000,
    restartMs: 5_000,
    file: unitFile(
      'containerd container runtime',
      'https://containerd.io',
      'network.target local-fs.target',
      '/usr/bin/containerd',
      'ExecStartPre=-/sbin/modprobe overlay\nType=notify\nDelegate=yes\nKillMode=process\nRestart=always\nRestartSec=5\nLimitNPROC=infinity\nLimitCORE=infinity\nTasksMax=infinity\nOOMScoreAdjust=-999\n',
    ),
  }
}

export function dockerUnit({ start, stop, check, reload }: Switch): Unit {
  return {
    name: 'docker.service',
    description: 'Docker Application Container Engine',
    docs: 'https://docs.docker.com',
    argv: ['/usr/bin/dockerd', '-H', 'fd://', '--containerd=/run/containerd/containerd.sock'],
    memoryBytes: 96_400_000,
    restartMs: 2_000,
    start,
    stop,
    check,
    reload,
    file: unitFile(
      'Docker Application Container Engine',
      'https://docs.docker.com',
      'network-online.target docker.socket firewalld.service containerd.service time-set.target',
      '/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock',
      'Type=notify\nExecReload=/bin/kill -s HUP $MAINPID\nTimeoutStartSec=0\nRestartSec=2\nRestart=always\nStartLimitBurst=3\nStartLimitInterval=60s\nLimitNPROC=infinity\nLimitCORE=infinity\nTasksMax=infinity\nDelegate=yes\nKillMode=process\nOOMScoreAdjust=-500\n',
    ),
  }
}

export function kubeletUnit({ start, stop, check }: Switch): Unit {
  return {
    name: 'kubelet.service',
    description: 'kubelet: The Kubernetes Node Agent',
    docs: 'https://kubernetes.io/docs/',
    memoryBytes: 42_700_000,
    restartMs: 10_000,
    start,
    stop,
    check,
    argv: [
      '/usr/bin/kubelet',
      '--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf',
      '--kubeconfig=/etc/kubernetes/kubelet.conf',
      '--config=/var/lib/kubelet/config.yaml',
      '--container-runtime-endpoint=unix:///var/run/containerd/containerd.sock',
      '--pod-infra-container-image=registry.k8s.io/pause:3.10',
    ],
    file: unitFile(
      'kubelet: The Kubernetes Node Agent',
      'https://kubernetes.io/docs/',
      'network-online.target',
      '/usr/bin/kubelet',
      'Restart=always\nStartLimitInterval=0\nRestartSec=10\n',
    ),
  }
}

export function systemdOf(machine: Machine, clock: Clock, units: readonly Unit[]): Systemd {
  const systemd = new Systemd(machine, clock)
  for (const unit of units) systemd.add(unit)
  return systemd
}
