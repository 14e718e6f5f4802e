/** /etc/docker/daemon.json as somebody edits it: what it says is done, or said not to be. */
import { expect, it } from 'vitest'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

async function typed(daemonJson: string, cmd: string): Promise<string> {
  const session = await Session.create({ preset: 'docker', images: ['busybox'], supplies: nodeSupplies })
  session.writeFile('/etc/docker/daemon.json', daemonJson)
  const { stdout, stderr } = await run(session, { cmd })
  session.stop()
  return stdout + stderr
}

it('gives new networks and containers its defaults', async () => {
  const json =
    '{"default-address-pools": [{"base": "10.10.0.0/16", "size": 24}], "log-driver": "local", "log-opts": {"max-size": "1m"}, "dns": ["9.9.9.9"]}'
  const facts =
    "systemctl restart docker; docker network create one > /dev/null; docker network inspect one -f '{{(index .IPAM.Config 0).Subnet}}'; docker create --name box busybox > /dev/null; docker inspect box -f '{{json .HostConfig.LogConfig}}'; docker run --rm busybox grep ^nameserver /etc/resolv.conf"
  expect(await typed(json, facts)).toBe('10.10.0.0/24\n{"Type":"local","Config":{"max-size":"1m"}}\nnameserver 9.9.9.9\n')
})

it('is only read when the daemon starts', async () => {
  expect(
    await typed(
      '{"log-driver": "local"}',
      "docker info -f '{{.LoggingDriver}}'; systemctl restart docker; docker info -f '{{.LoggingDriver}}'",
    ),
  ).toBe('json-file\nlocal\n')
})

it('keeps the daemon from starting when it is misspelt', async () => {
  const shown = await typed(
    '{"log-drivr": "local"}',
    "systemctl restart docker; systemctl is-active docker; journalctl -u docker --no-pager | grep -o 'unable.*'",
  )
  expect(shown).toBe(
    'failed\nunable to configure the Docker daemon with file /etc/docker/daemon.json: the following directives don\'t match any configuration option: log-drivr\nJob for docker.service failed because the control process exited with error code.\nSee "systemctl status docker.service" and "journalctl -xeu docker.service" for details.\n',
  )
  expect(await typed('{"debug": true,}', "systemctl restart docker; journalctl -u docker --no-pager | grep -o 'invalid.*'")).toContain(
    "invalid character '}' looking for beginning of object key string\n",
  )
})

it('says in the journal what is not simulated', async () => {
  expect(
    await typed(
      '{"live-restore": true, "storage-driver": "overlay2"}',
      "systemctl restart docker; journalctl -u docker --no-pager | grep -o 'msg=.*'",
    ),
  ).toBe('msg="live-restore is not simulated in this sandbox and has no effect"\n')
})
