/** The one program behind all front doors (doors.ts): logs as the product does, says what is missing, and answers its known paths. */
import { err, out, type Program } from '../../../unix/kernel/process.ts'
import type { HttpResponse } from '../../../base/http.ts'
import { addressOf, answered, hostname, pathOf, serving } from './answers.ts'
import { doors } from './doors.ts'

export const frontDoor: Program = function* (process) {
  const given = process.argv.slice(1)
  const door = doors[process.files.readText('/etc/drydock/front-door').trim()]
  if (!door) return 1
  // A command of one's own instead of the server, as entrypoints allow.
  const [first] = given
  if (first === 'bash' || first === 'sh' || first === '/bin/bash' || first === '/bin/sh') {
    yield* err(process, `${first}: give it as --entrypoint here\n`)
    return 1
  }
  const filled = (text: string): string => text.replaceAll('%t', new Date(process.now()).toISOString()).replaceAll('%h', hostname(process)).replaceAll('%i', addressOf(process))
  process.memoryBytes = 120_000_000
  for (const line of door.log) yield* out(process, `${filled(line)}\n`)
  yield* err(process, `drydock: this image is a front door only; in this sandbox it does not simulate ${door.missing}\n`)
  const page = `<!DOCTYPE html>\n<html>\n<head><title>${door.title}</title></head>\n<body>\n<h1>${door.title}</h1>\n<p>This sandbox has only the front door of this product; it does not simulate ${door.missing}.</p>\n</body>\n</html>\n`
  const answer = (path: string): HttpResponse => {
    const known = door.answers ?? {}
    const found = Object.hasOwn(known, path) ? known[path] : Object.hasOwn(known, '/') && known['/'].status !== 302 ? known['/'] : undefined
    if (!found) return answered(process, 200, page, 'text/html; charset=utf-8')
    return answered(process, found.status ?? 200, filled(found.text), found.type ?? 'text/html; charset=utf-8', found.location ? { location: found.location } : {})
  }
  const web = door.web ?? [door.ports[0]]
  return yield* serving(process, web, ({ request }) => answer(pathOf(request)), { isGraceful: true })
}

export const frontDoorTool: Program = function* (process) {
  yield* err(process, `${process.argv[0].replace(/^.*\//, '')}: not simulated in this sandbox, which has only the front door of this product\n`)
  return 1
}
