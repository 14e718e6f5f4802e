/** One Monaco editor. It owns its instance and its model, and lets go of both. */
import { useEffect, useRef } from 'react'
import { useDock } from '../app/state.ts'
import { languageOf } from './files.ts'
import { applyTheme, monaco } from './monaco.ts'
import style from './editor-pane.module.css'

interface Properties {
  readonly path: string
  readonly text: string
  readonly version: number
  readonly changed: (text: string) => void
  readonly save: () => void
  readonly apply: () => void
}

export function CodeView({ path, text, version, changed, save, apply }: Properties) {
  const place = useRef<HTMLDivElement>(null)
  const editor = useRef<monaco.editor.IStandaloneCodeEditor>(null)
  const theme = useDock(({ theme }) => theme)
  const projector = useDock(({ projector }) => projector)
  /** Key bindings are made once and act on what is present then. */
  const acts = useRef({ changed, save, apply })
  acts.current = { changed, save, apply }
  const isTaking = useRef(false)

  useEffect(() => {
    const element = place.current
    if (!element) return
    applyTheme(document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light')
    const view = monaco.editor.create(element, {
      automaticLayout: true,
      fontFamily: "'JetBrains Mono', monospace",
      fontSize: 12.5,
      lineHeight: 1.5,
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
      tabSize: 2,
      insertSpaces: true,
      renderLineHighlight: 'line',
      overviewRulerLanes: 0,
      lineNumbersMinChars: 3,
      lineDecorationsWidth: 8,
      folding: true,
      padding: { top: 6 },
      ariaLabel: 'File',
      fixedOverflowWidgets: true,
      quickSuggestions: { other: true, strings: true, comments: false },
      suggest: { showWords: false },
      scrollbar: { verticalScrollbarSize: 8, horizontalScrollbarSize: 8 },
    })
    editor.current = view
    view.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.KeyS, () => acts.current.save())
    view.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter, () => acts.current.apply())
    const typed = view.onDidChangeModelContent(() => {
      if (!isTaking.current) acts.current.changed(view.getValue())
    })
    return () => {
      typed.dispose()
      editor.current = null
      view.getModel()?.dispose()
      view.dispose()
    }
  }, [])

  useEffect(() => {
    const view = editor.current
    if (!view) return
    const uri = monaco.Uri.file(path)
    const model = monaco.editor.getModel(uri) ?? monaco.editor.createModel(text, languageOf(path), uri)
    isTaking.current = true
    if (model.getValue() !== text) model.setValue(text)
    const before = view.getModel()
    view.setModel(model)
    if (before !== model) before?.dispose()
    isTaking.current = false
    view.focus()
  }, [path, text, version])

  useEffect(() => {
    applyTheme(theme)
    editor.current?.updateOptions({ fontSize: projector ? 18 : 12.5 })
  }, [theme, projector])

  return <div ref={place} className={style.code} />
}
