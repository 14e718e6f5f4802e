/** yq as people use it in lessons: reading manifests, changing them in place, several documents. Answers written from mikefarah's manual. */
import { expect, test } from 'vitest'
import { bench } from './testing.ts'
import { yq } from './yq.ts'

const pod =
  '# a pod\napiVersion: v1\nkind: Pod\nmetadata:\n  name: web # its name\n  labels:\n    app: web\nspec:\n  containers:\n    - name: nginx\n      image: nginx:1.25\n      ports:\n        - containerPort: 80\n'
const files = {
  'pod.yaml': pod,
  'two.yaml': 'kind: A\nn: 1\n---\nkind: B\nn: 2\n',
  'a.yaml': 'x: 1\ny:\n  - 1\n',
  'b.yaml': 'x: 2\nz: 3\n',
  'bad.yaml': 'a: [1\nb: }\n',
}
const answer = (args: string[], input = '', env: Record<string, string> = {}) =>
  bench(new Map([['yq', yq]]), files).run(['yq', ...args], input, { env })
const out = (...args: string[]): string => answer(args).out

test('a field, a scalar without quotes, a missing one as null', () => {
  expect(out('.metadata.name', 'pod.yaml')).toBe('web\n')
  expect(out('.spec.containers[0].image', 'pod.yaml')).toBe('nginx:1.25\n')
  expect(out('.spec.nothing', 'pod.yaml')).toBe('null\n')
  expect(out('.metadata.labels', 'pod.yaml')).toBe('app: web\n')
  expect(out('.spec.containers', 'pod.yaml')).toBe('- name: nginx\n  image: nginx:1.25\n  ports:\n    - containerPort: 80\n')
})

test('what is changed in place leaves the comments alone', () => {
  const machine = bench(new Map([['yq', yq]]), files)
  expect(machine.run(['yq', '-i', '.spec.containers[0].image = "nginx:1.27" | .metadata.labels.tier = "front"', 'pod.yaml'])).toEqual({
    out: '',
    err: '',
    code: 0,
  })
  expect(machine.init.files.readText('/w/pod.yaml')).toBe(
    pod.replace('1.25', '1.27').replace('    app: web\n', '    app: web\n    tier: front\n'),
  )
})

test('documents one after the other, and one of them', () => {
  expect(out('.n', 'two.yaml')).toBe('1\n2\n')
  expect(out('select(.kind == "B")', 'two.yaml')).toBe('kind: B\nn: 2\n')
  expect(out('.', 'two.yaml')).toBe('kind: A\nn: 1\n---\nkind: B\nn: 2\n')
  expect(out('select(documentIndex == 0) | .kind', 'two.yaml')).toBe('A\n')
})

test('files merged, new documents made, JSON both ways', () => {
  expect(out('ea', 'select(fileIndex == 0) * select(fileIndex == 1)', 'a.yaml', 'b.yaml')).toBe('x: 2\ny:\n  - 1\nz: 3\n')
  expect(out('-n', '.a.b = 1')).toBe('a:\n  b: 1\n')
  expect(out('-o', 'json', '.', 'a.yaml')).toBe('{\n  "x": 1,\n  "y": [\n    1\n  ]\n}\n')
  expect(answer(['-P', '.'], '{"a": {"b": [1, "x"]}}').out).toBe('a:\n  b:\n    - 1\n    - x\n')
  expect(answer(['.x = strenv(V)', 'a.yaml'], '', { V: 'five' }).out).toBe('x: five\ny:\n  - 1\n')
  expect(out('del(.y)', 'a.yaml')).toBe('x: 1\n')
})

test('what is wrong is said as yq says it', () => {
  expect(answer(['.a', 'nope.yaml'])).toEqual({ out: '', err: 'Error: open nope.yaml: no such file or directory\n', code: 1 })
  expect(answer(['-e', '.nope', 'a.yaml'])).toEqual({ out: 'null\n', err: 'Error: no matches found\n', code: 1 })
  expect(answer(['.', 'bad.yaml']).code).toBe(1)
})
