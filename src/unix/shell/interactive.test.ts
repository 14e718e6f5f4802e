import { describe, expect, it } from 'vitest'
import { bytesOf, textOf } from '../../base/bytes.ts'
import { Descriptor } from '../kernel/open-file.ts'
import type { Program } from '../kernel/process.ts'
import { createTerminal } from '../kernel/terminal.ts'
import { programs as all } from '../programs/index.ts'
import { allLoaded } from '../programs/lazy.ts'
import { type Bench, bench } from '../programs/testing.ts'
import { binary } from '../kernel/execute.ts'
import { createBash, type ShellOptions } from './bash.ts'

const programs = await allLoaded(all)

interface Session {
  readonly bench: Bench
  /** Types keys, lets everything happen that needs no time, and answers what came on the screen. */
  type(keys: string, ms?: number): string
  /** Only types. */
  keys(keys: string): void
  readonly isOver: () => boolean
}

function session(
  options: ShellOptions = {},
  { name = 'bash', files = {}, cols = 80 }: { name?: string; files?: Record<string, string>; cols?: number } = {},
): Session {
  const machine = bench(new Map([...programs, ['bash', createBash(options)]]), files)
  const terminal = createTerminal(machine.kernel, { name: '/dev/pts/0', cols, rows: 24 })
  const descriptor = new Descriptor(terminal.file)
  const { init } = machine
  const process = machine.kernel.spawn({
    program: createBash(options),
    argv: [name],
    env: { PATH: '/bin', HOME: '/root', PS1: '$ ', TERM: 'dumb' },
    cwd: '/w',
    namespaces: init.namespaces,
    credentials: init.credentials,
    cgroup: init.cgroup,
    terminal,
    descriptors: new Map([
      [0, descriptor],
      [1, descriptor],
      [2, descriptor],
    ]),
    parent: init,
  })
  const type = (keys: string, ms = 0): string => {
    terminal.type(bytesOf(keys))
    machine.clock.settle()
    if (ms > 0) machine.clock.advance(ms)
    return textOf(terminal.takeOutput())
  }
  return { bench: machine, type, keys: (keys) => terminal.type(bytesOf(keys)), isOver: () => process.isEnded }
}

