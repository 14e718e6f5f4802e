/** hostname: of the own namespace. Root may set it where the namespace is the machine's. */
import { hasCapability } from '../kernel/capabilities.ts'
import { flag } from './options.ts'
import { print } from './text.ts'
import { complain, tool } from './tool.ts'

export const hostname = tool({
  name: 'hostname',
  usage: '[-afidsI] [NAME]',
  summary: 'Show or set the system host name.',
  package: 'hostname 3.23',
  flags: {
    alias: flag('a|alias', 'alias names'),
    allIps: flag('I|all-ip-addresses', 'all addresses for the host'),
    domain: flag('d|domain', 'DNS domain name'),
    fqdn: flag('f|fqdn|long', 'long host name (FQDN)'),
    ip: flag('i|ip-address', 'addresses for the host name'),
    short: flag('s|short', 'short host name'),
  },
  *run(call) {
    const { process, flags, operands } = call
    const { uts } = process.namespaces
    if (operands.length > 0) {
      if (!hasCapability(process.credentials, 'SYS_ADMIN')) {
        yield* complain(call, call.busybox ? 'sethostname: Operation not permitted' : 'you must be root to change the host name')
        return 1
      }
      uts.hostname = operands[0]
      return 0
    }
    const addresses = process.net.interfaces.filter(({ name }) => name !== 'lo').map(({ ip }) => ip)
    if (flags.allIps) yield* print(process, `${addresses.map((ip) => `${ip} `).join('')}\n`)
    else if (flags.ip) yield* print(process, `${addresses[0] ?? '127.0.1.1'}\n`)
    else if (flags.domain) yield* print(process, uts.domainname === '' ? (call.busybox ? '\n' : '\n') : `${uts.domainname}\n`)
    else if (flags.short) yield* print(process, `${uts.hostname.split('.')[0]}\n`)
    else if (flags.fqdn && uts.domainname !== '') yield* print(process, `${uts.hostname}.${uts.domainname}\n`)
    else yield* print(process, `${uts.hostname}\n`)
    return 0
  },
})
