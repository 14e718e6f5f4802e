/**
 * openssl 3.0, the commands lessons use. Keys and certificates are real: other tools read them. What is not simulated (pass phrases,
 * ciphers, TLS connections) is refused by name.
 */
import { err, type Program } from '../../kernel/process.ts'
import { ecparam, genpkey, genrsa, keyCommand } from './key-commands.ts'
import { req } from './request.ts'
import { dgst, enc, passwd, rand, sClient, version } from './small.ts'
import { verify, x509 } from './x509.ts'

export const openssl: Program = function* (process) {
  const [command, ...args] = process.argv.slice(1)
  switch (command) {
    case undefined:
    case 'help':
      yield* err(
        process,
        "help:\n\nStandard commands\ndgst              ec                ecparam           enc               \ngenpkey           genrsa            passwd            pkey              \nrand              req               rsa               s_client          \nverify            version           x509              \n\nMessage Digest commands (see the `dgst' command for more details)\nmd5               sha1              sha224            sha256            \nsha384            sha512            \n\nCipher commands (see the `enc' command for more details)\nbase64            \n\n",
      )
      return command === undefined ? 1 : 0
    case 'genrsa':
      return yield* genrsa(process, args)
    case 'genpkey':
      return yield* genpkey(process, args)
    case 'ecparam':
      return yield* ecparam(process, args)
    case 'rsa':
    case 'ec':
    case 'pkey':
      return yield* keyCommand(process, command, args)
    case 'req':
      return yield* req(process, args)
    case 'x509':
      return yield* x509(process, args)
    case 'verify':
      return yield* verify(process, args)
    case 'rand':
      return yield* rand(process, args)
    case 'dgst':
      return yield* dgst(process, args)
    case 'md5':
    case 'sha1':
    case 'sha224':
    case 'sha256':
    case 'sha384':
    case 'sha512':
      return yield* dgst(process, args, command)
    case 'enc':
      return yield* enc(process, args, false)
    case 'base64':
      return yield* enc(process, args, true)
    case 'passwd':
      return yield* passwd(process, args)
    case 's_client':
      return yield* sClient(process, args)
    case 'version':
      return yield* version(process, args)
    case 'pkcs12':
    case 'ca':
    case 'crl':
    case 'ocsp':
    case 's_server':
    case 'smime':
    case 'cms':
    case 'speed':
    case 'dhparam':
    case 'asn1parse':
      yield* err(process, `openssl: the command ${command} is not simulated here\n`)
      return 1
    default:
      yield* err(process, `Invalid command '${command}'; type "help" for a list.\n`)
      return 1
  }
}
