/**
 * Images and files of minikube's machines: `image`, `docker-env`, `cp`, `ssh`, `logs`. What a real one does over SSH, this one does, too; only
 * an image's way from the learner's engine to the nodes is the machines API's.
 */
import { start as startProcess } from '../../unix/kernel/execute.ts'
import { type Blocking, ended, Exit, out } from '../../unix/kernel/process.ts'
import { homeOf } from '../kubectl/kubeconfig.ts'
import { ask, type Cluster, MachinesError } from '../machines.ts'
import { Failure, type Minikube, onNode, type Run } from './call.ts'

function nodeOf(minikube: Minikube, cluster: Cluster): Cluster['nodes'][number] {
  const wanted = minikube.flags.text('node')
  return cluster.nodes.find(({ name }) => wanted === '' || name === wanted || name === `${cluster.name}-${wanted}`) ?? cluster.nodes[0]
}

function* locally(minikube: Minikube, words: readonly string[]): Blocking<number> {
  return yield* ended(startProcess(minikube.process, words))
}

function onEveryNode(words: readonly string[]): Run {
  return function* (minikube) {
    if (minikube.args.length === 0) throw new Failure(14, 'X Exiting due to MK_USAGE: Please provide an image')
    for (const { ip } of (yield* minikube.running()).nodes) {
      for (const image of minikube.args) {
        const code = yield* onNode(minikube, ip, [...words, image, '>/dev/null'])
        if (code !== 0) throw new Failure(80)
      }
    }
  }
}

const imageList: Run = function* (minikube) {
  const cluster = yield* minikube.running()
  yield* onNode(minikube, cluster.nodes[0].ip, [`crictl images | awk 'NR>1 {print $1":"$2}' | sort -r`])
}

function* loaded(minikube: Minikube, cluster: Cluster, image: string): Blocking<void> {
  try {
    yield* ask(minikube.process, 'POST', `/clusters/${cluster.name}/images`, { image })
  } catch (error) {
    if (!(error instanceof MachinesError)) throw error
    throw new Failure(
      80,
      `X Exiting due to GUEST_IMAGE_LOAD: Failed to load image: save to dir: caching images: caching image "${homeOf(minikube.process)}/.minikube/cache/images/amd64/${image.replace(':', '_')}": ${image}: ${error.message}`,
    )
  }
}

const imageLoad: Run = function* (minikube) {
  const cluster = yield* minikube.running()
  if (minikube.args.length === 0)
    throw new Failure(
      14,
      'X Exiting due to MK_USAGE: Please provide an image in your local daemon to load into minikube via <minikube image load IMAGE_NAME>',
    )
  for (const image of minikube.args) yield* loaded(minikube, cluster, image)
}

/** Built by the machine's own Docker, where pods find it. */
const imageBuild: Run = function* (minikube) {
  const cluster = yield* minikube.running()
  if (minikube.args.length === 0) throw new Failure(14, 'X Exiting due to MK_USAGE: Please provide a path or url to build')
  yield* ask(minikube.process, 'POST', `/clusters/${cluster.name}/docker`, {})
  const { flags } = minikube
  const words = [
    ...(flags.text('tag') ? ['-t', flags.text('tag')] : []),
    ...(flags.text('file') ? ['-f', flags.text('file')] : []),
    ...flags.list('build-env').flatMap((each) => ['--build-arg', each]),
    minikube.args[0],
  ]
  const code = yield* locally(minikube, ['docker', '-H', `tcp://${cluster.nodes[0].ip}:2376`, 'build', ...words])
  if (code !== 0) throw new Failure(80, 'X Exiting due to GUEST_IMAGE_BUILD: Failed to build image')
}

