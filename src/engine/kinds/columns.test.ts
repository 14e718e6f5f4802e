import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { columnDefinitions } from '../api/published/table.ts'
import { kinds } from './index.ts'

const folder = new URL('../../../recordings/kubernetes/api/tables/', import.meta.url)

test.each(readdirSync(folder))('the columns of %s are those of a real server', (file) => {
  const [root, ...rest] = file.replace('.json', '').split('_')
  const [group, version, resource] = root === 'api' ? ['', ...rest] : rest
  const kind = kinds.find((each) => each.group === group && each.version === version && each.resource === resource)
  const { columnDefinitions: wanted } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as { columnDefinitions: object }
  expect(kind && columnDefinitions(kind)).toEqual(wanted)
})
