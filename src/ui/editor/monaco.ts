/**
 * Monaco with what this page needs of it, and YAML that knows Kubernetes. Loaded when the first file is opened.
 *
 * Several of its registrations are named one by one: 0.57's `register.all` leaves out the completion list, and the whole of it would
 * load language servers that nobody here uses.
 */
import 'monaco-editor/editor/contrib/bracketMatching/browser/bracketMatching.js'
import 'monaco-editor/editor/contrib/caretOperations/browser/caretOperations.js'
import 'monaco-editor/editor/contrib/clipboard/browser/clipboard.js'
import 'monaco-editor/editor/contrib/comment/browser/comment.js'
import 'monaco-editor/editor/contrib/find/browser/findController.js'
import 'monaco-editor/editor/contrib/folding/browser/folding.js'
import 'monaco-editor/editor/contrib/gotoError/browser/gotoError.js'
import 'monaco-editor/editor/contrib/gotoError/browser/markerSelectionStatus.js'
import 'monaco-editor/editor/contrib/hover/browser/hoverContribution.js'
import 'monaco-editor/editor/contrib/indentation/browser/indentation.js'
import 'monaco-editor/editor/contrib/linesOperations/browser/linesOperations.js'
import 'monaco-editor/editor/contrib/multicursor/browser/multicursor.js'
import 'monaco-editor/editor/contrib/snippet/browser/snippetController2.js'
import 'monaco-editor/editor/contrib/suggest/browser/suggestController.js'
import 'monaco-editor/editor/contrib/toggleTabFocusMode/browser/toggleTabFocusMode.js'
import 'monaco-editor/editor/contrib/wordOperations/browser/wordOperations.js'
import 'monaco-editor/features/codicon/register.js'
import 'monaco-editor/languages/definitions/css/register.js'
import 'monaco-editor/languages/definitions/dockerfile/register.js'
import 'monaco-editor/languages/definitions/html/register.js'
import 'monaco-editor/languages/definitions/ini/register.js'
import 'monaco-editor/languages/definitions/javascript/register.js'
import 'monaco-editor/languages/definitions/markdown/register.js'
import 'monaco-editor/languages/definitions/python/register.js'
import 'monaco-editor/languages/definitions/shell/register.js'
import 'monaco-editor/languages/definitions/yaml/register.js'
import * as monaco from 'monaco-editor/editor/editor.api.js'
import EditorWorker from 'monaco-editor/editor/editor.worker.js?worker'
import { configureMonacoYaml } from 'monaco-yaml'
import { editorSchema, type GeneratedDescriptions, type GeneratedShapes } from './schema.ts'
import YamlWorker from './yaml.worker.ts?worker'

export { monaco }

declare global {
  interface Window {
    MonacoEnvironment?: { getWorker(module: string, label: string): Worker }
  }
}

window.MonacoEnvironment = { getWorker: () => new EditorWorker() }

interface WorkerOptions {
  readonly createData?: unknown
  readonly label?: string
}

/** monaco-yaml asks for its worker in the way of an older Monaco; this one wants the worker itself, primed with its settings. */
const withYamlWorker = {
  ...monaco,
  editor: {
    ...monaco.editor,
    createWebWorker: ({ createData, label }: WorkerOptions) => {
      const worker = new YamlWorker({ name: label })
      // The first message only wakes it, the second one is taken for its settings.
      worker.postMessage('ignore')
      worker.postMessage(createData)
      return monaco.editor.createWebWorker({ worker: Promise.resolve(worker) } as unknown as Parameters<
        typeof monaco.editor.createWebWorker
      >[0])
    },
  },
}

const yaml = configureMonacoYaml(withYamlWorker as unknown as Parameters<typeof configureMonacoYaml>[0], {
  isKubernetes: true,
  enableSchemaRequest: false,
  hover: true,
  completion: true,
  validate: true,
  format: { enable: false } as never,
})

/** Files to fetch, not code to import: the page knows the engine's data only as documents. */
const shapesAddress = new URL('../../engine/kinds/generated/schemas.json', import.meta.url).href
const descriptionsAddress = new URL('../../engine/kinds/generated/descriptions.json', import.meta.url).href

/** The words of Kubernetes are a large file; until it is there, YAML is only YAML. */
async function teachKubernetes(): Promise<void> {
  const [shapes, descriptions] = await Promise.all(
    [shapesAddress, descriptionsAddress].map(async (address) => (await fetch(address)).json() as Promise<unknown>),
  )
  await yaml.update({
    isKubernetes: true,
    enableSchemaRequest: false,
    hover: true,
    completion: true,
    validate: true,
    format: { enable: false } as never,
    schemas: [
      {
        uri: 'inmemory://kubernetes.json',
        fileMatch: ['**/*.yaml', '**/*.yml'],
        schema: editorSchema(shapes as GeneratedShapes, descriptions as GeneratedDescriptions) as never,
      },
    ],
  })
}

void teachKubernetes()

/** The editor's colours are the page's tokens at the time of asking. */
export function applyTheme(theme: 'light' | 'dark'): void {
  const tokens = getComputedStyle(document.documentElement)
  // Style sheets are made small, and Monaco does not read `#fff`.
  const token = (name: string) =>
    tokens
      .getPropertyValue(name)
      .trim()
      .replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3')
  const bare = (name: string) => token(name).replace('#', '')
  monaco.editor.defineTheme('drydock', {
    base: theme === 'dark' ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [
      { token: 'type', foreground: bare('--accent') },
      { token: 'keyword', foreground: bare('--accent') },
      { token: 'string', foreground: bare('--volume') },
      { token: 'string.yaml', foreground: bare('--volume') },
      { token: 'type.yaml', foreground: bare('--accent') },
      { token: 'number.yaml', foreground: bare('--ok') },
      { token: 'number', foreground: bare('--ok') },
      { token: 'comment', foreground: bare('--ink-faint') },
    ],
    colors: {
      'editor.background': token('--surface'),
      'editor.foreground': token('--ink'),
      'editorLineNumber.foreground': token('--ink-faint'),
      'editorLineNumber.activeForeground': token('--ink'),
      'editorGutter.background': token('--surface'),
      'editor.lineHighlightBackground': token('--sunk'),
      'editor.lineHighlightBorder': token('--surface'),
      'editorWidget.background': token('--surface'),
      'editorWidget.border': token('--line-strong'),
      'editorHoverWidget.background': token('--surface'),
      'editorSuggestWidget.background': token('--surface'),
      focusBorder: token('--accent'),
    },
  })
  monaco.editor.setTheme('drydock')
}
