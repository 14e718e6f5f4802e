/**
 * Applications of courses, as small programs of our own in the guest's JavaScript: kiada, the voting app, hello worlds. What the real ones are
 * written in differs for some (Python, .NET): they say so in the first line of their file.
 */
import { alpineImage } from '../alpine.ts'
import { programPaths } from '../debian.ts'
import { type CatalogueRepository, type Image, type LayerFiles, makeImage } from '../image.ts'
import type { ImageRunConfig } from '../image-config.ts'
import { once } from '../once.ts'
import { node } from './images.ts'
import { pg, redis } from './npm/clients.ts'
import { express } from './npm/web.ts'

const note = 'buildkit.dockerfile.v0'
const manifest = (name: string): string => `${JSON.stringify({ name, version: '1.0.0', main: 'index.js' })}\n`
const libraries = (folder: string, texts: Readonly<Record<string, string>>): LayerFiles =>
  Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) => [
      [`${folder}/node_modules/${name}/package.json`, manifest(name)],
      [`${folder}/node_modules/${name}/index.js`, text],
    ]),
  )

export function app({
  files,
  config,
  created,
  size,
}: {
  readonly files: LayerFiles
  readonly config: ImageRunConfig
  readonly created: string
  readonly size: number
}): () => Image {
  return once(() => {
    const base = node.tags['18-alpine']()
    const [first] = Object.keys(files)
    return makeImage({
      base,
      created,
      config: { Entrypoint: [], Cmd: [], ...config, Env: [...(base.config.config.Env ?? []), ...(config.Env ?? [])] },
      steps: [
        { createdBy: `COPY ${first.replace(/^.*\//, '')} ${first} # buildkit`, files, size, comment: note },
        ...(config.Entrypoint ? [{ createdBy: `ENTRYPOINT ${JSON.stringify(config.Entrypoint)}`, comment: note }] : []),
        ...(config.Cmd ? [{ createdBy: `CMD ${JSON.stringify(config.Cmd)}`, comment: note }] : []),
      ],
    })
  })
}

const kiadaApp = String.raw`const http = require('http')
const os = require('os')
const readline = require('readline')

const version = process.env.KIADA_VERSION
const minor = Number(version.split('.')[1])
const args = process.argv.slice(2)
const port = args[0] === '--listen-port' ? args[1] : '8080'
const env = (name, preset) => process.env[name] || preset
const pod = env('POD_NAME', 'unknown-pod')
const nodeName = env('NODE_NAME', 'unknown-node')
const podIP = env('POD_IP', '0.0.0.0')
const nodeIP = env('NODE_IP', '0.0.0.0')
const quoteURL = env('QUOTE_URL', 'http://quote/quote').replace(/^(?!http)/, 'http://')
const quizURL = env('QUIZ_URL', 'http://quiz').replace(/^(?!http)/, 'http://')
let status = env('INITIAL_STATUS_MESSAGE', '')

const log = (text) => console.log((minor >= 5 ? new Date().toISOString() + ' ' : '') + text)
const get = (url) => new Promise((resolve) => {
  const asked = http.request(url, (answer) => { let text = ''; answer.on('data', (part) => { text += part }); answer.on('end', () => resolve(text)) })
  asked.on('error', (error) => resolve('ERROR: ' + error.message))
  asked.end()
})
const about = (client) => 'Request processed by Kiada ' + version + ' running in pod "' + pod + '" on node "' + nodeName + '".\nPod hostname: ' + os.hostname() + '; Pod IP: ' + podIP + '; Node IP: ' + nodeIP + (minor >= 5 ? '; ' : '. ') + 'Client IP: ' + client + '\n' + (status ? status + '\n' : '')

async function page(client) {
  if (minor < 4) return 'Kiada version ' + version + '. Request processed by "' + os.hostname() + '". Client IP: ' + client + '\n' + (status ? status + '\n' : '')
  if (minor < 5) return about(client)
  const [quote, quiz] = await Promise.all([get(quoteURL), get(quizURL + '/questions/random')])
  let question
  try { question = JSON.parse(quiz) } catch (error) { question = { text: quiz } }
  return 'KUBERNETES IN ACTION DEMO APPLICATION v' + version + '\n\n==== TIP OF THE MINUTE\n' + quote + '\n\n==== POP QUIZ\n' + question.text + '\n' + (question.answers || []).map((answer, at) => at + ') ' + answer + '\n').join('') + '\nSubmit your answer to /question/' + question.id + '/answers/<index of answer> using the POST method.\n\n==== REQUEST INFO\n' + about(client) + '\n\nHTML version of this content is available at /html\n'
}

const server = http.createServer(async (request, response) => {
  const client = request.connection.remoteAddress
  log('Received request for ' + request.url + ' from ' + client)
  if (request.url === '/' && (request.headers.accept || '').startsWith('text/html')) { response.writeHead(302, { Location: 'html' }); response.end('Redirecting to the html version...') }
  else if (request.url === '/' || request.url === '/text') { response.writeHead(200, { 'Content-Type': 'text/plain' }); response.end(await page(client)) }
  else if (request.url === '/html') { response.writeHead(200, { 'Content-Type': 'text/html' }); response.end('<html><head><title>Kiada</title></head><body><pre>' + (await page(client)).replace(/</g, '&lt;') + '</pre></body></html>\n') }
  else if (request.url === '/healthz/ready') { response.writeHead(200, { 'Content-Type': 'text/plain' }); response.end('Ready') }
  else { response.writeHead(404); response.end() }
})
for (const line of ['Kiada - Kubernetes in Action Demo Application', '---------------------------------------------', 'Kiada ' + version + ' starting...']) log(line)
if (minor >= 3) log('Pod name is ' + pod)
log('Local hostname is ' + os.hostname())
if (minor >= 3) { log('Local IP is ' + podIP); log('Running on node ' + nodeName); log('Node IP is ' + nodeIP) }
if (minor >= 4) log('Status message is ' + status)
if (minor >= 5) { log('URL of the quote service is ' + quoteURL); log('URL of the quiz service is ' + quizURL) }
log('Listening on port ' + port)
server.listen(port)
if (minor >= 2) readline.createInterface({ input: process.stdin, output: process.stdout, terminal: false }).on('line', (line) => {
  if (line.trim() === '') console.error('Enter new status message and press ENTER.')
  else { status = line; log('Status message set to: ' + line) }
})
if (minor >= 4) process.on('SIGTERM', () => { log('Received SIGTERM. Server shutting down...'); server.close(() => process.exit(0)) })
`