const dockerEnv: Run = function* (minikube) {
  const cluster = yield* minikube.running()
  if (minikube.flags.is('unset'))
    return yield* out(
      minikube.process,
      'unset DOCKER_TLS_VERIFY;\nunset DOCKER_HOST;\nunset DOCKER_CERT_PATH;\nunset MINIKUBE_ACTIVE_DOCKERD;\n',
    )
  const { process, profile } = minikube
  yield* ask(process, 'POST', `/clusters/${cluster.name}/docker`, {})
  const folder = `${homeOf(process)}/.minikube/certs`
  process.files.mkdir(folder, { parents: true })
  const access = yield* ask<{ certificateAuthorityData: string; clientCertificateData: string; clientKeyData: string }>(
    process,
    'GET',
    `/clusters/${cluster.name}/kubeconfig`,
  )
  for (const [name, data] of [
    ['ca', access.certificateAuthorityData],
    ['cert', access.clientCertificateData],
    ['key', access.clientKeyData],
  ])
    process.files.writeFile(`${folder}/${name}.pem`, atob(data), { mode: 0o600 })
  yield* out(
    process,
    `export DOCKER_TLS_VERIFY="1"\nexport DOCKER_HOST="tcp://${cluster.nodes[0].ip}:2376"\nexport DOCKER_CERT_PATH="${folder}"\nexport MINIKUBE_ACTIVE_DOCKERD="${profile}"\n\n# To point your shell to minikube's docker-daemon, run:\n# eval $(minikube -p ${profile} docker-env)\n`,
  )
}

const ssh: Run = function* (minikube) {
  const cluster = yield* minikube.running()
  throw new Exit(yield* onNode(minikube, nodeOf(minikube, cluster).ip, minikube.args, 'docker'))
}

const cp: Run = function* (minikube) {
  const [from, to, ...more] = minikube.args
  if (from === undefined || to === undefined || more.length > 0)
    throw new Failure(
      14,
      'X Exiting due to MK_USAGE: Please specify the path to copy: \n\tminikube cp <source file path> <target file absolute path> (example: "minikube cp a/b.txt /copied.txt")',
    )
  const cluster = yield* minikube.running()
  const [, machine, path = to] = /^([\w.-]+):(.*)$/.exec(to) ?? []
  const node = cluster.nodes.find(({ name }) => name === machine) ?? nodeOf(minikube, cluster)
  if (!path.startsWith('/'))
    throw new Failure(
      14,
      `X Exiting due to MK_USAGE: <target file absolute path> must be an absolute Path. Relative Path is not allowed (example: "${cluster.name}:/home/docker/copied.txt")`,
    )
  throw new Exit(
    yield* locally(minikube, [
      'scp',
      '-q',
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
      from,
      `root@${node.ip}:${path}`,
    ]),
  )
}

const logs: Run = function* (minikube) {
  const cluster = yield* minikube.running()
  const { ip } = cluster.nodes[0]
  const count = minikube.flags.text('length')
  const section = function* (title: string, words: readonly string[]): Blocking<void> {
    yield* out(minikube.process, `==> ${title} <==\n`)
    yield* onNode(minikube, ip, words)
    yield* out(minikube.process, '\n\n')
  }
  yield* out(minikube.process, '\n')
  yield* section('container status', ['crictl', 'ps', '-a'])
  yield* out(minikube.process, '==> describe nodes <==\n')
  yield* locally(minikube, ['kubectl', `--context=${cluster.name}`, 'describe', 'nodes'])
  yield* out(minikube.process, '\n\n')
  for (const name of ['coredns', 'etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-proxy', 'kube-scheduler'])
    yield* section(name, [`crictl logs --tail ${count} $(crictl ps -aq --name ${name} | head -1)`])
  yield* section('kubelet', ['journalctl', '-u', 'kubelet', '-n', count, '--no-pager'])
}

export const imageCommands: Readonly<Record<string, Run>> = {
  'image ls': imageList,
  'image list': imageList,
  'image load': imageLoad,
  'image build': imageBuild,
  'image pull': onEveryNode(['crictl', 'pull']),
  'image rm': onEveryNode(['crictl', 'rmi']),
  'docker-env': dockerEnv,
  ssh,
  cp,
  logs,
  'ssh-key': function* (minikube) {
    const cluster = yield* minikube.existing()
    yield* out(minikube.process, `${homeOf(minikube.process)}/.minikube/machines/${cluster.name}/id_rsa\n`)
  },
}
