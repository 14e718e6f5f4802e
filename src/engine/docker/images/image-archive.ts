/** `docker save`, `load`, `import` and `commit`: images as archives (the OCI layout that Docker 25 and later write), and out of containers. */
import { bytesOf, noBytes, textOf } from '../../../base/bytes.ts'
import { ByteStream, type HttpResponse } from '../../../base/http.ts'
import { sha256Hex } from '../../../base/sha256.ts'
import { entriesOfTar, type TarEntry, tarOf } from '../../../base/tar.ts'
import { inflate } from '../../runtime/inflate.ts'
import { configOfText, containerConfig, textOfConfig } from '../../images/config-text.ts'
import { type Image, imageOf, type Layer, layerOf } from '../../images/image.ts'
import type { ImageRunConfig } from '../../images/image-config.ts'
import { entriesOf } from '../../runtime/layer-files.ts'
import { changed } from '../containers/changes.ts'
import type { Daemon } from '../daemon.ts'
import { engineVersion } from '../engine-version.ts'
import { DockerError, failure } from '../docker-error.ts'
import { line } from './pull.ts'
import { familiarTag, parseReference, repositoryOf } from './reference.ts'

const blobs = (digest: string): string => `blobs/sha256/${digest.slice(7)}`

export function saveImages(daemon: Daemon, names: readonly string[]): HttpResponse {
  const files = new Map<string, Uint8Array>()
  const manifest: object[] = []
  const index: object[] = []
  const keep = (value: object): { digest: string; size: number } => {
    const content = bytesOf(JSON.stringify(value))
    const digest = `sha256:${sha256Hex(content)}`
    files.set(blobs(digest), content)
    return { digest, size: content.length }
  }
  const repositories: Record<string, Record<string, string>> = {}
  const chosen = new Map<string, Set<string>>()
  for (const name of names) {
    const inspected = daemon.images.require(name)
    const tags = chosen.get(inspected.Id) ?? new Set<string>()
    chosen.set(inspected.Id, tags)
    const isName = !inspected.Id.startsWith(name) && !inspected.Id.startsWith(`sha256:${name}`)
    if (!isName) continue
    // A name without a tag stands for all its tags.
    const hasTag = /:[\w][\w.-]*$/.test(name)
    const wanted = familiarTag(parseReference(name))
    const repository = wanted.slice(0, wanted.lastIndexOf(':') + 1)
    for (const tag of inspected.RepoTags) if (hasTag ? tag === wanted : tag.startsWith(repository)) tags.add(tag)
    daemon.event('image', 'save', inspected.Id, { name: inspected.Id })
  }
  for (const [id, tags] of chosen) {
    const image = daemon.images.image(id)
    const config = bytesOf(textOfConfig(image.config))
    files.set(blobs(id), config)
    const LayerSources: Record<string, object> = {}
    for (const layer of image.layers) {
      files.set(blobs(layer.diffId), tarOf(layer.entries))
      LayerSources[layer.diffId] = { mediaType: 'application/vnd.oci.image.layer.v1.tar', size: layer.size, digest: layer.diffId }
    }
    // For daemons of old, each layer has a config of its own, made of nothing but its place in the chain.
    let parent: string | undefined
    for (const [at, layer] of image.layers.entries()) {
      const isTop = at === image.layers.length - 1
      const { config: run, created, architecture, os } = image.config
      parent = keep({
        id: layer.diffId.slice(7),
        ...(parent ? { parent } : {}),
        created: isTop ? created : '1970-01-01T00:00:00Z',
        ...(isTop ? { config: run, architecture } : { container_config: {} }),
        os,
      }).digest.slice(7)
    }
    const described = keep({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: id, size: config.length },
      layers: image.layers.map((layer) => ({
        mediaType: 'application/vnd.oci.image.layer.v1.tar',
        digest: layer.diffId,
        size: layer.size,
      })),
    })
    const row = (annotations?: object) => ({
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      ...described,
      ...(annotations && { annotations }),
    })
    if (tags.size === 0) index.push(row())
    for (const tag of [...tags].sort()) {
      const reference = parseReference(tag)
      index.push(
        row({
          'io.containerd.image.name': `${repositoryOf(reference)}:${reference.tag ?? 'latest'}`,
          'org.opencontainers.image.ref.name': reference.tag ?? 'latest',
        }),
      )
    }
    manifest.push({
      Config: blobs(id),
      RepoTags: tags.size > 0 ? [...tags].sort() : null,
      Layers: image.layers.map((layer) => blobs(layer.diffId)),
      LayerSources,
    })
    for (const tag of tags) {
      const colon = tag.lastIndexOf(':')
      const top = image.layers.at(-1)?.diffId.slice(7)
      if (top) (repositories[tag.slice(0, colon)] ??= {})[tag.slice(colon + 1)] = top
    }
  }
  files.set(
    'index.json',
    bytesOf(JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: index })),
  )
  files.set('manifest.json', bytesOf(`${JSON.stringify(manifest)}\n`))
  files.set('oci-layout', bytesOf('{"imageLayoutVersion":"1.0.0"}'))
  if (Object.keys(repositories).length > 0) files.set('repositories', bytesOf(`${JSON.stringify(repositories)}\n`))
  const entry = (path: string, content: Uint8Array | undefined): TarEntry => ({
    path,
    kind: content ? 'file' : 'directory',
    mode: content ? 0o644 : 0o755,
    uid: 0,
    gid: 0,
    modifiedMs: 0,
    content: content ?? noBytes,
    target: '',
  })
  const folders = [entry('blobs', undefined), entry('blobs/sha256', undefined)]
  return {
    status: 200,
    headers: { 'content-type': 'application/x-tar' },
    body: tarOf([...folders, ...[...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, content]) => entry(path, content))]),
  }
}