const kiada = (version: string) =>
  app({
    files: { '/app.js': kiadaApp.replace('process.env.KIADA_VERSION', `'${version}'`) },
    config: { Entrypoint: ['node', 'app.js'] },
    created: '2021-03-10T10:00:00Z',
    size: 20_000,
  })

/** A few lines of our own for the fortune program of the real image. */
const quotes = [
  'Labels find objects that names cannot know.',
  'A pod that is deleted comes back only if someone asked for it.',
  'Readiness tells who gets requests, liveness who gets restarted.',
  'Ask for what you need; the limit is for the neighbours.',
  'A Service is a name that stays while pods come and go.',
]
const quoteWriter = once(() =>
  makeImage({
    base: alpineImage(),
    created: '2021-04-12T10:00:00Z',
    config: {
      Entrypoint: [
        '/bin/sh',
        '-c',
        `echo "Quote writer started."; while :; do n=$(( $(date +%s) % ${quotes.length} + 1 )); sed -n "\${n}p" /book-quotes.txt > /var/local/output/quote; sleep 60; done`,
      ],
      Cmd: [],
    },
    steps: [
      {
        createdBy: 'COPY book-quotes.txt / # buildkit',
        files: { '/book-quotes.txt': `${quotes.join('\n')}\n`, '/var/local/output': { directory: true } },
        comment: note,
      },
    ],
  }),
)

const voteApp = String.raw`// The real vote is a Flask application in Python.
const os = require('os')
const express = require('express')
const { createClient } = require('redis')
const a = process.env.OPTION_A || 'Cats'
const b = process.env.OPTION_B || 'Dogs'
const app = express()
app.use(express.urlencoded({ extended: false }))
const page = (vote) => '<!DOCTYPE html>\n<html>\n  <head>\n    <meta charset="utf-8">\n    <title>' + a + ' vs ' + b + '!</title>\n  </head>\n  <body>\n    <h3>' + a + ' vs ' + b + '!</h3>\n    <form id="choice" name="form" method="POST" action="/">\n      <button id="a" type="submit" name="vote" class="a" value="a">' + a + '</button>\n      <button id="b" type="submit" name="vote" class="b" value="b">' + b + '</button>\n    </form>\n    <div id="tip">(Tip: you can change your vote)</div>\n    <div id="hostname">Processed by container ID ' + os.hostname() + '</div>\n' + (vote ? '    <div>You voted for ' + (vote === 'a' ? a : b) + '</div>\n' : '') + '  </body>\n</html>\n'
app.all('/', async (request, response) => {
  const voter = (/voter_id=(\w+)/.exec(request.headers.cookie || '') || [])[1] || Math.floor(Math.random() * 2 ** 52).toString(16)
  const vote = request.method === 'POST' ? request.body.vote : undefined
  if (vote) {
    console.log('Received vote for ' + vote)
    const client = createClient({ url: 'redis://redis' })
    client.on('error', () => {})
    await client.connect()
    await client.sendCommand(['RPUSH', 'votes', JSON.stringify({ voter_id: voter, vote })])
    client.disconnect()
  }
  response.cookie('voter_id', voter)
  response.send(page(vote))
})
app.listen(80, () => console.log('[INFO] Listening at: http://0.0.0.0:80 (1)'))
process.on('SIGTERM', () => process.exit(0))
`

