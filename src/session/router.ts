/**
 * The box at home: the way out, and the name server. Of the outside the sandbox knows a handful of addresses (websites.ts), which the box itself
 * answers; every other name does not exist.
 */
import type { Clock } from '../base/clock.ts'
import type { Random } from '../base/random.ts'
import { Namespace } from '../unix/network/namespace.ts'
import type { Segment } from '../unix/network/network.ts'
import { hosts, websites } from './websites.ts'

export function plugInRouter(wire: Segment, ip: string, random: Random, clock: Clock): void {
  const router = new Namespace({ id: 0, random })
  router.attach(wire, { name: 'lan', ip, prefix: 24, mac: '02:00:5e:10:00:01' })
  router.listen(53, { dns: { query: ({ name, type }) => (!hosts.has(name.toLowerCase()) ? { code: 'NXDOMAIN', records: [] } : { code: 'NOERROR', records: type === 'A' ? [{ name, type: 'A', ttl: 300, data: ip }] : [] }) } }, { protocol: 'udp' })
  const http = websites(clock)
  for (const port of [80, 443]) router.listen(port, { http })
}
