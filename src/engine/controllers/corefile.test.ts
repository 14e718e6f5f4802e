import { expect, test } from 'vitest'
import { blockFor, serverBlocks } from './corefile.ts'

const text = `.:53 {
    errors
    hosts {
       10.0.0.9 shop.internal www.shop.internal # ours
       fallthrough
    }
    rewrite name old.example.com web.default.svc.cluster.local
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
    }
    forward . 8.8.8.8 1.1.1.1 {
       max_concurrent 1000
    }
}
corp.example:53 {
    forward . 10.150.0.1
}
`

test('a Corefile says who answers a name', () => {
  const blocks = serverBlocks(text) ?? []
  const rest = blockFor(blocks, 'kubernetes.io')
  expect(rest?.kubernetes).toEqual(['cluster.local', 'in-addr.arpa', 'ip6.arpa'])
  expect(rest?.hosts.get('www.shop.internal')).toEqual(['10.0.0.9'])
  expect(rest?.forward).toEqual([{ zone: '.', to: ['8.8.8.8', '1.1.1.1'] }])
  expect(rest?.rewrites.map(({ from, to }) => 'old.example.com'.replace(from, to))).toEqual(['web.default.svc.cluster.local'])
  expect(blockFor(blocks, 'git.corp.example')?.forward).toEqual([{ zone: '.', to: ['10.150.0.1'] }])
})

test('a Corefile whose braces do not close is not taken', () => {
  expect(serverBlocks('.:53 {\n  errors\n')).toBeUndefined()
})
