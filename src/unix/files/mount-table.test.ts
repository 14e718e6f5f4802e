/** Paths, links, permissions, layers and open files, as programs meet them. */
import { describe, expect, test } from 'vitest'
import { bytesOf, textOf } from '../../base/bytes.ts'
import { MemoryFiles } from './memory-files.ts'
import { MountTable } from './mount-table.ts'
import { OverlayFiles } from './overlay-files.ts'

let time = 1000
const memory = () => new MemoryFiles({ now: () => time++ })
const student = { uid: 1000, gid: 1000, groups: [] }

function table(files = memory()) {
  return new MountTable([{ at: '/', files, root: '/', isReadOnly: false, source: '/dev/vda1' }])
}

function refusal(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return 'no refusal'
}

describe('paths', () => {
  test('links and dots lead where they lead on Linux', () => {
    const files = table()
    files.mkdir('/a/b', { parents: true })
    files.writeFile('/a/b/f', 'hello')
    files.symlink('../a/b', '/a/link')
    files.symlink('/a/link/f', '/short')
    expect(files.readText('/short')).toBe('hello')
    expect(files.readText('/a/link/../b/./f')).toBe('hello')
    expect(files.realpath('/short')).toBe('/a/b/f')
    expect(files.lstat('/short').kind).toBe('symlink')
    expect(files.readlink('/short')).toBe('/a/link/f')
    expect(files.list('/a')).toEqual(['b', 'link'])
    files.writeFile('/short', 'changed')
    expect(files.readText('/a/b/f')).toBe('changed')
  })

  test('refusals name the path as it was given', () => {
    const files = table()
    files.writeFile('/f', '')
    files.symlink('loop', '/loop')
    files.mkdir('/d/e', { parents: true })
    expect(refusal(() => files.stat('/nosuch'))).toBe('/nosuch: No such file or directory')
    expect(refusal(() => files.stat('/f/x'))).toBe('/f/x: Not a directory')
    expect(refusal(() => files.stat('/f/'))).toBe('/f/: Not a directory')
    expect(refusal(() => files.stat('/loop'))).toBe('/loop: Too many levels of symbolic links')
    expect(refusal(() => files.rmdir('/d'))).toBe('/d: Directory not empty')
    expect(refusal(() => files.readFile('/d'))).toBe('/d: Is a directory')
    expect(refusal(() => files.mkdir('/x/y'))).toBe('/x/y: No such file or directory')
    expect(refusal(() => files.rename('/d', '/d/e/d'))).toBe('/d: Invalid argument')
  })

  test('a link to a missing file creates its target', () => {
    const files = table()
    files.symlink('real', '/name')
    files.writeFile('/name', 'x')
    expect(files.readText('/real')).toBe('x')
  })

  test('mounts stand over directories, one over the other', () => {
    const files = table()
    const data = memory()
    const top = memory()
    files.mkdir('/mnt')
    files.mount({ at: '/mnt', files: data, root: '/', isReadOnly: false, source: 'data' })
    files.writeFile('/mnt/f', 'data')
    files.mount({ at: '/mnt', files: top, root: '/', isReadOnly: true, source: 'top' })
    expect(files.list('/mnt')).toEqual([])
    expect(refusal(() => files.writeFile('/mnt/g', ''))).toBe('/mnt/g: Read-only file system')
    expect(refusal(() => files.rmdir('/mnt'))).toBe('/mnt: Device or resource busy')
    files.unmount('/mnt')
    expect(files.readText('/mnt/../mnt/f')).toBe('data')
    expect(files.list('/mnt/..')).toEqual(['mnt'])
  })

  test('one file mounted over another', () => {
    const files = table()
    const other = memory()
    other.create('/hosts', { kind: 'file', mode: 0o644, uid: 0, gid: 0, content: bytesOf('1') })
    files.writeFile('/hosts', 'image')
    files.mount({ at: '/hosts', files: other, root: '/hosts', isReadOnly: false, source: 'other' })
    files.writeFile('/hosts', '22')
    expect(textOf(other.lookup('/hosts')?.read() as Uint8Array)).toBe('22')
  })
})

describe('permissions', () => {
  test('bits count for everybody but root', () => {
    const files = table()
    files.mkdir('/root', { mode: 0o700 })
    files.writeFile('/root/f', 'x')
    files.writeFile('/secret', 'x', { mode: 0o600 })
    files.mkdir('/tmp', { mode: 0o1777 })
    files.writeFile('/tmp/theirs', 'x')
    expect(refusal(() => files.stat('/root/f', student))).toBe('/root/f: Permission denied')
    expect(refusal(() => files.readFile('/secret', student))).toBe('/secret: Permission denied')
    expect(refusal(() => files.writeFile('/new', '', {}, student))).toBe('/new: Permission denied')
    expect(refusal(() => files.unlink('/tmp/theirs', student))).toBe('/tmp/theirs: Operation not permitted')
    files.writeFile('/tmp/mine', 'x', {}, student)
    expect(files.stat('/tmp/mine').uid).toBe(1000)
    expect(refusal(() => files.chown('/tmp/mine', { uid: 0 }, student))).toBe('/tmp/mine: Operation not permitted')
    files.unlink('/tmp/mine', student)
  })
})

