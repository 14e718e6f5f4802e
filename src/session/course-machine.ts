/**
 * What Killercoda's machines have beside those of a plain installation, as far as scenarios count on it: Ubuntu, the address under which the machine
 * is reached from outside, a place for the logs of scripts, `k` for kubectl.
 */
import type { Machine } from '../unix/machine.ts'

export const courseRelease = '6.8.0-71-generic'

export function furnishForCourses({ files }: Machine, { hasKubectl }: { readonly hasKubectl: boolean }): void {
  for (const folder of ['/etc/killercoda', '/var/log/killercoda', '/var/lib/killercoda']) files.mkdir(folder, { parents: true })
  // Scenarios put a port where it says PORT.
  files.writeFile('/etc/killercoda/host', 'http://localhost:PORT\n')
  files.writeFile('/usr/lib/os-release', osRelease)
  files.writeFile('/etc/lsb-release', lsbRelease)
  files.writeFile('/etc/issue', 'Ubuntu 24.04.3 LTS \\n \\l\n\n')
  files.writeFile('/etc/debian_version', 'trixie/sid\n')
  // As completion of kubectl is found under the name that an alias stands for, it needs no line of its own.
  if (hasKubectl) files.writeFile('/root/.bashrc', `${files.readText('/root/.bashrc')}\nalias k=kubectl\n`)
}

const osRelease = `PRETTY_NAME="Ubuntu 24.04.3 LTS"
NAME="Ubuntu"
VERSION_ID="24.04"
VERSION="24.04.3 LTS (Noble Numbat)"
VERSION_CODENAME=noble
ID=ubuntu
ID_LIKE=debian
HOME_URL="https://www.ubuntu.com/"
SUPPORT_URL="https://help.ubuntu.com/"
BUG_REPORT_URL="https://bugs.launchpad.net/ubuntu/"
PRIVACY_POLICY_URL="https://www.ubuntu.com/legal/terms-and-policies/privacy-policy"
UBUNTU_CODENAME=noble
LOGO=ubuntu-logo
`

const lsbRelease = `DISTRIB_ID=Ubuntu
DISTRIB_RELEASE=24.04
DISTRIB_CODENAME=noble
DISTRIB_DESCRIPTION="Ubuntu 24.04.3 LTS"
`
