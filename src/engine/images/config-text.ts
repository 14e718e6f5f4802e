/**
 * An image's config as its bytes, which its id is the digest of. Docker's own builder, `import` and `commit` write the settings of a
 * whole container, twice; BuildKit writes what an image can say. Both sort the keys.
 */
import type { HistoryEntry, ImageConfig, ImageRunConfig } from './image-config.ts'

export function textOfConfig(image: ImageConfig): string {
  const { architecture, author, config, container, container_config, created, docker_version, history, os, rootfs } = image
  if (docker_version === undefined)
    return JSON.stringify({ architecture, ...(author && { author }), config: ofImage(config), created, history, os, rootfs })
  const comment = history.at(-1)?.comment
  return JSON.stringify({
    architecture,
    ...(author && { author }),
    ...(comment && { comment }),
    config: ofContainer(config, { Image: container_config?.Image ?? '' }),
    ...(container && { container }),
    container_config: container_config ?? ofContainer({}),
    created,
    docker_version,
    history: history.map(sparse),
    os,
    rootfs,
  })
}

/** What was written by `textOfConfig`, or by another program. */
export function configOfText(text: string): ImageConfig {
  const read = JSON.parse(text) as ImageConfig & { readonly comment?: string }
  const { comment: _, ...image } = read
  return {
    ...image,
    config: without(image.config ?? {}),
    history: (image.history ?? []).map((entry) => ({ ...entry, created_by: entry.created_by ?? '' })),
  }
}

/** The settings of the container that a step ran in or was said to run in. */
export function containerConfig(
  run: ImageRunConfig,
  { container = '', command, parent }: { container?: string; command: readonly string[]; parent: string },
): ImageConfig['container_config'] {
  return ofContainer({ ...run, Cmd: command }, { Hostname: container.slice(0, 12), Image: parent })
}

/** In the order of Go's fields. */
function ofContainer(
  run: ImageRunConfig,
  { Hostname = '', Image = '' }: { Hostname?: string; Image?: string } = {},
): NonNullable<ImageConfig['container_config']> {
  const {
    User = '',
    ExposedPorts,
    Env,
    Cmd,
    Healthcheck,
    ArgsEscaped,
    Volumes,
    WorkingDir = '',
    Entrypoint,
    OnBuild,
    Labels,
    StopSignal,
    Shell,
  } = run
  return {
    Hostname,
    Domainname: '',
    User,
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    ...(ExposedPorts && { ExposedPorts }),
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Env: Env ?? null,
    Cmd: Cmd ?? null,
    ...(Healthcheck && { Healthcheck }),
    ...(ArgsEscaped && { ArgsEscaped }),
    Image,
    Volumes: Volumes ?? null,
    WorkingDir,
    Entrypoint: Entrypoint ?? null,
    OnBuild: OnBuild ?? null,
    Labels: Labels ?? null,
    ...(StopSignal && { StopSignal }),
    ...(Shell && { Shell }),
  }
}

/** The order of the OCI image's fields, and what Docker adds to them. */
function ofImage({
  User,
  ExposedPorts,
  Env,
  Entrypoint,
  Cmd,
  Volumes,
  WorkingDir,
  Labels,
  StopSignal,
  ArgsEscaped,
  Healthcheck,
  OnBuild,
  Shell,
}: ImageRunConfig): ImageRunConfig {
  return JSON.parse(
    JSON.stringify({
      User: User || undefined,
      ExposedPorts,
      Env,
      Entrypoint,
      Cmd,
      Volumes,
      WorkingDir: WorkingDir || undefined,
      Labels,
      StopSignal,
      ArgsEscaped,
      Healthcheck,
      OnBuild,
      Shell,
    }),
  ) as ImageRunConfig
}

function sparse({ created, author, created_by, comment, empty_layer }: HistoryEntry): object {
  return {
    created,
    ...(author && { author }),
    ...(created_by && { created_by }),
    ...(comment && { comment }),
    ...(empty_layer && { empty_layer }),
  }
}

const ofContainersOnly = ['Hostname', 'Domainname', 'AttachStdin', 'AttachStdout', 'AttachStderr', 'Tty', 'OpenStdin', 'StdinOnce', 'Image']

function without(config: ImageRunConfig): ImageRunConfig {
  return Object.fromEntries(
    Object.entries(config).filter(([name, value]) => value !== null && value !== '' && !ofContainersOnly.includes(name)),
  )
}
