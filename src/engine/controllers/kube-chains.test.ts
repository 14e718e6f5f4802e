/** The names and lines are those of a real node's `iptables-save`. */
import { expect, test } from 'vitest'
import type { TranslationRule } from '../../unix/network/network.ts'
import { kubeFirewall } from './kube-chains.ts'

const rule = (comment: string, endpoints: readonly string[], ip?: string): TranslationRule => ({
  ip,
  port: ip ? 443 : 30_443,
  protocol: 'tcp',
  comment,
  targets: () => endpoints.map((one) => ({ ip: one, port: 6443 })),
})

test('a Service has a chain of its own, and its endpoints share what comes', () => {
  const { nat } = kubeFirewall([rule('default/kubernetes:https cluster IP', ['192.168.0.2', '192.168.0.3'], '10.96.0.1')], '10.244.0.0/16')
  const chain = nat.find(({ name }) => name === 'KUBE-SVC-NPX46M4PTMTKRN6Y')
  expect(chain?.rules.map(({ source, match }) => [source, match?.[0]])).toEqual([
    ['!10.244.0.0/16', '-m comment --comment "default/kubernetes:https cluster IP"'],
    [
      undefined,
      '-m comment --comment "default/kubernetes:https -> 192.168.0.2:6443" -m statistic --mode random --probability 0.50000000000',
    ],
    [undefined, '-m comment --comment "default/kubernetes:https -> 192.168.0.3:6443"'],
  ])
})

test('a Service without endpoints is refused, one with a node port is reached through it', () => {
  const { filter, nat } = kubeFirewall(
    [rule('default/none cluster IP', [], '10.96.3.3'), rule('default/web nodePort', ['10.244.1.3'])],
    '10.244.0.0/16',
  )
  expect(filter[0].rules.map(({ target, match }) => [target, match?.[1]])).toEqual([['REJECT', '/* default/none has no endpoints */']])
  expect(nat.find(({ name }) => name === 'KUBE-NODEPORTS')?.rules.map(({ target, port }) => [target.slice(0, 9), port])).toEqual([
    ['KUBE-EXT-', 30_443],
  ])
})
