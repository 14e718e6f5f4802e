/** pwd: PWD from the environment when it is true and -L asks for it, else the real path. */
import { flag } from './options.ts'
import { print } from './text.ts'
import { tool } from './tool.ts'

export const pwd = tool({
  name: 'pwd',
  usage: '[OPTION]...',
  summary: 'Print the full filename of the current working directory.',
  flags: {
    logical: flag('L|logical', 'use PWD from environment, even if it contains symlinks'),
    physical: flag('P|physical', 'avoid all symlinks'),
  },
  *run({ process, flags }) {
    yield* print(process, `${flags.logical && process.env.PWD ? process.env.PWD : process.files.realpath(process.path('.'))}\n`)
    return 0
  },
})
