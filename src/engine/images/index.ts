/** The catalogue: every repository the sandbox's registries offer from the start, one line each, and the programs they bring. */
import type { Program } from '../../unix/kernel/process.ts'
import { alpine } from './alpine.ts'
import { busybox, busyboxCopies } from './busybox.ts'
import { debian, ubuntuRepository } from './debian.ts'
import { demoPrograms, demos } from './demo/images.ts'
import { pages } from './demo/pages.ts'
import { platformPrograms, platforms } from './demo/platforms.ts'
import { loadedLater } from './lazy.ts'
import { docker } from './docker-in-docker.ts'
import { helloWorld, helloWorldProgram } from './hello-world.ts'
import { httpd } from './httpd/images.ts'
import type { CatalogueRepository } from './image.ts'
import { systemPrograms, systemRepositories } from './kubernetes-system.ts'
import { bootcamps, kubia, kubiaPet, kubiaUnhealthy, node } from './node/images.ts'
import { courseRepositories } from './node/courses.ts'
import { npmPrograms } from './node/npm/images.ts'
import { serviceRepositories } from './node/services.ts'
import { wordpress } from './node/wordpress.ts'
import { python } from './python/images.ts'
import { lazy } from '../../unix/programs/lazy.ts'
import { nginxRepository, nginxVariants } from './nginx/image.ts'
import { mongoPrograms, mongoRepository } from './mongo/images.ts'
import { mysqlPrograms, mysqlRepositories } from './mysql/images.ts'
import { postgresPrograms, postgresRepositories } from './postgres/images.ts'
import type { LoadPostgres } from './postgres/library.ts'
import type { LoadSqlite } from './sqlite/library.ts'
import { redHatFamily } from './red-hat.ts'
import { redisPrograms, redisRepositories } from './redis/image.ts'
import { registry, registryPrograms } from './registry/image.ts'
import { smallServerPrograms, smallServers } from './small-servers.ts'
import { toolBoxes } from './tool-boxes.ts'

export const catalogue: readonly CatalogueRepository[] = [
  alpine,
  busybox,
  ...busyboxCopies,
  debian,
  docker,
  helloWorld,
  httpd,
  nginxRepository,
  ...nginxVariants,
  node,
  ...redisRepositories,
  python,
  registry,
  ubuntuRepository,
  kubia,
  kubiaPet,
  kubiaUnhealthy,
  ...bootcamps,
  ...courseRepositories,
  ...serviceRepositories,
  wordpress,
  ...smallServers,
  ...postgresRepositories,
  ...mysqlRepositories,
  mongoRepository,
  ...demos,
  ...pages,
  ...platforms,
  ...toolBoxes,
  ...redHatFamily,
  ...systemRepositories,
]

/** For the kernel's `programs`: binaries that only images have. */
export const imagePrograms: ReadonlyMap<string, Program> = new Map<string, Program>([
  ...smallServerPrograms,
  ...registryPrograms,
  ...demoPrograms,
  ...platformPrograms,
  ...mongoPrograms,
  ['image:hello-world', helloWorldProgram],
  ...loadedLater(['nginx'], () => import('./nginx/program.ts')),
  ...loadedLater(['httpd', 'apachectl'], () =>
    import('./httpd/program.ts').then(({ httpdProgram, apachectl }) => ({ httpd: httpdProgram, apachectl })),
  ),
  ...redisPrograms,
  ...systemPrograms,
  ...loadedLater(['pip', 'flask'], () => import('./python/pip.ts')),
])

/** Programs that need a library loaded when they are first run. */
export function wasmPrograms({
  quickjs,
  skulpt,
  postgres,
  sqlite,
}: {
  readonly quickjs: () => Promise<WebAssembly.Module>
  readonly skulpt: () => Promise<readonly [string, string]>
  readonly postgres: LoadPostgres
  readonly sqlite: LoadSqlite
}): ReadonlyMap<string, Program> {
  return new Map([
    ['node', lazy(() => import('./node/program.ts').then(({ nodeProgram }) => nodeProgram(quickjs, sqlite)))],
    ['python3', lazy(() => import('./python/program.ts').then(({ pythonProgram }) => pythonProgram(quickjs, skulpt)))],
    ...npmPrograms,
    ...postgresPrograms(postgres),
    ...mysqlPrograms(sqlite),
  ])
}
