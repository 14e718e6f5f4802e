import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { columnDefinitions } from '../api/published/table.ts'
import { aggregatedDiscovery, apiGroupList, apiResourceList, grouped } from '../api/published/discovery.ts'
import { kinds } from './index.ts'

const folder = 'recordings/kubernetes/api'
const read = (path: string): unknown => JSON.parse(readFileSync(`${folder}/${path}`, 'utf8'))

test('every kind prints the columns that the real server prints', () => {
  for (const file of readdirSync(`${folder}/tables`)) {
    const [, group, version, resource] = /^(?:api|apis_([^_]+))_(v\d)_(\w+)\.json$/.exec(file) ?? []
    const kind = kinds.find((each) => each.resource === resource && each.version === version && each.group === (group ?? ''))
    expect(kind, file).toBeDefined()
    if (kind)
      expect({ file, columns: columnDefinitions(kind) }).toEqual({
        file,
        columns: (read(`tables/${file}`) as { columnDefinitions: unknown }).columnDefinitions,
      })
  }
})

test('discovery lists what the real server lists, in its order', () => {
  const groups = grouped(kinds)
  const isCore = ({ group }: { group: string }) => group === ''
  expect(aggregatedDiscovery(groups.filter(isCore), 'v2')).toEqual(read('discovery/aggregated_api.json'))
  expect(
    aggregatedDiscovery(
      groups.filter((group) => !isCore(group)),
      'v2',
    ),
  ).toEqual(read('discovery/aggregated_apis.json'))
  expect(apiGroupList(groups)).toEqual(read('discovery/apis.json'))
})

test('the older form of discovery lists the same', () => {
  const withoutHashes = (list: unknown) =>
    JSON.parse(JSON.stringify(list, (key, value: unknown) => (key === 'storageVersionHash' ? undefined : value))) as unknown
  for (const file of readdirSync(`${folder}/discovery`)) {
    const [, group = '', version] = /^(?:api|apis_([^_]+))_(v\d)\.json$/.exec(file) ?? []
    if (version === undefined) continue
    const own = kinds.filter((kind) => kind.group === group && kind.version === version)
    expect({ file, list: withoutHashes(apiResourceList(group, version, own)) }).toEqual({
      file,
      list: withoutHashes(read(`discovery/${file}`)),
    })
  }
})
