/** Style modules are maps of class names; other style sheets are imported for their effect. */
declare module '*.module.css' {
  const names: Readonly<Record<string, string>>
  export default names
}