describe('a shell at a terminal', () => {
  it('prompts, echoes what is typed, runs it and prompts again', () => {
    const { type } = session()
    expect(type('')).toBe('$ ')
    expect(type('echo hi\r')).toBe('echo hi\r\nhi\r\n$ ')
    expect(type('cd /tmp; pwd\r')).toBe('cd /tmp; pwd\r\n/tmp\r\n$ ')
  })

  it('says that a command is not found without a line number', () => {
    const { type } = session()
    type('')
    expect(type('foo\r')).toBe('foo\r\nbash: foo: command not found\r\n$ ')
    expect(type('echo $?\r')).toBe('echo $?\r\n127\r\n$ ')
  })

  it('asks for more lines until the command is whole', () => {
    const { type } = session()
    type('')
    expect(type('for i in 1 2\r')).toBe('for i in 1 2\r\n> ')
    expect(type('do echo $i\r')).toBe('do echo $i\r\n> ')
    expect(type('done\r')).toBe('done\r\n1\r\n2\r\n$ ')
    expect(type('cat <<E\r')).toBe('cat <<E\r\n> ')
    expect(type('x\rE\r')).toBe('x\r\n> E\r\nx\r\n$ ')
    expect(type('echo "a\rb"\r')).toBe('echo "a\r\n> b"\r\na\r\nb\r\n$ ')
    expect(type('echo a \\\rb\r')).toBe('echo a \\\r\n> b\r\na b\r\n$ ')
    expect(type('true &&\recho yes\r')).toBe('true &&\r\n> echo yes\r\nyes\r\n$ ')
  })

  it('runs a paste of several lines one after the other', () => {
    const { type } = session()
    type('')
    expect(type('echo a\recho b\r')).toContain('a\r\n$ echo b\r\nb\r\n$ ')
  })

  it('edits with the emacs keys', () => {
    const { type } = session()
    type('')
    type('echo world')
    type('\u0001')
    type('\u001bf')
    type(' hello')
    expect(type('\r')).toMatch(/hello world\r\n\$ $/)
    type('echo one two')
    type('\u0017\u0017')
    expect(type('\u0019\r')).toMatch(/one two\r\n\$ $/)
    type('echo abd\u007fc\u0002\u0002\u0004')
    expect(type('\r')).toMatch(/ac\r\n\$ $/)
  })

  it('recalls earlier lines, and finds them with ^R', () => {
    const { type } = session()
    type('')
    type('echo first\r')
    type('echo second\r')
    expect(type('\u001b[A\u001b[A\r')).toMatch(/first\r\n\$ $/)
    type('\u0012sec')
    expect(type('\r')).toMatch(/second\r\n\$ $/)
    expect(type('!!\r')).toBe('!!\r\necho second\r\nsecond\r\n$ ')
  })

  it('keeps the history in ~/.bash_history', () => {
    const { type, bench: machine } = session()
    type('')
    type('echo kept\r')
    expect(machine.init.files.readText('/root/.bash_history')).toBe('echo kept\n')
    expect(type('history\r')).toBe('history\r\n    1  echo kept\r\n    2  history\r\n$ ')
  })

  it('gives the line up at ^C and ends at ^D', () => {
    const { type, isOver } = session()
    type('')
    expect(type('abc\u0003')).toBe('abc^C\r\n$ ')
    expect(type('\u0004')).toBe('exit\r\n')
    expect(isOver()).toBe(true)
  })

  it('stops a command in front at ^C, and a loop of builtins', () => {
    const { type } = session()
    type('')
    type('sleep 100\r')
    expect(type('\u0003')).toBe('^C\r\n$ ')
    expect(type('echo $?\r')).toBe('echo $?\r\n130\r\n$ ')
    type('for i in 1 2 3; do sleep 100; echo $i; done\r')
    expect(type('\u0003')).toBe('^C\r\n$ ')
  })

  it('stops a busy loop at ^C, and never runs long without letting others run', () => {
    const { type, bench: machine, keys } = session()
    type('')
    keys('while :; do :; done\r')
    const stepsMs: number[] = []
    for (let step = 0; step < 3000; step++) {
      const from = performance.now()
      machine.clock.step(machine.clock.now() + 10)
      stepsMs.push(performance.now() - from)
    }
    // All but the few in which the machine did something else.
    expect(stepsMs.sort((a, b) => a - b)[2900]).toBeLessThan(5)
    expect(type('\u0003')).toMatch(/\^C\r\n\$ $/)
  })

  it('leaves the terminal as stty set it', () => {
    const { type } = session()
    type('')
    type('stty -echo; read x; stty echo; echo $x\r')
    expect(type('hidden\r')).toBe('hidden\r\n$ ')
  })

  it('stops at ^Z, goes on in the back and in front', () => {
    const { type } = session()
    type('')
    type('sleep 100\r')
    expect(type('\u001a')).toBe('^Z\r\n[1]+  Stopped                 sleep 100\r\n$ ')
    expect(type('jobs\r')).toBe('jobs\r\n[1]+  Stopped                 sleep 100\r\n$ ')
    expect(type('bg\r')).toBe('bg\r\n[1]+ sleep 100 &\r\n$ ')
    expect(type('jobs\r')).toBe('jobs\r\n[1]+  Running                 sleep 100 &\r\n$ ')
    expect(type('fg\r')).toBe('fg\r\nsleep 100\r\n')
    expect(type('\u0003')).toBe('^C\r\n$ ')
  })

  it('tells when a job in the back is done, before the next prompt', () => {
    const { type } = session()
    type('')
    expect(type('sleep 1 &\r')).toMatch(/^sleep 1 &\r\n\[1\] \d+\r\n\$ $/)
    expect(type('', 2000)).toBe('')
    expect(type('\r')).toBe('\r\n[1]+  Done                    sleep 1\r\n$ ')
    type('sleep 100 &\r')
    expect(type('kill %1\r')).toMatch(/^kill %1\r\n(\[1\]\+ {2}Terminated {14}sleep 100\r\n)?\$ $/)
  })

  it('completes programs, files, variables and what commands offer', () => {
    const completions = new Map([
      [
        'kubectl',
        function* (words: readonly string[], index: number) {
          yield undefined
          return index === 1 ? ['get', 'describe', 'delete'] : words[1] === 'get' ? ['pods', 'services'] : []
        },
      ],
    ])
    const { type } = session({ completions }, { files: { 'notes.txt': 'x', 'src/': '' } })
    type('')
    expect(type('cat no\t')).toBe('cat notes.txt ')
    type('\u0015')
    expect(type('cd s\t')).toContain('cd src/')
    type('\u0015')
    expect(type('basen\t')).toContain('basename ')
    type('\u0015')
    expect(type('kubectl g\t', 5)).toContain('kubectl get ')
    expect(type('po\t', 5)).toBe('pods ')
    type('\u0015')
    expect(type('kubectl de\t', 5)).toMatch(/kubectl de\u0007$/)
    expect(type('\t', 5)).toContain('delete    describe\r\n$ ')
    type('\u0015')
    expect(type('echo $HO\t')).toMatch(/\$HO/)
    type('\u0015')
    type('alias k=kubectl; complete -o default -F __start_kubectl k\r')
    expect(type('k get po\t', 5)).toContain('k get pods ')
  })

  it('shows PS1 with its escapes and colours', () => {
    const { type } = session({}, { files: {} })
    type('')
    expect(type("PS1='\\[\\e[32m\\]\\u@\\h\\[\\e[0m\\]:\\w\\$ '\r")).toMatch(/\u001b\[32mroot@bench\u001b\[0m:\/w# $/)
  })

  it('reads .bashrc', () => {
    const machine = session()
    machine.bench.init.files.writeFile('/root/.bashrc', "alias k='echo kubectl'\nPS1='> '\n")
    expect(machine.type('')).toBe('> ')
    expect(machine.type('k get pods\r')).toBe('k get pods\r\nkubectl get pods\r\n> ')
  })

  it('gives a hint after the real error for a pasted prompt and a placeholder', () => {
    const { type } = session()
    type('')
    expect(type('$ ls\r')).toBe(
      '$ ls\r\nbash: $: command not found\r\nHint: the "$" is the page\'s prompt. Leave it out and type:  ls\r\n$ ',
    )
    expect(type('cat <pod>\r')).toBe(
      "cat <pod>\r\nbash: syntax error near unexpected token `newline'\r\nHint: <pod> stands for something of yours. Put the real name there, without the < and >.\r\n$ ",
    )
  })

  it('tells the session each line and its exit code, and waits before it prompts again', () => {
    const heard: string[] = []
    const options: ShellOptions = {
      onCommand: (_, line) => void heard.push(`> ${line}`),
      *onCommandEnd(process, line, exitCode) {
        const until = process.now() + 100
        while (process.now() < until) yield { until }
        heard.push(`< ${line} ${exitCode}`)
      },
    }
    const { type } = session(options)
    type('')
    expect(type('false\r')).toBe('false\r\n')
    expect(type('', 200)).toBe('$ ')
    expect(heard).toEqual(['> false', '< false 1'])
  })

  it('wraps long lines and takes wide letters for two columns', () => {
    const { type } = session({}, { cols: 20 })
    type('')
    type(`echo ${'x'.repeat(30)}`)
    type('\u0001')
    expect(type('#')).toContain('#')
    type('\r')
    type('echo 日本')
    expect(type('\u007f\r')).toMatch(/日\r\n\$ $/)
  })

  it('reads passwords without showing them, and one key without Enter', () => {
    const { type } = session()
    type('')
    type('read -sp "pw: " x; echo; echo $x\r')
    expect(type('secret\r')).toBe('\r\nsecret\r\n$ ')
    type('read -n1 k; echo; echo $k\r')
    expect(type('y')).toContain('\r\ny\r\n$ ')
  })

  it('is ash in busybox, with its words', () => {
    const { type } = session({ flavour: 'ash' }, { name: 'sh' })
    type('')
    expect(type('foo\r')).toBe('foo\r\nsh: foo: not found\r\n$ ')
    expect(type('x=1; echo $x\r')).toBe('x=1; echo $x\r\n1\r\n$ ')
  })
})

describe('programmable completion', () => {
  it('asks the function that complete named, and shows what it replied', () => {
    const { type } = session()
    type('')
    type('_svc() { COMPREPLY=($(compgen -W "start stop status" -- "$2")); }; complete -F _svc svc\r', 50)
    expect(type('svc star\t', 50)).toBe('svc start ')
    expect(type('\u0015svc st\t\t', 50)).toContain('start   status  stop')
    type('\u0015')
    expect(type('complete -o nospace -W "key= " cfg\r', 50)).toContain('$ ')
    expect(type('cfg k\t', 50)).toBe('cfg key=')
  })
})

describe('^C and scripts', () => {
  it('ends a script whose command died of it, and lets one go on whose command handled it', () => {
    const { type } = session()
    type('')
    type("bash -c 'sleep 5; echo next'\r")
    expect(type('\x03')).toBe('^C\r\n$ ')
    expect(type('echo $?\r')).toBe('echo $?\r\n130\r\n$ ')
    type('bash -c \'bash -c "trap : INT; sleep 5; true"; echo next\'\r')
    expect(type('\x03')).toBe('^Cnext\r\n$ ')
    expect(type('echo $?\r')).toBe('echo $?\r\n0\r\n$ ')
  })
})

describe("busybox's sh", () => {
  it('leaves without a word', () => {
    const { type, isOver } = session({ flavour: 'ash' }, { name: 'sh' })
    type('')
    expect(type('\x04')).toBe('\r\n')
    expect(isOver()).toBe(true)
  })
})

describe('history', () => {
  it('is listed and repeated by fc, and written where one says', () => {
    const { type } = session()
    type('')
    type('echo one\r')
    type('echo two\r')
    expect(type('fc -l\r')).toBe('fc -l\r\n1\t echo one\r\n2\t echo two\r\n$ ')
    expect(type('fc -s one=three echo\ o\r')).toContain('three')
    expect(type('history -w h; head -n 2 h\r')).toContain('echo one\r\necho two\r\n')
    expect(type('history -d 1; history 9 | head -n 1\r')).toContain('    1  echo two')
  })
})

describe('many shells', () => {
  it('a thousand sleeping loops cost little', () => {
    const bash: Program = createBash()
    const machine = bench(new Map([...programs, ['bash', bash]]))
    machine.init.files.writeFile('/bin/bash', binary('bash'), { mode: 0o755 })
    for (let index = 0; index < 1000; index++) {
      machine.kernel.spawn({
        program: bash,
        argv: ['sh', '-c', `while true; do date > f${index}; sleep 1; done`],
        env: machine.init.env,
        cwd: '/w',
        namespaces: machine.init.namespaces,
        credentials: machine.init.credentials,
        cgroup: machine.init.cgroup,
        descriptors: new Map(),
        parent: machine.init,
      })
    }
    machine.clock.advance(1500)
    const before = process.cpuUsage()
    machine.clock.advance(10_000)
    const { user, system } = process.cpuUsage(before)
    const perSecond = (user + system) / 1e6 / 10
    console.log(`1,000 loops: ${perSecond.toFixed(3)} CPU-s per virtual second`)
    expect(perSecond).toBeLessThan(0.6)
  })
})
