/** stty: how the terminal line treats keys. Only the settings that the line has here can be changed. */
import { flag } from './options.ts'
import { print } from './text.ts'
import { complain, tool } from './tool.ts'

export const stty = tool({
  name: 'stty',
  usage: '[-F DEVICE | --file=DEVICE] [SETTING]...\n[-F DEVICE | --file=DEVICE] [-a|--all]',
  summary: 'Print or change terminal characteristics.',
  flags: {
    all: flag('a|all', 'print all current settings in human-readable form'),
    save: flag('g|save', 'print all current settings in a stty-readable form'),
  },
  spelled: (args) => (args.some((arg) => /^-[a-z]{2,}/.test(arg)) ? ['--', ...args] : args),
  *run(call) {
    const { process, flags, operands } = call
    const { terminal } = process
    if (!terminal || process.descriptors.get(0)?.file.kind !== 'terminal') {
      yield* complain(call, "'standard input': Inappropriate ioctl for device")
      return 1
    }
    if (flags.save) yield* print(process, `${terminal.mode}:${terminal.echo ? 'echo' : '-echo'}\n`)
    else if (operands.length === 0) {
      const sign = (is: boolean): string => (is ? '' : '-')
      const cooked = terminal.mode === 'cooked'
      if (flags.all)
        yield* print(
          process,
          `speed 38400 baud; rows ${terminal.rows}; columns ${terminal.cols}; line = 0;\nintr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; start = ^Q; stop = ^S; susp = ^Z;\n${sign(cooked)}icanon ${sign(cooked || terminal.signals)}isig ${sign(terminal.echo)}echo ${sign(cooked)}icrnl onlcr\n`,
        )
      else yield* print(process, `speed 38400 baud; line = 0;\n${terminal.echo ? '' : '-echo\n'}`)
    }
    for (let index = 0; index < operands.length; index++) {
      const setting = operands[index]
      switch (setting) {
        case 'echo':
        case '-echo':
          terminal.echo = setting === 'echo'
          break
        case 'raw':
        case '-icanon':
        case 'cbreak':
          terminal.mode = 'raw'
          terminal.signals = setting !== 'raw'
          break
        case 'cooked':
        case '-raw':
        case 'icanon':
        case 'sane':
          terminal.mode = 'cooked'
          if (setting === 'sane') terminal.echo = true
          break
        case 'isig':
        case '-isig':
          terminal.signals = setting === 'isig'
          break
        case 'size':
          yield* print(process, `${terminal.rows} ${terminal.cols}\n`)
          break
        case 'rows':
        case 'cols':
        case 'columns': {
          const number = Number(operands[++index])
          terminal.resize(setting === 'rows' ? terminal.cols : number, setting === 'rows' ? number : terminal.rows)
          break
        }
        case 'min':
        case 'time':
          index++
          break
        default: {
          const saved = /^(cooked|raw):(-?echo)$/.exec(setting)
          if (saved) {
            terminal.mode = saved[1] as 'cooked'
            terminal.echo = saved[2] === 'echo'
          } else if (!/^-?(icrnl|onlcr|opost|iexten|ixon|echoe|echok|echonl|hupcl)$/.test(setting)) {
            yield* complain(call, `invalid argument '${setting}'`)
            return 1
          }
        }
      }
    }
    return 0
  },
})
