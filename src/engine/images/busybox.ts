/**
 * busybox: one binary under many names, and hardly anything else. Every applet is the kernel's program `busybox`, which acts as
 * argv[0] says, as the real one does.
 */
import { applets } from '../../unix/programs/busybox.ts'
import { type CatalogueRepository, makeImage } from './image.ts'
import { once } from './once.ts'

const passwd = `root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
bin:x:2:2:bin:/bin:/bin/false
sys:x:3:3:sys:/dev:/bin/false
sync:x:4:100:sync:/bin:/bin/sync
mail:x:8:8:mail:/var/spool/mail:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
operator:x:37:37:Operator:/var:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
`

const group = `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
mail:x:8:
www-data:x:33:
operator:x:37:
users:x:100:
nogroup:x:65534:
`

/** Files every busybox root file system has; other images build on them. */
export const busyboxFiles = {
  '/bin': { directory: true },
  ...Object.fromEntries(applets.map((applet) => [`/bin/${applet}`, { program: 'busybox' }])),
  '/bin/busybox': { program: 'busybox' },
  '/dev': { directory: true },
  '/etc/passwd': passwd,
  '/etc/group': group,
  '/etc/shadow': { text: 'root:*:19000:0:99999:7:::\n', mode: 0o600 },
  '/etc/nsswitch.conf': 'hosts: files dns\n',
  '/etc/localtime': 'TZif2\n',
  '/home': { directory: true, uid: 65534, gid: 65534 },
  '/lib': { directory: true },
  '/root': { directory: true, mode: 0o700 },
  '/tmp': { directory: true, mode: 0o1777 },
  '/usr/sbin': { directory: true },
  '/usr/bin/env': { link: '../../bin/env' },
  '/var/spool/mail': { directory: true },
  '/var/www': { directory: true },
} as const

export const busyboxImage = once(() =>
  makeImage({
    created: '2024-09-26T21:31:42Z',
    config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['sh'] },
    steps: [{ createdBy: 'BusyBox 1.37.0 (glibc), Debian 13', files: busyboxFiles, size: 4_277_910, compressedSize: 2_206_942 }],
  }),
)

/** The version DNS labs pin, for its nslookup. */
const busybox128 = once(() =>
  makeImage({
    created: '2018-05-22T17:00:17Z',
    config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['sh'] },
    steps: [
      {
        createdBy: '/bin/sh -c #(nop) ADD file:f8f26d117bc4a9289b7cd7447ca36e1a70b11701c63d949ef35ff9c16e190e50 in / ',
        files: {
          ...busyboxFiles,
          ...Object.fromEntries([...applets, 'busybox'].map((applet) => [`/bin/${applet}`, { program: 'busybox-1.28' }])),
        },
        size: 1_146_369,
        compressedSize: 727_978,
      },
      { createdBy: '/bin/sh -c #(nop)  CMD ["sh"]' },
    ],
  }),
)

/** Tags of before 1.29 print as 1.28 does. */
const olderTags = Object.fromEntries(['1.24', '1.26', '1.26.2', '1.27', '1.27.2'].map((tag) => [tag, busybox128]))

export const busybox: CatalogueRepository = {
  name: 'docker.io/library/busybox',
  description: 'Busybox base image.',
  stars: 3_481,
  isOfficial: true,
  tags: {
    latest: busyboxImage,
    '1.37': busyboxImage,
    '1.37.0': busyboxImage,
    '1': busyboxImage,
    stable: busyboxImage,
    glibc: busyboxImage,
    '1.36': busyboxImage,
    '1.36.1': busyboxImage,
    '1.28': busybox128,
    '1.28.4': busybox128,
    ...olderTags,
    ...Object.fromEntries(
      [
        '1.29',
        '1.30',
        '1.31',
        '1.31.1',
        '1.32',
        '1.33',
        '1.33.1',
        '1.34',
        '1.34.1',
        '1.35',
        '1.35.0',
        '1.36.0',
        'musl',
        'uclibc',
        'stable-glibc',
      ].map((tag) => [tag, busyboxImage]),
    ),
  },
}

/** The copies of it that Kubernetes' own examples name. */
export const busyboxCopies: readonly CatalogueRepository[] = [
  'registry.k8s.io/busybox',
  'k8s.gcr.io/busybox',
  'gcr.io/google-containers/busybox',
  'gcr.io/google_containers/busybox',
  'registry.k8s.io/e2e-test-images/busybox',
].map((name) => ({
  name,
  tags: { ...olderTags, '1.28': busybox128, '1.29-4': busyboxImage, '1.36.1-1': busyboxImage, latest: busybox128 },
}))
