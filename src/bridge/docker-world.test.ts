/** The world around the docker CLI: its plugins are files, and Docker Hub can be out of reach. */
import { describe, expect, it } from 'vitest'
import type { Preset } from '../session/presets.ts'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

async function terminal(preset: Partial<Preset> = {}): Promise<(cmd: string) => Promise<string>> {
  const session = await Session.create({ preset: 'docker', supplies: nodeSupplies, ...preset })
  return async (cmd) => {
    const { stdout, stderr } = await run(session, { cmd })
    return stdout + stderr
  }
}

describe('the plugins of docker', () => {
  it('are files: without them docker compose is an unknown command', async () => {
    const type = await terminal()
    expect(await type('docker compose version; docker buildx version')).toBe(
      'Docker Compose version 2.40.3-3\ngithub.com/docker/buildx 0.29.1+ds1 0.29.1+ds1-4\n',
    )
    expect(await type('~/.docker/cli-plugins/docker-compose version --short')).toBe('2.40.3-3\n')
    await type('rm -r ~/.docker/cli-plugins')
    expect(await type('docker compose up')).toBe("docker: unknown command: docker compose\n\nRun 'docker --help' for more information\n")
    expect(await type('docker buildx ls')).toBe("docker: unknown command: docker buildx\n\nRun 'docker --help' for more information\n")
    expect(await type('docker --help | grep -E "compose|buildx|bake"; docker info | grep -A9 Debug | head -2')).toBe(
      ' Debug Mode: false\n\n',
    )
  })

  it('leave the build to the legacy builder when buildx is missing', async () => {
    const type = await terminal({ plugins: false, images: ['busybox'] })
    expect(await type('echo FROM busybox | docker build -q - 2>&1 | sed "s/:[0-9a-f]\\{64\\}/:…/"')).toBe(
      'DEPRECATED: The legacy builder is deprecated and will be removed in a future release.\n            Install the buildx component to build images with BuildKit:\n            https://docs.docker.com/go/buildx/\n\nsha256:…\n',
    )
    expect(await type('DOCKER_BUILDKIT=1 docker build .')).toBe(
      'ERROR: BuildKit is enabled but the buildx component is missing or broken.\n       Install the buildx component to build images with BuildKit:\n       https://docs.docker.com/go/buildx/\n',
    )
    expect(await type('docker build --progress plain . 2>&1 | sed -n 5p')).toBe('unknown flag: --progress\n')
  })

  it('can be written by anyone', async () => {
    const type = await terminal()
    await type(`mkdir -p ~/.docker/cli-plugins; cat > ~/.docker/cli-plugins/docker-hello <<'X'
#!/bin/sh
if [ "$1" = docker-cli-plugin-metadata ]; then echo '{"SchemaVersion":"0.1.0","Vendor":"me","Version":"v1","ShortDescription":"Say hello"}'; exit; fi
echo "hello $2"; exit 7
X
chmod +x ~/.docker/cli-plugins/docker-hello`)
    expect(await type('docker hello you; echo $?')).toBe('hello you\n7\n')
    expect(await type('docker --help | grep "[*]"')).toBe(
      '  buildx*     Docker Buildx\n  compose*    Docker Compose\n  hello*      Say hello\n',
    )
  })
})

it('out of reach, Docker Hub has no address', async () => {
  const type = await terminal({ world: 'Docker Hub out of reach' })
  expect(await type('docker pull -q nginx 2>&1 | sed "s/on [0-9.]*:53/on DNS/"')).toBe(
    'Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on DNS: no such host\n',
  )
  expect(await type('docker search nginx 2>&1 | sed "s/on [0-9.]*:53/on DNS/"')).toBe(
    'Error response from daemon: Get "https://index.docker.io/v1/search?q=nginx&n=25": dial tcp: lookup index.docker.io on DNS: no such host\n',
  )
})

it('has the machine and the images that it is told to have', async () => {
  const type = await terminal({
    machine: { cpus: 3, release: '6.6.1-class', openFiles: 4096 },
    containerd: { version: '2.1.4', commit: '' },
    catalogue: {
      images: {
        course: {
          created: '2025-09-01T08:00:00Z',
          dockerVersion: '28.0.0',
          config: { Cmd: ['cat', '/etc/motto'] },
          history: [
            {
              createdBy: '',
              comment: 'Imported from -',
              size: 1_500_000,
              contentOf: 'busybox:latest',
              without: ['/etc/shadow'],
              files: { '/etc/motto': 'learn by doing\n' },
            },
          ],
        },
      },
      repositories: { 'docker.io/school/course': { latest: 'course' } },
      search: [{ name: 'school/course', description: 'What we begin with.', stars: 3, isOfficial: false }],
    },
  })
  expect(await type('nproc; uname -r')).toBe('3\n6.6.1-class\n')
  expect(await type('docker run -q --rm school/course; docker run --rm school/course sh -c "ulimit -n; ls /etc/shadow"')).toBe(
    'learn by doing\n4096\nls: /etc/shadow: No such file or directory\n',
  )
  expect(
    await type(
      "docker history --format '{{.CreatedBy}}|{{.Size}}|{{.Comment}}' school/course; docker inspect -f '{{.DockerVersion}} {{json .Config.Env}}' school/course",
    ),
  ).toBe('|1.5MB|Imported from -\n28.0.0 null\n')
  expect(await type('docker search we')).toBe(
    'NAME            DESCRIPTION           STARS     OFFICIAL\nschool/course   What we begin with.   3         \n',
  )
  expect(await type('docker run --rm school/course nope 2>&1 | grep -c unknown')).toBe('0\n')
})
