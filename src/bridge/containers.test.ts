/** Containers as somebody at a terminal meets their limits and walls: what a flag promises, the inside and the machine show. */
import { describe, expect, it } from 'vitest'
import { nodeSupplies } from './supplies.ts'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'

const typed = (...lines: readonly string[]): Promise<string> => typedOn('docker', lines)

async function typedOn(preset: string, lines: readonly string[]): Promise<string> {
  const session = await Session.create({ preset, images: ['busybox', 'nginx'], supplies: nodeSupplies })
  let text = ''
  for (const cmd of lines) {
    const { stdout, stderr } = await run(session, { cmd })
    text += stdout + stderr
  }
  session.stop()
  return text
}

describe('what root may do in a container', () => {
  it('is cut down by --cap-drop and given back by --cap-add', async () => {
    expect(await typed('docker run --rm --cap-drop ALL busybox chown nobody /tmp')).toBe('chown: /tmp: Operation not permitted\n')
    expect(await typed('docker run --rm --cap-drop ALL --cap-add CHOWN busybox chown nobody /tmp')).toBe('')
    expect(await typed('docker run --rm busybox ip link add d0 type bridge')).toBe('ip: RTNETLINK answers: Operation not permitted\n')
    expect(
      await typed('docker run --rm --cap-add NET_ADMIN busybox sh -c "ip link add d0 type bridge; ip -o link show d0 | cut -c1-42"'),
    ).toBe('3: d0: <BROADCAST,MULTICAST> mtu 1500 qdis\n')
  })

  it('stands in /proc/self/status', async () => {
    expect(await typed('docker run --rm busybox grep -E "CapEff|Seccomp:" /proc/self/status')).toBe(
      'CapEff:\t00000000a80425fb\nSeccomp:\t2\n',
    )
    expect(await typed('docker run --rm --privileged busybox grep -E "CapEff|Seccomp:" /proc/self/status')).toBe(
      'CapEff:\t000001ffffffffff\nSeccomp:\t0\n',
    )
  })
})

describe('limits', () => {
  it('of files, CPUs, memory and processes are seen inside', async () => {
    expect(await typed('docker run --rm --ulimit nofile=100:200 busybox sh -c "ulimit -n; ulimit -Hn"')).toBe('100\n200\n')
    expect(await typed('docker run --rm --cpuset-cpus 0 busybox nproc')).toBe('1\n')
    expect(
      await typed(
        'docker run --rm -m 64m --cpus 0.5 --pids-limit 20 busybox sh -c "cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us pids/pids.max"',
      ),
    ).toBe('67108864\n50000\n20\n')
    expect(
      await typedOn('laptop', [
        'docker run --rm -m 64m --cpus 0.5 --pids-limit 20 busybox sh -c "cd /sys/fs/cgroup; cat memory.max cpu.max pids.max"',
      ]),
    ).toBe('67108864\n50000 100000\n20\n')
  })

  it('of a group are seen on the machine too', async () => {
    expect(
      await typed(
        'docker run -d --name mm -m 64m busybox sleep 100 > /dev/null',
        'cat /sys/fs/cgroup/memory/docker/$(docker inspect -f "{{.Id}}" mm)/memory.limit_in_bytes',
      ),
    ).toBe('67108864\n')
    expect(
      await typedOn('laptop', [
        'docker run -d --name mm -m 64m busybox sleep 100 > /dev/null',
        'cat /sys/fs/cgroup/system.slice/docker-$(docker inspect -f "{{.Id}}" mm).scope/memory.max',
      ]),
    ).toBe('67108864\n')
  })

  it('are shown in the version of control groups that docker info names', async () => {
    const facts = [
      "docker info -f '{{.CgroupDriver}} {{.CgroupVersion}}'",
      'stat -f -c %T /sys/fs/cgroup',
      "docker run --rm busybox sh -c 'grep -c . /proc/self/cgroup'",
    ]
    expect(await typedOn('docker', facts)).toBe('cgroupfs 1\ntmpfs\n9\n')
    expect(await typedOn('laptop', facts)).toBe('systemd 2\ncgroup2fs\n1\n')
  })

  it('do not keep a container from having a /dev/pts of its own', async () => {
    expect(
      await typed(
        'docker run -dt --name tt busybox sleep 100 > /dev/null',
        'docker exec -t tt tty',
        'docker exec -t tt tty',
        'docker run --rm -t busybox tty',
      ),
    ).toBe('/dev/pts/1\r\n/dev/pts/1\r\n/dev/pts/0\r\n')
  })

  it('of processes stop a fork bomb', async () => {
    expect(await typed('docker run --rm --pids-limit 5 busybox sh -c "for i in 1 2 3 4 5 6; do sleep 9 & done"')).toBe(
      "sh: can't fork: Resource temporarily unavailable\n",
    )
  })

  it('of a tmpfs are shown by df and kept', async () => {
    expect(await typed('docker run --rm --tmpfs /t:size=64k busybox sh -c "df /t | tail -1; head -c 100000 /dev/zero > /t/a"')).toBe(
      'tmpfs                       64         0        64  0% /t\nhead: write error: No space left on device\n',
    )
  })

  it('of a log keep the last files', async () => {
    expect(
      await typed(
        'docker run --name ll --log-opt max-size=1k --log-opt max-file=2 busybox seq -f "line %g" 100 > /dev/null',
        'docker logs ll | head -1; ls /var/lib/docker/containers/*/ | grep -c json',
      ),
    ).toBe('line 79\n2\n')
  })
})

