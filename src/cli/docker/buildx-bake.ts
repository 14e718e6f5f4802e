/** `docker buildx bake`: finds the definitions as the real one does. What they say is only read from compose files, by `docker compose build`. */
import { err } from '../../unix/kernel/process.ts'
import { type Command, DockerError } from './command.ts'

const defaultFiles = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml', 'docker-bake.json', 'docker-bake.hcl', 'docker-bake.override.json', 'docker-bake.override.hcl']

export const bake: Command = function* ({ process, flags }) {
  const given = flags.list('file')
  const found = given.length > 0 ? given : defaultFiles.filter((name) => process.files.exists(process.path(name)))
  const begin = '#0 building with "default" instance using docker driver\n\n#1 [internal] load local bake definitions\n'
  for (const name of given) {
    if (process.files.exists(process.path(name))) continue
    yield* err(process, `${begin}#1 ERROR: open ${name}: no such file or directory\n------\n > [internal] load local bake definitions:\n------\n`)
    throw new DockerError(`ERROR: open ${name}: no such file or directory`)
  }
  if (found.length === 0) {
    yield* err(process, `${begin}#1 DONE 0.0s\n`)
    throw new DockerError("ERROR: couldn't find a bake definition")
  }
  throw new DockerError(`ERROR: building from ${found[0]} with bake is not simulated in this sandbox: use "docker build", or "docker compose build" for a compose file`)
}
