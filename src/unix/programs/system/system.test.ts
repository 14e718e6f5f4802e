/** What lessons about kubeadm and containers ask of a machine. */
import { expect, test } from 'vitest'
import { bench } from '../testing.ts'
import { dmesg, lsmod, modprobe, swapoff } from './kernel-tools.ts'
import { chroot, pstree } from './processes.ts'

const machine = bench(new Map(Object.entries({ dmesg, lsmod, modprobe, swapoff, chroot, pstree })), { 'root/': '' })

test('a module that is loaded stands in the list, and one that does not exist is refused', () => {
  expect(machine.run(['modprobe', 'ip_vs'])).toEqual({ out: '', err: '', code: 0 })
  expect(machine.run(['lsmod']).out.split('\n').slice(0, 2)).toEqual([
    'Module                  Size  Used by',
    'ip_vs                184320  0',
  ])
  expect(machine.run(['modprobe', 'nosuch'])).toEqual({
    out: '',
    err: `modprobe: FATAL: Module nosuch not found in directory /lib/modules/${machine.kernel.release}\n`,
    code: 1,
  })
})

test('swap can be turned off where there is none', () => {
  expect(machine.run(['swapoff', '-a'])).toEqual({ out: '', err: '', code: 0 })
})

test('the kernel tells whom it killed for memory', () => {
  machine.kernel.messages.push({ at: machine.clock.now(), text: 'Memory cgroup out of memory: Killed process 7 (hog)' })
  expect(machine.run(['dmesg', '-t', '--level=err']).out).toBe('Memory cgroup out of memory: Killed process 7 (hog)\n')
})

test('chroot says what it cannot find', () => {
  expect(machine.run(['chroot', '/nosuch'])).toEqual({
    out: '',
    err: "chroot: cannot change root directory to '/nosuch': No such file or directory\n",
    code: 125,
  })
  expect(machine.run(['chroot', '/w/root', 'ls'])).toEqual({
    out: '',
    err: "chroot: failed to run command 'ls': No such file or directory\n",
    code: 127,
  })
})

test('pstree draws who started whom', () => {
  expect(machine.run(['pstree']).out).toBe('init---pstree\n')
})
