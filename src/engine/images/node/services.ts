/**
 * Services of courses whose originals are written in Go and Java, as small programs of our own in the guest's JavaScript: kiada's quiz API over its
 * MongoDB, and the Spring Boot application of the Kubernetes tutorial of Red Hat's developers.
 */
import type { CatalogueRepository } from '../image.ts'
import { app, named } from './courses.ts'

const quizApp = String.raw`// The real quiz API is written in Go.
const http = require('http')
const os = require('os')
const net = require('net')
const args = process.argv.slice(2)
const flag = (name, preset) => { for (let at = 0; at < args.length; at++) { if (args[at] === '--' + name) return args[at + 1]; if (args[at].startsWith('--' + name + '=')) return args[at].slice(name.length + 3) } return preset }
const listen = flag('listen-address', ':8080')
const mongo = flag('mongo-address', 'mongodb://127.0.0.1:27017')
const log = (text) => console.error(new Date().toISOString().slice(0, 19).replace(/-/g, '/').replace('T', ' ') + ' ' + text)
log('Quiz API Server ' + process.env.QUIZ_VERSION + ' starting...')
log('Listen address:  "' + listen + '"')
log('MongoDB address: "' + mongo + '"')
// One question to mongod, in the lines of JSON that the sandbox's one speaks.
const ask = (question) => new Promise((resolve, reject) => {
  const [, host, port] = /\/\/(?:[^@/]*@)?([^:/?,]+)(?::(\d+))?/.exec(mongo) || []
  const socket = net.connect({ host, port: Number(port) || 27017 })
  let text = ''
  socket.on('connect', () => socket.write(JSON.stringify(Object.assign({ database: 'kiada' }, question)) + '\n'))
  socket.on('error', (error) => reject(new Error("connected to mongo, but couldn't execute the ping command: server selection error: server selection timeout, current topology: { Type: Unknown, Servers: [{ Addr: " + host + ':' + (port || 27017) + ', Type: Unknown, Last error: ' + error.message + ' }, ] }')))
  socket.on('data', (part) => { text += part; if (!text.includes('\n')) return; socket.end(); const { error, value } = JSON.parse(text); if (error) reject(new Error(error)); else resolve(value) })
})
const call = (collection, name, argument) => ask({ collection, calls: [{ name, args: [argument] }] })
const shown = ({ id, text, correctAnswerIndex, answers }) => ({ id, text, correctAnswerIndex, answers })
const bodyOf = (request) => new Promise((resolve) => { let text = ''; request.on('data', (part) => { text += part }); request.on('end', () => resolve(text)) })
async function answer(request) {
  const path = request.url.split('?')[0]
  const [, id] = /^\/questions\/(\d+|random)$/.exec(path) || []
  const [, answered] = /^\/questions\/(\d+)\/answers$/.exec(path) || []
  if (request.method === 'GET' && path === '/') return [200, 'This is the quiz service running in pod ' + os.hostname() + '\n']
  if (request.method === 'GET' && path === '/healthz/ready') return ask({ text: '' }).then(() => [200, 'Readiness check successful'])
  if (request.method === 'GET' && id !== undefined) {
    log('Received request for question ' + id)
    const all = await call('questions', 'find', id === 'random' ? {} : { id: Number(id) })
    return all.length === 0 ? [404, 'ERROR: Question ' + id + ' not found\n'] : [200, JSON.stringify(shown(all[Math.floor(Math.random() * all.length)])) + '\n']
  }
  if (request.method === 'POST' && answered !== undefined) {
    log('Received answer to question ' + answered)
    let given
    try { given = JSON.parse(await bodyOf(request)) } catch (error) { return [400, 'ERROR: ' + error.message + '\n'] }
    if (given.questionId !== Number(answered)) return [400, "ERROR: questionId in payload doesn't match id in URL\n"]
    const question = await call('questions', 'findOne', { id: Number(answered) })
    if (!question) throw new Error('question not found')
    const kept = { timestamp: new Date().toISOString(), questionId: given.questionId, answerIndex: given.answerIndex, correctAnswerIndex: question.correctAnswerIndex, correct: given.answerIndex === question.correctAnswerIndex }
    await call('responses', 'insertOne', Object.assign({}, kept, { timestamp: { $special: 'ISODate', of: kept.timestamp } }))
    return [200, JSON.stringify(kept) + '\n']
  }
  return [404, '404 page not found\n']
}
http.createServer(async (request, response) => {
  let status, text
  try { [status, text] = await answer(request) } catch (error) { log('INTERNAL ERROR: ' + error.message); [status, text] = [500, 'ERROR: ' + error.message + '\n'] }
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' })
  response.end(text)
}).listen(Number(listen.replace(/^.*:/, '')), () => log('Starting HTTP server...'))
process.on('SIGTERM', () => process.exit(0))
`

