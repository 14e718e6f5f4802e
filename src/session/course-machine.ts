/**
 * What Killercoda's machines have beside those of a plain installation, as far as scenarios count on it: where the machine is reached from outside, a
 * place for the logs of scripts, `k` for kubectl.
 */
import type { Machine } from '../unix/machine.ts'

export function furnishForCourses({ files }: Machine, { hasKubectl }: { readonly hasKubectl: boolean }): void {
  for (const folder of ['/etc/killercoda', '/var/log/killercoda', '/var/lib/killercoda']) files.mkdir(folder, { parents: true })
  // Scenarios put a port where it says PORT.
  files.writeFile('/etc/killercoda/host', 'http://localhost:PORT\n')
  if (hasKubectl)
    files.writeFile('/root/.bashrc', `${files.readText('/root/.bashrc')}\nalias k=kubectl\ncomplete -o default -F __start_kubectl k\n`)
}
