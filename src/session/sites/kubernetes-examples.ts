/**
 * `https://k8s.io/examples/…`: the manifests that the tutorials and tasks of kubernetes.io apply by their address. Names, labels, images and ports are
 * theirs, because the pages' next commands name them; the texts are the sandbox's own short forms.
 */
import { stringify } from 'yaml'

type Part = Readonly<Record<string, unknown>>

const metadata = (name: string, labels?: Part): Part => (labels ? { name, labels } : { name })
const object = (apiVersion: string, kind: string, name: string, rest: Part, labels?: Part): Part => ({
  apiVersion,
  kind,
  metadata: metadata(name, labels),
  ...rest,
})
const pod = (name: string, spec: Part, labels?: Part): Part => object('v1', 'Pod', name, { spec }, labels)
const workload = (kind: string, name: string, labels: Part, spec: Part, podSpec: Part): Part =>
  object(
    'apps/v1',
    kind,
    name,
    { spec: { ...spec, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec } } },
    kind === 'StatefulSet' ? undefined : labels,
  )
const deployment = (name: string, labels: Part, replicas: number | undefined, container: Part, podRest: Part = {}): Part =>
  workload('Deployment', name, labels, replicas === undefined ? {} : { replicas }, { ...podRest, containers: [container] })
const service = (name: string, selector: Part, spec: Part, labels?: Part): Part =>
  object('v1', 'Service', name, { spec: { ...spec, selector } }, labels)
const nginx = (image = 'nginx:1.14.2'): Part => ({ name: 'nginx', image, ports: [{ containerPort: 80 }] })
const shell = (name: string, image: string, script: string, rest: Part = {}): Part => ({
  name,
  image,
  command: ['/bin/sh', '-c'],
  args: [script],
  ...rest,
})
const resources = (requests: Part, limits: Part): Part => ({ resources: { limits, requests } })
const claim = (name: string, storage: string, rest: Part = {}): Part =>
  object('v1', 'PersistentVolumeClaim', name, { spec: { ...rest, accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } } })
const hostVolume = (name: string, storage: string, path: string): Part =>
  object(
    'v1',
    'PersistentVolume',
    name,
    { spec: { storageClassName: 'manual', capacity: { storage }, accessModes: ['ReadWriteOnce'], hostPath: { path } } },
    { type: 'local' },
  )

const redis = (role: 'leader' | 'follower'): Part => ({ app: 'redis', role, tier: 'backend' })
const redisContainer = (role: 'leader' | 'follower'): Part => ({
  name: role,
  image: role === 'leader' ? 'docker.io/redis:6.0.5' : 'us-docker.pkg.dev/google-samples/containers/gke/gb-redis-follower:v2',
  ...{ resources: { requests: { cpu: '100m', memory: '100Mi' } } },
  ports: [{ containerPort: 6379 }],
})
const frontend = { app: 'guestbook', tier: 'frontend' }
const phpApache = { run: 'php-apache' }
const headless = (name: string): Part =>
  service(name, { app: 'nginx' }, { ports: [{ port: 80, name: 'web' }], clusterIP: 'None' }, { app: 'nginx' })