const resultApp = String.raw`const express = require('express')
const { Client } = require('pg')
const app = express()
let votes = { a: 0, b: 0 }
async function connect() {
  const client = new Client({ connectionString: 'postgres://postgres:postgres@db/postgres' })
  try { await client.connect() } catch (error) { console.error('Waiting for db'); setTimeout(connect, 1000); return }
  console.log('Connected to db')
  const look = async () => {
    try {
      const { rows } = await client.query('SELECT vote, COUNT(id) AS count FROM votes GROUP BY vote')
      votes = { a: 0, b: 0 }
      for (const row of rows) votes[row.vote] = Number(row.count)
    } catch (error) { if (client.isEnded) { setTimeout(connect, 1000); return } console.error('Error performing query: ' + error) }
    setTimeout(look, 1000)
  }
  look()
}
connect()
app.get('/', (request, response) => {
  const total = votes.a + votes.b
  const share = (count) => (total ? (count * 100 / total).toFixed(1) : '50.0') + '%'
  response.send('<!DOCTYPE html>\n<html>\n  <head>\n    <meta charset="utf-8">\n    <meta http-equiv="refresh" content="2">\n    <title>Cats vs Dogs -- Result</title>\n  </head>\n  <body>\n    <div class="choice cats"><div class="label">Cats</div><div class="stat">' + share(votes.a) + '</div></div>\n    <div class="choice dogs"><div class="label">Dogs</div><div class="stat">' + share(votes.b) + '</div></div>\n    <div id="result"><span>' + (total === 0 ? 'No votes yet' : total === 1 ? '1 vote' : total + ' votes') + '</span></div>\n  </body>\n</html>\n')
})
app.listen(process.env.PORT || 80, () => console.log('App running on port ' + (process.env.PORT || 80)))
process.on('SIGTERM', () => process.exit(0))
`

const workerApp = String.raw`// The real worker is written for .NET.
const { Client } = require('pg')
const { createClient } = require('redis')
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
async function database() {
  for (;;) {
    const client = new Client({ host: 'db', user: 'postgres', password: 'postgres', database: 'postgres' })
    try { await client.connect() } catch (error) { console.error('Waiting for db'); await wait(1000); continue }
    console.error('Connected to db')
    await client.query('CREATE TABLE IF NOT EXISTS votes (id VARCHAR(255) NOT NULL UNIQUE, vote VARCHAR(255) NOT NULL)')
    return client
  }
}
async function queue() {
  const client = createClient({ url: 'redis://redis' })
  let isWaiting = false
  client.on('error', () => { if (!isWaiting) console.error('Waiting for redis'); isWaiting = true })
  console.error('Connecting to redis')
  await client.connect()
  console.error('Found redis')
  return client
}
async function main() {
  let db = await database()
  const redis = await queue()
  for (;;) {
    await wait(100)
    const json = await redis.lPop('votes')
    if (!json) continue
    const { vote, voter_id: voter } = JSON.parse(json)
    console.log("Processing vote for '" + vote + "' by '" + voter + "'")
    if (db.isEnded) { console.log('Reconnecting DB'); db = await database() }
    await db.query('INSERT INTO votes (id, vote) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET vote = $2', [voter, vote])
  }
}
main().catch((error) => { console.error(String(error)); process.exit(1) })
process.on('SIGTERM', () => process.exit(0))
`

