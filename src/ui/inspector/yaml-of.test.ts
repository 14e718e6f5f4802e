import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { yamlOf } from './yaml-of.ts'

const object = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', labels: { app: 'web', on: 'yes', number: '12' }, annotations: {} },
  spec: {
    containers: [{ name: 'web', image: 'nginx:1.27', args: ['-c', 'echo "hi"; sleep 1'], ports: [{ containerPort: 80 }], env: [] }],
    script: 'one\ntwo\n',
    nothing: null,
    isOn: true,
  },
}

test('what is printed reads back as what it was', () => {
  expect(parse(yamlOf(object))).toEqual(object)
})

test('it looks as kubectl prints it', () => {
  expect(yamlOf({ spec: object.spec })).toBe(`spec:
  containers:
  - name: web
    image: nginx:1.27
    args:
    - "-c"
    - "echo \\"hi\\"; sleep 1"
    ports:
    - containerPort: 80
    env: []
  script: |
    one
    two
  nothing: null
  isOn: true`)
})
