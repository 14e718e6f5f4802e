/** What a command of Redis answers, as redis-cli is told it. */

/** `none` is the empty answer of what waited in vain. */
export type Reply =
  | string
  | number
  | null
  | { readonly status: string }
  | { readonly error: string }
  | { readonly none: true }
  | readonly Reply[]
