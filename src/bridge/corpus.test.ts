/**
 * Manifests that people really apply, each with the answer of a real API server, sent to ours: status, message and warnings must be equal.
 * They are other people's texts and lie beside the project, not in it. `CORPUS=differences npx vitest run src/bridge/corpus` writes what
 * differs into the folder for temporary files.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ManualClock } from '../base/clock.ts'
import { bytesOf } from '../base/bytes.ts'
import { type HttpResponse, Pending } from '../base/http.ts'
import { documents, fromYaml, YamlError } from '../cli/yaml-input.ts'
import { Random } from '../base/random.ts'
import { Store } from '../engine/store/store.ts'
import { ApiServer, stampResourceVersion } from '../engine/api/server.ts'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

interface Line {
  readonly kind: string
  readonly apiVersion: string
  readonly code: number
  readonly message: string | null
  readonly warnings: readonly string[] | null
  readonly source: string
  readonly text: string | null
}

interface Manifest {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata?: { readonly namespace?: string }
  readonly items?: readonly Manifest[]
}

interface Resource {
  readonly name: string
  readonly namespaced: boolean
}

const path = fileURLToPath(new URL(`${process.env.DRYDOCK_CORPUS ?? '../../../shared/corpus'}/manifests.jsonl`, import.meta.url))
if (!existsSync(path)) console.warn('the corpus of manifests is not beside the project: its answers are not compared')

/** Answers that must be equal, of all. */
const floor = 0.998

test.runIf(existsSync(path))('manifests that people apply are answered as by a real API server', { timeout: 120_000 }, async () => {
  const lines = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  const { ask, resourceOf, needNamespace, needAccount } = await server()
  for (const line of lines)
    for (const { metadata } of objectsIn(line.text ?? '')) if (metadata?.namespace) await needNamespace(metadata.namespace)
  let rest: readonly Manifest[] = []
  let text = ''
  const differences: string[] = []
  for (const line of lines) {
    if (line.text !== null) {
      text = line.text
      rest = objectsIn(line.text)
    }
    const [object, ...others] = rest
    rest = others
    const resource = resourceOf(line.apiVersion, line.kind)
    if (line.code === -1 || !resource) {
      const said = resource ? 'the kind is known' : `no matches for kind "${line.kind}" in version "${line.apiVersion}"`
      if (line.code !== -1 || resource) differences.push(`${line.source}\n- ${line.code} ${line.message}\n+ ${said}`)
      continue
    }
    const namespace = object?.metadata?.namespace ?? 'default'
    const root = line.apiVersion.includes('/') ? `/apis/${line.apiVersion}` : `/api/${line.apiVersion}`
    const url = `${root}${resource.namespaced ? `/namespaces/${namespace}` : ''}/${resource.name}?dryRun=All&fieldValidation=Strict`
    let answer = await ask('POST', url, JSON.stringify(object))
    // The real server looked for no service accounts: its admission was off.
    const account = /error looking up service account ([^/]+)\/([^:]+):/.exec(answer.message ?? '')
    if (account) {
      const forget = await needAccount(account[1], account[2])
      answer = await ask('POST', url, JSON.stringify(object))
      await forget()
    }
    // With that admission off no pod had an account, and a token without one is refused; ours has the default one.
    if (/serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set/.test(line.message ?? '')) continue
    const wanted = told(line.code, line.message, line.warnings ?? [])
    const got = told(
      answer.status,
      answer.message,
      answer.warnings.filter((warning) => !isOurs.test(warning)),
    )
    if (wanted !== got) differences.push(`${line.source} ${url}\n- ${wanted}\n+ ${got}\n${text.slice(0, 3_000)}`)
  }
  if (process.env.CORPUS) writeFileSync(join(tmpdir(), 'corpus-differences.txt'), differences.join('\n\n'))
  console.log(`${lines.length - differences.length} of ${lines.length} manifests are answered as by the real server`)
  expect(1 - differences.length / lines.length).toBeGreaterThanOrEqual(floor)
})

function objectsIn(text: string): readonly Manifest[] {
  return documents(text).flatMap((document) => {
    let manifest: Manifest | null
    try {
      manifest = fromYaml(document) as Manifest | null
    } catch (error) {
      if (!(error instanceof YamlError)) throw error
      return [{ kind: error.message }]
    }
    return manifest?.kind === 'List' ? (manifest.items ?? []) : manifest ? [manifest] : []
  })
}

