import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { podTemplateHash, revisionHash } from './template-hash.ts'

interface Step {
  readonly cmd?: string
  readonly stdout?: string
}

interface ReplicaSet {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> }
  readonly spec: { readonly template: { readonly metadata: { readonly labels: Record<string, string> } } }
}

test('every template has the hash that a real deployment controller gave it', () => {
  const { steps } = JSON.parse(readFileSync('recordings/kubernetes/29-hashes.golden.json', 'utf8')) as { steps: readonly Step[] }
  const listing = steps.find((step) => step.cmd === 'kubectl get rs -o json')?.stdout ?? ''
  const { items } = JSON.parse(listing) as { items: readonly ReplicaSet[] }
  expect(items.length).toBe(19)
  for (const { metadata, spec } of items) {
    const { 'pod-template-hash': recorded, ...labels } = spec.template.metadata.labels
    const template = { ...spec.template, metadata: { ...spec.template.metadata, labels } }
    expect(`${metadata.name} ${podTemplateHash(template)}`).toBe(`${metadata.name} ${recorded}`)
  }
})

interface Revision {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> }
  readonly data: { readonly spec: { readonly template: { readonly $patch?: string; readonly spec: object; readonly metadata: object } } }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

test('revisions of StatefulSets and DaemonSets are named as the real controllers name them', () => {
  const { steps } = JSON.parse(readFileSync('recordings/kubernetes/29-hashes.golden.json', 'utf8')) as { steps: readonly Step[] }
  const listing = steps.find((step) => step.cmd?.endsWith('kubectl get controllerrevisions -o json'))?.stdout ?? ''
  const { items } = JSON.parse(listing) as { items: readonly Revision[] }
  for (const { metadata, data } of items) {
    const recorded = metadata.labels['controller.kubernetes.io/hash']
    const { $patch: _, ...template } = data.spec.template
    const ours = recorded ? revisionHash(JSON.stringify(sorted(data)), 0) : podTemplateHash(template)
    expect(`${metadata.name} ${ours}`).toBe(`${metadata.name} ${recorded ?? metadata.labels['controller-revision-hash']}`)
  }
})
