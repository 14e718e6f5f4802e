/** What swarm refuses with, in the daemon's words, and how ids, tokens and the root certificate look. */
import { base64Of, bytesOf } from '../../../base/bytes.ts'
import type { Random } from '../../../base/random.ts'
import { DockerError } from '../docker-error.ts'
import type { SwarmNode } from './shapes.ts'

const letters = '0123456789abcdefghijklmnopqrstuvwxyz'

/** 25 letters of base 36; the first never beyond what 128 bits allow. */
export function swarmId(random: Random): string {
  return random.letters(1, letters) + random.letters(24, letters)
}

export const inSwarm = (): DockerError =>
  new DockerError(503, 'This node is already part of a swarm. Use "docker swarm leave" to leave this swarm and join another one.')
export const notManager = (): DockerError =>
  new DockerError(
    503,
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
  )
export const onlyWorker = (): DockerError =>
  new DockerError(
    503,
    "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. Please run this command on a manager node or promote the current node to a manager.",
  )
export const locked = (): DockerError =>
  new DockerError(503, 'Swarm is encrypted and needs to be unlocked before it can be used. Please use "docker swarm unlock" to unlock it.')
export const noLeader = (): DockerError =>
  new DockerError(
    500,
    "rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few managers are online. Make sure more than half of the managers are online.",
  )
export const deadline = (): DockerError => new DockerError(500, 'rpc error: code = DeadlineExceeded desc = context deadline exceeded')

const codes = {
  InvalidArgument: 400,
  NotFound: 404,
  AlreadyExists: 409,
  FailedPrecondition: 400,
  Unavailable: 503,
  Unknown: 500,
  PermissionDenied: 403,
  Internal: 500,
} as const

/** A refusal of the managers' control API. */
export function rpc(code: keyof typeof codes, why: string): DockerError {
  return new DockerError(codes[code], `rpc error: code = ${code} desc = ${why}`)
}

/** `SWMTKN-1-<digest of the root certificate>-<secret>`. */
export function joinToken(digest: string, random: Random): string {
  return `SWMTKN-1-${digest}-${random.letters(25, letters)}`
}

export function caDigest(random: Random): string {
  return random.letters(50, letters)
}

export function unlockKey(random: Random): string {
  return `SWMKEY-1-${base64Of(bytesOf(random.hex(32)))
    .replace(/[+/=]/g, 'x')
    .slice(0, 43)}`
}

/** A root certificate in shape only: nothing in the sandbox checks signatures. */
export function rootCertificate(random: Random): SwarmNode['Description']['TLSInfo'] {
  const noise = (length: number) => random.letters(length, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
  const body = `MIIBajCCARCgAwIBAgIU${noise(26)}MAoGCCqGSM49BAMCMBMxETAPBgNVBAMTCHN3YXJtLWNh${noise(408)}`
  return {
    TrustRoot: `-----BEGIN CERTIFICATE-----\n${(body.match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`,
    CertIssuerSubject: 'MBMxETAPBgNVBAMTCHN3YXJtLWNh',
    CertIssuerPublicKey: `MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE${noise(86)}==`,
  }
}
