import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { podTemplateHash } from './template-hash.ts'

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
