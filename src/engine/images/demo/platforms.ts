/**
 * Images of larger products that courses start beside their own work. Prometheus scrapes and answers; of the others only the front door is here
 * (a page, a health check, a log), and each says so in its log when it starts.
 */
import { alpineImage } from '../alpine.ts'
import { programPaths, slimImage } from '../debian.ts'
import type { CatalogueRepository, Image, LayerFiles } from '../image.ts'
import { loadedLater } from '../lazy.ts'
import { demoImage } from './images.ts'
import { doors } from './doors.ts'

const ports = (...numbers: readonly number[]): Readonly<Record<string, object>> =>
  Object.fromEntries(numbers.map((port) => [`${port}/tcp`, {}]))
const tagged = (image: () => Image, tags: readonly string[]): Readonly<Record<string, () => Image>> =>
  Object.fromEntries(['latest', ...tags].map((tag) => [tag, image]))

const prometheusYaml = `# my global config
global:
  scrape_interval: 15s # Set the scrape interval to every 15 seconds. Default is every 1 minute.
  evaluation_interval: 15s # Evaluate rules every 15 seconds. The default is every 1 minute.

# A scrape configuration containing exactly one endpoint to scrape:
# Here it's Prometheus itself.
scrape_configs:
  # The job name is added as a label \`job=<job_name>\` to any timeseries scraped from this config.
  - job_name: "prometheus"
    static_configs:
      - targets: ["localhost:9090"]
`

const prometheus = demoImage({
  base: alpineImage,
  created: '2025-10-29T10:00:00Z',
  size: 270_000_000,
  files: {
    '/bin/prometheus': { program: 'image:prometheus' },
    '/bin/promtool': { program: 'image:promtool' },
    '/etc/prometheus/prometheus.yml': prometheusYaml,
    '/prometheus': { directory: true, mode: 0o777 },
  },
  config: {
    User: 'nobody',
    ExposedPorts: ports(9090),
    Volumes: { '/prometheus': {} },
    WorkingDir: '/prometheus',
    Entrypoint: ['/bin/prometheus'],
    Cmd: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus'],
  },
})

const nats = demoImage({
  created: '2025-10-10T10:00:00Z',
  size: 18_000_000,
  files: {
    '/nats-server': { program: 'image:nats-server' },
    '/nats-server.conf': '# Client port of 4222 on all interfaces\nport: 4222\n\n# HTTP monitoring port\nmonitor_port: 8222\n',
  },
  config: { Entrypoint: ['/nats-server'], Cmd: ['--config', '/nats-server.conf'], ExposedPorts: ports(4222, 6222, 8222) },
})

function doorImage(name: string): () => Image {
  const door = doors[name]
  const files: LayerFiles = {
    [door.binary]: { program: 'image:front-door' },
    '/bin/bash': { program: 'bash' },
    '/etc/drydock/front-door': `${name}\n`,
    ...programPaths(['curl']),
    ...Object.fromEntries((door.tools ?? []).map((path) => [path, { program: 'image:front-door-tool' }])),
  }
  return demoImage({
    base: door.isAlpine ? alpineImage : slimImage,
    created: '2025-10-20T10:00:00Z',
    size: door.size,
    files,
    config: {
      Entrypoint: [door.binary],
      Cmd: [...(door.cmd ?? [])],
      ExposedPorts: ports(...door.ports),
      ...(door.volumes && { Volumes: Object.fromEntries(door.volumes.map((path) => [path, {}])) }),
    },
  })
}

export const platforms: readonly CatalogueRepository[] = [
  ...['docker.io/prom/prometheus', 'quay.io/prometheus/prometheus'].map((name) => ({
    name,
    description: 'The Prometheus monitoring system and time series database.',
    stars: 2_000,
    tags: tagged(prometheus, ['v3.7.3', 'v3.0.0', 'v2.55.0', 'v2.53.0', 'v2.45.0', 'v2.1.0']),
  })),
  {
    name: 'docker.io/library/nats',
    description: 'NATS is an open source, secure and high performance cloud native messaging system.',
    stars: 640,
    isOfficial: true,
    tags: tagged(nats, ['2', '2.12', '2.11', '2.10', 'alpine', '2-alpine']),
  },
  ...Object.entries(doors).flatMap(([name, door]) => {
    const image = doorImage(name)
    return [name, ...(door.alsoCalled ?? [])].map(
      (called): CatalogueRepository => ({
        name: /^[^/]+\./.test(called) ? called : called.includes('/') ? `docker.io/${called}` : `docker.io/library/${called}`,
        description: door.description,
        stars: door.stars,
        ...(!called.includes('/') && { isOfficial: true }),
        tags: tagged(image, door.tags),
      }),
    )
  }),
]

export const platformPrograms = [
  ...loadedLater(['prometheus', 'promtool'], () => import('./prometheus.ts')),
  ...loadedLater(['nats-server'], () => import('./nats.ts').then(({ natsServer }) => ({ 'nats-server': natsServer }))),
  ...loadedLater(['front-door', 'front-door-tool'], () =>
    import('./front-door.ts').then(({ frontDoor, frontDoorTool }) => ({ 'front-door': frontDoor, 'front-door-tool': frontDoorTool })),
  ),
]
