/** Putting packages onto a disk and finding out what is there: what apt, apk, yum and dpkg share. Each family keeps its own list of what it has. */
import { binary } from '../../kernel/execute.ts'
import type { Process } from '../../kernel/process.ts'
import { type Distribution, type Package, packageOf, packagesOf } from './catalogue.ts'
import { filesOf, type PackageFile } from './files.ts'

/** Milliseconds that a mirror takes to answer. */
export const networkMs = 900

const folders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin']

/** The mirror is reached when the network lets anything out. */
export function isOnline(process: Process): boolean {
  return process.net.interfaces.some(({ name }) => name !== 'lo')
}

const nameOf = (program: string): string => program.replace(/:.*$/, '')

export function isInstalled(process: Process, on: Distribution, name: string): boolean {
  if (listed(process, on, name)) return true
  // Packages an image has from the start are in no list: they are known by their programs. On Alpine those belong to busybox.
  const found = on.family === 'alpine' ? undefined : packageOf(on, name)
  return (
    found !== undefined &&
    found.programs.length > 0 &&
    found.programs.every((program) => folders.some((folder) => process.files.exists(`${folder}/${nameOf(program)}`)))
  )
}

export function installedPackages(process: Process, on: Distribution): Package[] {
  return packagesOf(on).filter((one) => isInstalled(process, on, one.name))
}

/** These and what they need, needed ones first; only what is not there yet. */
export function selection(process: Process, on: Distribution, names: readonly string[]): Package[] {
  const chosen = new Map<string, Package>()
  const take = (name: string): void => {
    const found = packageOf(on, name)
    if (!found || chosen.has(name) || isInstalled(process, on, name)) return
    for (const need of found.needs) take(need)
    chosen.set(name, found)
  }
  for (const name of names) take(name)
  return [...chosen.values()]
}

function listPath({ family }: Distribution, name: string): string {
  return family === 'debian'
    ? `/var/lib/dpkg/info/${name}.list`
    : family === 'alpine'
      ? `/lib/apk/db/${name}.list`
      : `/var/lib/rpm/${name}.list`
}

function listed(process: Process, on: Distribution, name: string): boolean {
  return process.files.exists(listPath(on, name))
}

/** Text of a file that stands for a program which is not simulated. */
function absent(name: string): string {
  return `#!/bin/sh\necho "${name}: Drydock does not simulate this program; its package is installed as an empty shell" >&2\nexit 127\n`
}

export function place(process: Process, on: Distribution, { name, programs, folder }: Package): void {
  const paths: string[] = []
  const write = (path: string, file: PackageFile): void => {
    const parent = path.replace(/\/[^/]*$/, '') || '/'
    if (!process.files.exists(parent)) process.files.mkdir(parent, { parents: true })
    if (typeof file === 'object' && 'folder' in file) {
      if (!process.files.exists(path)) process.files.mkdir(path, { parents: true, mode: file.mode ?? 0o755 })
      if (file.uid !== undefined) process.files.chown(path, { uid: file.uid, gid: file.uid })
    } else if (typeof file === 'object' && 'link' in file) {
      if (!process.files.exists(path)) process.files.symlink(file.link, path)
    } else
      process.files.writeFile(path, typeof file === 'string' ? file : file.text, { mode: typeof file === 'string' ? 0o644 : file.mode })
    paths.push(path)
  }
  for (const program of programs) {
    const [shown, real = shown] = program.split(':')
    const known = [real, `image:${real}`].find((one) => process.kernel.programs.has(one))
    // A busybox applet of the same name gives way.
    if (process.files.exists(`${folder}/${shown}`)) process.files.unlink(`${folder}/${shown}`)
    write(`${folder}/${shown}`, { text: known === undefined ? absent(shown) : binary(known), mode: 0o755 })
  }
  const { files, users } = filesOf(name, on)
  for (const [path, file] of Object.entries(files)) write(path, file)
  for (const user of users) addUser(process, user)
  const list = listPath(on, name)
  const parent = list.replace(/\/[^/]*$/, '')
  if (!process.files.exists(parent)) process.files.mkdir(parent, { parents: true })
  process.files.writeFile(list, paths.map((path) => `${path}\n`).join(''))
}

/** Configuration and folders stay, as after `apt remove` and `rpm -e` of changed files. */
export function remove(process: Process, on: Distribution, name: string): void {
  const found = packageOf(on, name)
  for (const program of found?.programs ?? [])
    for (const folder of folders)
      if (process.files.exists(`${folder}/${nameOf(program)}`)) process.files.unlink(`${folder}/${nameOf(program)}`, process.credentials)
  if (listed(process, on, name)) process.files.unlink(listPath(on, name), process.credentials)
}

/** `apache:48:Apache:/usr/share/httpd` */
function addUser(process: Process, line: string): void {
  const [name, id, title, home] = line.split(':')
  const append = (path: string, text: string): void => {
    if (process.files.exists(path) && !process.files.readText(path).includes(`\n${name}:`))
      process.files.writeFile(path, text, { append: true })
  }
  append('/etc/passwd', `${name}:x:${id}:${id}:${title}:${home}:/sbin/nologin\n`)
  append('/etc/group', `${name}:x:${id}:\n`)
}
