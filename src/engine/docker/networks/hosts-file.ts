/** `host-gateway` in `--add-host`: the machine's own address on the default bridge. */
import type { Daemon } from '../daemon.ts'

export function bridgeGateway(daemon: Daemon): string {
  return daemon.networks().find(({ Name }) => Name === 'bridge')?.IPAM.Config?.[0]?.Gateway ?? '172.17.0.1'
}
