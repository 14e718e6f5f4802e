/** A learner's JavaScript in the sandbox, and what Node says about it. */
import { readFile } from 'node:fs/promises'
import initSqlite from 'sql.js'
import { describe, expect, test } from 'vitest'
import { bytesOf, textOf } from '../../../base/bytes.ts'
import { ManualClock } from '../../../base/clock.ts'
import { ByteStream, header, type HttpResponse, Pending, request } from '../../../base/http.ts'
import { Random } from '../../../base/random.ts'
import { Descriptor } from '../../../unix/kernel/open-file.ts'
import { pipe } from '../../../unix/kernel/pipe.ts'
import type { Process } from '../../../unix/kernel/process.ts'
import { createMachine, type Machine } from '../../../unix/machine.ts'
import { versionIn } from './npm/registry.ts'
import { express } from './npm/web.ts'
import { nodeProgram } from './program.ts'

let wasm: Promise<WebAssembly.Module> | undefined
const load = () => (wasm ??= readFile('node_modules/quickjs-wasi/quickjs.wasm').then((bytes) => WebAssembly.compile(bytes)))
const node = nodeProgram(load, () => initSqlite({ useOldExtensionFunctions: false }))

interface Run {
  readonly machine: Machine
  readonly process: Process
  readonly clock: ManualClock
  output(): string
  /** Lets session time pass, real time for loading included. */
  pass(ms: number): Promise<void>
}

