/** less' command line: letters may be glued (`-NS`), `+` begins with a command, and LESS in the environment is read first. */
export interface LessOptions {
  numbers: boolean
  chops: boolean
  raw: boolean
  ignoresCase: boolean | 'always'
  quitsIfOneScreen: boolean
  quitsAtEnd: 'never' | 'first' | 'second'
  keepsScreen: boolean
  style: 'short' | 'medium' | 'long'
  highlights: boolean
  squeezes: boolean
  /** What `+` and -p give: commands as typed. */
  readonly commands: string[]
}

export interface LessCall {
  readonly options: LessOptions
  readonly files: readonly string[]
  /** A letter or word that less does not know. */
  readonly unknown?: string
  readonly wants?: 'help' | 'version'
}

const longNames: Readonly<Record<string, string>> = {
  'LINE-NUMBERS': 'N',
  'line-numbers': 'n',
  'chop-long-lines': 'S',
  'RAW-CONTROL-CHARS': 'R',
  'raw-control-chars': 'r',
  'quit-if-one-screen': 'F',
  'no-init': 'X',
  'ignore-case': 'i',
  'IGNORE-CASE': 'I',
  'quit-at-eof': 'e',
  'QUIT-AT-EOF': 'E',
  'long-prompt': 'm',
  'LONG-PROMPT': 'M',
  'hilite-search': 'g',
  'HILITE-SEARCH': 'G',
  'squeeze-blank-lines': 's',
  'quit-on-intr': 'K',
  quiet: 'q',
  silent: 'q',
  help: '?',
  version: 'V',
  mouse: '',
  'use-color': '',
}
/** With a value that is accepted and means nothing here: buffers, screen positions, tags, prompts, colours. */
const valued = new Set(['b', 'h', 'j', 'k', 'o', 'O', 'P', 't', 'T', 'x', 'y', 'z', '#', 'D', '"'])

export function lessCall(args: readonly string[], fromEnvironment: string): LessCall {
  const options: LessOptions = {
    numbers: false,
    chops: false,
    raw: false,
    ignoresCase: false,
    quitsIfOneScreen: false,
    quitsAtEnd: 'never',
    keepsScreen: false,
    style: 'short',
    highlights: true,
    squeezes: false,
    commands: [],
  }
  const files: string[] = []
  let unknown: string | undefined
  let wants: 'help' | 'version' | undefined
  const letters = (text: string, next: () => string | undefined): void => {
    for (let at = 0; at < text.length; at++) {
      const letter = text[at]
      if (letter === '-' || letter === '+' || letter === ' ') continue
      if (letter === '?') wants = 'help'
      else if (letter === 'V') wants = 'version'
      else if (letter === 'p') {
        options.commands.push(`/${text.slice(at + 1) || (next() ?? '')}\r`)
        return
      } else if (valued.has(letter)) {
        if (at + 1 >= text.length) next()
        return
      } else if (!setOption(options, letter) && !'ABcCdfHJKLqQuUwW~'.includes(letter)) {
        unknown ??= letter
        return
      }
    }
  }
  const environment = fromEnvironment.trim()
  if (environment !== '') letters(environment, () => undefined)
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]
    if (arg === '--') {
      files.push(...args.slice(index + 1))
      break
    }
    if (arg.startsWith('--')) {
      const [name] = arg.slice(2).split('=')
      const found = Object.keys(longNames).find((one) => one === name) ?? Object.keys(longNames).find((one) => one.startsWith(name))
      if (found === undefined) unknown ??= `-${name}`
      else letters(longNames[found], () => undefined)
    } else if (arg.startsWith('+'))
      options.commands.push(
        arg
          .slice(arg.startsWith('++') ? 2 : 1)
          .replace(/^([/?&].*)$/s, '$1\r')
          .replace(/^(\d+)$/, '$1g'),
      )
    else if (arg.startsWith('-') && arg.length > 1) letters(arg.slice(1), () => args[++index])
    else files.push(arg)
  }
  return { options, files, ...(unknown !== undefined && { unknown }), ...(wants && { wants }) }
}

/** Sets or, typed again, takes back what a letter stands for; answers whether there is such a letter. */
export function setOption(options: LessOptions, letter: string): boolean {
  if (letter === 'N') options.numbers = !options.numbers
  else if (letter === 'n') options.numbers = false
  else if (letter === 'S') options.chops = !options.chops
  else if (letter === 'R' || letter === 'r') options.raw = !options.raw
  else if (letter === 'i') options.ignoresCase = options.ignoresCase === true ? false : true
  else if (letter === 'I') options.ignoresCase = options.ignoresCase === 'always' ? false : 'always'
  else if (letter === 'F') options.quitsIfOneScreen = !options.quitsIfOneScreen
  else if (letter === 'X') options.keepsScreen = !options.keepsScreen
  else if (letter === 'e') options.quitsAtEnd = 'second'
  else if (letter === 'E') options.quitsAtEnd = 'first'
  else if (letter === 'm') options.style = 'medium'
  else if (letter === 'M') options.style = 'long'
  else if (letter === 'g' || letter === 'G') options.highlights = letter === 'g'
  else if (letter === 's') options.squeezes = !options.squeezes
  else return false
  return true
}

/** What less says when an option is changed while it runs. */
export function optionMessage(options: LessOptions, letter: string): string | undefined {
  switch (letter) {
    case 'N':
      return options.numbers ? 'Constantly display line numbers' : "Don't use line numbers"
    case 'n':
      return "Don't use line numbers"
    case 'S':
      return options.chops ? 'Chop long lines' : 'Fold long lines'
    case 'R':
      return options.raw ? 'Display ANSI sequences directly, other control characters as ^X' : 'Display control characters as ^X'
    case 'r':
      return options.raw ? 'Display control characters directly (not recommended)' : 'Display control characters as ^X'
    case 'i':
      return options.ignoresCase ? 'Ignore case in searches' : 'Case is significant in searches'
    case 'I':
      return options.ignoresCase ? 'Ignore case in searches and in patterns' : 'Case is significant in searches'
    case 'M':
      return 'Long prompt'
    case 'm':
      return 'Medium prompt'
    case 's':
      return options.squeezes ? 'Squeeze multiple blank lines' : 'Display all blank lines'
    default:
      return undefined
  }
}
