/** Monaco's parts come without types when they are imported one by one. */
declare module 'monaco-editor/editor/contrib/*'
declare module 'monaco-editor/features/*'
declare module 'monaco-editor/languages/definitions/*'
declare module 'monaco-editor/editor/editor.api.js' {
  export * from 'monaco-editor'
}
