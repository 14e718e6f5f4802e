/** gpg, for the one thing that installation guides ask of it: `--dearmor` turns the letters of a key into its bytes. Nothing is signed or sealed here. */
import { bytesOfBase64 } from '../../base/bytes.ts'
import { err, type Program, writeTo } from '../kernel/process.ts'
import { stringOf, wholeInput } from './text.ts'

export const gpg: Program = function* (process) {
  const args = process.argv.slice(1)
  const output = args[args.findIndex((arg) => arg === '-o' || arg === '--output') + 1]
  const hasOutput = args.some((arg) => arg === '-o' || arg === '--output')
  if (!args.includes('--dearmor')) {
    yield* err(process, `gpg: of gpg the sandbox has only --dearmor\n`)
    return 2
  }
  const input = args.find((arg, at) => !arg.startsWith('-') && !['-o', '--output'].includes(args[at - 1]))
  const text =
    input === undefined ? stringOf(yield* wholeInput(process, 0)) : process.files.readText(process.path(input), process.credentials)
  const body = /-----BEGIN PGP[^\n]*-----\n(?:[^\n]*: [^\n]*\n)*\n?([A-Za-z0-9+/=\s]*?)(?:\n=[A-Za-z0-9+/]{4})?\s*-----END PGP/.exec(
    text,
  )?.[1]
  if (body === undefined) {
    yield* err(process, 'gpg: no valid OpenPGP data found.\n')
    return 2
  }
  const bytes = bytesOfBase64(body.replace(/\s/g, ''))
  if (!hasOutput) yield* writeTo(process, 1, bytes)
  else {
    const path = process.path(output)
    if (process.files.exists(path) && !args.includes('--yes')) {
      yield* err(process, `gpg: cannot open '/dev/tty': No such device or address\n`)
      return 2
    }
    process.files.writeFile(path, bytes, { mode: 0o644 }, process.credentials)
  }
  return 0
}
