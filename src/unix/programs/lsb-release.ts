/** lsb_release: what /etc/os-release says, in the words of the LSB. */
import type { Program } from '../kernel/process.ts'
import { err } from '../kernel/process.ts'
import { print } from './text.ts'

export const lsbRelease: Program = function* (process) {
  const release = process.files.exists('/etc/os-release') ? process.files.readText('/etc/os-release') : ''
  const value = (name: string): string => new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(release)?.[1] || 'n/a'
  const id = value('ID')
  const rows = [
    ['i', 'id', 'Distributor ID', id[0].toUpperCase() + id.slice(1)],
    ['d', 'description', 'Description', value('PRETTY_NAME')],
    ['r', 'release', 'Release', value('VERSION_ID')],
    ['c', 'codename', 'Codename', value('VERSION_CODENAME')],
  ]
  const args = process.argv.slice(1)
  const letters = new Set(args.flatMap((arg) => (/^-[a-z]+$/.test(arg) ? [...arg.slice(1)] : [])))
  const has = (letter: string, long: string): boolean => letters.has(letter) || args.includes(`--${long}`)
  const wanted = has('a', 'all') ? rows : rows.filter(([letter, long]) => has(letter, long))
  if (!has('s', 'short')) yield* err(process, 'No LSB modules are available.\n')
  yield* print(process, wanted.map(([, , title, text]) => (has('s', 'short') ? `${text}\n` : `${title}:\t${text}\n`)).join(''))
  return 0
}
