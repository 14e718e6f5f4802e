/** A registry in a container: what the courses do with `registry:2`, as it is typed. */
import { expect, it } from 'vitest'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

async function terminal(world?: string): Promise<(cmd: string) => Promise<string>> {
  const session = await Session.create({ preset: 'docker', supplies: nodeSupplies, images: ['busybox', 'registry:2'], world })
  return async (cmd) => {
    const { stdout, stderr } = await run(session, {
      cmd: `{ ${cmd}; } 2>&1 | sed -E 's/sha256:[0-9a-f]{64}/sha256:…/g; s/^[0-9a-f]{12}:/layer:/; s/^[0-9a-f]{64}$/id/'`,
    })
    return stdout + stderr
  }
}

it('takes images, lists them, and gives them back after it was made anew over its volume', async () => {
  const type = await terminal()
  expect(await type('docker run -d -p 5000:5000 --name registry -v images:/var/lib/registry registry:2')).toBe('id\n')
  expect(await type('docker tag busybox localhost:5000/team/box:v1 && docker push localhost:5000/team/box:v1')).toBe(
    'The push refers to repository [localhost:5000/team/box]\nlayer: Preparing\nlayer: Pushed\nv1: digest: sha256:… size: 527\n',
  )
  expect(await type('docker tag busybox localhost:5000/box && docker push localhost:5000/box')).toBe(
    'Using default tag: latest\nThe push refers to repository [localhost:5000/box]\nlayer: Preparing\nlayer: Mounted from team/box\nlatest: digest: sha256:… size: 527\n',
  )
  expect(
    await type(
      'curl -s localhost:5000/v2/_catalog; curl -s localhost:5000/v2/team/box/tags/list; curl -s localhost:5000/v2/nosuch/tags/list',
    ),
  ).toBe(
    '{"repositories":["box","team/box"]}\n{"name":"team/box","tags":["v1"]}\n{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry","detail":{"name":"nosuch"}}]}\n',
  )
  expect(
    await type(
      'docker rm -f registry; docker rmi -f busybox localhost:5000/box localhost:5000/team/box:v1 | grep -c Untagged; docker run -d -p 5000:5000 -v images:/var/lib/registry -e REGISTRY_STORAGE_DELETE_ENABLED=true --name registry registry:2; docker run --rm localhost:5000/team/box:v1 echo hello | tail -1',
    ),
  ).toBe(
    "registry\n6\nid\nUnable to find image 'localhost:5000/team/box:v1' locally\nv1: Pulling from team/box\nlayer: Pulling fs layer\nlayer: Verifying Checksum\nlayer: Download complete\nlayer: Pull complete\nDigest: sha256:…\nStatus: Downloaded newer image for localhost:5000/team/box:v1\nhello\n",
  )
  const digest = `$(curl -sI localhost:5000/v2/box/manifests/latest | tr -d '\\r' | sed -n 's/^Docker-Content-Digest: //p')`
  expect(
    await type(
      `curl -s -o /dev/null -w '%{http_code}\\n' -X DELETE localhost:5000/v2/box/manifests/${digest}; docker pull localhost:5000/box`,
    ),
  ).toBe(
    '202\nUsing default tag: latest\nError response from daemon: manifest for localhost:5000/box:latest not found: manifest unknown: manifest unknown\n',
  )
})

it('asks for a password when it has an htpasswd file', async () => {
  const type = await terminal()
  await type('mkdir auth; docker run --rm --entrypoint htpasswd httpd:2 -Bbn joe pass > auth/htpasswd')
  await type(
    'docker run -d -p 5000:5000 -v $PWD/auth:/auth -e REGISTRY_AUTH=htpasswd -e REGISTRY_AUTH_HTPASSWD_REALM=Ours -e REGISTRY_AUTH_HTPASSWD_PATH=/auth/htpasswd registry:2; docker tag busybox localhost:5000/box',
  )
  expect(await type(`curl -si localhost:5000/v2/ | tr -d '\r' | grep -i -E "^HTTP|authenticate|errors"`)).toBe(
    'HTTP/1.1 401 Unauthorized\nWww-Authenticate: Basic realm="Ours"\n{"errors":[{"code":"UNAUTHORIZED","message":"authentication required","detail":null}]}\n',
  )
  expect(await type('docker push -q localhost:5000/box; echo wrong | docker login -u joe --password-stdin localhost:5000')).toBe(
    'no basic auth credentials\nError response from daemon: login attempt to http://localhost:5000/v2/ failed with status: 401 Unauthorized\n',
  )
  expect(await type('echo pass | docker login -u joe --password-stdin localhost:5000 2>/dev/null; docker push -q localhost:5000/box')).toBe(
    'Login Succeeded\nlocalhost:5000/box:latest\n',
  )
})

it('is trusted in plain HTTP on this machine only, or where daemon.json says so', async () => {
  const type = await terminal()
  await type('docker run -d -p 5000:5000 registry:2; docker tag busybox 192.168.49.1:5000/box')
  expect(await type('docker push -q 192.168.49.1:5000/box')).toBe(
    'Get "https://192.168.49.1:5000/v2/": http: server gave HTTP response to HTTPS client\n',
  )
  expect(
    await type(
      `echo '{"insecure-registries": ["192.168.49.1:5000"]}' > /etc/docker/daemon.json; systemctl reload docker; docker push -q 192.168.49.1:5000/box`,
    ),
  ).toBe('192.168.49.1:5000/box:latest\n')
})

it('is there as a service of the machine where the world has local registries, also after a reload', async () => {
  const world = { preset: 'docker', supplies: nodeSupplies, world: 'empty local registries' }
  const before = await Session.create({ ...world, images: ['busybox'] })
  const lists = 'curl -s 127.0.0.1:5000/v2/_catalog; curl -s -u student:secret 127.0.0.1:5001/v2/_catalog'
  expect((await run(before, { cmd: lists })).stdout).toBe('{"repositories":[]}\n{"repositories":[]}\n')
  await run(before, { cmd: 'docker tag busybox 127.0.0.1:5000/box; docker push -q 127.0.0.1:5000/box' })
  const saved = structuredClone(before.snapshot())
  before.stop()
  const after = await Session.create({ preset: 'docker', supplies: nodeSupplies, saved })
  expect((await run(after, { cmd: lists })).stdout).toBe('{"repositories":["box"]}\n{"repositories":[]}\n')
})
