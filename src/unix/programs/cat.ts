/** cat: files one after the other. It passes bytes on as they come; only its options look at lines. */
import { type Process, writeTo } from '../kernel/process.ts'
import { eachFile } from './each-file.ts'
import { flag } from './options.ts'
import { latin1Of, nextBytes, print, stringOf } from './text.ts'
import { complain, tool } from './tool.ts'

export const cat = tool({
  name: 'cat',
  usage: '[OPTION]... [FILE]...',
  summary: 'Concatenate FILE(s) to standard output.\n\nWith no FILE, or when FILE is -, read standard input.',
  flags: {
    showAll: flag('A|show-all', 'equivalent to -vET'),
    numberNonblank: flag('b|number-nonblank', 'number nonempty output lines, overrides -n'),
    e: flag('e', 'equivalent to -vE'),
    showEnds: flag('E|show-ends', 'display $ at end of each line'),
    number: flag('n|number', 'number all output lines'),
    squeeze: flag('s|squeeze-blank', 'suppress repeated empty output lines'),
    t: flag('t', 'equivalent to -vT'),
    showTabs: flag('T|show-tabs', 'display TAB characters as ^I'),
    unbuffered: flag('u', '(ignored)'),
    showNonprinting: flag('v|show-nonprinting', 'use ^ and M- notation, except for LFD and TAB'),
  },
  *run(call) {
    const { process, flags } = call
    const ends = flags.showEnds || flags.showAll || flags.e
    const tabs = flags.showTabs || flags.showAll || flags.t
    const controls = flags.showNonprinting || flags.showAll || flags.e || flags.t
    const isPlain = !(ends || tabs || controls || flags.number || flags.numberNonblank || flags.squeeze)
    let number = 0
    let wasBlank = false
    let atStart = true
    let selfFed = 0
    const code = yield* eachFile(call, function* (descriptor, path) {
      if (isOutput(process, descriptor)) {
        yield* complain(call, `${path}: input file is output file`)
        selfFed = 1
        return
      }
      for (;;) {
        const bytes = yield* nextBytes(process, descriptor)
        if (bytes.length === 0) return
        if (isPlain) {
          yield* writeTo(process, 1, bytes)
          continue
        }
        const pieces = (controls ? latin1Of(bytes) : stringOf(bytes)).split(/(?<=\n)/)
        let text = ''
        for (const piece of pieces) {
          const isEnded = piece.endsWith('\n')
          const line = isEnded ? piece.slice(0, -1) : piece
          const isBlank = atStart && line === '' && isEnded
          if (flags.squeeze && isBlank && wasBlank) continue
          if (atStart && (flags.numberNonblank ? !isBlank : flags.number)) text += `${String(++number).padStart(6)}\t`
          text += visible(line, { tabs, controls })
          if (isEnded) text += ends ? '$\n' : '\n'
          wasBlank = isBlank
          atStart = isEnded
        }
        yield* print(process, text)
      }
    })
    return code || selfFed
  },
})

/** A file that is not empty and also takes the output (`cat log >> log`) would never come to its end. */
function isOutput(process: Process, descriptor: number): boolean {
  const [input, output] = [process.file(descriptor), process.file(1)]
  if (input.kind !== 'file' || output.kind !== 'file' || input.name !== output.name || !process.files.exists(input.name)) return false
  return process.files.stat(input.name, process.credentials).size > 0
}

function visible(line: string, { tabs, controls }: { tabs: boolean; controls: boolean }): string {
  let text = line
  if (controls) {
    text = text.replace(/[^\t\x20-\x7e]/g, (letter) => {
      const code = letter.charCodeAt(0)
      const low = code & 127
      const shown = low < 32 ? `^${String.fromCharCode(low + 64)}` : low === 127 ? '^?' : String.fromCharCode(low)
      return code > 127 ? `M-${shown}` : shown
    })
  }
  return tabs ? text.replaceAll('\t', '^I') : text
}
