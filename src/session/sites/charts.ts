/** A chart repository with a few small charts of the sandbox's own; each installs one server. */
import { gzipSync } from 'fflate'
import { bytesOf } from '../../base/bytes.ts'
import { tarOf } from '../../base/tar.ts'
import { sha256Hex } from '../../base/sha256.ts'
import { chartFiles, type ChartWish } from '../../cli/helm/scaffold.ts'

const note = "the sandbox's own small chart"

const charts: readonly ChartWish[] = [
  { name: 'nginx', version: '21.1.23', appVersion: '1.29.1', description: `NGINX web server, ${note}`, repository: 'nginx', port: 80 },
  { name: 'nginx', version: '21.0.0', appVersion: '1.28.0', description: `NGINX web server, ${note}`, repository: 'nginx', port: 80 },
  { name: 'apache', version: '11.4.29', appVersion: '2.4', description: `Apache HTTP Server, ${note}`, repository: 'httpd', port: 80 },
  { name: 'redis', version: '22.0.7', appVersion: '8', description: `Redis, ${note}`, repository: 'redis', port: 6379 },
  {
    name: 'mysql',
    version: '14.0.3',
    appVersion: '8.4',
    description: `MySQL, ${note}`,
    repository: 'mysql',
    port: 3306,
    env: { MYSQL_ALLOW_EMPTY_PASSWORD: 'yes' },
  },
  {
    name: 'postgresql',
    version: '16.7.27',
    appVersion: '17',
    description: `PostgreSQL, ${note}`,
    repository: 'postgres',
    port: 5432,
    env: { POSTGRES_PASSWORD: 'postgres' },
  },
]

function packed(chart: ChartWish): Uint8Array {
  const files = [...chartFiles(chart)].map(([path, text]) => ({
    path: `${chart.name}/${path}`,
    kind: 'file' as const,
    mode: 0o644,
    uid: 0,
    gid: 0,
    modifiedMs: 0,
    content: bytesOf(
      path === 'values.yaml' ? text.replace('tag: ""', `tag: ${chart.name === 'nginx' ? 'latest' : `"${chart.appVersion}"`}`) : text,
    ),
    target: '',
  }))
  return gzipSync(tarOf(files), { mtime: 0 })
}

export function site(path: string): { readonly type: string; readonly body: string | Uint8Array } | undefined {
  if (path.endsWith('/index.yaml')) {
    const names = [...new Set(charts.map(({ name }) => name))].sort()
    const entries = names.map(
      (name) =>
        `  ${name}:\n${charts
          .filter((chart) => chart.name === name)
          .map(
            (chart) =>
              `  - apiVersion: v2\n    appVersion: "${chart.appVersion}"\n    description: ${chart.description}\n    digest: ${sha256Hex(packed(chart))}\n    name: ${name}\n    urls:\n    - ${name}-${chart.version}.tgz\n    version: ${chart.version}\n`,
          )
          .join('')}`,
    )
    return { type: 'text/yaml', body: `apiVersion: v1\nentries:\n${entries.join('')}` }
  }
  const found = charts.find(({ name, version }) => path.endsWith(`/${name}-${version}.tgz`))
  return found && { type: 'application/gzip', body: packed(found) }
}
