/** A learner's Python in the sandbox, and what CPython says about it. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { bytesOf, textOf } from '../../../base/bytes.ts'
import { ManualClock } from '../../../base/clock.ts'
import { Pending, request } from '../../../base/http.ts'
import { Random } from '../../../base/random.ts'
import { Descriptor } from '../../../unix/kernel/open-file.ts'
import { pipe } from '../../../unix/kernel/pipe.ts'
import type { Process } from '../../../unix/kernel/process.ts'
import { createMachine, type Machine } from '../../../unix/machine.ts'
import { programs } from '../../../unix/programs/index.ts'
import { dash } from '../../../unix/shell/bash.ts'
import { packages as pipPackages } from './library.ts'
import { pythonProgram } from './program.ts'

const require = createRequire(import.meta.url)
let wasm: Promise<WebAssembly.Module> | undefined
const load = () => (wasm ??= readFile(require.resolve('quickjs-wasi/quickjs.wasm')).then((bytes) => WebAssembly.compile(bytes)))
const python = pythonProgram(load, async () => [
  await readFile(require.resolve('skulpt/dist/skulpt.min.js'), 'utf8'),
  await readFile(require.resolve('skulpt/dist/skulpt-stdlib.js'), 'utf8'),
])

interface Run {
  readonly machine: Machine
  readonly process: Process
  output(): string
  /** Lets session time pass, real time for loading included. */
  pass(ms: number): Promise<void>
}

