/** Where Apache lies in the families of Linux, and what its configuration says. The four ways of packing it differ in nearly every path. */
import type { Process } from '../../../unix/kernel/process.ts'
import { type Directive, lastOf, parseConfig } from './config.ts'

/** One way in which Apache is packed. */
export interface Layout {
  readonly name: 'docker' | 'redhat' | 'debian' | 'alpine'
  readonly config: string
  readonly pid: string
  readonly documents: string
  /** How it calls itself before its messages. */
  readonly program: string
}

const layouts: readonly Layout[] = [
  {
    name: 'docker',
    config: '/usr/local/apache2/conf/httpd.conf',
    pid: '/usr/local/apache2/logs/httpd.pid',
    documents: '/usr/local/apache2/htdocs',
    program: 'httpd',
  },
  { name: 'redhat', config: '/etc/httpd/conf/httpd.conf', pid: '/run/httpd/httpd.pid', documents: '/var/www/html', program: 'httpd' },
  {
    name: 'debian',
    config: '/etc/apache2/apache2.conf',
    pid: '/var/run/apache2/apache2.pid',
    documents: '/var/www/html',
    program: 'apache2',
  },
  {
    name: 'alpine',
    config: '/etc/apache2/httpd.conf',
    pid: '/run/apache2/httpd.pid',
    documents: '/var/www/localhost/htdocs',
    program: 'httpd',
  },
]

export function layoutOf(process: Process): Layout {
  const isDebian = /apache2/.test(process.argv[0])
  return layouts.find((one) => (!isDebian || one.name === 'debian') && process.files.exists(one.config)) ?? layouts[0]
}

export interface Host {
  /** Undefined: the main server, which answers what no virtual host is for. */
  readonly port?: number
  readonly names: readonly string[]
  readonly serverName: string | undefined
  readonly directives: readonly Directive[]
}

export interface Settings {
  readonly layout: Layout
  readonly serverRoot: string
  readonly ports: readonly number[]
  readonly serverName: string | undefined
  readonly directives: readonly Directive[]
  readonly hosts: readonly Host[]
  readonly modules: ReadonlySet<string>
  readonly errorLog: string
  readonly accessLogs: readonly { readonly path: string; readonly format: string }[]
  readonly user: string
  readonly warnings: readonly string[]
  /** `Apache/2.4.65 (Unix)`. */
  readonly title: string
}

const formats: Readonly<Record<string, string>> = {
  common: '%h %l %u %t "%r" %>s %b',
  combined: '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"',
}

export function settingsOf(process: Process, layout: Layout, path: string, defines: readonly string[], version: string): Settings {
  const { directives, modules, warnings } = parseConfig(process, path, defines)
  const serverRoot =
    lastOf(directives, 'serverroot')?.args[0] ??
    { docker: '/usr/local/apache2', redhat: '/etc/httpd', debian: '/etc/apache2', alpine: '/var/www' }[layout.name]
  const absolute = (name: string): string => (name.startsWith('/') || name.startsWith('|') ? name : `${serverRoot}/${name}`)
  const hosts = directives
    .filter((one) => one.name === 'virtualhost')
    .map(({ args, block = [] }): Host => {
      const serverName = lastOf(block, 'servername')?.args[0]
      const port = Number(/:(\d+)$/.exec(args[0] ?? '')?.[1])
      return {
        ...(port > 0 && { port }),
        serverName,
        names: [serverName ?? '', ...block.filter((one) => one.name === 'serveralias').flatMap((one) => one.args)]
          .filter(Boolean)
          .map((name) => name.replace(/:\d+$/, '')),
        directives: [...directives.filter((one) => one.name !== 'virtualhost'), ...block],
      }
    })
  const named: Record<string, string> = { ...formats }
  for (const { name, args } of directives) if (name === 'logformat' && args[1]) named[args[1]] = args[0]
  const logs = [...directives, ...hosts.flatMap((host) => host.directives)].filter((one) => one.name === 'customlog')
  const accessLogs = new Map(logs.map(({ args }) => [absolute(args[0]), named[args[1] ?? 'common'] ?? args[1] ?? formats.common]))
  return {
    layout,
    serverRoot,
    ports: [...new Set(directives.filter((one) => one.name === 'listen').map(({ args }) => Number(args[0].replace(/^.*:/, ''))))],
    serverName: lastOf(directives, 'servername')?.args[0],
    directives,
    hosts,
    modules,
    errorLog: absolute(lastOf([...directives, ...hosts.flatMap((host) => host.directives)], 'errorlog')?.args[0] ?? 'logs/error_log'),
    accessLogs: Array.from(accessLogs, ([path, format]) => ({ path, format })),
    user: lastOf(directives, 'user')?.args[0] ?? 'nobody',
    warnings,
    title: `Apache/${version} (${systemOf(process, layout)})`,
  }
}

export function systemOf(process: Process, { name }: Layout): string {
  if (name === 'docker' || name === 'alpine') return 'Unix'
  const release = process.files.exists('/etc/os-release') ? process.files.readText('/etc/os-release') : ''
  const id = /^ID="?(\w+)/m.exec(release)?.[1] ?? ''
  // Oracle built the one of release 7 without its name.
  if (id === 'ol' && /^VERSION_ID="?7/m.test(release)) return ''
  return (
    (
      {
        ol: 'Oracle Linux',
        centos: 'CentOS',
        rocky: 'Rocky Linux',
        almalinux: 'AlmaLinux',
        fedora: 'Fedora Linux',
        amzn: 'Amazon Linux',
        ubuntu: 'Ubuntu',
        debian: 'Debian',
      } as Readonly<Record<string, string>>
    )[id] ?? 'Red Hat Enterprise Linux'
  )
}
