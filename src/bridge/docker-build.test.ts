/** Building images as one types it: what is cached and what is not, what goes where, and how it is told. Times and random references are folded. */
import { describe, expect, it } from 'vitest'
import type { Preset } from '../session/presets.ts'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

async function terminal(files: Preset['files'], images: readonly string[] = ['busybox']): Promise<(cmd: string) => Promise<string>> {
  const session = await Session.create({ preset: 'docker', supplies: nodeSupplies, files, images })
  return async (cmd) => {
    const { stdout, stderr } = await run(session, { cmd })
    return (stdout + stderr)
      .replace(/\d+\.\d+s/g, '…s')
      .replace(/#(\d+) \d\.\d{3} /g, '#$1 … ')
      .replace(/[0-9a-f-]{36}::\w{25}/g, 'REF')
      .replace(/sha256:[0-9a-f]{64}/g, 'sha256:…')
  }
}

/** Only the steps and how each ended. */
const steps = (text: string): string[] =>
  [...text.matchAll(/^#(\d+) (\[.*\] (?:RUN|COPY|ADD|WORKDIR) .*)\n(?:#\1 .*\n)*?#\1 (CACHED|DONE|ERROR)/gm)].map(
    ([, , name, end]) => `${name} ${end}`,
  )

describe('the cache of BuildKit', () => {
  it('runs again what sees a changed ENV, copies nothing again, and takes up the rest where content is the same', async () => {
    const type = await terminal({
      Dockerfile: 'FROM busybox\nCOPY a.txt /\nENV V=1\nCOPY b.txt /\nRUN echo $V > /v\n',
      'a.txt': 'a\n',
      'b.txt': 'b\n',
    })
    expect(steps(await type('docker build .'))).toEqual([
      '[2/4] COPY a.txt / DONE',
      '[3/4] COPY b.txt / DONE',
      '[4/4] RUN echo $V > /v DONE'.replace('$V', '1'),
    ])
    expect(steps(await type('docker build .'))).toEqual([
      '[2/4] COPY a.txt / CACHED',
      '[3/4] COPY b.txt / CACHED',
      '[4/4] RUN echo 1 > /v CACHED',
    ])
    expect(steps(await type('sed -i s/V=1/V=2/ Dockerfile; docker build .'))).toEqual([
      '[2/4] COPY a.txt / CACHED',
      '[3/4] COPY b.txt / CACHED',
      '[4/4] RUN echo 2 > /v DONE',
    ])
    expect(steps(await type('touch a.txt; docker build .'))).toEqual([
      '[2/4] COPY a.txt / CACHED',
      '[3/4] COPY b.txt / CACHED',
      '[4/4] RUN echo 2 > /v CACHED',
    ])
    expect(steps(await type('echo more >> b.txt; docker build .'))).toEqual([
      '[2/4] COPY a.txt / CACHED',
      '[3/4] COPY b.txt / DONE',
      '[4/4] RUN echo 2 > /v DONE',
    ])
  })

  it('keeps a linked copy whatever lies below it', async () => {
    const type = await terminal({ Dockerfile: 'FROM busybox\nRUN echo 1 > /n\nCOPY --link a.txt /a\n', 'a.txt': 'a\n' })
    await type('docker build .')
    expect(steps(await type('sed -i "s/echo 1/echo 2/" Dockerfile; docker build .'))).toEqual([
      '[2/3] RUN echo 2 > /n DONE',
      '[3/3] COPY --link a.txt /a CACHED',
    ])
  })

  it('is not touched by a build argument that nobody declares, and invalidates the RUNs below one that changes', async () => {
    const type = await terminal({ Dockerfile: 'FROM busybox\nRUN echo before\nARG V=1\nRUN echo after\n' })
    await type('docker build .')
    expect(steps(await type('docker build --build-arg OTHER=x .'))).toEqual(['[2/3] RUN echo before CACHED', '[3/3] RUN echo after CACHED'])
    expect(steps(await type('docker build --build-arg V=2 .'))).toEqual(['[2/3] RUN echo before CACHED', '[3/3] RUN echo after DONE'])
  })
})

describe('a build', () => {
  it('builds only the stages that the wanted one stands on', async () => {
    const type = await terminal({
      Dockerfile: 'FROM busybox AS one\nRUN echo 1\nFROM busybox AS two\nRUN echo 2 > /two\nFROM busybox\nCOPY --from=two /two /x\n',
    })
    expect(steps(await type('docker build .'))).toEqual(['[two 2/2] RUN echo 2 > /two DONE', '[stage-2 2/2] COPY --from=two /two /x DONE'])
  })

  it('shows a secret to the one RUN that mounts it, and to nobody else', async () => {
    const type = await terminal({
      Dockerfile: 'FROM busybox\nRUN --mount=type=secret,id=tok cat /run/secrets/tok\nRUN ls /run/secrets || echo none\n',
      tok: 's3cret\n',
    })
    expect(await type('docker build --progress=plain --secret id=tok,src=tok . 2>&1 | grep -E "^#[56] 0"')).toBe(
      '#5 … s3cret\n#6 … ls: /run/secrets: No such file or directory\n#6 … none\n',
    )
    expect(await type('docker build --secret id=tok,src=nosuch . ')).toBe(
      'ERROR: failed to build: failed to stat nosuch: stat nosuch: no such file or directory\n',
    )
  })

  it('gives its files to the client', async () => {
    const type = await terminal({ Dockerfile: 'FROM scratch\nCOPY f /d/f\n', f: 'hello\n' })
    expect(await type('docker build -q -o out . && cat out/d/f; docker build -q -o - . | tar tf -; docker images -q | wc -l')).toBe(
      'hello\nd/\nd/f\n1\n',
    )
  })

  it('heeds Dockerfile.dockerignore before .dockerignore', async () => {
    const type = await terminal({
      'x.Dockerfile': 'FROM busybox\nCOPY . /c\nRUN ls /c\n',
      'x.Dockerfile.dockerignore': '*.log\n',
      '.dockerignore': '*\n',
      'a.log': '',
      'b.txt': '',
    })
    expect(await type('docker build --progress=plain -f x.Dockerfile . 2>&1 | grep -E "^#7 …|^#7 0"')).toBe(
      '#7 … b.txt\n#7 … x.Dockerfile\n#7 … x.Dockerfile.dockerignore\n',
    )
  })

  it('names the line that failed', async () => {
    const type = await terminal({ Dockerfile: 'FROM busybox\nRUN echo fine\nRUN ["nosuch"]\nRUN echo never\n' })
    expect((await type('docker build .')).split('\n').slice(20)).toEqual([
      '#6 [3/4] RUN ["nosuch"]',
      '#6 … runc run failed: unable to start container process: error during container init: exec: "nosuch": executable file not found in $PATH',
      '#6 ERROR: process "nosuch" did not complete successfully: exit code: 1',
      '------',
      ' > [3/4] RUN ["nosuch"]:',
      '0.140 runc run failed: unable to start container process: error during container init: exec: "nosuch": executable file not found in $PATH',
      '------',
      'Dockerfile:3',
      '--------------------',
      '   1 |     FROM busybox',
      '   2 |     RUN echo fine',
      '   3 | >>> RUN ["nosuch"]',
      '   4 |     RUN echo never',
      '   5 |     ',
      '--------------------',
      'ERROR: failed to build: failed to solve: process "nosuch" did not complete successfully: exit code: 1',
      '',
    ])
  })

  it('is checked without being built', async () => {
    const type = await terminal({ Dockerfile: 'FROM busybox\nCMD echo hi\n' })
    expect(await type('docker build --check -q . 2>/dev/null; echo $?')).toBe(`Check complete, 1 warning has been found!

WARNING: JSONArgsRecommended - https://docs.docker.com/go/dockerfile/rule/json-args-recommended/
JSON arguments recommended for CMD to prevent unintended behavior related to OS signals
Dockerfile:2
--------------------
   1 |     FROM busybox
   2 | >>> CMD echo hi
   3 |     
--------------------
1
`)
    expect(await type('sed -i "1i # check=skip=JSONArgsRecommended" Dockerfile; docker build --check -q .; echo $?')).toBe(
      'Check complete, no warnings found.\n0\n',
    )
  })
})

it('bake builds the targets of its file, with variables from the environment', async () => {
  const type = await terminal({
    'docker-bake.hcl':
      'variable "TAG" {\n  default = "latest"\n}\ngroup "default" {\n  targets = ["web"]\n}\ntarget "base" {\n  args = { V = "1" }\n}\ntarget "web" {\n  inherits = ["base"]\n  tags = ["me/web:${TAG}"]\n}\n',
    Dockerfile: 'FROM busybox\nARG V\nLABEL v=$V\n',
  })
  expect(await type('docker bake --print 2> /dev/null | tr -d " \\n"')).toBe(
    '{"group":{"default":{"targets":["web"]}},"target":{"web":{"context":".","dockerfile":"Dockerfile","args":{"V":"1"},"tags":["me/web:latest"]}}}',
  )
  expect(
    await type('TAG=7 docker buildx bake --set web.args.V=9 2> /dev/null; docker inspect -f "{{.RepoTags}} {{.Config.Labels}}" me/web:7'),
  ).toBe('[me/web:7] map[v:9]\n')
})

it('the layers of images and containers stand below /var/lib/docker/overlay2', async () => {
  const type = await terminal({})
  await type('docker run -d --name web busybox sleep 1000; docker exec web sh -c "echo hi > /hello"')
  expect(
    await type(
      'D=$(docker inspect -f "{{.GraphDriver.Data.UpperDir}}" web); ls $D $D/..; cat $D/../merged/hello; ls $D/../merged/bin/sh | sed s,.*merged,,',
    ),
  ).toMatch(/^.*:\nhello\n\n.*:\ndiff\nlink\nlower\nmerged\nwork\nhi\n\/bin\/sh\n$/)
  expect(
    await type(
      'L=$(docker image inspect -f "{{.GraphDriver.Data.UpperDir}}" busybox); ls $L | head -2; wc -c < $L/../link; docker rm -f web > /dev/null; docker rmi busybox > /dev/null; ls /var/lib/docker/overlay2',
    ),
  ).toBe('bin\ndev\n26\nl\n')
})

it('an address that a failed start had is free for the next container', async () => {
  const type = await terminal({ Dockerfile: 'FROM scratch\nCOPY a /a\nCMD ["/a"]\n', a: 'no program' }, ['nginx'])
  expect(
    await type(
      'docker build -q -t bad . > /dev/null; docker run bad 2> /dev/null; docker run -d -p 8080:80 nginx > /dev/null; sleep 1; curl -s localhost:8080 | head -1',
    ),
  ).toBe('<!DOCTYPE html>\n')
})
