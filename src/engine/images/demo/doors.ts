/** Products of which the sandbox has the front door only: what the catalogue tells of them. What they log and answer is in door-answers.ts, fetched later. */

export interface Door {
  readonly description: string
  readonly stars: number
  readonly tags: readonly string[]
  readonly alsoCalled?: readonly string[]
  readonly binary: string
  readonly cmd?: readonly string[]
  readonly ports: readonly number[]
  readonly size: number
  readonly isAlpine?: boolean
  readonly volumes?: readonly string[]
  /** Other programs of the image, which say that they do nothing. */
  readonly tools?: readonly string[]
}

export const doors: Readonly<Record<string, Door>> = {
  'grafana/grafana': { description: 'The official Grafana docker container', stars: 3_500, tags: ['12.2.1', '12.0.0', '11.6.0', '11.2.0', '10.4.0', '9.5.0', '8.3.3', '6.7.4', '6.6.0', '6.4.3', 'main'], alsoCalled: ['grafana/grafana-oss'], binary: '/run.sh', ports: [3000], size: 730_000_000, isAlpine: true, volumes: ['/var/lib/grafana'], tools: ['/usr/share/grafana/bin/grafana'] },
  adminer: { description: 'Database management in a single PHP file.', stars: 860, tags: ['5', '5.4.1', '4', '4.8.1', 'standalone', 'fastcgi'], binary: '/usr/local/bin/entrypoint.sh', ports: [8080], size: 118_000_000, isAlpine: true },
  phpmyadmin: { description: 'phpMyAdmin - A web interface for MySQL and MariaDB.', stars: 1_000, tags: ['5', '5.2', '5.2.3', 'apache'], alsoCalled: ['phpmyadmin/phpmyadmin'], binary: '/docker-entrypoint.sh', cmd: ['apache2-foreground'], ports: [80], size: 569_000_000 },
  'mongo-express': { description: 'Web-based MongoDB admin interface, written with Node.js and express', stars: 1_500, tags: ['1', '1.0', '1.0.2', '1.0.2-20'], binary: '/docker-entrypoint.sh', cmd: ['mongo-express'], ports: [8081], size: 185_000_000, isAlpine: true },
  rabbitmq: { description: 'RabbitMQ is an open source multi-protocol messaging broker.', stars: 5_200, tags: ['4', '4.2', '4.1', '4.0', '3', '3.13', '3.12', 'management', '4-management', '3-management', '3.13-management', 'alpine', '4-alpine', '3-alpine', 'management-alpine', '3-management-alpine'], binary: '/usr/local/bin/docker-entrypoint.sh', cmd: ['rabbitmq-server'], ports: [5672, 15_672], size: 250_000_000, volumes: ['/var/lib/rabbitmq'], tools: ['/usr/local/bin/rabbitmqctl', '/usr/local/bin/rabbitmqadmin', '/usr/local/bin/rabbitmq-diagnostics', '/usr/local/bin/rabbitmq-plugins'] },
  traefik: { description: 'Traefik, The Cloud Native Edge Router', stars: 3_400, tags: ['v3', 'v3.5', 'v3.6', 'v3.3', 'v3.0', 'v2.11', 'v2.10', '1.7', 'v1.7.18-alpine'], binary: '/usr/local/bin/traefik', cmd: ['traefik'], ports: [80, 8080], size: 224_000_000, isAlpine: true },
  haproxy: { description: 'HAProxy - The Reliable, High Performance TCP/HTTP Load Balancer', stars: 1_900, tags: ['3.2', '3.0', 'lts', 'alpine', '2.8', '2.4'], binary: '/usr/local/bin/docker-entrypoint.sh', cmd: ['haproxy', '-f', '/usr/local/etc/haproxy/haproxy.cfg'], ports: [80], size: 103_000_000 },
  'envoyproxy/envoy': { description: 'Cloud-native high-performance edge/middle/service proxy', stars: 190, tags: ['v1.36-latest', 'v1.31-latest', 'v1.28-latest', 'v1.14.1', 'distroless-v1.36-latest'], binary: '/docker-entrypoint.sh', cmd: ['envoy', '-c', '/etc/envoy/envoy.yaml'], ports: [10_000, 9901], size: 196_000_000 },
  'jenkins/jenkins': { description: 'The leading open source automation server', stars: 4_200, tags: ['lts', 'lts-jdk17', 'lts-jdk21', 'jdk21', '2.516.1'], alsoCalled: ['jenkins'], binary: '/usr/local/bin/jenkins.sh', ports: [8080, 50_000], size: 485_000_000, volumes: ['/var/jenkins_home'] },
  'portainer/portainer-ce': { description: 'Portainer CE - a lightweight service delivery platform for containerized applications', stars: 2_600, tags: ['lts', '2.33.3', '2.21.4', 'alpine', 'sts'], alsoCalled: ['portainer/portainer'], binary: '/portainer', ports: [8000, 9000, 9443], size: 186_000_000, isAlpine: true, volumes: ['/data'] },
  'minio/minio': { description: 'Multi-Cloud Object Storage', stars: 900, tags: ['RELEASE.2025-09-07T16-13-09Z', 'RELEASE.2024-01-16T16-07-38Z'], alsoCalled: ['quay.io/minio/minio'], binary: '/usr/bin/docker-entrypoint.sh', cmd: ['minio'], ports: [9000, 9001], size: 175_000_000, volumes: ['/data'] },
  'hashicorp/consul': { description: 'Automate service networking', stars: 160, tags: ['1.22', '1.21', '1.18', '1.11.1'], alsoCalled: ['consul'], binary: '/usr/local/bin/docker-entrypoint.sh', cmd: ['agent', '-dev', '-client', '0.0.0.0'], ports: [8500, 8600], size: 180_000_000, isAlpine: true },
  elasticsearch: { description: 'Elasticsearch is a powerful open source search and analytics engine', stars: 6_500, tags: ['9.2.0', '8.19.6', '8.15.0', '7.17.29', '7.17.0'], alsoCalled: ['docker.elastic.co/elasticsearch/elasticsearch'], binary: '/usr/local/bin/docker-entrypoint.sh', cmd: ['eswrapper'], ports: [9200, 9300], size: 800_000_000 },
  ghost: { description: 'Ghost is a free and open source blogging platform', stars: 1_800, tags: ['6', '5', 'alpine', '5-alpine'], binary: '/usr/local/bin/docker-entrypoint.sh', cmd: ['node', 'current/index.js'], ports: [2368], size: 560_000_000, volumes: ['/var/lib/ghost/content'] },
  nextcloud: { description: 'A safe home for all your data', stars: 4_300, tags: ['32', '31', 'apache', 'stable'], binary: '/entrypoint.sh', cmd: ['apache2-foreground'], ports: [80], size: 1_200_000_000, volumes: ['/var/www/html'] },
  tomcat: { description: 'Apache Tomcat is an open source implementation of the Java Servlet and JavaServer Pages technologies', stars: 3_700, tags: ['11', '11.0', '10', '10.1', '9', '9.0', '8.5', 'jdk21', '9-jre9'], binary: '/usr/local/tomcat/bin/catalina.sh', cmd: ['run'], ports: [8080], size: 420_000_000 },
  'ollama/ollama': { description: 'The easiest way to get up and running with large language models', stars: 1_400, tags: ['0.12.6', 'rocm'], binary: '/bin/ollama', cmd: ['serve'], ports: [11_434], size: 3_000_000_000 },
}
