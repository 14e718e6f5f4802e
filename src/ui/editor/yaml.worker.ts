/** The YAML language worker. Vite makes workers of local files only. */
import 'monaco-yaml/yaml.worker.js'