async function run(
  script: string,
  {
    argv = ['python3', 'x.py'],
    input = '',
    ms = 1000,
    packages = false,
  }: { argv?: readonly string[]; input?: string; ms?: number; packages?: boolean } = {},
): Promise<Run> {
  const clock = new ManualClock()
  const machine = createMachine({
    name: 'c0ffee',
    clock,
    random: new Random(1),
    programs: new Map([...programs, ['python3', python], ['sh', dash]]),
  })
  machine.files.mkdir('/app')
  machine.files.writeFile('/app/x.py', script)
  if (packages)
    for (const [path, text] of Object.entries(pipPackages)) {
      machine.files.mkdir(`/usr/lib/python3/dist-packages/${path.slice(0, path.lastIndexOf('/'))}`, { parents: true })
      machine.files.writeFile(`/usr/lib/python3/dist-packages/${path}`, text)
    }
  const { reader, writer } = pipe(1)
  const source = pipe(2)
  source.writer.write(bytesOf(input))
  const output = new Descriptor(writer)
  const process = machine.spawn(argv, {
    cwd: '/app',
    descriptors: new Map([
      [0, new Descriptor(source.reader)],
      [1, output],
      [2, output],
    ]),
  })
  source.writer.close()
  const pass = async (passMs: number) => {
    const until = clock.now() + passMs
    for (let steps = 0; clock.now() < until; steps++) {
      if (steps > 20_000) throw new Error('time stands still')
      if (clock.step(until)) continue
      if (!clock.isHeld) clock.set(until)
      else await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  await pass(ms)
  return { machine, process, pass, output: () => textOf(reader.read(1e6) ?? new Uint8Array(0)) }
}

const shown = async (...given: Parameters<typeof run>): Promise<string> => {
  const { output, process } = await run(...given)
  return `${output()}= ${process.exitCode}`
}

test('the language, its library and files', async () => {
  expect(
    await shown(
      'import json, os, re, sys\nfrom collections import Counter\n' +
        'print("hello", 2**100, 10/3, 0.1+0.2, f"{3.14159:.2f} {\'x\':>3} {1234567:,}")\n' +
        'print(json.dumps({"a": [1, None, True]}), json.loads(\'{"x": 1.5}\')["x"])\n' +
        'print(re.sub(r"(\\w+) (\\w+)", r"\\2 \\1", "hello world"), Counter("hello").most_common(1))\n' +
        'with open("f.txt", "w") as f:\n    f.write("one\\ntwo\\n")\nprint([line.strip() for line in open("f.txt")], os.path.getsize("f.txt"))\n' +
        'print(sys.argv, os.environ["HOME"], os.getcwd(), sys.version_info >= (3, 8))\n' +
        'x = 3\nprint(f"{x=}")\n',
      { argv: ['python3', 'x.py', 'one'] },
    ),
  ).toBe(
    "hello 1267650600228229401496703205376 3.3333333333333335 0.30000000000000004 3.14   x 1,234,567\n{\"a\": [1, null, true]} 1.5\nworld hello [('l', 2)]\n['one', 'two'] 8\n['x.py', 'one'] /root /app True\nx=3\n= 0",
  )
})

test('a script is run whatever its name ends with', async () => {
  expect(await shown('def f():\n    print(__name__)\nf()\n', { argv: ['sh', '-c', 'cp x.py check.v1.sh; python3 check.v1.sh'] })).toBe(
    '__main__\n= 0',
  )
})

test('errors read as CPython writes them', async () => {
  expect(await shown('def f():\n    return 1/0\nf()\n')).toBe(
    'Traceback (most recent call last):\n  File "/app/x.py", line 3, in <module>\n    f()\n  File "/app/x.py", line 2, in f\n    return 1/0\nZeroDivisionError: division by zero\n= 1',
  )
  expect(await shown('', { argv: ['python3', '-c', 'import nope'] })).toBe(
    'Traceback (most recent call last):\n  File "<string>", line 1, in <module>\nModuleNotFoundError: No module named \'nope\'\n= 1',
  )
  expect(await shown('open("/nope")\n')).toContain("FileNotFoundError: [Errno 2] No such file or directory: '/nope'\n= 1")
  expect(await shown('{}["k"]\n')).toContain("KeyError: 'k'\n")
  expect(await shown('print "x"\n')).toBe(
    '  File "/app/x.py", line 1\n    print "x"\n    ^^^^^^^^^\nSyntaxError: Missing parentheses in call to \'print\'. Did you mean print(...)?\n= 1',
  )
  expect(await shown('', { argv: ['python3', 'gone.py'] })).toBe(
    "python3: can't open file '/app/gone.py': [Errno 2] No such file or directory\n= 2",
  )
  expect(await shown('if (n := 1): pass\n')).toContain('not simulated in this sandbox')
})

test('input, exit codes and other programs', async () => {
  expect(await shown('name = input("Name? ")\nprint(f"Hi {name}!")\nimport sys\nsys.exit(3)\n', { input: 'Eva\n' })).toBe(
    'Name? Hi Eva!\n= 3',
  )
  expect(await shown('', { argv: ['python3', '-c', 'import sys; [print(l.strip().upper()) for l in sys.stdin]'], input: 'a\nb\n' })).toBe(
    'A\nB\n= 0',
  )
  expect(
    await shown(
      'import subprocess\nprint(subprocess.check_output(["echo", "hi"]).decode(), subprocess.run("exit 3", shell=True).returncode)\n',
    ),
  ).toBe('hi\n 3\n= 0')
  expect(await shown('', { argv: ['python3', '-m', 'json.tool'], input: '{"b":[1]}' })).toBe('{\n    "b": [\n        1\n    ]\n}\n= 0')
  expect(await shown('', { argv: ['python3', '-m', 'json.tool'], input: '{"b":1,}' })).toBe(
    'Expecting property name enclosed in double quotes: line 1 column 8 (char 7)\n= 1',
  )
})

test('an endless loop gives way, and ^C reaches it and a sleeping script', async () => {
  const loop = await run('n = 0\ntry:\n    while True:\n        n += 1\nexcept KeyboardInterrupt:\n    print("stopped", n > 10)\n')
  expect(loop.process.isEnded).toBe(false)
  loop.machine.kernel.kill(loop.process, 'INT')
  await loop.pass(500)
  expect(loop.output()).toBe('stopped True\n')
  const sleeping = await run('import time\ntime.sleep(100)\n')
  sleeping.machine.kernel.kill(sleeping.process, 'INT')
  await sleeping.pass(500)
  expect(sleeping.output()).toBe(
    'Traceback (most recent call last):\n  File "/app/x.py", line 2, in <module>\n    time.sleep(100)\nKeyboardInterrupt\n',
  )
  expect(sleeping.process.killedBy).toBe('INT')
})

test('standard output waits in its buffer when no terminal reads it', async () => {
  const script = 'import time\nprint("soon")\ntime.sleep(10)\n'
  expect((await run(script)).output()).toBe('')
  expect((await run(script, { argv: ['python3', '-u', 'x.py'] })).output()).toBe('soon\n')
})

test('http.server serves the folder', async () => {
  const server = await run('', { argv: ['python3', '-u', '-m', 'http.server', '8080'] })
  const answer = server.machine.net.request({ ip: '127.0.0.1', port: 8080 }, request('GET', '/', undefined, { host: 'localhost:8080' }))
  await server.pass(300)
  const response = answer instanceof Pending ? answer.value : answer
  expect(response?.headers.server).toBe('SimpleHTTP/0.6 Python/3.11.2')
  expect(response && textOf(response.body as Uint8Array)).toContain('<li><a href="x.py">x.py</a></li>')
  expect(server.output()).toMatch(
    /^Serving HTTP on 0\.0\.0\.0 port 8080 \(http:\/\/0\.0\.0\.0:8080\/\) \.\.\.\n127\.0\.0\.1 - - \[.*\] "GET \/ HTTP\/1\.1" 200 -\n$/,
  )
})

test('Flask as pip installs it', async () => {
  const app = await run(
    'from flask import Flask, jsonify, request\napp = Flask(__name__)\n@app.route("/")\ndef hello():\n    return "Hello, World!"\n@app.route("/sum/<int:a>")\ndef add(a):\n    return jsonify(sum=a + int(request.args.get("b", 0)))\nif __name__ == "__main__":\n    app.run(host="0.0.0.0", port=8080)\n',
    { packages: true },
  )
  const ask = async (url: string) => {
    const answer = app.machine.net.request({ ip: '127.0.0.1', port: 8080 }, request('GET', url, undefined, { host: 'localhost:8080' }))
    await app.pass(300)
    const response = answer instanceof Pending ? answer.value : answer
    return `${response?.status} ${response ? textOf(response.body as Uint8Array) : ''}`
  }
  expect(app.output()).toContain(' * Running on all addresses (0.0.0.0)\n')
  expect(await ask('/')).toBe('200 Hello, World!')
  expect(await ask('/sum/2?b=3')).toBe('200 {"sum":5}\n')
  expect(await ask('/nope')).toContain('<h1>Not Found</h1>')
})
