/**
 * How a command of Go's cobra library completes: a script asks the program itself, `kubectl __complete get pods ''`, which answers one
 * candidate a line and then a number that says how to go on. Only bash's script is ours; the others say so.
 */
import { type Blocking, err, out, type Process } from '../unix/kernel/process.ts'
import type { Complete } from '../unix/shell/completion.ts'

/** Cobra's directive "do not fall back to file names". */
const noFiles = 4

/** Answers `PROGRAM __complete WORDS…`; `words` is what stands behind that name, the last one being typed. */
export function* answerCompletion(process: Process, program: string, complete: Complete, words: readonly string[]): Blocking<void> {
  const found = yield* complete([program, ...words], words.length, process)
  yield* out(process, `${found.map((word) => `${word}\n`).join('')}:${found.length > 0 ? noFiles : 0}\n`)
  yield* err(process, `Completion ended with directive: ShellCompDirective${found.length > 0 ? 'NoFileComp' : 'Default'}\n`)
}

/** The script that `PROGRAM completion bash` prints. */
export function bashCompletion(program: string): string {
  const header = `# bash completion V2 for ${program.padEnd(35)} -*- shell-script -*-`
  return `${header}

__${program}_debug()
{
    if [[ -n \${BASH_COMP_DEBUG_FILE-} ]]; then
        echo "$*" >> "\${BASH_COMP_DEBUG_FILE}"
    fi
}

__start_${program}()
{
    local line
    COMPREPLY=()
    __${program}_debug "Completing word \${COMP_CWORD} of \${COMP_WORDS[*]}"
    while IFS= read -r line; do
        [[ $line == :[0-9]* ]] && break
        [[ $line == *= ]] && compopt -o nospace
        COMPREPLY+=("$line")
    done < <(${program} __completeNoDesc "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}

complete -o default -F __start_${program} ${program}
`
}
