/** What stands behind the front doors of doors.ts: what each logs first, and what a GET finds there. */

export interface DoorAnswers {
  /** Ports that speak HTTP; default: the image's first. */
  readonly web?: readonly number[]
  /** `%t` is the time, `%h` the host name, `%i` the address. */
  readonly log: readonly string[]
  readonly missing: string
  readonly title: string
  /** By path; a path that is not here gets what `/` gets. */
  readonly answers?: Readonly<
    Record<string, { readonly status?: number; readonly type?: string; readonly text: string; readonly location?: string }>
  >
}

const json = (value: unknown): { readonly type: string; readonly text: string } => ({
  type: 'application/json',
  text: `${JSON.stringify(value)}\n`,
})
const moved = (location: string): { readonly status: number; readonly text: string; readonly location: string } => ({
  status: 302,
  text: '',
  location,
})

export const doorAnswers: Readonly<Record<string, DoorAnswers>> = {
  'grafana/grafana': {
    log: [
      'logger=settings t=%t level=info msg="Starting Grafana" version=12.2.1 branch=HEAD',
      'logger=settings t=%t level=info msg="Config loaded from" file=/usr/share/grafana/conf/defaults.ini',
      'logger=sqlstore t=%t level=info msg="Connecting to DB" dbtype=sqlite3',
      'logger=http.server t=%t level=info msg="HTTP Server Listen" address=[::]:3000 protocol=http subUrl= socket=',
    ],
    missing: 'data sources and dashboards',
    title: 'Grafana',
    answers: {
      '/': moved('/login'),
      '/api/health': json({ database: 'ok', version: '12.2.1', commit: '0000000000' }),
      '/api/datasources': json([]),
      '/api/search': json([]),
    },
  },
  adminer: {
    log: ['[%t] PHP 8.4.14 Development Server (http://[::]:8080) started'],
    missing: 'logging in to a database; use psql or mysql in the database container',
    title: 'Login - Adminer',
  },
  phpmyadmin: {
    log: [
      "AH00558: apache2: Could not reliably determine the server's fully qualified domain name, using %i. Set the 'ServerName' directive globally to suppress this message",
      '[%t] [mpm_prefork:notice] [pid 1] AH00163: Apache/2.4.65 (Debian) PHP/8.3.27 configured -- resuming normal operations',
      "[%t] [core:notice] [pid 1] AH00094: Command line: 'apache2 -D FOREGROUND'",
    ],
    missing: 'logging in to a database; use mysql in the database container',
    title: 'phpMyAdmin',
  },
  'mongo-express': {
    log: [
      'Waiting for mongo:27017...',
      'Welcome to mongo-express 1.0.2',
      '------------------------',
      'Mongo Express server listening at http://0.0.0.0:8081',
    ],
    missing: 'looking into a database; use mongosh in the database container',
    title: 'Home - Mongo Express',
  },
  rabbitmq: {
    log: [
      '%t [info] <0.9.0> Starting RabbitMQ 4.2.0 on Erlang 27.3.4 [jit]',
      '%t [info] <0.9.0> Copyright (c) 2007-2025 Broadcom Inc and/or its subsidiaries',
      '',
      '  ##  ##      RabbitMQ 4.2.0',
      '  ##  ##',
      '  ##########  Copyright (c) 2007-2025 Broadcom Inc and/or its subsidiaries',
      '  ######  ##',
      '  ##########  Licensed under the MPL 2.0. Website: https://rabbitmq.com',
      '',
      '%t [info] <0.600.0> started TCP listener on [::]:5672',
      '%t [info] <0.650.0> Management plugin: HTTP (non-TLS) listener started on port 15672',
      '%t [info] <0.9.0> Server startup complete; 4 plugins started.',
    ],
    missing: 'queues and the AMQP protocol: who connects to 5672 is refused',
    title: 'RabbitMQ Management',
    answers: {
      '/api/overview': json({
        management_version: '4.2.0',
        rabbitmq_version: '4.2.0',
        cluster_name: 'rabbit@localhost',
        queue_totals: {},
        object_totals: { channels: 0, connections: 0, consumers: 0, exchanges: 7, queues: 0 },
      }),
      '/api/queues': json([]),
      '/api/health/checks/alarms': json({ status: 'ok' }),
    },
    web: [15_672],
  },
  traefik: {
    log: [
      '%t INF Traefik version 3.5.4 built on 2025-10-23T12:00:00Z version=3.5.4',
      '%t INF Starting provider aggregator aggregator.ProviderAggregator',
    ],
    missing: 'routing: no provider is read and every request gets 404',
    title: 'Traefik',
    answers: {
      '/': { status: 404, type: 'text/plain; charset=utf-8', text: '404 page not found\n' },
      '/ping': { text: 'OK', type: 'text/plain; charset=utf-8' },
      '/api/version': json({ Version: '3.5.4', Codename: 'chabichou' }),
      '/dashboard/': { text: '<!DOCTYPE html>\n<title>Traefik</title>\n' },
    },
    web: [80, 8080],
  },
  haproxy: {
    log: ['[NOTICE]   (1) : haproxy version is 3.2.8', '[NOTICE]   (1) : New worker (8) forked', '[NOTICE]   (1) : Loading success.'],
    missing: 'haproxy.cfg: every request gets 503; nginx and httpd can proxy here',
    title: '503 Service Unavailable',
    answers: {
      '/': {
        status: 503,
        text: '<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n',
      },
    },
  },
  'envoyproxy/envoy': {
    log: [
      '[%t][1][info][main] initializing epoch 0 (base id=0, hot restart version=11.104)',
      '[%t][1][info][main] starting main dispatch loop',
    ],
    missing: 'listeners, clusters and TLS of its configuration: only the admin port answers',
    title: 'Envoy Admin',
    answers: { '/ready': { text: 'LIVE\n', type: 'text/plain' }, '/server_info': json({ state: 'LIVE' }) },
    web: [9901],
  },
  'jenkins/jenkins': {
    log: [
      'Running from: /usr/share/jenkins/jenkins.war',
      'webroot: /var/jenkins_home/war',
      '%t [id=1]\tINFO\torg.eclipse.jetty.server.Server#doStart: jetty-12.0.22',
      '*************************************************************',
      'Jenkins initial setup is required. An admin user has been created and a password generated.',
      '*************************************************************',
      '%t [id=23]\tINFO\thudson.lifecycle.Lifecycle#onReady: Jenkins is fully up and running',
    ],
    missing: 'setting up, jobs and builds',
    title: 'Sign in [Jenkins]',
    answers: {
      '/': {
        status: 403,
        text: "<html><head><meta http-equiv='refresh' content='1;url=/login?from=%2F'/></head><body>Authentication required</body></html>\n",
      },
      '/login': { text: '<!DOCTYPE html><html><head><title>Unlock Jenkins</title></head><body><h1>Unlock Jenkins</h1></body></html>\n' },
    },
  },
  'portainer/portainer-ce': {
    log: [
      '%t INF cmd/portainer/main.go:369 > encryption key file not present | filename=/run/secrets/portainer',
      '%t INF http/server.go:367 > starting HTTPS server | bind_address=:9443',
      '%t INF http/server.go:351 > starting HTTP server | bind_address=:9000',
    ],
    missing: 'its pages: use docker on the command line',
    title: 'Portainer',
    answers: { '/api/status': json({ Version: '2.33.3', InstanceID: '00000000-0000-4000-8000-000000000000' }) },
    web: [9000, 9443],
  },
  'minio/minio': {
    log: [
      'MinIO Object Storage Server',
      'Copyright: 2015-2025 MinIO, Inc.',
      'License: GNU AGPLv3 - https://www.gnu.org/licenses/agpl-3.0.html',
      '',
      'API: http://%i:9000  http://127.0.0.1:9000',
      'WebUI: http://%i:9001 http://127.0.0.1:9001',
    ],
    missing: 'buckets and objects: every request is refused',
    title: 'MinIO Console',
    answers: { '/minio/health/live': { text: '' }, '/minio/health/ready': { text: '' } },
    web: [9000, 9001],
  },
  'hashicorp/consul': {
    log: ['==> Starting Consul agent...', "               Version: '1.22.0'", '==> Consul agent running!'],
    missing: 'services, keys and DNS',
    title: 'Consul',
    answers: {
      '/': moved('/ui/'),
      '/v1/status/leader': { type: 'application/json', text: '"127.0.0.1:8300"' },
      '/v1/catalog/services': json({ consul: [] }),
    },
    web: [8500],
  },
  elasticsearch: {
    log: [
      '{"@timestamp":"%t", "log.level": "INFO", "message":"version[9.2.0], pid[7], build[docker]", "ecs.version": "1.2.0"}',
      '{"@timestamp":"%t", "log.level": "INFO", "message":"started {%h}{127.0.0.1}{127.0.0.1:9300}", "ecs.version": "1.2.0"}',
    ],
    missing: 'indexes and searching',
    title: 'Elasticsearch',
    answers: {
      '/': {
        type: 'application/json',
        text: '{\n  "name" : "%h",\n  "cluster_name" : "docker-cluster",\n  "version" : {\n    "number" : "9.2.0"\n  },\n  "tagline" : "You Know, for Search"\n}\n',
      },
      '/_cluster/health': json({ cluster_name: 'docker-cluster', status: 'green', number_of_nodes: 1 }),
    },
  },
  ghost: {
    log: [
      '[%t] INFO Ghost is running in production...',
      '[%t] INFO Your site is now available on http://localhost:2368/',
      '[%t] INFO Ghost booted in 2.5s',
    ],
    missing: 'writing and publishing',
    title: 'Ghost',
    answers: {},
  },
  nextcloud: {
    log: [
      'Initializing nextcloud 32.0.1.2 ...',
      'Initializing finished',
      '[%t] [mpm_prefork:notice] [pid 1] AH00163: Apache/2.4.65 (Debian) PHP/8.3.27 configured -- resuming normal operations',
    ],
    missing: 'setting up and files',
    title: 'Nextcloud',
    answers: { '/status.php': json({ installed: false, maintenance: false, version: '32.0.1.2' }) },
  },
  tomcat: {
    log: [
      '%t INFO [main] org.apache.catalina.startup.VersionLoggerListener.log Server version name:   Apache Tomcat/11.0.13',
      '%t INFO [main] org.apache.coyote.AbstractProtocol.start Starting ProtocolHandler ["http-nio-8080"]',
      '%t INFO [main] org.apache.catalina.startup.Catalina.start Server startup in [82] milliseconds',
    ],
    missing: 'Java applications: nothing is deployed, as in the real image',
    title: 'HTTP Status 404',
    answers: {
      '/': {
        status: 404,
        text: '<!doctype html><html lang="en"><head><title>HTTP Status 404 \u2013 Not Found</title></head><body><h1>HTTP Status 404 \u2013 Not Found</h1></body></html>',
      },
    },
  },
  'ollama/ollama': {
    log: ['time=%t level=INFO source=routes.go:1528 msg="Listening on [::]:11434 (version 0.12.6)"'],
    missing: 'models',
    title: 'Ollama',
    answers: {
      '/': { type: 'text/plain; charset=utf-8', text: 'Ollama is running' },
      '/api/tags': json({ models: [] }),
      '/api/version': json({ version: '0.12.6' }),
    },
  },
}
