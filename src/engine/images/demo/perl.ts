/**
 * The perl of the perl image: `print` of texts, of numbers and of `bpi(n)`, π to n places, which is what the Job of Kubernetes' own manual computes. Any other
 * script is refused by name, because a Perl that half works would teach wrong Perl.
 */
import { err, out, type Program, sleep } from '../../../unix/kernel/process.ts'

/** A real one takes about this long for a digit of bpi(2000). */
const msPerDigit = 2

export const perl: Program = function* (process) {
  const words = process.argv.slice(1)
  if (words[0] === '-v' || words[0] === '--version') {
    yield* out(
      process,
      `\nThis is perl 5, version ${(process.env.PERL_VERSION ?? '5.34.0').split('.')[1]}, subversion ${(process.env.PERL_VERSION ?? '5.34.0').split('.')[2]} (v${process.env.PERL_VERSION ?? '5.34.0'}) built for x86_64-linux-gnu\n\nCopyright 1987-2021, Larry Wall\n`,
    )
    return 0
  }
  const at = words.findIndex((word) => /^-[a-zA-Z]*[eE]$/.test(word))
  const script = words[at + 1]
  const statements =
    at < 0 || script === undefined
      ? []
      : script
          .split(';')
          .map((text) => text.trim())
          .filter((text) => text !== '')
  const printed = statements.map((text) =>
    printedBy(
      text,
      words.some((word) => word.startsWith('-Mbignum') || word.startsWith('-Mbigint')),
    ),
  )
  if (printed.length === 0 || printed.includes(undefined)) {
    yield* err(
      process,
      `perl: ${script === undefined ? 'a script that is not given with -e' : 'this script'} is not simulated in this sandbox (only print of a text, a number or bpi(n) is)\n`,
    )
    return 2
  }
  const digits = statements.reduce((sum, text) => sum + Number(/bpi\((\d+)\)/.exec(text)?.[1] ?? 0), 0)
  yield* sleep(process, digits * msPerDigit)
  process.cpuMs += digits * msPerDigit
  yield* out(process, printed.map((text) => `${text}${/^-\w*l/.test(words[at]) ? '\n' : ''}`).join(''))
  return 0
}

function printedBy(statement: string, hasBignum: boolean): string | undefined {
  const [, what] = /^print\s*\(?(.*?)\)?$/.exec(statement) ?? []
  const digits = /^bpi\(?(\d+)$/.exec(what ?? '') ?? /^bpi\((\d+)\)$/.exec(what ?? '')
  if (digits && hasBignum) return pi(Number(digits[1]))
  if (/^\d+$/.test(what ?? '')) return what
  const text = /^(?:"([^"$@]*)"|'([^']*)')$/.exec(what ?? '')
  return text ? (text[1]?.replaceAll('\\n', '\n').replaceAll('\\t', '\t') ?? text[2]) : undefined
}

/** Machin's formula in whole numbers, with ten digits more than wanted, rounded. */
function pi(digits: number): string {
  const unit = 10n ** BigInt(digits + 10)
  const arctangent = (inverse: bigint): bigint => {
    let [sum, power] = [0n, unit / inverse]
    for (let odd = 1n; power !== 0n; odd += 2n, power /= -(inverse * inverse)) sum += power / odd
    return sum
  }
  const value = 4n * (4n * arctangent(5n) - arctangent(239n))
  const rounded = String((value + 5n * 10n ** 10n) / 10n ** 11n)
  return digits < 2 ? rounded : `${rounded[0]}.${rounded.slice(1)}`
}
