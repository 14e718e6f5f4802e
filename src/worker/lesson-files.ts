/** The lessons that come with the page: every file below `lessons/`, by its path there. */
const modules = import.meta.glob<string>('../../lessons/**/*', { query: '?raw', import: 'default', eager: true })

export function lessonFiles(): ReadonlyMap<string, string> {
  return new Map(Object.entries(modules).map(([path, text]) => [path.replace('../../lessons/', ''), text]))
}
