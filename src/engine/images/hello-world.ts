/** hello-world: one program that prints one page and ends. The program is registered with the kernel under `image:hello-world`. */
import type { Program } from '../../unix/kernel/process.ts'
import { out } from '../../unix/kernel/process.ts'
import { type CatalogueRepository, type Image, makeImage } from './image.ts'

let image: Image | undefined

function helloWorldImage(): Image {
  image ??= makeImage({
    created: '2025-11-03T21:05:17Z',
    config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['/hello'], WorkingDir: '/' },
    steps: [
      {
        createdBy: 'COPY hello / # buildkit',
        files: { '/hello': { program: 'image:hello-world' } },
        size: 10_072,
        compressedSize: 2_380,
        comment: 'buildkit.dockerfile.v0',
      },
      { createdBy: 'CMD ["/hello"]', comment: 'buildkit.dockerfile.v0' },
    ],
  })
  return image
}

export const helloWorld: CatalogueRepository = {
  name: 'docker.io/library/hello-world',
  description: 'Hello World! (an example of minimal Dockerization)',
  stars: 2_430,
  isOfficial: true,
  tags: { latest: helloWorldImage, linux: helloWorldImage },
}

const page = `
Hello from Docker!
This message shows that your installation appears to be working correctly.

To generate this message, Docker took the following steps:
 1. The Docker client contacted the Docker daemon.
 2. The Docker daemon pulled the "hello-world" image from the Docker Hub.
    (amd64)
 3. The Docker daemon created a new container from that image which runs the
    executable that produces the output you are currently reading.
 4. The Docker daemon streamed that output to the Docker client, which sent it
    to your terminal.

To try something more ambitious, you can run an Ubuntu container with:
 $ docker run -it ubuntu bash

Share images, automate workflows, and more with a free Docker ID:
 https://hub.docker.com/

For more examples and ideas, visit:
 https://docs.docker.com/get-started/

`

export const helloWorldProgram: Program = function* (process) {
  yield* out(process, page)
  return 0
}
