#!/usr/bin/env node
// Asks the real docker for the interface of every command and writes it down: help as it prints it on a
// very wide terminal (so that only its own line breaks are in it), flags, how many
// arguments it takes. No engine is needed. Usage: node scripts/docker-help.mjs [path of docker]
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const [binary = 'docker'] = process.argv.slice(2)
const home = mkdtempSync(join(tmpdir(), 'help-'))
const commands = {}

function run(args) {
  const { stdout, stderr } = spawnSync(binary, args, {
    encoding: 'utf8',
    timeout: 5000,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { HOME: home, PATH: process.env.PATH, DOCKER_HOST: 'unix:///nope.sock', DOCKER_HIDE_LEGACY_COMMANDS: '' },
  })
  // Beside the help of a builder without buildx there is a note about that.
  return stdout + stderr.replace(/^DEPRECATED: The legacy builder[\s\S]*/, '')
}

/** On a terminal that is wider than any line. */
function wide(args) {
  const line = [binary, ...args].map((word) => `'${word}'`).join(' ')
  const { stdout } = spawnSync('script', ['-qec', `stty cols 30000 rows 50; ${line}`, '/dev/null'], {
    encoding: 'utf8',
    timeout: 5000,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { HOME: home, PATH: process.env.PATH, DOCKER_HOST: 'unix:///nope.sock' },
  })
  return stdout.replaceAll('\r\n', '\n').replace(/^DEPRECATED: The legacy builder[\s\S]*?\n\n/, '')
}

/** `  -a, --all   Show all` with continuation lines → name, letter, type; the default is in the text's last parenthesis. */
function flagsOf(help) {
  const start = help.search(/^(Global )?Options:$/m)
  if (start < 0) return []
  const lines = help.slice(start).split('\n').slice(1)
  const flags = []
  for (const line of lines) {
    const found = /^ {2,6}(?:-(\w), )?--([\w-]+)(?: ([\w.-]+))?(?: {2,}|$)(.*)$/.exec(line)
    if (found) flags.push({ letter: found[1], name: found[2], type: found[3] ?? 'bool', text: found[4] })
    else if (/^\s{20,}\S/.test(line) && flags.length > 0) flags.at(-1).text += ` ${line.trim()}`
    else if (line !== '') break
  }
  return flags.map(({ letter, name, type, text }) => {
    const value = /\(default (.*?)\)$/.exec(text)?.[1].replace(/^"(.*)"$/, '$1')
    return {
      name,
      ...(letter && { letter }),
      ...(type !== 'bool' && { type }),
      ...(value !== undefined && { value: value.replace(home, '$HOME') }),
    }
  })
}

/** Tries 0 to 4 arguments and reads the complaint. */
function argumentsOf(path) {
  const rule = {}
  for (let count = 0; count <= 4; count++) {
    const text = run([...path, ...['a', 'b', 'c', 'd'].slice(0, count)])
    const found = /(accepts no arguments|requires (?:exactly |at least |at most )?[^\n]*arguments?|accepts \d+ arg\(s\)[^\n]*)/.exec(text)
    if (!found) continue
    const words = found[1]
    const numbers = words.match(/\d+/g)?.map(Number) ?? []
    if (words === 'accepts no arguments') return { max: 0 }
    if (words.startsWith('accepts')) return { min: numbers[0], max: numbers[0], cobra: true }
    if (words.includes('at least') && words.includes('at most')) return { min: numbers[0], max: numbers[1], range: true }
    if (words.includes('at least')) rule.min = numbers[0]
    else if (words.includes('at most')) rule.max = numbers[0]
    else return { min: numbers[0], max: numbers[0] }
  }
  return rule
}

function visit(path) {
  const help = run([...path, '--help']).replaceAll(home, '$HOME')
  const children = []
  for (const section of help.matchAll(/^[\w ]*Commands:\n((?: {2}\S.*\n)+)/gm))
    for (const line of section[1].matchAll(/^ {2}([\w-]+)\*? {2,}/gm)) children.push(line[1])
  const usage = /^Usage: {2}([\s\S]*?)\n\n/.exec(help)?.[1] ?? path.join(' ')
  const aliases = /^Aliases:\n {2}(.*)$/m.exec(help)?.[1].split(', ') ?? []
  commands[path.join(' ')] = {
    usage,
    help: wide([...path, '--help']).replaceAll(home, '$HOME'),
    ...(aliases.length > 0 && { aliases }),
    flags: flagsOf(help),
    ...(children.length > 0 ? { children } : { args: argumentsOf(path) }),
  }
  for (const child of children) visit([...path, child])
}

visit([])
mkdirSync('src/cli/docker/generated', { recursive: true })
const help = Object.fromEntries(Object.entries(commands).map(([name, command]) => [name, command.help]))
const shape = Object.fromEntries(Object.entries(commands).map(([name, { help: _, ...rest }]) => [name, rest]))
writeFileSync('src/cli/docker/generated/help.json', `${JSON.stringify(help, null, 1)}\n`)
writeFileSync('src/cli/docker/generated/commands.json', `${JSON.stringify(shape)}\n`)
console.log(Object.keys(commands).length, 'commands')