async function run(
  files: Record<string, string>,
  argv: readonly string[] = ['node', 'app.js'],
  passMs = 1000,
  input?: string,
): Promise<Run> {
  const clock = new ManualClock()
  const machine = createMachine({
    name: 'c0ffee',
    clock,
    random: new Random(1),
    programs: new Map([
      ['node', node],
      [
        'echo',
        function* (process) {
          process.file(1).write(bytesOf(`${process.argv.slice(1).join(' ')}\n`))
          return 0
        },
      ],
    ]),
  })
  machine.files.mkdir('/app')
  for (const [name, text] of Object.entries(files)) machine.files.writeFile(`/app/${name}`, text)
  const { reader, writer } = pipe(1)
  const source = pipe(2)
  if (input !== undefined) source.writer.write(bytesOf(input))
  source.writer.close()
  const output = new Descriptor(writer)
  const process = machine.spawn(argv, {
    cwd: '/app',
    descriptors: new Map([
      [0, new Descriptor(source.reader)],
      [1, output],
      [2, output],
    ]),
  })
  const pass = async (ms: number) => {
    const until = clock.now() + ms
    for (let steps = 0; clock.now() < until; steps++) {
      if (steps > 20_000) throw new Error('time stands still')
      if (clock.step(until)) continue
      if (!clock.isHeld) clock.set(until)
      else await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  await pass(passMs)
  return { machine, process, clock, pass, output: () => textOf(reader.read(1e6) ?? new Uint8Array(0)) }
}

async function ask({ machine, pass }: Run, url: string, body?: string): Promise<{ status: number; text: string; response: HttpResponse }> {
  const answer = machine.net.request(
    { ip: '127.0.0.1', port: 8080 },
    request(body === undefined ? 'GET' : 'POST', url, body, { host: 'localhost:8080' }),
  )
  await pass(100)
  const response = answer instanceof Pending ? answer.value : answer
  if (!response) throw new Error('no answer')
  return {
    status: response.status,
    response,
    text:
      response.body instanceof ByteStream
        ? textOf(response.body.readAll())
        : typeof response.body === 'string'
          ? response.body
          : textOf(response.body),
  }
}

const kubia = `const http = require('http');
const os = require('os');

console.log("Kubia server starting...");

var handler = function(request, response) {
  console.log("Received request from " + request.connection.remoteAddress);
  response.writeHead(200);
  response.end("You've hit " + os.hostname() + "\\n");
};

var www = http.createServer(handler);
www.listen(8080);
`

describe('servers', () => {
  test('the first lecture', async () => {
    const app = await run({ 'app.js': kubia })
    expect(app.output()).toBe('Kubia server starting...\n')
    const { status, text, response } = await ask(app, '/')
    expect([status, text, header(response.headers, 'transfer-encoding'), header(response.headers, 'connection')]).toEqual([
      200,
      "You've hit c0ffee\n",
      'chunked',
      'keep-alive',
    ])
    expect(app.output()).toBe('Received request from ::ffff:127.0.0.1\n')
    app.machine.kernel.kill(app.process, 'TERM')
    expect(app.process.exitCode).toBe(143)
  })

  test('bodies, headers, promises, timers and a graceful end', async () => {
    const app = await run({
      'app.js': `
      const server = require('node:http').createServer(async (req, res) => {
        let body = ''
        for await (const chunk of req) body += chunk
        const { searchParams, pathname } = new URL(req.url, 'http://x')
        await new Promise((resolve) => setTimeout(resolve, 10))
        res.setHeader('Content-Type', 'application/json')
        res.end(JSON.stringify({ method: req.method, pathname, q: searchParams.get('q'), body }))
      })
      server.listen(process.env.PORT || 8080, () => console.log('listening on', server.address().port))
      process.on('SIGTERM', () => { console.log('bye'); server.close(() => process.exit(3)) })
    `,
    })
    expect(app.output()).toBe('listening on 8080\n')
    expect((await ask(app, '/a?q=1', 'hello')).text).toBe('{"method":"POST","pathname":"/a","q":"1","body":"hello"}')
    app.machine.kernel.kill(app.process, 'TERM')
    await app.pass(10)
    expect([app.output(), app.process.exitCode]).toEqual(['bye\n', 3])
  })

  test('a port that is taken', async () => {
    const app = await run({ 'app.js': "const http = require('http'); http.createServer().listen(8080); http.createServer().listen(8080)" })
    expect(app.output()).toContain(
      "throw er; // Unhandled 'error' event\n      ^\n\nError: listen EADDRINUSE: address already in use :::8080\n",
    )
    expect(app.process.exitCode).toBe(1)
  })

  test('an endless loop leaves the rest alone', async () => {
    const app = await run({ 'app.js': "console.log('in'); while (true) {}" })
    expect([app.output(), app.process.isSpinning, app.process.isEnded]).toEqual(['in\n', true, false])
    app.machine.kernel.kill(app.process, 'KILL')
    expect(app.process.exitCode).toBe(137)
  })
})

describe('scripts', () => {
  test('print as Node prints', async () => {
    const app = await run({
      'app.js': `
      console.log({ a: 1, b: [1, 2, 'x'], c: { d: { e: { f: 1 } } }, g: null, h: undefined, i: () => 1, 'k-l': new Map([['a', 1]]) })
      console.log([1.5, -0, 'it\\'s'], new Set([1]), Symbol('s'), 10n, class A {}, Buffer.from('hi'))
      console.log('%s is %d years', 'Bob', 42, { x: 1 })
      console.log([[]], {}, [undefined, null], new Error('e').message, typeof process.pid)
      console.log(require('path').join('/a', '../b', 'c.txt'), require('util').inspect('x'), __filename)
      console.error('to stderr')
    `,
    })
    expect(app.output()).toBe(`{
  a: 1,
  b: [ 1, 2, 'x' ],
  c: { d: { e: [Object] } },
  g: null,
  h: undefined,
  i: [Function: i],
  'k-l': Map(1) { 'a' => 1 }
}
[ 1.5, -0, "it's" ] Set(1) { 1 } Symbol(s) 10n [class A] <Buffer 68 69>
Bob is 42 years { x: 1 }
[ [] ] {} [ undefined, null ] e number
/b/c.txt 'x' /app/app.js
to stderr
`)
    expect(app.process.exitCode).toBe(0)
  })

  test('modules, files and children', async () => {
    const app = await run({
      'app.js': `
        const { twice } = require('./lib'); const fs = require('fs')
        fs.writeFileSync('out.txt', String(twice(21)))
        console.log(fs.readFileSync('out.txt', 'utf8'), require('./data.json').name, fs.readdirSync('.').join())
        try { fs.readFileSync('nope') } catch (error) { console.log(error.code, error.message) }
        require('child_process').execFile('echo', ['from', 'child'], (error, out) => { console.log(error, out.trim()) })
        fs.promises.readFile('data.json', 'utf8').then((text) => console.log('promised', text))
      `,
      'lib.js': 'exports.twice = (n) => n * 2',
      'data.json': '{"name":"data"}',
    })
    expect(app.output()).toBe(
      '42 data app.js,data.json,lib.js,out.txt\nENOENT ENOENT: no such file or directory, open \'nope\'\npromised {"name":"data"}\nnull from child\n',
    )
  })

  test('order of timers, ticks and promises', async () => {
    const app = await run({
      'app.js': `
      setTimeout(() => console.log('timeout'), 0); setImmediate(() => console.log('immediate'))
      Promise.resolve().then(() => console.log('promise')); process.nextTick(() => console.log('tick')); console.log('sync')
      let n = 0; const id = setInterval(() => { console.log('interval', ++n); if (n === 2) clearInterval(id) }, 100)
      process.on('exit', (code) => console.log('exit', code))
    `,
    })
    expect(app.output()).toBe(
      'sync\ntick\npromise\ntimeout\nimmediate\ninterval 1\ninterval 2\nexit 0\n'.replace('timeout\nimmediate', 'immediate\ntimeout'),
    )
  })

  test('-e, -p, --version, and standard input', async () => {
    expect((await run({}, ['node', '-p', 'process.platform'])).output()).toBe('linux\n')
    expect((await run({}, ['node', '-e', 'console.log(os.hostname(), [1,2].map(x => x * 2))'])).output()).toBe('c0ffee [ 2, 4 ]\n')
    expect((await run({}, ['node', '--version'])).output()).toBe('v22.21.0\n')
    expect((await run({}, ['node'], 1000, 'console.log(1 + 1)')).output()).toBe('2\n')
    expect(
      (
        await run(
          { 'app.js': "let s = ''; process.stdin.on('data', (d) => s += d).on('end', () => console.log(s.toUpperCase()))" },
          ['node', 'app.js'],
          1000,
          'abc',
        )
      ).output(),
    ).toBe('ABC\n')
  })

  test('errors read as Node tells them', async () => {
    const thrown = await run({ 'app.js': "const x = 1\nfunction f() {\n  throw new Error('boom')\n}\nf()\n" })
    expect(thrown.output()).toMatch(
      /^\/app\/app\.js:3\n {2}throw new Error\('boom'\)\n {2}\^\n\nError: boom\n {4}at f \(\/app\/app\.js:3:\d+\)\n {4}at Object\.<anonymous> \(\/app\/app\.js:5:\d+\)\n {4}at Module\._compile/,
    )
    expect(thrown.output() + String(thrown.process.exitCode)).toBe('1')
    const undefinedProperty = await run({ 'app.js': 'const o = undefined\no.x.y' })
    expect(undefinedProperty.output()).toContain(
      "TypeError: Cannot read properties of undefined (reading 'x')\n    at Object.<anonymous> (/app/app.js:2:",
    )
    const missing = await run({ 'app.js': "require('express')" })
    expect(missing.output()).toContain("Error: Cannot find module 'express'\nRequire stack:\n- /app/app.js\n")
    const rejected = await run({ 'app.js': "(async () => { throw new Error('async boom') })()" })
    expect(rejected.output()).toContain('Error: async boom\n')
    expect(rejected.process.exitCode).toBe(1)
    const notThere = await run({}, ['node', 'nope.js'])
    expect(notThere.output()).toContain("Error: Cannot find module '/app/nope.js'\n")
    const syntax = await run({ 'app.js': 'const x = ;' })
    expect(syntax.output()).toContain('SyntaxError: ')
    expect((await run({ 'app.js': 'foo()' })).output()).toContain('ReferenceError: foo is not defined\n')
    expect((await run({ 'app.js': 'const a = {}\na.foo()' })).output()).toContain('TypeError: a.foo is not a function\n')
  })
})

describe('packages', () => {
  test('express routes, parses and refuses', async () => {
    const app = await run({
      'express.js': express,
      'app.js':
        "const express = require('./express.js'); const app = express(); app.use(express.json()); app.get('/items/:id', (req, res) => res.json({ id: req.params.id, q: req.query })); app.post('/items', (req, res) => res.status(201).send(req.body)); const api = express.Router(); api.get('/x', (req, res) => res.send(req.baseUrl + ' ' + req.url)); app.use('/api', api); app.get('/boom', async () => { throw new Error('boom') }); app.use((error, req, res, next) => res.status(500).json({ error: error.message })); app.listen(8080)",
    })
    expect((await ask(app, '/items/7?a=b')).text).toBe('{"id":"7","q":{"a":"b"}}')
    expect((await ask(app, '/api/x')).text).toBe('/api /x')
    expect(await ask(app, '/boom')).toMatchObject({ status: 500, text: '{"error":"boom"}' })
    expect(await ask(app, '/nope')).toMatchObject({
      status: 404,
      text: '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n<body>\n<pre>Cannot GET /nope</pre>\n</body>\n</html>\n',
    })
    expect(app.output()).toBe('')
  })

  test('ranges choose the newest version they allow', () => {
    const found = {
      name: 'x',
      versions: ['5.1.0', '4.21.2', '4.18.2', '4.18.1', '0.2.9', '0.2.1'],
      description: '',
      license: 'MIT',
      brings: 0,
      files: {},
    }
    expect(
      ['^4.18.1', '~4.18.1', '4.x', '4', '>=4 <5', '*', '0.2.1', '^0.2.1', '^6.0.0', '3.x || 4.18.1'].map((range) =>
        versionIn(found, range),
      ),
    ).toEqual(['4.21.2', '4.18.2', '4.21.2', '4.21.2', '4.21.2', '5.1.0', '0.2.1', '0.2.9', undefined, '4.18.1'])
  })
})
