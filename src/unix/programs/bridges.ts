/** bridge and brctl: who is plugged into which bridge. Links are made with ip. */
import { err, type Program } from '../kernel/process.ts'
import { shownInterfaces } from './ip-text.ts'
import { print } from './text.ts'

export const bridge: Program = function* (process) {
  const [object = '', command = 'show'] = process.argv.slice(1).filter((arg) => !arg.startsWith('-'))
  const all = shownInterfaces(process)
  const ports = all.filter(({ master }) => master !== undefined)
  if ('link'.startsWith(object) && object !== '' && command === 'show') {
    yield* print(
      process,
      ports
        .map(
          (one) =>
            `${one.index}: ${one.name}${one.other ? `@${one.other}` : ''}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master ${one.master} state forwarding priority 32 cost 2 \n`,
        )
        .join(''),
    )
    return 0
  }
  if (object === 'fdb') {
    yield* print(process, ports.map((one) => `${one.mac} dev ${one.name} master ${one.master} permanent\n`).join(''))
    return 0
  }
  yield* err(process, 'Usage: bridge [ OPTIONS ] OBJECT { COMMAND | help }\nwhere  OBJECT := { link | fdb }\n')
  return 255
}

export const brctl: Program = function* (process) {
  const [command, name] = process.argv.slice(1)
  if (command !== 'show') {
    yield* err(
      process,
      command === undefined
        ? 'Usage: brctl [commands]\ncommands:\n\tshow      \t[ <bridge> ]\t\tshow a list of bridges\n'
        : `brctl: '${command}' is not simulated here; use ip link\n`,
    )
    return 1
  }
  const all = shownInterfaces(process)
  const bridges = all.filter((one) => one.kind === 'bridge' && (name === undefined || one.name === name))
  if (name !== undefined && bridges.length === 0) {
    yield* err(process, `bridge ${name} does not exist!\n`)
    return 1
  }
  let text = 'bridge name\tbridge id\t\tSTP enabled\tinterfaces\n'
  for (const one of bridges) {
    const ports = all.filter(({ master }) => master === one.name).map((port) => port.name)
    text += `${one.name}\t${one.name.length < 8 ? '\t' : ''}8000.${one.mac.replaceAll(':', '')}\tno\t\t${ports.join('\n\t\t\t\t\t\t\t')}\n`
  }
  yield* print(process, text)
  return 0
}
