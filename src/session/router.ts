/**
 * The box at home: the way out, and the name server. Of the outside the sandbox knows a handful of addresses (websites.ts), which the box itself
 * answers, and those that everybody pings; every other name does not exist. The machines whose answers are recorded had no way out.
 */
import type { Clock } from '../base/clock.ts'
import type { Random } from '../base/random.ts'
import { Namespace, segment } from '../unix/network/namespace.ts'
import type { Answer, Segment } from '../unix/network/network.ts'
import { hosts, websites, wellKnown } from './websites.ts'

export function plugInRouter(
  wire: Segment,
  ip: string,
  random: Random,
  clock: Clock,
  { hasWayOut }: { readonly hasWayOut: boolean },
): void {
  const router = new Namespace({ id: 0, random })
  router.attach(wire, { name: 'lan', ip, prefix: 24, mac: '02:00:5e:10:00:01' })
  // Far away, and yet its own addresses: who has a way out reaches them.
  const outside = segment('outside')
  const known = hasWayOut ? new Map([...hosts, ...wellKnown]) : new Map([...hosts.keys()].map((name) => [name, ip]))
  for (const [index, address] of [...new Set(known.values())].filter((each) => each !== ip).entries())
    router.attach(outside, { name: `wan${index}`, ip: address, prefix: 32, mac: '02:00:5e:10:00:02' })
  const query = ({ name, type }: { readonly name: string; readonly type: string }): Answer => {
    const data = known.get(name.toLowerCase())
    return data === undefined
      ? { code: 'NXDOMAIN', records: [] }
      : { code: 'NOERROR', records: type === 'A' ? [{ name, type: 'A', ttl: 300, data }] : [] }
  }
  router.listen(53, { dns: { query } }, { protocol: 'udp' })
  const http = websites(clock)
  for (const port of [80, 443]) router.listen(port, { http })
}