const quiz = (version: string) =>
  app({
    files: { '/app/main.js': quizApp },
    config: { Entrypoint: ['node', '/app/main.js'], Env: [`QUIZ_VERSION=${version}`], ExposedPorts: { '8080/tcp': {} } },
    created: '2021-06-14T10:00:00Z',
    size: 15_000_000,
  })

const bootApp = String.raw`// The real myboot is a Spring Boot application in Java; its memory and its start are Node's here.
const http = require('http')
const os = require('os')
const hostname = process.env.HOSTNAME || os.hostname()
const preset = { v1: 'Aloha', v2: 'Bonjour', v3: 'Jambo', v4: 'Aloha' }[process.env.MYBOOT_VERSION]
let [count, behave, dead] = [0, true, false]
const pages = {
  '/': () => { const greeting = process.env.GREETING || preset; count++; console.log(greeting + ' from ' + hostname + ' ' + count); return [200, greeting + ' from Spring Boot! ' + count + ' on ' + hostname + '\n'] },
  '/sysresources': () => [200, ' Memory: ' + Math.round(os.totalmem() / 4 / 1048576) + ' Cores: ' + os.cpus().length + '\n'],
  '/health': () => (behave ? [200, 'I am fine, thank you\n'] : [503, 'Bad\n']),
  '/alive': () => (dead ? [503, 'All dead, not mostly dead (Princess Bride)'] : [200, "It's Alive! (Frankenstein)\n"]),
  '/misbehave': () => { behave = false; return [200, 'Misbehaving\n'] },
  '/behave': () => { behave = true; return [200, 'Ain\'t Misbehaving\n'] },
  '/shot': () => { dead = true; return [200, 'I have been shot in the head\n'] },
  '/reborn': () => { dead = false; return [200, 'I have been reborn\n'] },
  '/configure': () => [200, 'Configuration for : ' + hostname + '\n databaseConn=' + (process.env.DBCONN || 'Default') + '\n msgBroker=' + (process.env.MSGBROKER || 'Default') + '\n hello=' + (process.env.GREETING || '') + '\n love=' + (process.env.LOVE || '') + '\n'],
}
http.createServer((request, response) => {
  const page = pages[request.url.split('?')[0]]
  const [status, text] = page ? page() : [404, JSON.stringify({ timestamp: new Date().toISOString(), status: 404, error: 'Not Found', path: request.url })]
  response.writeHead(status, { 'Content-Type': page ? 'text/plain;charset=UTF-8' : 'application/json' })
  response.end(text)
}).listen(8080, () => console.log(new Date().toISOString() + '  INFO 1 --- [           main] com.burrsutter.hello.BootDemoApplication   : Started BootDemoApplication\ndrydock: this is a small program in the place of the Java application; /consume is not simulated'))
process.on('SIGTERM', () => process.exit(143))
`

const boot = (version: string) =>
  app({
    files: { '/app/main.js': bootApp },
    config: { Entrypoint: ['node', '/app/main.js'], Env: [`MYBOOT_VERSION=${version}`], ExposedPorts: { '8080/tcp': {} } },
    created: '2020-02-18T10:00:00Z',
    size: 440_000_000,
  })

export const serviceRepositories: readonly CatalogueRepository[] = [
  named('luksa/quiz-api', { '0.1': quiz('0.1'), '0.2': quiz('0.2') }),
  {
    ...named('', Object.fromEntries(['v1', 'v2', 'v3', 'v4'].map((version) => [version, boot(version)]))),
    name: 'quay.io/rhdevelopers/myboot',
  },
]
