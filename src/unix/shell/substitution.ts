/**
 * `$(…)`: what a subshell says, or what a file holds, without the line ends behind it.
 */
import type { ParsedScript, Word } from 'unbash'
import { joined } from '../../base/bytes.ts'
import { UnixError } from '../errors.ts'
import { Descriptor } from '../kernel/open-file.ts'
import { pipe } from '../kernel/pipe.ts'
import { type Blocking, ended } from '../kernel/process.ts'
import { stringOf } from '../programs/text.ts'
import type { Shell } from './shell.ts'

/** `$(< file)` reads without a process. */
export function* fileContent(shell: Shell, path: string): Blocking<string> {
  try {
    shell.substitutionStatus = 0
    return stringOf(shell.process.files.readFile(shell.process.path(path), shell.process.credentials))
      .replaceAll('\0', '')
      .replace(/\n+$/, '')
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* shell.complain(`${path}: ${error.words}`)
    shell.substitutionStatus = 1
    return ''
  }
}

export function* outputOf(shell: Shell, script: ParsedScript): Blocking<string> {
  const { reader, writer } = pipe(shell.process.kernel.nextInode())
  const output = new Descriptor(writer).retain()
  const descriptors = new Map(shell.process.descriptors).set(1, output)
  const child = shell.interpreter.fork(
    shell,
    function* (subshell) {
      subshell.substitutionDepth++
      if (!subshell.shopt('inherit_errexit')) subshell.options.delete('errexit')
      if (script.source !== undefined) subshell.source = { text: script.source, firstLine: subshell.line }
      return yield* subshell.interpreter.statements(subshell, script.commands, { isLast: true })
    },
    { descriptors },
  )
  output.release()
  const parts: Uint8Array[] = []
  let size = 0
  for (;;) {
    const bytes = reader.read(65_536)
    if (bytes === undefined) {
      yield { on: [reader.readable] }
      if (shell.wasInterrupted) break
      continue
    }
    if (bytes.length === 0) break
    parts.push(bytes)
    size += bytes.length
    // What is small is soon forgotten; a shell that swallows a file is as big as the file.
    if (size > smallTextBytes) shell.process.memoryBytes += bytes.length
  }
  const text = stringOf(joined(parts))
  reader.close()
  shell.substitutionStatus = yield* ended(child)
  shell.status = shell.substitutionStatus
  return (text.includes('\0') ? text.replaceAll('\0', '') : text).replace(/\n+$/, '')
}

/** Output of a substitution that is not counted as the shell's memory. */
const smallTextBytes = 2 ** 20

/** The file of `$(< file)`. */
export function inputFileOf(script: ParsedScript): Word | undefined {
  if (script.commands.length !== 1) return undefined
  const { command } = script.commands[0]
  if (command.type !== 'Command' || command.name || command.prefix.length + command.suffix.length !== 1) return undefined
  const [only] = command.redirects
  return only?.type === 'Redirect' && only.operator === '<' && !only.descriptor ? only.target : undefined
}
