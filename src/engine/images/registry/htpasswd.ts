/** Apache's `htpasswd`: makes and keeps `user:hash` lines. The forms lessons use: bcrypt, SHA-1, plain, and its default, a salted MD5. */
import { base64Of, bytesOf, textOf } from '../../../base/bytes.ts'
import { type Blocking, err, out, type Process, readFrom } from '../../../unix/kernel/process.ts'
import { sha1 } from '../../../unix/programs/digests.ts'
import { apr1, passwordLetters } from '../apr1.ts'
import { accounts, bcrypt, isPassword } from './bcrypt.ts'

const usage = `Usage:
	htpasswd [-cimBdpsDv] [-C cost] [-r rounds] passwordfile username
	htpasswd -b[cmBdpsDv] [-C cost] [-r rounds] passwordfile username password

	htpasswd -n[imBdps] [-C cost] [-r rounds] username
	htpasswd -nb[mBdps] [-C cost] [-r rounds] username password
 -c  Create a new file.
 -n  Don't update file; display results on stdout.
 -b  Use the password from the command line rather than prompting for it.
 -i  Read password from stdin without verification (for script usage).
 -m  Force MD5 encryption of the password (default).
 -B  Force bcrypt encryption of the password (very secure).
 -C  Set the computing time used for the bcrypt algorithm
     (higher is more secure but slower, default: 5, valid: 4 to 17).
 -s  Force SHA-1 encryption of the password (insecure).
 -p  Do not encrypt the password (plaintext, insecure).
 -D  Delete the specified user.
 -v  Verify password for the specified user.
`

export function* htpasswdMain(process: Process): Blocking<number> {
  const letters = new Set<string>()
  const words: string[] = []
  let cost = 5
  for (let at = 1; at < process.argv.length; at++) {
    const word = process.argv[at]
    if (!/^-[a-zA-Z\d]/.test(word) || words.length > 0) {
      words.push(word)
      continue
    }
    for (const letter of word.slice(1)) letters.add(letter)
    if (word.includes('C')) cost = Number(process.argv[++at])
  }
  const isShown = letters.has('n')
  const needed = (isShown ? 1 : 2) + (letters.has('b') ? 1 : 0)
  if (words.length !== needed) {
    yield* err(process, usage)
    return 2
  }
  const [file, user, given] = isShown ? ['', words[0], words[1]] : words
  const path = process.path(file)
  const before =
    !isShown && !letters.has('c') && process.files.exists(path)
      ? accounts(process.files.readFile(path, process.credentials))
      : new Map<string, string>()
  if (!isShown && !letters.has('c') && !process.files.exists(path)) {
    yield* err(process, `htpasswd: cannot modify file ${file}; use '-c' to create it\n`)
    return 1
  }
  const write = (entries: ReadonlyMap<string, string>) =>
    process.files.writeFile(path, [...entries].map(([name, hash]) => `${name}:${hash}\n`).join(''), { mode: 0o644 }, process.credentials)
  if (letters.has('D')) {
    write(new Map([...before].filter(([name]) => name !== user)))
    yield* err(process, before.has(user) ? `Deleting password for user ${user}\n` : `User ${user} not found\n`)
    return 0
  }
  const password = letters.has('b')
    ? given
    : letters.has('i')
      ? textOf(yield* readFrom(process, 0)).split('\n')[0]
      : yield* asked(process, letters.has('v'))
  if (password === undefined) {
    yield* err(process, 'htpasswd: password verification error\n')
    return 3
  }
  if (letters.has('v')) {
    const hash = before.get(user)
    const isRight = hash !== undefined && (isPassword(password, hash) || hash === shaOf(password) || hash === password)
    yield* err(
      process,
      hash === undefined ? `User ${user} not found\n` : isRight ? `Password for user ${user} correct.\n` : 'password verification failed\n',
    )
    return hash === undefined ? 6 : isRight ? 0 : 3
  }
  const salt = Uint8Array.from({ length: 16 }, () => process.kernel.random.below(256))
  const hash = letters.has('B')
    ? bcrypt(password, salt, cost)
    : letters.has('s')
      ? shaOf(password)
      : letters.has('p')
        ? password
        : apr1(password, Array.from(salt.subarray(0, 8), (byte) => passwordLetters[byte & 63]).join(''))
  if (isShown) yield* out(process, `${user}:${hash}\n\n`)
  else {
    write(new Map([...before, [user, hash]]))
    yield* err(process, `${before.has(user) ? 'Updating' : 'Adding'} password for user ${user}\n`)
  }
  return 0
}

function shaOf(password: string): string {
  const hex = sha1(bytesOf(password))
  return `{SHA}${base64Of(Uint8Array.from({ length: 20 }, (_, index) => Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16)))}`
}

/** The same password twice, unseen; both may come in one piece from a pipe. */
function* asked(process: Process, isOnce: boolean): Blocking<string | undefined> {
  const { terminal } = process
  let waiting = ''
  const line = function* (question: string): Blocking<string> {
    yield* err(process, question)
    while (!waiting.includes('\n')) {
      const bytes = yield* readFrom(process, 0)
      if (bytes.length === 0) break
      waiting += textOf(bytes)
    }
    yield* err(process, '\n')
    const [text, rest = ''] = waiting.split(/\r?\n(.*)/s)
    waiting = rest
    return text
  }
  if (terminal) terminal.echo = false
  try {
    const first = yield* line(isOnce ? 'Enter password: ' : 'New password: ')
    return isOnce || (yield* line('Re-type new password: ')) === first ? first : undefined
  } finally {
    if (terminal) terminal.echo = true
  }
}
