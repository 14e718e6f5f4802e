import { describe, expect, test } from 'vitest'
import { lessonTree } from './markdown.ts'
import { parsePack } from './pack.ts'
import { isRight, type Quiz } from './quiz.ts'

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
        effort: '',
        course: '',
        environment: 'kubernetes-kubeadm-1node',
        intro: { title: 'Pods', path: 'pods/intro.md', markdown: 'Hello', background: 'touch /tmp/finished', hints: [] },
        steps: [{ title: 'Run', path: 'pods/1.md', markdown: 'Type it', verify: 'kubectl get pod x', hints: [] }],
        finish: undefined,
        assets: [{ target: '/root', path: 'a.yaml', content: 'kind: Pod', mode: 0o755, machine: 0 }],
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

  test('a course of courses keeps the order of both, and its titles', () => {
    const { lessons, problems } = parsePack(
      files({
        'structure.json': '{"title":"All","items":[{"path":"z"},{"path":"a","title":"First steps"},{"path":"gone"}]}',
        'z/structure.json':
          '{"title":"Storage","items":[{"path":"two"},{"path":"one","title":"Claims","description":"what pods ask for"}]}',
        'a/index.json': '{"title":"A"}',
        'z/one/index.json': '{"title":"One"}',
        'z/two/index.json': '{"title":"Two"}',
      }),
    )
    expect(lessons.map(({ title, description, course }) => [title, description, course])).toEqual([
      ['Two', '', 'Storage'],
      ['Claims', 'what pods ask for', 'Storage'],
      ['First steps', '', 'All'],
    ])
    expect(problems).toEqual(['structure.json: gone has no index.json'])
  })

  test('what Katacoda wrote around a scenario is read too', () => {
    const { lessons, problems } = parsePack(
      files({
        'index.json': JSON.stringify({
          title: 'Old',
          time: '20',
          difficulty: 'Beginner',
          details: {
            intro: { text: 'intro.md', courseData: 'begin.sh', code: 'show.sh', credits: 'https://example.com' },
            steps: [{ text: 'one.md', answer: 'answer.md', hint: 'hint.md' }],
            assets: { host01: [{ file: 'a.sh', target: '/ks', chmod: '+x' }], host02: [{ file: 'b.conf', target: '/etc', chmod: '600' }] },
          },
          finish: { text: 'finish.md' },
          environment: {
            uilayout: 'terminal',
            hideintro: 'true',
            uimessage1: '\u001b[32mWelcome\u001b[m',
            dashboards: [{ name: 'Shop', port: 8080 }],
          },
          backend: { imageid: 'docker-swarm', port: 6443 },
        }),
        ...{
          'intro.md': 'Hello',
          'begin.sh': 'b',
          'show.sh': 's',
          'one.md': 'Do it',
          'answer.md': '`ls`',
          'hint.md': 'Look',
          'finish.md': 'Done',
        },
        ...{ 'assets/a.sh': 'a', 'assets/b.conf': 'b' },
      }),
    )
    expect(problems).toEqual([])
    const [lesson] = lessons
    expect(lesson.effort).toBe('Beginner · 20 minutes')
    expect(lesson.intro).toMatchObject({ background: 'b', foreground: 's', isHidden: true })
    expect(lesson.intro?.markdown).toBe('> Welcome\n\nHello\n\n<small><https://example.com></small>\n\n\n- [Shop](http://localhost:8080)\n')
    expect(lesson.steps[0].hints).toEqual([{ text: 'Look' }])
    expect(lesson.steps[0].markdown).toContain('<details><summary>Solution</summary>\n\n`ls`\n\n</details>')
    expect(lesson.finish?.markdown).toBe('Done')
    expect(lesson.assets.map(({ path, mode, machine }) => [path, mode.toString(8), machine])).toEqual([
      ['a.sh', '755', 0],
      ['b.conf', '600', 1],
    ])
  })

  test('what nothing comes of is said to the author', () => {
    const { problems } = parsePack(
      files({
        'a/index.json': JSON.stringify({
          title: 'A',
          files: ['app.js'],
          details: {
            steps: [{ text: 't.md', verfy: 'v.sh', hint: 'h.sh' }],
            assets: { host01: [{ file: '*.yml', target: '~/' }], host02: [] },
          },
          environment: { terminals: [{ name: 'two', target: 'host02' }] },
          backend: { imageid: 'kotlin:1.3.61' },
        }),
        'a/t.md': '',
        'b/index.yaml': 'title: B',
      }),
    )
    expect(problems).toEqual([
      'a/index.json: files: the files are not opened by themselves: the editor shows them when they are chosen',
      'a/index.json: environment.terminals: terminals are opened by the learner',
      'a/index.json: details.steps[0].verfy: nothing reads this field',
      'a/index.json: backend.imageid: Kotlin is not simulated, the lesson starts on a machine like "ubuntu"',
      'a/index.json: details.assets.host02: this environment has only one machine',
      'a/index.json: hint: h.sh is a script; hints are text here (a .md file, or "hints")',
      'a/index.json: details.assets.host01: no file of assets/ matches "*.yml"',
      'b/index.yaml: only index.json is read; write the same fields there',
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

  test('HTML of authors is kept as far as it is harmless: folded solutions with code in them, line breaks, keys', () => {
    const tree = lessonTree('<details><summary>Solution</summary>\n\n```bash\nls\n```{{exec}}\n\n</details>\n\na<br>b <kbd>Ctrl</kbd>')
    expect(shape(tree)).toBe('details(summary("Solution") pre(code[dataAction=exec]("ls\\n"))) p("a" br() "b " kbd("Ctrl"))')
  })

  test('machines of a scenario are reached by their names, and terminals and hosts are kept beside a command', () => {
    expect(
      shape(
        lessonTree(
          '[open]({{TRAFFIC_HOST1_8080}}) [other](https://[[HOST_SUBDOMAIN]]-30080-[[KATACODA_HOST]].environments.katacoda.com/) `top`{{execute T2}} `hostname`{{execute HOST2}} `app.js`{{open}}',
        ),
      ),
    ).toBe(
      'p(a[href=http://localhost:8080]("open") " " a[href=http://localhost:30080/]("other") " " code[dataAction=exec dataTerminal=2]("top") " " ' +
        'code[dataAction=exec dataHost=2]("hostname") " " code[dataAction=open]("app.js") "")',
    )
  })

  test('what an editor should hold says which file', () => {
    expect(shape(lessonTree('<pre class="file" data-filename="app.js" data-target="replace">let a = 1\n</pre>'))).toBe(
      'pre[dataFilename=app.js dataTarget=replace]("let a = 1\\n")',
    )
  })

  test('pictures come from the pack; what would be fetched from elsewhere becomes a link', () => {
    const picture = (path: string) => (path === 'assets/a b.png' ? 'data:image/png;base64,AA==' : undefined)
    expect(
      shape(
        lessonTree('![Layers](assets/a%20b.png) ![far](https://example.com/x.png)\n\n<iframe src="https://example.com/v"></iframe>', {
          picture,
        }),
      ),
    ).toBe(
      'p(img[src=data:image/png;base64,AA== alt=Layers]() " " a[href=https://example.com/x.png]("Picture: far")) a[href=https://example.com/v]("https://example.com/v")',
    )
  })
})

describe('questions', () => {
  const asked = (markdown: string) => {
    const code = /code\[dataQuiz=(.*?)\]\("/s.exec(shape(lessonTree(markdown)))
    return JSON.parse(code?.[1] ?? '{}') as Quiz
  }

  test('choices, several choices, and what is typed', () => {
    const one = asked('Before\n>>Q1: How many Pods?<<\n( ) 2\n(*) 3\n\nAfter')
    expect(one).toEqual({
      question: 'How many Pods?',
      choices: [
        { text: '2', isRight: false },
        { text: '3', isRight: true },
      ],
      isMany: false,
    })
    expect([isRight(one, ['3']), isRight(one, ['2']), isRight(one, [])]).toEqual([true, false, false])
    const many = asked('>>Which talk to etcd?<<\n[*] API server\n[ ] kubelet\n[ ] scheduler')
    expect([isRight(many, ['API server']), isRight(many, ['API server', 'kubelet'])]).toEqual([true, false])
    const typed = asked('>>Q2: Which port?<<\n=~= 8080')
    expect([isRight(typed, ['port 8080']), isRight(typed, ['80'])]).toEqual([true, false])
  })

  test('the same signs in code are code', () => {
    expect(shape(lessonTree('```\n>>Q1: no<<\n(*) a\n```'))).toContain('>>Q1: no<<')
  })
})

/** A tree as a line: names, properties that matter, text. */
function shape(node: object): string {
  const {
    type,
    tagName,
    value,
    properties,
    children = [],
  } = node as {
    type: string
    tagName?: string
    value?: string
    properties?: Record<string, unknown>
    children?: object[]
  }
  if (type === 'text') return JSON.stringify(value)
  const inside = children
    .filter((child) => (child as { value?: string }).value !== '\n')
    .map(shape)
    .join(' ')
  if (type === 'root') return inside
  const said = Object.entries(properties ?? {})
    .filter(([name]) => name !== 'className')
    .map(([name, each]) => `${name}=${String(each)}`)
  return `${tagName}${said.length > 0 ? `[${said.join(' ')}]` : ''}(${inside})`
}
