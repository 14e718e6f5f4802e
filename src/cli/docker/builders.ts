/**
 * buildx's builder instances, as files below ~/.docker/buildx: `default` is the daemon's own and no file; others run BuildKit in a
 * container (`docker-container`), elsewhere (`remote`) or in a cluster (`kubernetes`). Only `default` can build here.
 */
import type { Process } from '../../unix/kernel/process.ts'
import { DockerError } from './docker-error.ts'
import { configPath } from './login.ts'

export interface BuilderNode {
  readonly Name: string
  readonly Endpoint: string
  readonly Platforms: readonly string[]
  readonly DriverOpts: Readonly<Record<string, string>>
  readonly Flags: readonly string[]
}

export interface Instance {
  readonly Name: string
  readonly Driver: string
  readonly Nodes: readonly BuilderNode[]
}

export interface Builder {
  readonly name: string
  readonly driver: string
}

const folder = (process: Process): string => configPath(process).replace(/config\.json$/, 'buildx')

export function instances(process: Process): readonly Instance[] {
  const at = `${folder(process)}/instances`
  if (!process.files.exists(at)) return []
  return process.files.list(at).map((name) => JSON.parse(process.files.readText(`${at}/${name}`)) as Instance)
}

export function instanceNamed(process: Process, name: string): Instance | undefined {
  return instances(process).find((instance) => instance.Name === name)
}

export function saveInstance(process: Process, instance: Instance): void {
  const at = `${folder(process)}/instances`
  process.files.mkdir(at, { parents: true, mode: 0o700 }, process.credentials)
  process.files.writeFile(`${at}/${instance.Name}`, JSON.stringify(instance), {}, process.credentials)
}

export function removeInstance(process: Process, name: string): void {
  process.files.unlink(`${folder(process)}/instances/${name}`, process.credentials)
  if (chosenName(process) === name) choose(process, '')
}

/** The builder of this folder's `current`; empty is the default. */
export function choose(process: Process, name: string): void {
  process.files.mkdir(folder(process), { parents: true, mode: 0o700 }, process.credentials)
  process.files.writeFile(
    `${folder(process)}/current`,
    JSON.stringify({ Key: 'unix:///var/run/docker.sock', Name: name === 'default' ? '' : name, Global: false }),
    {},
    process.credentials,
  )
}

function chosenName(process: Process): string {
  const at = `${folder(process)}/current`
  if (!process.files.exists(at)) return 'default'
  return (JSON.parse(process.files.readText(at)) as { readonly Name: string }).Name || 'default'
}

/** `--builder`, BUILDX_BUILDER, or the one chosen with `use`. */
export function currentBuilder(process: Process, given: string): Builder {
  const name = given || process.env.BUILDX_BUILDER || chosenName(process)
  if (name === 'default') return { name, driver: 'docker' }
  const instance = instanceNamed(process, name)
  if (!instance) throw new DockerError(`ERROR: no builder ${JSON.stringify(name)} found`)
  return { name, driver: instance.Driver }
}