const web = (spec: Part): Part =>
  workload(
    'StatefulSet',
    'web',
    { app: 'nginx' },
    {
      serviceName: 'nginx',
      replicas: 2,
      ...spec,
      volumeClaimTemplates: [
        { metadata: { name: 'www' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
      ],
    },
    {
      containers: [
        {
          name: 'nginx',
          image: 'registry.k8s.io/nginx-slim:0.21',
          ports: [{ containerPort: 80, name: 'web' }],
          volumeMounts: [{ name: 'www', mountPath: '/usr/share/nginx/html' }],
        },
      ],
    },
  )
const memoryDemo = (name: string, limits: Part, requests: Part, megabytes: string): Part => ({
  ...pod(name, {
    containers: [
      {
        name: `${name}-ctr`,
        image: 'polinux/stress',
        ...resources(requests, limits),
        command: ['stress'],
        args: ['--vm', '1', '--vm-bytes', megabytes, '--vm-hang', '1'],
      },
    ],
  }),
  metadata: { name, namespace: 'mem-example' },
})
const cpuDemo = (name: string, limits: Part, requests: Part): Part => ({
  ...pod(name, { containers: [{ name: `${name}-ctr`, image: 'vish/stress', ...resources(requests, limits), args: ['-cpus', '2'] }] }),
  metadata: { name, namespace: 'cpu-example' },
})
const qos = (name: string, container: Part): Part => ({
  ...pod(name, { containers: [{ name: `${name}-ctr`, image: 'nginx', ...container }] }),
  metadata: { name, namespace: 'qos-example' },
})
const configMapPod = (container: Part, spec: Part = {}): Part =>
  pod('dapi-test-pod', {
    containers: [{ name: 'test-container', image: 'registry.k8s.io/busybox:1.27.2', ...container }],
    ...spec,
    restartPolicy: 'Never',
  })
const ingress = (name: string, path: Part, rest: Part): Part =>
  object('networking.k8s.io/v1', 'Ingress', name, { spec: { ...rest, rules: [{ http: { paths: [path] } }] } })
const affinity = (kind: string, terms: unknown): Part => ({ affinity: { nodeAffinity: { [kind]: terms } } })
const ssd = [{ matchExpressions: [{ key: 'disktype', operator: 'In', values: ['ssd'] }] }]

/** Each is written when it is asked for. */
const examples: Readonly<Record<string, () => readonly Part[]>> = {
  'controllers/nginx-deployment': () => [deployment('nginx-deployment', { app: 'nginx' }, 3, nginx())],
  'application/deployment': () => [deployment('nginx-deployment', { app: 'nginx' }, 2, nginx())],
  'application/deployment-update': () => [deployment('nginx-deployment', { app: 'nginx' }, 2, nginx('nginx:1.16.1'))],
  'application/deployment-scale': () => [deployment('nginx-deployment', { app: 'nginx' }, 4, nginx('nginx:1.16.1'))],
  'application/simple_deployment': () => [
    workload('Deployment', 'nginx-deployment', { app: 'nginx' }, { minReadySeconds: 5 }, { containers: [nginx()] }),
  ],
  'application/update_deployment': () => [
    workload('Deployment', 'nginx-deployment', { app: 'nginx' }, {}, { containers: [nginx('nginx:1.16.1')] }),
  ],
  'application/nginx-app': () => [
    service('my-nginx-svc', { app: 'nginx' }, { type: 'LoadBalancer', ports: [{ port: 80 }] }, { app: 'nginx' }),
    deployment('my-nginx', { app: 'nginx' }, 3, nginx()),
  ],
  'application/php-apache': () => [
    deployment('php-apache', phpApache, undefined, {
      name: 'php-apache',
      image: 'registry.k8s.io/hpa-example',
      ports: [{ containerPort: 80 }],
      ...resources({ cpu: '200m' }, { cpu: '500m' }),
    }),
    service('php-apache', phpApache, { ports: [{ port: 80 }] }, phpApache),
  ],
  'application/hpa/php-apache': () => [
    object('autoscaling/v1', 'HorizontalPodAutoscaler', 'php-apache', {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'php-apache' },
        minReplicas: 1,
        maxReplicas: 10,
        targetCPUUtilizationPercentage: 50,
      },
    }),
  ],
  'application/web/web': () => [headless('nginx'), web({})],
  'application/web/web-parallel': () => [headless('nginx'), web({ podManagementPolicy: 'Parallel' })],
  'application/guestbook/redis-leader-deployment': () => [deployment('redis-leader', redis('leader'), 1, redisContainer('leader'))],
  'application/guestbook/redis-leader-service': () => [
    service('redis-leader', redis('leader'), { ports: [{ port: 6379, targetPort: 6379 }] }, redis('leader')),
  ],
  'application/guestbook/redis-follower-deployment': () => [deployment('redis-follower', redis('follower'), 2, redisContainer('follower'))],
  'application/guestbook/redis-follower-service': () => [
    service('redis-follower', redis('follower'), { ports: [{ port: 6379 }] }, redis('follower')),
  ],
  'application/guestbook/frontend-deployment': () => [
    deployment('frontend', frontend, 3, {
      name: 'php-redis',
      image: 'us-docker.pkg.dev/google-samples/containers/gke/gb-frontend:v5',
      env: [{ name: 'GET_HOSTS_FROM', value: 'dns' }],
      resources: { requests: { cpu: '100m', memory: '100Mi' } },
      ports: [{ containerPort: 80 }],
    }),
  ],
  'application/guestbook/frontend-service': () => [service('frontend', frontend, { ports: [{ port: 80 }] }, frontend)],
  'application/mysql/mysql-pv': () => [
    hostVolume('mysql-pv-volume', '20Gi', '/mnt/data'),
    claim('mysql-pv-claim', '20Gi', { storageClassName: 'manual' }),
  ],
  'application/mysql/mysql-deployment': () => [
    service('mysql', { app: 'mysql' }, { ports: [{ port: 3306 }], clusterIP: 'None' }),
    workload(
      'Deployment',
      'mysql',
      { app: 'mysql' },
      { strategy: { type: 'Recreate' } },
      {
        containers: [
          {
            image: 'mysql:9',
            name: 'mysql',
            env: [{ name: 'MYSQL_ROOT_PASSWORD', value: 'password' }],
            ports: [{ containerPort: 3306, name: 'mysql' }],
            volumeMounts: [{ name: 'mysql-persistent-storage', mountPath: '/var/lib/mysql' }],
          },
        ],
        volumes: [{ name: 'mysql-persistent-storage', persistentVolumeClaim: { claimName: 'mysql-pv-claim' } }],
      },
    ),
  ],
  'application/shell-demo': () => [
    pod('shell-demo', {
      volumes: [{ name: 'shared-data', emptyDir: {} }],
      containers: [{ name: 'nginx', image: 'nginx', volumeMounts: [{ name: 'shared-data', mountPath: '/usr/share/nginx/html' }] }],
      hostNetwork: true,
      dnsPolicy: 'Default',
    }),
  ],
  'application/job/cronjob': () => [
    object('batch/v1', 'CronJob', 'hello', {
      spec: {
        schedule: '* * * * *',
        jobTemplate: {
          spec: {
            template: {
              spec: {
                containers: [
                  {
                    name: 'hello',
                    image: 'busybox:1.28',
                    imagePullPolicy: 'IfNotPresent',
                    command: ['/bin/sh', '-c', 'date; echo Hello from the Kubernetes cluster'],
                  },
                ],
                restartPolicy: 'OnFailure',
              },
            },
          },
        },
      },
    }),
  ],
  'controllers/job': () => [
    object('batch/v1', 'Job', 'pi', {
      spec: {
        template: {
          spec: {
            containers: [{ name: 'pi', image: 'perl:5.34.0', command: ['perl', '-Mbignum=bpi', '-wle', 'print bpi(2000)'] }],
            restartPolicy: 'Never',
          },
        },
        backoffLimit: 4,
      },
    }),
  ],
  'controllers/frontend': () => [
    workload(
      'ReplicaSet',
      'frontend',
      { tier: 'frontend' },
      { replicas: 3 },
      { containers: [{ name: 'php-redis', image: 'us-docker.pkg.dev/google-samples/containers/gke/gb-frontend:v5' }] },
    ),
  ],
  'controllers/hpa-rs': () => [
    object('autoscaling/v1', 'HorizontalPodAutoscaler', 'frontend-scaler', {
      spec: {
        scaleTargetRef: { kind: 'ReplicaSet', name: 'frontend' },
        minReplicas: 3,
        maxReplicas: 10,
        targetCPUUtilizationPercentage: 50,
      },
    }),
  ],
  'pods/simple-pod': () => [pod('nginx', { containers: [nginx()] })],
  'pods/pod-nginx': () => [
    pod(
      'nginx',
      { containers: [{ name: 'nginx', image: 'nginx', imagePullPolicy: 'IfNotPresent' }], nodeSelector: { disktype: 'ssd' } },
      { env: 'test' },
    ),
  ],
  'pods/pod-nginx-specific-node': () => [
    pod('nginx', { nodeName: 'foo-node', containers: [{ name: 'nginx', image: 'nginx', imagePullPolicy: 'IfNotPresent' }] }),
  ],
  'pods/pod-nginx-required-affinity': () => [
    pod('nginx', {
      ...affinity('requiredDuringSchedulingIgnoredDuringExecution', { nodeSelectorTerms: ssd }),
      containers: [{ name: 'nginx', image: 'nginx', imagePullPolicy: 'IfNotPresent' }],
    }),
  ],
  'pods/pod-nginx-preferred-affinity': () => [
    pod('nginx', {
      ...affinity('preferredDuringSchedulingIgnoredDuringExecution', [{ weight: 1, preference: ssd[0] }]),
      containers: [{ name: 'nginx', image: 'nginx', imagePullPolicy: 'IfNotPresent' }],
    }),
  ],
  'pods/two-container-pod': () => [
    pod('two-containers', {
      restartPolicy: 'Never',
      volumes: [{ name: 'shared-data', emptyDir: {} }],
      containers: [
        { name: 'nginx-container', image: 'nginx', volumeMounts: [{ name: 'shared-data', mountPath: '/usr/share/nginx/html' }] },
        shell('debian-container', 'debian', 'echo Hello from the debian container > /pod-data/index.html', {
          volumeMounts: [{ name: 'shared-data', mountPath: '/pod-data' }],
        }),
      ],
    }),
  ],
  'pods/init-containers': () => [
    pod('init-demo', {
      containers: [{ ...nginx('nginx'), volumeMounts: [{ name: 'workdir', mountPath: '/usr/share/nginx/html' }] }],
      initContainers: [
        {
          name: 'install',
          image: 'busybox:1.28',
          command: ['wget', '-O', '/work-dir/index.html', 'http://info.cern.ch'],
          volumeMounts: [{ name: 'workdir', mountPath: '/work-dir' }],
        },
      ],
      dnsPolicy: 'Default',
      volumes: [{ name: 'workdir', emptyDir: {} }],
    }),
  ],
  'pods/lifecycle-events': () => [
    pod('lifecycle-demo', {
      containers: [
        {
          name: 'lifecycle-demo-container',
          image: 'nginx',
          lifecycle: {
            postStart: { exec: { command: ['/bin/sh', '-c', 'echo Hello from the postStart handler > /usr/share/message'] } },
            preStop: { exec: { command: ['/bin/sh', '-c', 'nginx -s quit; while killall -0 nginx; do sleep 1; done'] } },
          },
        },
      ],
    }),
  ],
  'pods/share-process-namespace': () => [
    pod('nginx', {
      shareProcessNamespace: true,
      containers: [
        { name: 'nginx', image: 'nginx' },
        {
          name: 'shell',
          image: 'busybox:1.28',
          command: ['sleep', '3600'],
          securityContext: { capabilities: { add: ['SYS_PTRACE'] } },
          stdin: true,
          tty: true,
        },
      ],
    }),
  ],
  'pods/probe/exec-liveness': () => [
    pod(
      'liveness-exec',
      {
        containers: [
          {
            name: 'liveness',
            image: 'registry.k8s.io/busybox:1.27.2',
            args: ['/bin/sh', '-c', 'touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600'],
            livenessProbe: { exec: { command: ['cat', '/tmp/healthy'] }, initialDelaySeconds: 5, periodSeconds: 5 },
          },
        ],
      },
      { test: 'liveness' },
    ),
  ],
  'pods/probe/http-liveness': () => [
    pod(
      'liveness-http',
      {
        containers: [
          {
            name: 'liveness',
            image: 'registry.k8s.io/e2e-test-images/agnhost:2.40',
            args: ['liveness'],
            livenessProbe: {
              httpGet: { path: '/healthz', port: 8080, httpHeaders: [{ name: 'Custom-Header', value: 'Awesome' }] },
              initialDelaySeconds: 3,
              periodSeconds: 3,
            },
          },
        ],
      },
      { test: 'liveness' },
    ),
  ],
  'pods/probe/tcp-liveness-readiness': () => [
    pod(
      'goproxy',
      {
        containers: [
          {
            name: 'goproxy',
            image: 'registry.k8s.io/goproxy:0.1',
            ports: [{ containerPort: 8080 }],
            readinessProbe: { tcpSocket: { port: 8080 }, initialDelaySeconds: 15, periodSeconds: 10 },
            livenessProbe: { tcpSocket: { port: 8080 }, initialDelaySeconds: 15, periodSeconds: 10 },
          },
        ],
      },
      { app: 'goproxy' },
    ),
  ],
  'pods/config/example-redis-config': () => [object('v1', 'ConfigMap', 'example-redis-config', { data: { 'redis-config': '' } })],
  'pods/config/redis-pod': () => [
    pod('redis', {
      containers: [
        {
          name: 'redis',
          image: 'redis:8.0.2',
          command: ['redis-server', '/redis-master/redis.conf'],
          env: [{ name: 'MASTER', value: 'true' }],
          ports: [{ containerPort: 6379 }],
          resources: { limits: { cpu: '0.1' } },
          volumeMounts: [
            { mountPath: '/redis-master-data', name: 'data' },
            { mountPath: '/redis-master', name: 'config' },
          ],
        },
      ],
      volumes: [
        { name: 'data', emptyDir: {} },
        { name: 'config', configMap: { name: 'example-redis-config', items: [{ key: 'redis-config', path: 'redis.conf' }] } },
      ],
    }),
  ],
  'configmap/configmaps': () => [
    {
      ...object('v1', 'ConfigMap', 'special-config', { data: { 'special.how': 'very' } }),
      metadata: { name: 'special-config', namespace: 'default' },
    },
    { ...object('v1', 'ConfigMap', 'env-config', { data: { log_level: 'INFO' } }), metadata: { name: 'env-config', namespace: 'default' } },
  ],
  'configmap/configmap-multikeys': () => [
    {
      ...object('v1', 'ConfigMap', 'special-config', { data: { SPECIAL_LEVEL: 'very', SPECIAL_TYPE: 'charm' } }),
      metadata: { name: 'special-config', namespace: 'default' },
    },
  ],
  'pods/pod-single-configmap-env-variable': () => [
    configMapPod({
      command: ['/bin/sh', '-c', 'env'],
      env: [{ name: 'SPECIAL_LEVEL_KEY', valueFrom: { configMapKeyRef: { name: 'special-config', key: 'special.how' } } }],
    }),
  ],
  'pods/pod-configmap-envFrom': () => [
    configMapPod({ command: ['/bin/sh', '-c', 'env'], envFrom: [{ configMapRef: { name: 'special-config' } }] }),
  ],
  'pods/pod-configmap-volume': () => [
    configMapPod(
      { command: ['/bin/sh', '-c', 'ls /etc/config/'], volumeMounts: [{ name: 'config-volume', mountPath: '/etc/config' }] },
      { volumes: [{ name: 'config-volume', configMap: { name: 'special-config' } }] },
    ),
  ],
  'pods/inject/envars': () => [
    pod(
      'envar-demo',
      {
        containers: [
          {
            name: 'envar-demo-container',
            image: 'gcr.io/google-samples/hello-app:2.0',
            env: [
              { name: 'DEMO_GREETING', value: 'Hello from the environment' },
              { name: 'DEMO_FAREWELL', value: 'Such a sweet sorrow' },
            ],
          },
        ],
      },
      { purpose: 'demonstrate-envars' },
    ),
  ],
  'pods/inject/secret': () => [object('v1', 'Secret', 'test-secret', { data: { username: 'bXktYXBw', password: 'Mzk1MjgkdmRnN0pi' } })],
  'pods/inject/secret-pod': () => [
    pod('secret-test-pod', {
      containers: [
        {
          name: 'test-container',
          image: 'nginx',
          volumeMounts: [{ name: 'secret-volume', mountPath: '/etc/secret-volume', readOnly: true }],
        },
      ],
      volumes: [{ name: 'secret-volume', secret: { secretName: 'test-secret' } }],
    }),
  ],
  'pods/resource/memory-request-limit': () => [memoryDemo('memory-demo', { memory: '200Mi' }, { memory: '100Mi' }, '150M')],
  'pods/resource/memory-request-limit-2': () => [memoryDemo('memory-demo-2', { memory: '100Mi' }, { memory: '50Mi' }, '250M')],
  'pods/resource/memory-request-limit-3': () => [memoryDemo('memory-demo-3', { memory: '1000Gi' }, { memory: '1000Gi' }, '150M')],
  'pods/resource/cpu-request-limit': () => [cpuDemo('cpu-demo', { cpu: '1' }, { cpu: '0.5' })],
  'pods/resource/cpu-request-limit-2': () => [cpuDemo('cpu-demo-2', { cpu: '100' }, { cpu: '100' })],
  'pods/qos/qos-pod': () => [qos('qos-demo', resources({ memory: '200Mi', cpu: '700m' }, { memory: '200Mi', cpu: '700m' }))],
  'pods/qos/qos-pod-2': () => [qos('qos-demo-2', resources({ memory: '100Mi' }, { memory: '200Mi' }))],
  'pods/qos/qos-pod-3': () => [qos('qos-demo-3', {})],
  'pods/security/security-context': () => [
    pod('security-context-demo', {
      securityContext: { runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000, supplementalGroups: [4000] },
      volumes: [{ name: 'sec-ctx-vol', emptyDir: {} }],
      containers: [
        {
          name: 'sec-ctx-demo',
          image: 'busybox:1.28',
          command: ['sh', '-c', 'sleep 1h'],
          volumeMounts: [{ name: 'sec-ctx-vol', mountPath: '/data/demo' }],
          securityContext: { allowPrivilegeEscalation: false },
        },
      ],
    }),
  ],
  'pods/security/security-context-2': () => [
    pod('security-context-demo-2', {
      securityContext: { runAsUser: 1000 },
      containers: [
        {
          name: 'sec-ctx-demo-2',
          image: 'gcr.io/google-samples/hello-app:2.0',
          securityContext: { runAsUser: 2000, allowPrivilegeEscalation: false },
        },
      ],
    }),
  ],
  'pods/storage/pv-volume': () => [hostVolume('task-pv-volume', '10Gi', '/mnt/data')],
  'pods/storage/pv-claim': () => [claim('task-pv-claim', '3Gi', { storageClassName: 'manual' })],
  'pods/storage/pv-pod': () => [
    pod('task-pv-pod', {
      volumes: [{ name: 'task-pv-storage', persistentVolumeClaim: { claimName: 'task-pv-claim' } }],
      containers: [
        {
          name: 'task-pv-container',
          image: 'nginx',
          ports: [{ containerPort: 80, name: 'http-server' }],
          volumeMounts: [{ mountPath: '/usr/share/nginx/html', name: 'task-pv-storage' }],
        },
      ],
    }),
  ],
  'pods/storage/redis': () => [
    pod('redis', {
      containers: [{ name: 'redis', image: 'redis', volumeMounts: [{ name: 'redis-storage', mountPath: '/data/redis' }] }],
      volumes: [{ name: 'redis-storage', emptyDir: {} }],
    }),
  ],
  'admin/namespace-dev': () => [object('v1', 'Namespace', 'development', {}, { name: 'development' })],
  'admin/namespace-prod': () => [object('v1', 'Namespace', 'production', {}, { name: 'production' })],
  'admin/dns/dnsutils': () => [
    {
      ...pod('dnsutils', {
        containers: [{ name: 'dnsutils', image: 'registry.k8s.io/e2e-test-images/agnhost:2.39', imagePullPolicy: 'IfNotPresent' }],
        restartPolicy: 'Always',
      }),
      metadata: { name: 'dnsutils', namespace: 'default' },
    },
  ],
  'admin/resource/memory-defaults': () => [
    object('v1', 'LimitRange', 'mem-limit-range', {
      spec: { limits: [{ default: { memory: '512Mi' }, defaultRequest: { memory: '256Mi' }, type: 'Container' }] },
    }),
  ],
  'admin/resource/quota-mem-cpu': () => [
    object('v1', 'ResourceQuota', 'mem-cpu-demo', {
      spec: { hard: { 'requests.cpu': '1', 'requests.memory': '1Gi', 'limits.cpu': '2', 'limits.memory': '2Gi' } },
    }),
  ],
  'admin/resource/quota-pod': () => [object('v1', 'ResourceQuota', 'pod-demo', { spec: { hard: { pods: '2' } } })],
  'debug/counter-pod': () => [
    pod('counter', {
      containers: [
        {
          name: 'count',
          image: 'busybox:1.28',
          args: ['/bin/sh', '-c', 'i=0; while true; do echo "$i: $(date)"; i=$((i+1)); sleep 1; done'],
        },
      ],
    }),
  ],
  'debug/termination': () => [
    pod('termination-demo', {
      containers: [
        shell('termination-demo-container', 'debian', 'sleep 10 && echo Sleep expired > /dev/termination-log', {
          command: ['/bin/sh'],
          args: ['-c', 'sleep 10 && echo Sleep expired > /dev/termination-log'],
        }),
      ],
    }),
  ],
  'service/load-balancer-example': () => [
    deployment('hello-world', { 'app.kubernetes.io/name': 'load-balancer-example' }, 5, {
      image: 'gcr.io/google-samples/hello-app:2.0',
      name: 'hello-world',
      ports: [{ containerPort: 8080 }],
    }),
  ],
  'service/access/hello-application': () => [
    deployment('hello-world', { run: 'load-balancer-example' }, 2, {
      name: 'hello-world',
      image: 'us-docker.pkg.dev/google-samples/containers/gke/hello-app:2.0',
      ports: [{ containerPort: 8080, protocol: 'TCP' }],
    }),
  ],
  'service/networking/run-my-nginx': () => [
    deployment('my-nginx', { run: 'my-nginx' }, 2, { name: 'my-nginx', image: 'nginx', ports: [{ containerPort: 80 }] }),
  ],
  'service/networking/nginx-svc': () => [
    service('my-nginx', { run: 'my-nginx' }, { ports: [{ port: 80, protocol: 'TCP' }] }, { run: 'my-nginx' }),
  ],
  'service/networking/nginx-policy': () => [
    object('networking.k8s.io/v1', 'NetworkPolicy', 'access-nginx', {
      spec: { podSelector: { matchLabels: { app: 'nginx' } }, ingress: [{ from: [{ podSelector: { matchLabels: { access: 'true' } } }] }] },
    }),
  ],
  'service/networking/minimal-ingress': () => [
    {
      ...ingress(
        'minimal-ingress',
        { path: '/testpath', pathType: 'Prefix', backend: { service: { name: 'test', port: { number: 80 } } } },
        { ingressClassName: 'nginx-example' },
      ),
      metadata: { name: 'minimal-ingress', annotations: { 'nginx.ingress.kubernetes.io/rewrite-target': '/' } },
    },
  ],
  'service/networking/example-ingress': () => [
    object('networking.k8s.io/v1', 'Ingress', 'example-ingress', {
      spec: {
        ingressClassName: 'nginx',
        rules: [
          {
            host: 'hello-world.example',
            http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 8080 } } } }] },
          },
        ],
      },
    }),
  ],
}

export function site(path: string): { readonly type: string; readonly body: string } | undefined {
  const name = /\/examples\/(.+)\.yaml$/.exec(path)?.[1] ?? ''
  const parts = Object.hasOwn(examples, name) ? examples[name]() : undefined
  return (
    parts && {
      type: 'application/x-yaml',
      body: `# the sandbox's own short form of the manifest at this address\n${parts.map((part) => stringify(part, { aliasDuplicateObjects: false })).join('---\n')}`,
    }
  )
}
