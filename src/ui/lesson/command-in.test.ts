import { expect, test } from 'vitest'
import { commandIn } from './command-in.ts'

test('a hint that is a command, or has one in backticks, can be put at the prompt', () => {
  expect(
    [
      'kubectl scale deployment kubia --replicas=4',
      'Use `docker ps -a`.',
      'Who notices that a Pod is missing?',
      'kubectl rollout undo goes back to it.',
      'kubectl apply -f a.yaml, then kubectl get pods',
    ].map(commandIn),
  ).toEqual(['kubectl scale deployment kubia --replicas=4', 'docker ps -a', undefined, undefined, undefined])
})
