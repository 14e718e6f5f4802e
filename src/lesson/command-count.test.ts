import { expect, test } from 'vitest'
import { commandCount, commandsOf, countsAsCommand } from './command-count.ts'

test('looking does not count, changing does', () => {
  const counted = [
    'ls -l',
    'docker ps -a',
    'docker compose ps',
    'docker image ls',
    'kubectl get pods -w',
    'kubectl -n shop get pods',
    'kubectl rollout status deployment web',
    'curl -s localhost:8080 2>/dev/null',
    'docker run busybox',
    'docker image rm busybox',
    'kubectl rollout undo deployment web',
    'docker inspect web > name.txt',
    'sudo sh -c "echo hi > /src/a"',
    'vim a.yaml',
    'docker compose config',
    'docker config create site a.conf',
    'time docker pull redis',
    'docker ps -q | wc -l',
    'docker ps -q | xargs docker rm -f',
  ].filter(countsAsCommand)
  expect(counted).toEqual([
    'docker run busybox',
    'docker image rm busybox',
    'kubectl rollout undo deployment web',
    'docker inspect web > name.txt',
    'sudo sh -c "echo hi > /src/a"',
    'vim a.yaml',
    'docker config create site a.conf',
    'time docker pull redis',
    'docker ps -q | xargs docker rm -f',
  ])
})

test('a here document and continued lines are one command', () => {
  const script = 'cd\n# a file\ncat > Dockerfile <<EOF\nFROM node:7\nRUN x\nEOF\ndocker run \\\n  -d nginx\ndocker ps\n'
  expect(commandsOf(script)).toEqual(['cd', '# a file', 'cat > Dockerfile <<EOF', 'docker run   -d nginx', 'docker ps'])
  expect(commandCount(commandsOf(script))).toBe(2)
  expect(commandCount(['clear; docker run busybox sh -c "a; b" && docker ps; docker rm -f web'])).toBe(2)
})
