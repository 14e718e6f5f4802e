/** How many columns a letter takes on a terminal: East Asian wide letters and most emoji two, combining marks none. */
export function widthOf(letter: string): number {
  const code = letter.codePointAt(0) ?? 0
  if (code < 0x300) return code < 0x20 || (code >= 0x7f && code < 0xa0) ? 0 : 1
  if (
    isBetween(code, 0x300, 0x36f) ||
    isBetween(code, 0x200b, 0x200f) ||
    isBetween(code, 0xfe00, 0xfe0f) ||
    isBetween(code, 0x20d0, 0x20ff)
  )
    return 0
  const isWide =
    isBetween(code, 0x1100, 0x115f) ||
    isBetween(code, 0x2e80, 0x303e) ||
    isBetween(code, 0x3041, 0x33ff) ||
    isBetween(code, 0x3400, 0x4dbf) ||
    isBetween(code, 0x4e00, 0x9fff) ||
    isBetween(code, 0xa000, 0xa4cf) ||
    isBetween(code, 0xac00, 0xd7a3) ||
    isBetween(code, 0xf900, 0xfaff) ||
    isBetween(code, 0xfe30, 0xfe6f) ||
    isBetween(code, 0xff00, 0xff60) ||
    isBetween(code, 0xffe0, 0xffe6) ||
    isBetween(code, 0x1f300, 0x1f64f) ||
    isBetween(code, 0x1f680, 0x1f6ff) ||
    isBetween(code, 0x1f900, 0x1f9ff) ||
    isBetween(code, 0x20000, 0x3fffd)
  return isWide ? 2 : 1
}

function isBetween(code: number, from: number, to: number): boolean {
  return code >= from && code <= to
}

/** Columns of a text in which colour sequences take none. */
export function textWidth(text: string): number {
  let width = 0
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  for (const letter of text.replace(/\u001b\[[0-9;?]*[A-Za-z]|\u001b\][^\u0007]*\u0007|[\u0001\u0002]/g, '')) width += widthOf(letter)
  return width
}
