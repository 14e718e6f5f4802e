/** The part of PGlite that is used; its own types reach into its internals. */
declare module '@electric-sql/pglite' {
  export const PGlite: import('../session/postgres-thread.ts').PGliteClass
}