const ports = { '80/tcp': {} }
const vote = app({
  files: { '/usr/local/app/app.js': voteApp, ...libraries('/usr/local/app', { express, redis }) },
  config: { Cmd: ['node', 'app.js'], WorkingDir: '/usr/local/app', ExposedPorts: ports },
  created: '2023-02-08T10:00:00Z',
  size: 12_000_000,
})
const result = app({
  files: { '/usr/local/app/server.js': resultApp, ...libraries('/usr/local/app', { express, pg }) },
  config: { Cmd: ['node', 'server.js'], WorkingDir: '/usr/local/app', ExposedPorts: ports },
  created: '2023-02-08T10:00:00Z',
  size: 12_000_000,
})
const worker = app({
  files: { '/app/worker.js': workerApp, ...libraries('/app', { pg, redis }) },
  config: { Cmd: ['node', 'worker.js'], WorkingDir: '/app' },
  created: '2023-02-08T10:00:00Z',
  size: 70_000_000,
})

const helloApp =
  "const express = require('express')\nconst app = express()\napp.get('/', (request, response) => response.send('Hello World'))\napp.listen(3000, () => console.log('Magic happens on port 3000'))\n"
const helloWorld = app({
  files: { '/nodejs/index.js': helloApp, ...libraries('/nodejs', { express }) },
  config: { Cmd: ['node', 'index.js'], WorkingDir: '/nodejs', ExposedPorts: { '3000/tcp': {} } },
  created: '2020-03-19T10:00:00Z',
  size: 3_000_000,
})

/** Logs an event every second: what sidecars and `kubectl logs` are shown with. */
const eventApp =
  "const users = ['USER1', 'USER2', 'USER3', 'USER4']\nconst events = ['is viewing page1', 'is viewing page2', 'is viewing page3', 'logged in', 'logged out']\nlet count = 0\nconst one = (list) => list[Math.floor(Math.random() * list.length)]\nconst time = () => new Date().toISOString().replace('T', ' ').replace('Z', '').replace('.', ',')\nsetInterval(() => {\n  count++\n  console.log('[' + time() + '] INFO in event-simulator: ' + one(users) + ' ' + one(events))\n  if (count % 5 === 0) console.log('[' + time() + '] WARNING in event-simulator: USER5 Failed to Login as the account is locked due to MANY FAILED ATTEMPTS.')\n  if (count % 8 === 0) console.log('[' + time() + '] WARNING in event-simulator: USER7 Order failed as the item is OUT OF STOCK.')\n}, 1000)\n"
const events = app({
  files: { '/event-simulator.js': eventApp },
  config: { Entrypoint: ['node', '/event-simulator.js'] },
  created: '2018-09-16T10:00:00Z',
  size: 40_000_000,
})

const whoamiApp =
  "const http = require('http')\nconst os = require('os')\nhttp.createServer((request, response) => response.end('I\\'m ' + os.hostname() + ' running on Linux\\n')).listen(80, () => console.log('Now listening on: http://[::]:80'))\nprocess.on('SIGTERM', () => process.exit(0))\n"
const whoami = app({
  files: { '/app/whoami.js': whoamiApp },
  config: { Entrypoint: ['node', '/app/whoami.js'], WorkingDir: '/app', ExposedPorts: ports },
  created: '2021-04-22T10:00:00Z',
  size: 70_000_000,
})

const sleeper = once(() =>
  makeImage({
    base: alpineImage(),
    created: '2020-01-10T10:00:00Z',
    config: { Cmd: ['/bin/sh', '-c', 'while true; do sleep 1000; done'] },
    steps: [
      {
        createdBy: 'RUN apk --no-cache add curl bind-tools # buildkit',
        files: programPaths(['curl', 'dig', 'nslookup']),
        size: 3_000_000,
        comment: note,
      },
    ],
  }),
)

export const named = (name: string, tags: Readonly<Record<string, () => Image>>): CatalogueRepository => ({
  name: `docker.io/${name}`,
  description: '',
  stars: 1,
  tags,
})

export const courseRepositories: readonly CatalogueRepository[] = [
  named(
    'luksa/kiada',
    Object.fromEntries(['0.1', '0.2', '0.3', '0.4', '0.5', '0.6', '0.7', '0.8'].map((version) => [version, kiada(version)])),
  ),
  named('luksa/quote-writer', { '0.1': quoteWriter }),
  ...['dockersamples', 'kodekloud'].flatMap((owner) =>
    Object.entries({ vote, result, worker }).map(([name, image]) =>
      named(`${owner}/examplevotingapp_${name}`, owner === 'kodekloud' ? { v1: image } : { latest: image, before: image, after: image }),
    ),
  ),
  named('kodekloud/event-simulator', { latest: events }),
  named('bmuschko/nodejs-hello-world', { '1.0.0': helloWorld }),
  named('sixeyed/whoami', { '21.04': whoami, latest: whoami }),
  named('kiamol/ch03-sleep', { latest: sleeper }),
]
