/** kubeadm token: the Secrets in kube-system that let machines join. */
import { humanDuration } from '../../base/human-duration.ts'
import type { JoinFacts } from '../machines.ts'
import type { Run } from './call.ts'
import { joinCommand } from './machine.ts'

interface Row {
  readonly token: string
  readonly expires?: string
  readonly description: string
}

const form = /^[a-z0-9]{6}\.[a-z0-9]{16}$/

export const tokenCreate: Run = function* (kubeadm) {
  const { flags } = kubeadm
  const [token] = kubeadm.args
  if (token !== undefined && !form.test(token))
    return yield* kubeadm.refuse(
      `the bootstrap token ${JSON.stringify(token)} was not of the form "\\\\A([a-z0-9]{6})\\\\.([a-z0-9]{16})\\\\z"`,
    )
  const facts = yield* kubeadm.ask<JoinFacts>('token', {
    ttlSeconds: flags.text('ttl') === '0' ? 0 : flags.duration('ttl') / 1000,
    description: flags.text('description'),
    ...(token && { token }),
  })
  const key = flags.text('certificate-key')
  const more = key === '' ? '' : `--control-plane --certificate-key ${key}`
  yield* kubeadm.say(flags.is('print-join-command') ? `${joinCommand(facts, '')} ${more}` : facts.token)
}

export const tokenGenerate: Run = function* (kubeadm) {
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'
  const { random } = kubeadm.process.kernel
  yield* kubeadm.say(`${random.letters(6, letters)}.${random.letters(16, letters)}`)
}

export const tokenList: Run = function* (kubeadm) {
  const { tokens } = yield* kubeadm.ask<{ tokens: readonly Row[] }>('tokens')
  if (tokens.length === 0) return
  const now = kubeadm.process.now()
  const rows = tokens.map(({ token, expires, description }) => [
    token,
    expires ? humanDuration(Date.parse(expires) - now) : '<forever>',
    expires ?? '<never>',
    'authentication,signing',
    description || '<none>',
    'system:bootstrappers:kubeadm:default-node-token',
  ])
  const all = [['TOKEN', 'TTL', 'EXPIRES', 'USAGES', 'DESCRIPTION', 'EXTRA GROUPS'], ...rows]
  const widths = all[0].map((_, column) => Math.max(8, ...all.map((row) => row[column].length)) + 3)
  yield* kubeadm.say(
    all.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]))).join('')).join('\n'),
  )
}

export const tokenDelete: Run = function* (kubeadm) {
  if (kubeadm.args.length === 0)
    return yield* kubeadm.refuse('missing argument; token is missing; the token should be in the form [a-z0-9]{6}')
  for (const token of kubeadm.args) {
    yield* kubeadm.ask('delete-token', { token })
    yield* kubeadm.say(`bootstrap token "${token.split('.')[0]}" deleted`)
  }
}
