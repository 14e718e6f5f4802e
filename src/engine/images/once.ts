/** Made when first asked for, and then kept: images are shared by all machines. */
export function once<T>(make: () => T): () => T {
  let value: { readonly made: T } | undefined
  return () => (value ??= { made: make() }).made
}
