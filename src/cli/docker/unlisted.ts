/**
 * Commands that stand in no list of commands and work all the same: `completion`, and what ssh connections start on the far side. Also the
 * script that `completion` prints.
 */
import { out } from '../../unix/kernel/process.ts'
import { bashCompletion } from '../shell-completion.ts'
import type { Command } from './command.ts'
import { DockerError } from './docker-error.ts'

const shells = ['bash', 'fish', 'powershell', 'zsh']

export const unlistedInterfaces = {
  completion: { usage: 'docker completion', flags: [], children: shells },
  ...Object.fromEntries(
    shells.map((shell) => [
      `completion ${shell}`,
      { usage: `docker completion ${shell}${shell === 'bash' ? '' : ' [flags]'}`, flags: [{ name: 'no-descriptions' }] },
    ]),
  ),
  'system dial-stdio': { usage: 'docker system dial-stdio', flags: [], args: { max: 0 } },
}

export const unlistedHelp: Readonly<Record<string, string>> = {
  completion: `Usage:  docker completion COMMAND

Generate the autocompletion script for docker for the specified shell.
See each sub-command's help for details on how to use the generated script.

Commands:
${shells.map((shell) => `  ${shell.padEnd(12)}Generate the autocompletion script for ${shell}\n`).join('')}
Run 'docker completion COMMAND --help' for more information on a command.
`,
  'completion bash': `Usage:  docker completion bash

Generate the autocompletion script for the bash shell.

This script depends on the 'bash-completion' package.
If it is not installed already, you can install it via your OS's package manager.

To load completions in your current shell session:

	source <(docker completion bash)

To load completions for every new session, execute once:

#### Linux:

	docker completion bash > /etc/bash_completion.d/docker

#### macOS:

	docker completion bash > $(brew --prefix)/etc/bash_completion.d/docker

You will need to start a new shell for this setup to take effect.

Options:
      --no-descriptions   disable completion descriptions
`,
  'system dial-stdio':
    'Usage:  docker system dial-stdio\n\nProxy the stdio stream to the daemon connection. Should not be invoked manually.\n',
}

/** The sandbox's shell is bash; the others' scripts would find nobody to run them. */
export const completionScript: Command = function* ({ process, path, args }) {
  const shell = path.replace('completion ', '')
  if (args[0] !== undefined) throw new DockerError(`unknown command ${JSON.stringify(args[0])} for "docker ${path}"\n`)
  if (shell !== 'bash') throw new DockerError(`The sandbox has no ${shell}; its shell is bash: source <(docker completion bash)`)
  yield* out(process, bashCompletion('docker'))
  return 0
}
