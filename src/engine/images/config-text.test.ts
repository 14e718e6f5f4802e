import { expect, it } from 'vitest'
import { configOfText, textOfConfig } from './config-text.ts'
import type { ImageConfig } from './image-config.ts'

const created = '2026-11-20T22:17:47.062874052Z'
const imported: ImageConfig = {
  created,
  architecture: 'amd64',
  docker_version: '28.5.2',
  os: 'linux',
  config: { Cmd: ['sh'] },
  rootfs: { type: 'layers', diff_ids: [`sha256:${'0'.repeat(64)}`] },
  history: [{ created, created_by: '', comment: 'Imported from -' }],
}

it('an imported image keeps the settings of a container that never was', () => {
  const settings = (cmd: string) =>
    `{"Hostname":"","Domainname":"","User":"","AttachStdin":false,"AttachStdout":false,"AttachStderr":false,"Tty":false,"OpenStdin":false,"StdinOnce":false,"Env":null,"Cmd":${cmd},"Image":"","Volumes":null,"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":null}`
  expect(textOfConfig(imported)).toBe(
    `{"architecture":"amd64","comment":"Imported from -","config":${settings('["sh"]')},"container_config":${settings('null')},"created":"${created}","docker_version":"28.5.2","history":[{"created":"${created}","comment":"Imported from -"}],"os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:${'0'.repeat(64)}"]}}`,
  )
})

it('a config that is read and written again has the same bytes', () => {
  expect(textOfConfig(configOfText(textOfConfig(imported)))).toBe(textOfConfig(imported))
  const built: ImageConfig = {
    ...imported,
    docker_version: undefined,
    config: { Env: ['A=b'], Cmd: ['sh'], ArgsEscaped: true, WorkingDir: '/' },
  }
  expect(textOfConfig(configOfText(textOfConfig(built)))).toBe(textOfConfig(built))
})
