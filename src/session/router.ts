/** The box at home: the way out, which leads nowhere here, and the name server, which knows no name of the outside. */
import type { Random } from '../base/random.ts'
import { Namespace } from '../unix/network/namespace.ts'
import type { Segment } from '../unix/network/network.ts'

export function plugInRouter(wire: Segment, ip: string, random: Random): void {
  const router = new Namespace({ id: 0, random })
  router.attach(wire, { name: 'lan', ip, prefix: 24, mac: '02:00:5e:10:00:01' })
  router.listen(53, { dns: { query: () => ({ code: 'NXDOMAIN', records: [] }) } }, { protocol: 'udp' })
}
