import { describe, expect, test } from 'vitest'
import { lessonTree } from './markdown.ts'
import { parsePack } from './pack.ts'

const files = (entries: Record<string, string>) => new Map(Object.entries(entries))

describe('a pack is a folder of Markdown and scripts', () => {
  test('a Killercoda scenario is read as it is', () => {
    const { lessons, problems } = parsePack(
      files({
        'pods/index.json':
          '{"title":"Pods","details":{"intro":{"text":"intro.md","background":"setup.sh"},"steps":[{"title":"Run","text":"1.md","verify":"v.sh"}],"assets":{"host01":[{"file":"*.yaml","target":"/root","chmod":"+x"}]}},"backend":{"imageid":"kubernetes-kubeadm-1node"},}',
        'pods/intro.md': 'Hello',
        'pods/setup.sh': 'touch /tmp/finished',
        'pods/1.md': 'Type it',
        'pods/v.sh': 'kubectl get pod x',
        'pods/assets/a.yaml': 'kind: Pod',
        'pods/assets/deep/b.yaml': 'kind: Pod',
      }),
    )
    expect(problems).toEqual([])
    expect(lessons).toEqual([
      {
        id: 'pods',
        title: 'Pods',
        description: '',
        course: '',
        environment: 'kubernetes-kubeadm-1node',
        intro: { title: 'Pods', markdown: 'Hello', background: 'touch /tmp/finished', hints: [] },
        steps: [{ title: 'Run', markdown: 'Type it', verify: 'kubectl get pod x', hints: [] }],
        finish: undefined,
        assets: [{ target: '/root', path: 'a.yaml', content: 'kind: Pod', isExecutable: true }],
      },
    ])
  })

  test('a broken pack says where, and the rest of it works', () => {
    const { lessons, problems } = parsePack(
      files({
        'a/index.json': '{',
        'b/index.json': '{"title":"B","details":{"steps":[{"text":"gone.md"}]}}',
        'c/index.json': '{"details":{}}',
      }),
    )
    expect(lessons.map(({ title }) => title)).toEqual(['B'])
    expect(problems.map((problem) => problem.replace(/(not JSON: ).*/, '$1…'))).toEqual([
      'a/index.json: not JSON: …',
      'b/index.json: gone.md does not exist',
      'c/index.json: title: Invalid key: Expected "title" but received undefined',
    ])
  })

  test('a course gives the order', () => {
    const index = (title: string) => `{"title":"${title}"}`
    const { lessons } = parsePack(
      files({
        'structure.json': '{"title":"Course","items":[{"path":"b"},{"path":"a"}]}',
        'a/index.json': index('A'),
        'b/index.json': index('B'),
        'c/index.json': index('C'),
      }),
    )
    expect(lessons.map(({ title, course }) => [title, course])).toEqual([
      ['B', 'Course'],
      ['A', 'Course'],
      ['C', ''],
    ])
  })
})

describe('lesson Markdown', () => {
  test('marks behind code become actions, in a line and behind a fence', () => {
    const tree = JSON.stringify(lessonTree('Type `ls`{{exec}} or\n\n```plain\necho a\n```{{exec interrupt}}\n\nend'))
    expect(tree).toContain('"properties":{"dataAction":"exec"},"children":[{"type":"text","value":"ls"}]')
    expect(tree).toContain('"dataAction":"exec","dataInterrupt":"true"')
    expect(tree).not.toContain('{{')
  })

  test('scripts and handlers do not survive', () => {
    expect(JSON.stringify(lessonTree('<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n[x](javascript:alert(1))'))).not.toMatch(
      /script|onerror/,
    )
  })
})
