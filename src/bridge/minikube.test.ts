/** What a course types around `minikube start`: images of one's own, an ingress controller, a tunnel, settings. */
import { beforeAll, expect, test } from 'vitest'
import { runAhead } from '../session/drive.ts'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

let session: Session
const type = async (cmd: string): Promise<string> => {
  const { stdout, stderr } = await run(session, { cmd })
  return stdout + stderr
}
const seconds = (count: number): Promise<unknown> => runAhead(session.clock, () => false, count * 1000)
const states = (): Promise<string> => type(`kubectl get pods --no-headers | awk '{print $1, $3}'`)

beforeAll(async () => {
  session = await Session.create({ preset: 'laptop', supplies: nodeSupplies })
  await type('minikube start')
  await type(`mkdir app; printf 'FROM busybox:1.36\\nCMD ["sleep", "3600"]\\n' > app/Dockerfile`)
}, 60_000)

test('an image of the laptop is not on the nodes before it is loaded', async () => {
  await type('docker build -qt mine:v1 app; kubectl run early --image=mine:v1 --image-pull-policy=Never')
  await seconds(5)
  expect(await states()).toBe('early ErrImageNeverPull\n')
  expect(await type('minikube image load mine:v1; minikube image ls | grep mine')).toBe('docker.io/library/mine:v1\n')
  await seconds(20)
  expect(await states()).toBe('early Running\n')
  expect(await type('minikube image load gone:v1 2>&1 | cut -c1-66')).toBe(
    'X Exiting due to GUEST_IMAGE_LOAD: Failed to load image: save to d\n',
  )
})

test('what is built with the Docker of minikube runs there, and is not on the laptop', async () => {
  await type('eval $(minikube docker-env); docker build -qt inside:v1 app')
  await type('kubectl run inside --image=inside:v1')
  await seconds(5)
  expect(await states()).toBe('early Running\ninside Running\n')
  expect(await type("docker images --format '{{.Repository}}' | sort")).toBe('busybox\nmine\n')
})

test('the ingress addon answers at the address of the node', async () => {
  await type(
    'kubectl create deployment web --image=nginx; kubectl expose deployment web --port=80 --type=LoadBalancer; kubectl create ingress web --class=nginx --rule="web.local/*=web:80"',
  )
  expect((await type('minikube addons enable ingress')).split('\n').at(-2)).toBe("* The 'ingress' addon is enabled")
  await seconds(70)
  expect(
    await type(`kubectl get ingress --no-headers | awk '{print $3, $4}'; curl -s -H 'Host: web.local' $(minikube ip) | grep title`),
  ).toBe('web.local 192.168.49.2\n<title>Welcome to nginx!</title>\n')
})

test('a tunnel gives a Service of type LoadBalancer its cluster IP, until it is interrupted', async () => {
  expect(
    await type(
      'minikube tunnel > /dev/null & sleep 3; curl -s $(kubectl get service web -o jsonpath={.status.loadBalancer.ingress[0].ip}) | grep title; kill -INT %1; sleep 2; kubectl get service web -o jsonpath={.status}',
    ),
  ).toBe('<title>Welcome to nginx!</title>\n{"loadBalancer":{}}')
})

test('settings are kept for the next start', async () => {
  expect(await type('minikube config set cpus 1; minikube config view; minikube config unset cpus; minikube config get cpus')).toBe(
    '- cpus: 1\n! These changes will take effect upon a minikube delete and then a minikube start\nError: specified key could not be found in config\n',
  )
})

test('who logs in is docker', async () => {
  expect(await type('minikube ssh -- whoami')).toBe('docker\n')
})
