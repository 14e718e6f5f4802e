/** The first lecture, typed by a newcomer into the built page: from `docker run busybox` to a Service, and back tomorrow. */
import { expect, test } from '@playwright/test'
import { ready, type Site, startSite, type } from './drydock.ts'

let site: Site

const app = `const http = require('http');
const os = require('os');

console.log("Kubia server starting...");

var handler = function(request, response) {
  console.log("Received request from " + request.connection.remoteAddress);
  response.writeHead(200);
  response.end("You've hit " + os.hostname() + "\\n");
};

http.createServer(handler).listen(8080);
`

test.beforeAll(async () => {
  site = await startSite()
})
test.afterAll(() => site.close())

test('docker: run, build your own code, look inside, stop', async ({ page }) => {
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  await page.goto(site.url)
  await ready(page)

  const first = await type(page, 'docker run busybox echo "Hello world"')
  expect(first).toContain("Unable to find image 'busybox:latest' locally")
  expect(first).toContain('Pull complete')
  expect(first).toMatch(/Hello world$/)
  expect(await type(page, 'docker run busybox echo "Hello world"')).toBe('Hello world')

  await type(page, `echo ${Buffer.from(app).toString('base64')} | base64 -d > app.js`)
  await type(page, `printf 'FROM node:7\\nADD app.js /app.js\\nENTRYPOINT ["node", "app.js"]\\n' > Dockerfile`)
  await type(page, 'docker build -t kubia .')
  expect(await type(page, 'docker images kubia')).toMatch(/^REPOSITORY\s+TAG\s+IMAGE ID\s+CREATED\s+SIZE\s+kubia\s+latest/)
  const id = await type(page, 'docker run --name kubia-container -p 8080:8080 -d kubia')
  expect(await type(page, 'sleep 1; curl localhost:8080')).toBe(`You've hit ${id.slice(0, 12)}`)

  await type(
    page,
    `sed -i "s/You've hit/Hello from/" app.js; docker build -q -t kubia . > /dev/null; docker rm -f kubia-container; docker run --name kubia-container -p 8080:8080 -d kubia`,
  )
  expect(await type(page, 'sleep 1; curl localhost:8080')).toMatch(/^Hello from /)
  expect(await type(page, 'docker exec kubia-container ps aux')).toMatch(/root\s+1 .*node app\.js/)
  expect(await type(page, 'docker logs kubia-container')).toContain('Kubia server starting...')
  expect(await type(page, 'docker stop kubia-container; docker inspect -f "{{.State.ExitCode}}" kubia-container')).toBe(
    'kubia-container\n137',
  )
  expect(await type(page, 'docker rm kubia-container')).toBe('kubia-container')
  expect(problems).toEqual([])
})

test('kubernetes: a cluster, a pod, a service, a rollout; all of it is there after a reload', async ({ page }) => {
  await page.goto(site.url)
  await ready(page)
  await type(page, 'minikube start')
  expect(await type(page, 'kubectl get nodes')).toMatch(/minikube\s+Ready\s+control-plane/)
  expect(await type(page, 'kubectl run kubia --image=luksa/kubia --port=8080')).toBe('pod/kubia created')
  await type(page, 'kubectl wait --for=condition=Ready pod/kubia --timeout=120s')
  expect(await type(page, 'kubectl expose pod kubia --type=NodePort --name kubia-http')).toBe('service/kubia-http exposed')
  expect(await type(page, `sleep 1; curl -s $(minikube ip):$(kubectl get svc kubia-http -o jsonpath='{.spec.ports[0].nodePort}')`)).toBe(
    "You've hit kubia",
  )
  expect(await type(page, 'kubectl logs kubia')).toContain('Kubia server starting...')
  expect(await type(page, 'kubectl exec kubia -- hostname')).toBe('kubia')

  await type(
    page,
    'kubectl create deployment web --image=luksa/kubia:v1 --replicas=3; kubectl rollout status deployment web --timeout=120s',
  )
  await type(page, 'kubectl expose deployment web --port=80 --target-port=8080')
  const answers = await type(page, `for i in $(seq 12); do kubectl exec kubia -- curl -s web; done | sort -u | wc -l`, 120_000)
  expect(Number(answers)).toBeGreaterThan(1)
  await type(page, 'kubectl set image deployment web kubia=luksa/kubia:v2; kubectl rollout status deployment web --timeout=120s', 120_000)
  expect(await type(page, 'kubectl exec kubia -- curl -s web')).toMatch(/^This is v2 running in pod web-/)
  await type(page, 'kubectl rollout undo deployment web; kubectl rollout status deployment web --timeout=120s', 120_000)
  expect(await type(page, 'kubectl get deployment web --no-headers')).toMatch(/^web\s+3\/3\s+3\s+3/)

  await page.reload()
  await ready(page)
  expect(await type(page, 'kubectl get deployment web --no-headers')).toMatch(/^web\s+\d\/3/)
  await type(page, 'kubectl rollout status deployment web --timeout=120s', 120_000)
  expect(await type(page, 'kubectl exec kubia -- curl -s web', 120_000)).toMatch(/^This is v1 running in pod web-/)
})

test('mistakes get the real tools’ words, and nothing is lost', async ({ page }) => {
  await page.goto(site.url)
  await ready(page)
  expect(await type(page, 'dokcer ps')).toBe('bash: dokcer: command not found')
  expect(await type(page, 'docker run nosuchimage')).toContain(
    "pull access denied for nosuchimage, repository does not exist or may require 'docker login'",
  )
  expect(await type(page, 'docker run -d -p 8080:80 --name a1 nginx > /dev/null; docker run -d -p 8080:80 --name a2 nginx')).toContain(
    'Bind for 0.0.0.0:8080 failed: port is already allocated',
  )
  expect(await type(page, 'timeout 2 sh -c "while true; do :; done"; echo $?')).toBe('124')
  expect(await type(page, 'docker ps --format "{{.Names}}"')).toBe('a1')
})

test('undo goes back command by command, redo forward again', async ({ page }) => {
  await page.goto(site.url)
  await ready(page)
  for (const name of ['one', 'two']) await type(page, `docker run -d --name ${name} nginx`)
  const machine = page.getByRole('region', { name: 'Machine laptop' })
  await expect(machine).toContainText('2 running')
  for (const [button, says] of [
    ['Undo', '1 running'],
    ['Undo', '0 running'],
    ['Redo', '1 running'],
    ['Redo', '2 running'],
  ]) {
    await page.getByRole('button', { name: button, exact: true }).click()
    await expect(machine).toContainText(says)
  }
})

test('offline: the page opens again without its server', async ({ page, context }) => {
  const own = await startSite()
  await page.goto(own.url)
  await ready(page)
  await type(page, 'echo remembered > note')
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated')
  await expect.poll(() => page.evaluate(async () => (await caches.keys()).length), { timeout: 30_000 }).toBeGreaterThan(0)
  await page.waitForTimeout(3_000)
  await own.close()
  const again = await context.newPage()
  await page.close()
  await again.goto(own.url)
  await ready(again)
  expect(await type(again, 'cat note')).toBe('remembered')
})
