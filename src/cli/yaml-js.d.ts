/** The parts of the untyped package `yaml-js` that `go-yaml-errors.ts` uses. */
declare module 'yaml-js/lib/reader.js' {
  const reader: { readonly Reader: { readonly prototype: { initialise(text?: string): void } } }
  export default reader
}
declare module 'yaml-js/lib/scanner.js' {
  const scanner: { readonly Scanner: { readonly prototype: { initialise(): void } }; readonly ScannerError: new () => Error }
  export default scanner
}
declare module 'yaml-js/lib/parser.js' {
  const parser: { readonly Parser: { readonly prototype: { initialise(): void } } }
  export default parser
}
declare module 'yaml-js/lib/events.js' {
  const events: { readonly DocumentEndEvent: new () => object }
  export default events
}
