/**
 * The first images that Docker's own guides and labs start: nginx with a page. The pages are the sandbox's own short forms of theirs; the files, ports
 * and commands are where the guides say.
 */
import { type CatalogueRepository, type Image, type LayerFiles, makeImage } from '../image.ts'
import type { ImageRunConfig } from '../image-config.ts'
import { nginxRepository } from '../nginx/image.ts'
import { once } from '../once.ts'

const note = 'buildkit.dockerfile.v0'
const html = (title: string, text: string): string =>
  `<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>${title}</title></head>\n<body><h1>${title}</h1><p>${text}</p></body>\n</html>\n`

const pageOf = (base: 'alpine' | 'latest', files: LayerFiles, config: ImageRunConfig = {}): (() => Image) =>
  once(() => {
    const nginx = nginxRepository.tags[base]()
    const [first] = Object.keys(files)
    return makeImage({
      base: nginx,
      created: '2024-03-12T15:00:00Z',
      config: { ...nginx.config, ...config },
      steps: [{ createdBy: `COPY ${first.replace(/^.*\//, '')} ${first} # buildkit`, files, comment: note }],
    })
  })

const root = '/usr/share/nginx/html'
const welcome = pageOf('alpine', { [`${root}/index.html`]: html('Congratulations!!!', 'You ran your first container.') })
const gettingStarted = pageOf('alpine', {
  [`${root}/index.html`]: html('Getting Started', 'Congratulations! You have started the container for this tutorial!'),
})
// Its page takes AUTHOR from the environment at every start.
const staticSite = pageOf(
  'latest',
  { [`${root}/Hello_docker.html`]: html('Hello Docker!', 'This is being served from a <b>docker</b> container running Nginx.') },
  {
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'AUTHOR=Docker'],
    WorkingDir: root,
    Cmd: [
      '/bin/sh',
      '-c',
      `cd ${root} && sed -e s/Docker/"$AUTHOR"/ Hello_docker.html > index.html ; echo "Nginx is running..."; nginx -g 'daemon off;'`,
    ],
    ExposedPorts: { '80/tcp': {}, '443/tcp': {} },
  },
)

const named = (name: string, image: () => Image, description: string, stars: number): CatalogueRepository => ({
  name: `docker.io/${name}`,
  description,
  stars,
  tags: { latest: image },
})

export const pages: readonly CatalogueRepository[] = [
  named('docker/welcome-to-docker', welcome, 'Docker image for new users getting started with Docker.', 110),
  named('docker/getting-started', gettingStarted, 'Getting Started with Docker', 320),
  named('dockersamples/static-site', staticSite, '', 60),
  named('seqvence/static-site', staticSite, '', 40),
  named('prakhar1989/static-site', staticSite, '', 20),
]
