/**
 * The packages of the sandbox's npm registry. The ones courses use are small libraries of our own under their names and with their newest
 * versions' numbers; what the real ones have beyond that is not there. A package's files are made when it is installed.
 */
import * as clients from './clients.ts'
import * as mongo from './mongo.ts'
import { betterSqlite3, sqlite3 } from './sqlite.ts'
import * as web from './web.ts'

export interface NpmPackage {
  readonly name: string
  /** Newest first. */
  readonly versions: readonly string[]
  readonly description: string
  readonly license: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly bin?: string
  readonly files: Readonly<Record<string, string>>
  /** How many packages the real one brings along: what "added 68 packages" counts. */
  readonly brings: number
}

const one = (
  name: string,
  versions: readonly string[],
  text: string,
  description: string,
  brings = 0,
  more: Partial<NpmPackage> = {},
): NpmPackage => ({ name, versions, description, license: 'MIT', brings, files: { 'index.js': text }, ...more })

const all: readonly NpmPackage[] = [
  one(
    'express',
    ['5.1.0', '5.0.1', '4.21.2', '4.21.1', '4.19.2', '4.18.3', '4.18.2', '4.18.1', '4.17.3', '4.17.1', '4.16.4'],
    web.express,
    'Fast, unopinionated, minimalist web framework',
    67,
  ),
  one('body-parser', ['2.2.0', '1.20.3', '1.20.2', '1.20.1', '1.19.0', '1.18.3'], web.bodyParser, 'Node.js body parsing middleware', 30, {
    dependencies: { express: '*' },
  }),
  one('cors', ['2.8.5'], web.cors, 'Node.js CORS middleware', 2),
  one('morgan', ['1.10.1', '1.10.0', '1.9.1'], web.morgan, 'HTTP request logger middleware for node.js', 6),
  one('cookie-parser', ['1.4.7', '1.4.6'], web.cookieParser, 'Parse HTTP request cookies', 2),
  one('ejs', ['3.1.10', '3.1.9', '3.1.8', '2.7.4'], web.ejs, 'Embedded JavaScript templates', 8, { license: 'Apache-2.0' }),
  one(
    'pg',
    ['8.16.3', '8.13.1', '8.11.3', '8.11.0', '8.10.0', '8.7.3', '7.18.2'],
    clients.pg,
    'PostgreSQL client - pure javascript & libpq with the same API',
    13,
  ),
  one(
    'redis',
    ['5.8.2', '4.7.1', '4.7.0', '4.6.13', '4.6.7', '4.6.5', '4.0.4'],
    clients.redis,
    'A modern, high performance Redis client',
    5,
  ),
  one(
    'ioredis',
    ['5.8.1', '5.4.1', '5.3.2', '4.28.5'],
    clients.ioredis,
    'A robust, performance-focused and full-featured Redis client for Node.js.',
    9,
    { dependencies: { redis: '*' } },
  ),
  one('mysql2', ['3.15.2', '3.11.0', '3.9.1', '3.6.5', '2.3.3', '2.3.0'], clients.mysql2, 'fast mysql driver', 12, {
    files: { 'index.js': clients.mysql2, 'promise.js': clients.mysql2Promise },
  }),
  one('mysql', ['2.18.1'], clients.mysql2, 'A node.js driver for mysql', 10),
  one('mongodb', ['6.20.0', '6.12.0', '6.3.0', '5.9.2', '4.17.2', '3.7.4'], mongo.mongodb, 'The official MongoDB driver for Node.js', 12, {
    license: 'Apache-2.0',
  }),
  one('mongoose', ['8.19.2', '8.9.0', '8.0.3', '7.8.7', '6.13.8', '5.13.23'], mongo.mongoose, 'Mongoose MongoDB ODM', 18, {
    dependencies: { mongodb: '*' },
  }),
  one('sqlite3', ['5.1.7', '5.1.6', '5.1.2', '5.0.2', '4.2.0'], sqlite3, 'Asynchronous, non-blocking SQLite3 bindings', 100, {
    license: 'BSD-3-Clause',
  }),
  one(
    'better-sqlite3',
    ['12.4.1', '11.10.0', '11.8.1', '9.6.0', '8.7.0'],
    betterSqlite3,
    'The fastest and simplest library for SQLite in Node.js.',
    37,
  ),
  one('dotenv', ['17.2.3', '16.4.5', '16.3.1', '16.0.3', '8.2.0'], clients.dotenv, 'Loads environment variables from .env file', 0, {
    license: 'BSD-2-Clause',
  }),
  one('uuid', ['13.0.0', '11.1.0', '10.0.0', '9.0.1', '9.0.0', '8.3.2'], clients.uuid, 'RFC9562 UUIDs'),
  one(
    'axios',
    ['1.13.2', '1.7.9', '1.6.0', '0.27.2', '0.21.1'],
    clients.axios,
    'Promise based HTTP client for the browser and node.js',
    22,
  ),
  one('node-fetch', ['3.3.2', '2.7.0', '2.6.7'], clients.nodeFetch, 'A light-weight module that brings Fetch API to node.js', 5),
  one('chalk', ['5.6.2', '4.1.2'], clients.chalk, 'Terminal string styling done right'),
  one('ms', ['2.1.3'], clients.ms, 'Tiny millisecond conversion utility'),
  one('wait-port', ['1.1.0', '1.0.4', '1.0.1', '0.2.9'], clients.waitPort, 'Utility to wait for a port to open', 8),
  one(
    'nodemon',
    ['3.1.11', '3.1.0', '3.0.3', '2.0.22', '2.0.20', '2.0.13'],
    clients.nodemon,
    'Simple monitor script for use during development of a Node.js app.',
    28,
    { bin: 'index.js' },
  ),
]

const byName = new Map(all.map((found) => [found.name, found]))

export function npmPackage(name: string): NpmPackage | undefined {
  return byName.get(name)
}

export function npmPackages(): readonly NpmPackage[] {
  return all
}

/** The newest version that a range allows: `^4.18.2`, `~1.2`, `>=1`, `4.x`, `4`, `latest`. */
export function versionIn({ versions }: NpmPackage, range: string): string | undefined {
  const wanted = range.trim()
  if (wanted === '' || wanted === '*' || wanted === 'latest' || wanted === 'x') return versions[0]
  return versions.find((version) =>
    wanted.split('||').some((part) =>
      part
        .trim()
        .split(/\s+/)
        .every((condition) => holds(version, condition)),
    ),
  )
}

function holds(version: string, condition: string): boolean {
  const [, operator = '', text] = /^(\^|~|>=|<=|>|<|=|v)?\s*v?(.*)$/.exec(condition) ?? []
  const have = version.split('.').map(Number)
  const given = text.split('.').filter((part) => !/^[x*]$/i.test(part))
  const want = given.map((part) => Number.parseInt(part, 10) || 0)
  const full = [0, 1, 2].map((at) => want[at] ?? 0)
  const compared = have.reduce((result, part, at) => (result !== 0 ? result : part - full[at]), 0)
  switch (operator) {
    case '^': {
      const fixed = full[0] > 0 ? 1 : full[1] > 0 ? 2 : 3
      return compared >= 0 && have.slice(0, fixed).every((part, at) => part === full[at])
    }
    case '~':
      return compared >= 0 && have.slice(0, Math.min(2, want.length)).every((part, at) => part === want[at])
    case '>=':
      return compared >= 0
    case '>':
      return compared > 0
    case '<=':
      return compared <= 0
    case '<':
      return compared < 0
    default:
      return want.every((part, at) => part === have[at])
  }
}
