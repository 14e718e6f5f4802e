/**
 * Tab completion's contract: a command brings a function that answers what could stand at the cursor. It runs in the shell's process
 * and may wait, because live names come over the network.
 */
import type { Blocking, Process } from '../kernel/process.ts'

/** `words` begins with the command's name; `words[index]` is the (possibly empty) word being typed. Answers whole words. */
export type Complete = (words: readonly string[], index: number, process: Process) => Blocking<readonly string[]>

/** By command name: `kubectl`, `docker`. */
export type Completions = Map<string, Complete>
