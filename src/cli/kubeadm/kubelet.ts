/** The kubelet as it is asked on a command line; as a service it is systemd's, and what it does is done by the engine. */
import { err, out, type Program } from '../../unix/kernel/process.ts'
import { kubernetesVersion } from '../../unix/programs/packages/kubernetes.ts'
import { newest } from './call.ts'

export const kubelet: Program = function* (process) {
  if (process.argv.includes('--version')) {
    yield* out(process, `Kubernetes ${kubernetesVersion(process.files, 'kubelet') ?? newest}\n`)
    return 0
  }
  yield* err(
    process,
    "kubelet: a kubelet of its own is not simulated in this sandbox; the machine's is started with `systemctl start kubelet`\n",
  )
  return 1
}
