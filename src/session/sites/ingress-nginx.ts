export function site(_path: string): { readonly type: string; readonly body: string } | undefined {
  return undefined
}