interface ManifestRow {
  readonly Config: string
  readonly RepoTags: readonly string[] | null
  readonly Layers: readonly string[]
  readonly LayerSources?: Readonly<Record<string, { readonly size?: number }>>
}

export function loadImages(daemon: Daemon, body: Uint8Array, isQuiet: boolean): HttpResponse {
  const out = new ByteStream()
  const answer: HttpResponse = { status: 200, headers: { 'content-type': 'application/json' }, body: out }
  try {
    const files = new Map(entriesOfTar(inflate(body)).map((entry) => [entry.path, entry]))
    const manifest = files.get('manifest.json')
    if (!manifest) throw failure('invalid archive: does not contain a manifest.json')
    for (const row of JSON.parse(textOf(manifest.content)) as readonly ManifestRow[]) {
      const configFile = files.get(row.Config)
      if (!configFile) throw failure(`open ${row.Config}: no such file or directory`)
      const config = configOfText(textOf(configFile.content))
      const layers = row.Layers.map((path, index) => {
        const tar = files.get(path)
        if (!tar) throw failure(`open ${path}: no such file or directory`)
        const diffId = config.rootfs.diff_ids[index]
        const known = daemon.images
          .list()
          .flatMap(({ Id }) =>
            daemon.images.hasLayer(diffId) ? daemon.images.image(Id).layers.filter((layer) => layer.diffId === diffId) : [],
          )[0]
        if (!known && !isQuiet)
          out.write(
            line({
              status: 'Loading layer',
              progressDetail: { current: tar.content.length, total: tar.content.length },
              progress: `[${'='.repeat(50)}>]`,
              id: diffId.slice(7, 19),
            }),
          )
        return known ?? layerOf(entriesOfTar(inflate(tar.content)), { size: row.LayerSources?.[diffId]?.size })
      })
      const image = { ...imageOf({ config, layers }), id: `sha256:${sha256Hex(configFile.content)}` }
      daemon.images.add(image)
      daemon.event('image', 'load', image.id, { name: image.id })
      for (const tag of row.RepoTags ?? []) {
        daemon.images.tag(image.id, tag)
        out.write(line({ stream: `Loaded image: ${tag}\n` }))
      }
      if (!row.RepoTags?.length) out.write(line({ stream: `Loaded image ID: ${image.id}\n` }))
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    out.write(line({ errorDetail: { message }, error: message }))
  }
  out.end()
  return answer
}

export function importImage(daemon: Daemon, query: URLSearchParams, body: Uint8Array): HttpResponse {
  const run = changed({}, changesOf(query))
  const source = query.get('fromSrc') ?? '-'
  if (source !== '-') throw new DockerError(500, `Get "${source}": the sandbox has no way to the outside`)
  let entries: TarEntry[]
  try {
    entries = entriesOfTar(inflate(body))
  } catch (error) {
    throw failure(`Error processing tar file(exit status 1): ${error instanceof Error ? error.message : String(error)}`)
  }
  const layer = layerOf(entries)
  const created = daemon.nano()
  const image = imageOf({
    config: {
      created,
      architecture: 'amd64',
      docker_version: engineVersion,
      os: 'linux',
      config: run,
      rootfs: { type: 'layers', diff_ids: [layer.diffId] },
      history: [{ created, created_by: '', comment: query.get('message') || `Imported from ${source}` }],
    },
    layers: [layer],
  })
  daemon.images.add(image)
  const repository = query.get('repo')
  if (repository)
    daemon.images.tag(image.id, familiarTag(parseReference(query.get('tag') ? `${repository}:${query.get('tag')}` : repository)))
  daemon.event('image', 'import', image.id, { name: image.id })
  return { status: 200, headers: { 'content-type': 'application/json' }, body: line({ status: image.id }) }
}

function changesOf(query: URLSearchParams): string[] {
  return query.getAll('changes').flatMap((text) => {
    if (!text.startsWith('[')) return [text]
    try {
      return JSON.parse(text) as string[]
    } catch {
      return [text]
    }
  })
}

/** A new image of a container: its writable layer over the image it came from. */
export function commitContainer(daemon: Daemon, query: URLSearchParams, body: { readonly [field: string]: unknown }): { Id: string } {
  const container = daemon.require(query.get('container') ?? '')
  const { Config } = container
  const base: ImageRunConfig = {
    ...(Config.User ? { User: Config.User } : {}),
    ...(Config.ExposedPorts ? { ExposedPorts: Config.ExposedPorts } : {}),
    ...(Config.Env ? { Env: Config.Env } : {}),
    ...(Config.Entrypoint ? { Entrypoint: Config.Entrypoint } : {}),
    ...(Config.Cmd ? { Cmd: Config.Cmd } : {}),
    ...(Config.Volumes ? { Volumes: Config.Volumes } : {}),
    ...(Config.WorkingDir ? { WorkingDir: Config.WorkingDir } : {}),
    ...(Object.keys(Config.Labels).length > 0 ? { Labels: Config.Labels } : {}),
    ...(Config.StopSignal ? { StopSignal: Config.StopSignal } : {}),
    ...(Config.Healthcheck ? { Healthcheck: Config.Healthcheck } : {}),
    ...(Config.Shell ? { Shell: Config.Shell } : {}),
  }
  const asked = Object.fromEntries(
    Object.entries(body).filter(
      ([key, value]) =>
        value !== null &&
        value !== '' &&
        ['User', 'ExposedPorts', 'Env', 'Entrypoint', 'Cmd', 'Volumes', 'WorkingDir', 'Labels', 'StopSignal', 'Healthcheck'].includes(key),
    ),
  )
  const run = changed({ ...base, ...asked }, changesOf(query))
  const image = committed(daemon, container.Id, {
    run,
    author: query.get('author') ?? '',
    comment: query.get('comment') ?? '',
    createdBy: [container.Path, ...container.Args].join(' '),
  })
  daemon.images.add(image, { parent: container.Image })
  daemon.event('image', 'create', image.id, { name: image.id })
  const repository = query.get('repo')
  const name = repository ? familiarTag(parseReference(query.get('tag') ? `${repository}:${query.get('tag')}` : repository)) : ''
  if (name !== '') {
    daemon.images.tag(image.id, name)
    daemon.event('image', 'tag', image.id, { name })
  }
  daemon.containerEvent(container, 'commit', { comment: query.get('comment') ?? '', imageID: image.id, imageRef: name })
  return { Id: image.id }
}

/** What a container's writable layer makes of its image; nothing is stored yet. */
export function committed(
  daemon: Daemon,
  id: string,
  { run, author, comment, createdBy }: { run: ImageRunConfig; author: string; comment: string; createdBy: string },
): Image {
  const container = daemon.container(id)
  const parent = container.Image ? daemon.images.image(container.Image) : undefined
  const entries = entriesOf(daemon.liveOf(id).upper)
  const layer: Layer | undefined = entries.length > 0 ? layerOf(entries) : undefined
  const layers = [...(parent?.layers ?? []), ...(layer ? [layer] : [])]
  const created = daemon.nano()
  return imageOf({
    layers,
    config: {
      created,
      ...(author ? { author } : {}),
      architecture: 'amd64',
      docker_version: engineVersion,
      container: id,
      container_config: containerConfig(run, { container: id, command: [container.Path, ...container.Args], parent: container.Image }),
      os: 'linux',
      config: run,
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
      history: [
        ...(parent?.config.history ?? []),
        {
          created,
          ...(author ? { author } : {}),
          created_by: createdBy,
          ...(comment ? { comment } : {}),
          ...(layer ? {} : { empty_layer: true }),
        },
      ],
    },
  })
}
