export function EditorPane() { return <section aria-label="Editor" /> }