describe('open files', () => {
  test('what was handed out does not change under the reader', () => {
    const files = table()
    files.writeFile('/f', 'abc')
    const before = files.readFile('/f')
    const file = files.open('/f', { read: true, write: true })
    file.write(bytesOf('X'))
    expect(textOf(before)).toBe('abc')
    expect(files.readText('/f')).toBe('Xbc')
    files.writeFile('/f', '++', { append: true })
    files.writeFile('/f', '!', { append: true })
    expect(files.readText('/f')).toBe('Xbc++!')
  })

  test('a file that lost its name is still there for who has it open', () => {
    const files = table()
    const file = files.open('/f', { read: true, write: true, create: true })
    files.unlink('/f')
    file.write(bytesOf('still'))
    file.seek?.(0)
    expect(textOf(file.read(100) as Uint8Array)).toBe('still')
    expect(files.exists('/f')).toBe(false)
  })

  test('a full disk says so', () => {
    const files = table(new MemoryFiles({ now: () => 0, quotaBytes: 10 }))
    files.writeFile('/f', '12345678')
    expect(refusal(() => files.writeFile('/g', '12345'))).toBe('/g: No space left on device')
    files.unlink('/f')
    files.writeFile('/g', '12345')
    expect(files.readText('/g')).toBe('12345')
  })

  test('fifos carry bytes from one to the other and end with the last writer', () => {
    const files = table()
    files.makeNode('/p', { kind: 'fifo', mode: 0o644 })
    const reader = files.open('/p', { read: true })
    expect(reader.read(10)).toBe(undefined)
    const writer = files.open('/p', { write: true })
    writer.write(bytesOf('hi'))
    expect(textOf(reader.read(10) as Uint8Array)).toBe('hi')
    expect(reader.read(10)).toBe(undefined)
    writer.close()
    expect(reader.read(10)).toEqual(new Uint8Array(0))
  })
})

describe('layers', () => {
  function container() {
    const lower = memory()
    const image = table(lower)
    image.mkdir('/etc/deep/er', { parents: true })
    image.writeFile('/etc/passwd', 'root')
    image.writeFile('/etc/deep/er/f', 'low')
    image.writeFile('/gone', 'x')
    image.mkdir('/dir')
    image.writeFile('/dir/a', 'a')
    lower.isReadOnly = true
    const overlay = new OverlayFiles(memory(), [lower])
    return { lower, overlay, files: new MountTable([{ at: '/', files: overlay, root: '/', isReadOnly: false, source: 'overlay' }]) }
  }

  test('changes stay in the writable layer', () => {
    const { files, lower, overlay } = container()
    files.writeFile('/etc/passwd', '+student', { append: true })
    files.unlink('/gone')
    files.writeFile('/etc/deep/er/g', 'new')
    files.removeAll('/dir')
    files.mkdir('/dir')
    files.writeFile('/dir/b', 'b')
    expect(files.readText('/etc/passwd')).toBe('root+student')
    expect(textOf(lower.lookup('/etc/passwd')?.read() as Uint8Array)).toBe('root')
    expect(files.exists('/gone')).toBe(false)
    expect(files.list('/')).toEqual(['dir', 'etc'])
    expect(files.list('/dir')).toEqual(['b'])
    expect(files.list('/etc/deep/er')).toEqual(['f', 'g'])
    expect(overlay.changes().map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'C /dir',
      'D /dir/a',
      'A /dir/b',
      'C /etc',
      'C /etc/deep',
      'C /etc/deep/er',
      'A /etc/deep/er/g',
      'C /etc/passwd',
      'D /gone',
    ])
  })

  test('directories of the image can be renamed', () => {
    const { files } = container()
    files.rename('/etc/deep', '/moved')
    expect(files.readText('/moved/er/f')).toBe('low')
    expect(files.exists('/etc/deep')).toBe(false)
    files.mkdir('/etc/deep')
    expect(files.list('/etc/deep')).toEqual([])
  })

  test('a writable layer is saved and restored with its whiteouts', () => {
    const { files, overlay, lower } = container()
    overlay.upper.track()
    files.unlink('/gone')
    files.writeFile('/new', 'text')
    files.link('/new', '/other')
    const stored = new Map(overlay.upper.save().map((node) => [node.inode, node]))
    files.writeFile('/new', 'newer')
    for (const node of overlay.upper.takeChanges().nodes) stored.set(node.inode, node)
    const again = table(undefined)
    again.mount({
      at: '/',
      files: new OverlayFiles(MemoryFiles.restore([...stored.values()], { now: () => 5 }), [lower]),
      root: '/',
      isReadOnly: false,
      source: 'overlay',
    })
    expect(again.list('/')).toEqual(['dir', 'etc', 'new', 'other'])
    expect(again.readText('/other')).toBe('newer')
    expect(again.stat('/new').links).toBe(2)
  })
})