/** What the sandbox keeps but does not act on, it says; the real server has no reason to. */
const isOurs = /not simulated|are not called|kept, but/

/** Label errors come in any order; the sorted parts of a list of causes are what is compared. */
function told(code: number, message: string | null, warnings: readonly string[]): string {
  if (code === 201) return [code, ...warnings].join('\n')
  const causes = /^(.* is invalid: )\[(.*)\]$/s.exec(message ?? '')
  return [
    code,
    causes
      ? causes[1] +
        causes[2]
          .split(/, (?=[a-z])/)
          .sort()
          .join(', ')
      : message,
    ...warnings,
  ].join('\n')
}

async function server() {
  const clock = new ManualClock()
  const api = new ApiServer({
    store: new Store({ clock, stamp: stampResourceVersion }),
    clock,
    random: new Random(7),
    address: '172.30.0.2',
  })
  const send = async (method: string, url: string, body?: string): Promise<HttpResponse> => {
    const response = api.handle(
      { method, url, headers: { 'content-type': 'application/json', accept: 'application/json' }, body: bytesOf(body ?? '') },
      {},
    )
    if (!(response instanceof Pending)) return response
    // A part of the server that is seldom wanted is being loaded.
    while (response.value === undefined) {
      await new Promise((resolve) => setTimeout(resolve))
      clock.settle()
    }
    return response.value
  }
  const read = (response: HttpResponse) =>
    JSON.parse(typeof response.body === 'string' ? response.body || 'null' : new TextDecoder().decode(response.body as Uint8Array))
  const resources = new Map<string, Resource>()
  const groups = read(await send('GET', '/apis')).groups as readonly { versions: readonly { groupVersion: string }[] }[]
  for (const version of ['v1', ...groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion))]) {
    const list = read(await send('GET', version === 'v1' ? '/api/v1' : `/apis/${version}`)).resources as readonly (Resource & {
      kind: string
    })[]
    for (const resource of list) if (!resource.name.includes('/')) resources.set(`${version} ${resource.kind}`, resource)
  }
  const namespaces = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease'])
  return {
    resourceOf: (version: string, kind: string) => resources.get(`${version} ${kind}`),
    needNamespace: async (name: string) => {
      if (namespaces.has(name)) return
      namespaces.add(name)
      await send('POST', '/api/v1/namespaces', JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }))
      clock.settle()
    },
    needAccount: async (namespace: string, name: string) => {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts`
      await send('POST', path, JSON.stringify({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } }))
      return () => send('DELETE', `${path}/${name}`)
    },
    ask: async (method: string, url: string, body: string) => {
      const response = await send(method, url, body)
      const warning = response.headers.warning ?? response.headers.Warning ?? []
      const { message = null } = response.status >= 400 ? (read(response) as { message?: string }) : {}
      return { status: response.status, message, warnings: typeof warning === 'string' ? [warning] : warning }
    },
  }
}

const badPath = path.replace('manifests.jsonl', 'bad-yaml.jsonl')

/** Of 70; what differs are messages of go-yaml's scanner at places where the parser of ours sees another error first. */
const badFloor = 0.98

test.runIf(existsSync(badPath))('what does not parse is refused in the words of the real kubectl', { timeout: 120_000 }, async () => {
  const blocks = readFileSync(badPath, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { text: string; kubectl: string; code: number; source: string })
  const session = await Session.create({ preset: 'kubernetes', supplies: nodeSupplies })
  const differences: string[] = []
  for (const { text, kubectl, code, source } of blocks) {
    session.writeFile('b.yaml', text)
    const { stderr, code: status } = await run(session, { cmd: 'kubectl create --dry-run=server -f b.yaml' })
    if (stderr.trim() !== kubectl.trim() || status !== code)
      differences.push(`${source}\n- ${code} ${kubectl}\n+ ${status} ${stderr.trim()}\n${text}`)
  }
  session.stop()
  if (process.env.CORPUS) writeFileSync(join(tmpdir(), 'corpus-bad-yaml.txt'), differences.join('\n\n'))
  console.log(`${blocks.length - differences.length} of ${blocks.length} broken texts are refused as by the real kubectl`)
  expect(1 - differences.length / blocks.length).toBeGreaterThanOrEqual(badFloor)
})
