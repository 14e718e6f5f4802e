/** Signals by number, and what each does to a process that does not handle it. Linux x86-64 numbering. */
export const signalNumbers = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  PWR: 30,
  SYS: 31,
} as const

export type Signal = keyof typeof signalNumbers

export function isSignal(name: string): name is Signal {
  return name in signalNumbers
}

/** `9`, `KILL`, `SIGKILL`, `sigkill` → `KILL`; undefined for anything else. */
export function signalOf(text: string): Signal | undefined {
  const name = text.toUpperCase().replace(/^SIG/, '')
  if (isSignal(name)) return name
  const number = Number(text)
  return (Object.keys(signalNumbers) as Signal[]).find((signal) => signalNumbers[signal] === number)
}

export type Disposition = 'terminate' | 'ignore' | 'stop' | 'continue'

export function defaultDisposition(signal: Signal): Disposition {
  switch (signal) {
    case 'CHLD':
    case 'URG':
    case 'WINCH':
      return 'ignore'
    case 'STOP':
    case 'TSTP':
    case 'TTIN':
    case 'TTOU':
      return 'stop'
    case 'CONT':
      return 'continue'
    default:
      return 'terminate'
  }
}
