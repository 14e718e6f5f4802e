/** What docker-entrypoint.sh of the mongo image does: the first user, and the scripts of /docker-entrypoint-initdb.d. */
import { executable, found, start } from '../../../unix/kernel/execute.ts'
import { ended, err, out, type Program, sleep } from '../../../unix/kernel/process.ts'
import { dataPath, type Kept } from './protocol.ts'

export const entrypoint: Program = function* (process) {
  let args = process.argv.slice(process.argv[0].endsWith('docker-entrypoint.sh') ? 1 : 0)
  if (args[0]?.startsWith('-')) args = ['mongod', ...args]
  const { env, files } = process
  if (args[0] === 'mongod' && !files.exists(dataPath)) {
    const [user, password] = ['USERNAME', 'PASSWORD'].map(
      (name) =>
        env[`MONGO_INITDB_ROOT_${name}`] ??
        (env[`MONGO_INITDB_ROOT_${name}_FILE`] === undefined ? undefined : files.readText(env[`MONGO_INITDB_ROOT_${name}_FILE`]).trim()),
    )
    if ((user === undefined) !== (password === undefined)) {
      yield* err(
        process,
        "\nerror: missing 'MONGO_INITDB_ROOT_USERNAME' or 'MONGO_INITDB_ROOT_PASSWORD'\n       both must be specified for a user to be created\n\n",
      )
      return 1
    }
    if (!files.exists('/data/db')) files.mkdir('/data/db', { parents: true })
    files.writeFile(
      dataPath,
      JSON.stringify({ databases: {}, users: user === undefined ? {} : { [user]: password ?? '' } } satisfies Kept),
      { mode: 0o600 },
    )
    const folder = '/docker-entrypoint-initdb.d'
    const names = files.exists(folder) ? files.list(folder).filter((name) => /\.(js|sh)$/.test(name)) : []
    if (names.length > 0) {
      const server = start(process, ['mongod', '--bind_ip', '127.0.0.1'])
      yield* sleep(process, 500)
      for (const name of names) {
        yield* out(process, `\n/usr/local/bin/docker-entrypoint.sh: running ${folder}/${name}\n`)
        const signedIn = user === undefined ? [] : ['-u', user, '-p', password ?? '']
        yield* ended(
          start(
            process,
            name.endsWith('.js')
              ? ['mongosh', ...signedIn, env.MONGO_INITDB_DATABASE ?? 'test', `${folder}/${name}`]
              : ['bash', `${folder}/${name}`],
          ),
        )
      }
      process.kernel.kill(server, 'TERM')
      yield* ended(server)
      yield* out(process, '\nMongoDB init process complete; ready for start up.\n\n')
    }
  }
  const path = found(process, args[0] ?? '')
  if (path === undefined) {
    yield* err(process, `/usr/local/bin/docker-entrypoint.sh: line 416: exec: ${args[0]}: not found\n`)
    return 127
  }
  const { program, argv } = executable(process, path, args)
  process.argv = argv
  return yield* program(process)
}
