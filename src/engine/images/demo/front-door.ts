/** The one program behind all front doors (doors.ts): logs as the product does, says what is missing, and answers its known paths. */
import { executable, found } from '../../../unix/kernel/execute.ts'
import { err, out, type Program } from '../../../unix/kernel/process.ts'
import type { HttpResponse } from '../../../base/http.ts'
import { addressOf, answered, hostname, pathOf, serving } from './answers.ts'
import { doorAnswers } from './door-answers.ts'
import { doors } from './doors.ts'

export const frontDoor: Program = function* (process) {
  const given = process.argv.slice(1)
  const product = process.files.readText('/etc/drydock/front-door').trim()
  const door = doorAnswers[product]
  // A shell instead of the server, as the entrypoints allow.
  const path = /^(\/bin\/)?(ba)?sh$/.test(given[0] ?? '') ? found(process, given[0]) : undefined
  if (path !== undefined) {
    const { program, argv } = executable(process, path, given)
    process.argv = argv
    return yield* program(process)
  }
  const filled = (text: string): string =>
    text.replaceAll('%t', new Date(process.now()).toISOString()).replaceAll('%h', hostname(process)).replaceAll('%i', addressOf(process))
  process.memoryBytes = 120_000_000
  for (const line of door.log) yield* out(process, `${filled(line)}\n`)
  yield* err(process, `drydock: this image is a front door only; in this sandbox it does not simulate ${door.missing}\n`)
  const page = `<!DOCTYPE html>\n<html>\n<head><title>${door.title}</title></head>\n<body>\n<h1>${door.title}</h1>\n<p>This sandbox has only the front door of this product; it does not simulate ${door.missing}.</p>\n</body>\n</html>\n`
  const answer = (path: string): HttpResponse => {
    const all = door.answers ?? {}
    const known = Object.hasOwn(all, path) ? all[path] : Object.hasOwn(all, '/') && all['/'].status !== 302 ? all['/'] : undefined
    if (!known) return answered(process, 200, page, 'text/html; charset=utf-8')
    return answered(
      process,
      known.status ?? 200,
      filled(known.text),
      known.type ?? 'text/html; charset=utf-8',
      known.location ? { location: known.location } : {},
    )
  }
  const web = door.web ?? [doors[product].ports[0]]
  return yield* serving(process, web, ({ request }) => answer(pathOf(request)), { isGraceful: true })
}

export const frontDoorTool: Program = function* (process) {
  yield* err(
    process,
    `${process.argv[0].replace(/^.*\//, '')}: not simulated in this sandbox, which has only the front door of this product\n`,
  )
  return 1
}
