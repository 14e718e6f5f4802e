/** What `minikube config` and `minikube profile` have set: ~/.minikube/config/config.json. */
import type { Process } from '../../unix/kernel/process.ts'
import { homeOf } from '../kubectl/kubeconfig.ts'

const path = (process: Process): string => `${homeOf(process)}/.minikube/config/config.json`

export function settings(process: Process): Readonly<Record<string, string>> {
  const file = path(process)
  return process.files.exists(file) ? (JSON.parse(process.files.readText(file)) as Record<string, string>) : {}
}

export function set(process: Process, name: string, value: string | undefined): void {
  const { [name]: _, ...others } = settings(process)
  process.files.mkdir(path(process).replace(/\/[^/]*$/, ''), { parents: true })
  process.files.writeFile(path(process), `${JSON.stringify(value === undefined ? others : { ...others, [name]: value }, undefined, 4)}`)
}
