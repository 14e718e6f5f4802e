#!/usr/bin/env node
// Asks a real command line tool for the help of every command and writes it down compactly: flags once for all commands that share
// them, texts apart from the flag table (the table is needed for every command, the texts only when somebody asks for help).
// Usage: node scripts/help-texts.mjs kubectl <path to the tool> <folder to write to>
import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const [name = 'kubectl', binary = name, folder = `src/cli/${name}/generated`] = process.argv.slice(2)
// A home of its own under a fixed name, so that defaults which contain it can be replaced.
const home = mkdtempSync(join(tmpdir(), 'help-'))

function run(args) {
  const { stdout, stderr } = spawnSync(binary, args, {
    encoding: 'utf8',
    env: { HOME: home, PATH: process.env.PATH, TERM: 'dumb' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return stdout + stderr
}

const flags = []
const flagIndex = new Map()
const commands = {}

function flagNumber(block) {
  if (!flagIndex.has(block)) {
    flagIndex.set(block, flags.length)
    flags.push(block)
  }
  return flagIndex.get(block)
}

/** `    -o, --output='':\n\tOutput format.` → its parts. */
function parsed(block) {
  const [head, ...text] = block.split('\n\t')
  const [, shorthand, long, value] = /^ {4}(?:-(\w), )?--([\w-]+)=([\s\S]*):$/.exec(head)
  return { long, shorthand, value, text: text.join('\n\t') }
}

function visit(path) {
  const text = path.length === 1 && path[0] === 'options' ? run(['options']) : run([...path, '--help'])
  const start = path[0] === 'options' ? text.indexOf('    --as=') : text.indexOf('Options:\n') + 'Options:\n'.length
  const hasOptions = path[0] === 'options' || text.includes('\nOptions:\n')
  const end = path[0] === 'options' ? text.length : text.indexOf('\nUsage:\n', start)
  const blocks = hasOptions
    ? text
        .slice(start, end)
        .replace(/\n+$/, '')
        .split(/\n\n(?= {4}-)/)
    : []
  const key = path.join(' ')
  commands[key] = {
    before: hasOptions ? text.slice(0, start) : text,
    after: hasOptions ? text.slice(end) : '',
    flags: blocks.map((block) => flagNumber(block.replaceAll(home, '$HOME'))),
  }
  if (path[0] !== 'options' && run([...path, '--record', '--help']).includes('--record has been deprecated')) commands[key].record = true
  const listed = text.match(/\n(?:Available Commands|[^\n]*Commands[^\n]*|Subcommands[^\n]*):\n(?: {2}\S.*\n)+/g) ?? []
  for (const section of listed) {
    for (const [, child] of section.matchAll(/^ {2}([a-z][\w-]*) /gm)) visit([...path, child])
  }
}
visit([])
visit(['options'])

const table = {
  flags: flags.map((block) => {
    const { long, shorthand, value } = parsed(block)
    return [long, shorthand ?? '', value]
  }),
  commands: Object.fromEntries(
    Object.entries(commands).map(([key, { flags: numbers, record, before, after }]) => {
      const aliases = /\nAliases:\n(.*)\n/.exec(before)?.[1].split(', ').slice(1)
      const usage = /\nUsage:\n {2}(.*)\n/.exec(before + after)?.[1]
      return [key, { f: numbers, ...(aliases ? { a: aliases } : {}), ...(record ? { r: 1 } : {}), ...(usage ? { u: usage } : {}) }]
    }),
  ),
}
const texts = {
  flags,
  commands: Object.fromEntries(Object.entries(commands).map(([key, { before, after, flags: numbers }]) => [key, [before, numbers, after]])),
}
writeFileSync(join(folder, 'flags.json'), `${JSON.stringify(table)}\n`)
writeFileSync(join(folder, 'help.json'), `${JSON.stringify(texts)}\n`)
console.log(Object.keys(commands).length, 'commands', flags.length, 'flags')