describe('namespaces', () => {
  it('are told apart by lsns and entered by nsenter', async () => {
    const entered = await typed(
      'docker run -d --name web --hostname inside nginx > /dev/null',
      'nsenter -t $(docker inspect -f "{{.State.Pid}}" web) -u hostname; lsns -t uts -n | wc -l',
    )
    expect(entered).toBe('inside\n2\n')
  })

  it('of the network have names, and a pair of veths joins them', async () => {
    const lines = [
      'ip netns add red; ip netns add blue',
      'ip link add a type veth peer name b; ip link set a netns red; ip link set b netns blue',
      'ip -n red addr add 10.0.0.1/24 dev a; ip -n blue addr add 10.0.0.2/24 dev b; ip -n red link set a up; ip -n blue link set b up',
    ]
    expect(await typed(...lines, 'ip netns exec red ping -c 1 10.0.0.2 | tail -2 | head -1')).toBe(
      '1 packets transmitted, 1 received, 0% packet loss, time 0ms\n',
    )
  })

  it('are made anew by unshare', async () => {
    expect(
      await typed('unshare --fork --pid --mount-proc sh -c "echo $$ \\$\\$"', 'unshare -u sh -c "hostname x; hostname"; hostname'),
    ).toMatch(/^\d+ 1\nx\nnode1\n$/)
  })
})

describe('networks', () => {
  it('keep containers of two bridges apart', async () => {
    const lines = [
      'docker network create a > /dev/null; docker network create b > /dev/null',
      'docker run -d --name one --network a busybox sleep 100 > /dev/null',
      'docker run --rm --network b busybox sh -c "ping -c 1 -W 1 one; ping -c 1 -W 1 $(docker inspect -f "{{.NetworkSettings.Networks.a.IPAddress}}" one) | tail -1"',
    ]
    expect(await typed(...lines)).toBe("1 packets transmitted, 0 packets received, 100% packet loss\nping: bad address 'one'\n")
  })

  it('without a way out say so at once', async () => {
    expect(await typed('docker run --rm --network none busybox ping -c 1 8.8.8.8')).toBe(
      'PING 8.8.8.8 (8.8.8.8): 56 data bytes\nping: sendto: Network is unreachable\n',
    )
  })

  it('stand in iptables with their published ports', async () => {
    expect(await typed('docker run -d -p 8080:80 nginx > /dev/null', 'iptables -t nat -S DOCKER')).toBe(
      '-N DOCKER\n-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80\n',
    )
  })

  it('take options of their own on the command line', async () => {
    expect(
      await typed(
        'docker network create --subnet 10.7.0.0/24 n > /dev/null',
        'docker run -d --name srv --network name=n,alias=db,ip=10.7.0.9 busybox sleep 100 > /dev/null',
        'docker run --rm --network n busybox ping -c 1 db | head -1',
      ),
    ).toBe('PING db (10.7.0.9): 56 data bytes\n')
  })
})

describe('a restart policy', () => {
  it('tries as often as it says, waiting longer each time', async () => {
    expect(
      await typed(
        'docker run -d --restart on-failure:3 --name rr busybox false > /dev/null; sleep 5',
        'docker inspect rr -f "{{.RestartCount}} {{.State.Status}} {{.State.ExitCode}}"',
      ),
    ).toBe('3 exited 1\n')
  })
})
