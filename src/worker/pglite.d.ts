/** The part of PGlite that is used; its own types reach into its internals. */
declare module '@electric-sql/pglite' {
  export const PGlite: import('../engine/images/postgres/library.ts').PGliteClass
}
