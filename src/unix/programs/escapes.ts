/** Backslash escapes as `echo -e` and `printf` know them. `\c` ends all output. Bytes above 127 become what text.ts writes back as bytes. */
const letters: Readonly<Record<string, string>> = { a: '\x07', b: '\b', e: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' }

export interface Unescaped {
  readonly text: string
  readonly stops: boolean
}

/** `zeroOctal`: octal needs a leading zero (`\0101`), as in echo and `%b`; printf's format takes `\101`. */
export function unescaped(text: string, { zeroOctal = false, quotes = false }: { zeroOctal?: boolean; quotes?: boolean } = {}): Unescaped {
  let stops = false
  const octal = zeroOctal ? '0[0-7]{0,3}|[1-7][0-7]{0,2}' : '[0-7]{1,3}'
  const pattern = new RegExp(`\\\\(?:(${octal})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|(c)[\\s\\S]*|([\\s\\S]))`, 'g')
  const plain = text.replace(
    pattern,
    (whole, octals?: string, hex?: string, unicode?: string, wide?: string, stop?: string, letter?: string) => {
      if (octals !== undefined) return byteLetter(Number.parseInt(octals, 8) & 255)
      if (hex !== undefined) return byteLetter(Number.parseInt(hex, 16))
      if (unicode !== undefined || wide !== undefined) return String.fromCodePoint(Number.parseInt(unicode ?? wide ?? '0', 16))
      if (stop !== undefined) {
        stops = true
        return ''
      }
      if (letter !== undefined && letter in letters) return letters[letter]
      return letter === '"' && quotes ? '"' : whole
    },
  )
  return { text: plain, stops }
}

function byteLetter(byte: number): string {
  return byte < 128 ? String.fromCharCode(byte) : String.fromCharCode(0xdc00 + byte)
}
