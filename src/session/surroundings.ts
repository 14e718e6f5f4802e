/**
 * What is special about the world around the machine, in a recording's words. It belongs to the world, not to a command: it is kept when
 * the session is saved, and there again when it is restored.
 */
import type { Registry } from '../engine/docker/images/registry.ts'
import { registryConfig } from '../engine/images/registry/image.ts'
import type { Machine } from '../unix/machine.ts'

/** Throws on words nobody knows. */
export function surround(world: string, { registry, machine }: { readonly registry: Registry; readonly machine: Machine }): void {
  if (world === 'Docker Hub out of reach') registry.isOffline = true
  else if (world === 'empty local registries') startRegistries(machine)
  else throw new Error(`unknown world "${world}"`)
}

/** Two services of Debian's docker-registry package: an open one, and one that only `student` with the password `secret` may use. */
function startRegistries(machine: Machine): void {
  const htpasswd = '/etc/docker/registry/htpasswd'
  const configs = {
    '/etc/docker/registry/config.yml': registryConfig('/var/lib/docker-registry').replace('addr: :5000', 'addr: 127.0.0.1:5000'),
    '/etc/docker/registry/private.yml': `${registryConfig('/var/lib/docker-registry-private').replace('addr: :5000', 'addr: 127.0.0.1:5001')}auth:\n  htpasswd:\n    realm: basic-realm\n    path: ${htpasswd}\n`,
  }
  machine.files.mkdir('/etc/docker/registry', { parents: true })
  machine.files.writeFile(htpasswd, 'student:$2y$05$Ax/Tcn9C4O2xUF0gv8uPLeg4VIxa2ReYR1MRYZXiablNYcXmlVzMO\n')
  for (const [path, text] of Object.entries(configs)) {
    if (!machine.files.exists(path)) machine.files.writeFile(path, text)
    const program = machine.kernel.programs.get('image:registry-2')
    if (program)
      machine.spawn(['/usr/bin/docker-registry', 'serve', path], { program, cgroup: { path: '/system.slice/docker-registry.service' } })
  }
}
