/** Python's own images. `pip` brings only what is written in packages/; python itself is Skulpt (program.ts). */
import { alpineImage } from '../alpine.ts'
import { buildpackImage, slimImage } from '../debian.ts'
import { type CatalogueRepository, type Image, later, makeImage } from '../image.ts'
import { once } from '../once.ts'

const note = 'buildkit.dockerfile.v0'
const paths = 'PATH=/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const pip = '25.2'

function pythonOf({
  version,
  created,
  base,
  size,
  libraries,
}: {
  version: string
  created: string
  base: () => Image
  size: number
  libraries: number
}): () => Image {
  const short = version.split('.').slice(0, 2).join('.')
  const packages = `/usr/local/lib/python${short}/site-packages`
  return once(() =>
    makeImage({
      base: base(),
      created,
      config: { Env: [paths, 'LANG=C.UTF-8', `PYTHON_VERSION=${version}`], Cmd: ['python3'] },
      steps: [
        { createdBy: `ENV PATH=${paths.slice(5)}`, comment: note },
        { createdBy: 'ENV LANG=C.UTF-8', comment: note },
        {
          createdBy:
            'RUN /bin/sh -c set -eux; \tapt-get update; \tapt-get install -y --no-install-recommends \t\tlibbluetooth-dev \t\ttk-dev \t\tuuid-dev # buildkit',
          files: { '/usr/share/zoneinfo': { directory: true } },
          size: libraries,
          comment: note,
        },
        { createdBy: `ENV PYTHON_VERSION=${version}`, comment: note },
        {
          createdBy:
            'RUN /bin/sh -c set -eux; \t\twget -O python.tar.xz "https://www.python.org/ftp/python/${PYTHON_VERSION%%[a-z]*}/Python-$PYTHON_VERSION.tar.xz"; \tpython3 --version; \tpip3 --version # buildkit',
          files: {
            [`/usr/local/bin/python${short}`]: { program: 'python3' },
            [`/usr/local/bin/pip${short}`]: { program: 'image:pip' },
            '/usr/local/bin/pip3': { link: `pip${short}` },
            '/usr/local/bin/pip': { link: `pip${short}` },
            '/usr/local/bin/python3': { link: `python${short}` },
            [packages]: { directory: true },
            [`${packages}/pip-${pip}.dist-info`]: { directory: true },
          },
          size,
          comment: note,
        },
        {
          createdBy:
            'RUN /bin/sh -c set -eux; \tfor src in idle3 pip3 pydoc3 python3 python3-config; do \t\tdst="$(echo "$src" | tr -d 3)"; \t\tln -svT "$src" "/usr/local/bin/$dst"; \tdone # buildkit',
          files: { '/usr/local/bin/python': { link: 'python3' } },
          size: 36,
          comment: note,
        },
        { createdBy: 'CMD ["python3"]', comment: note },
      ],
    }),
  )
}

const versions = [
  ['3.14', '3.14.0', '2025-10-07T21:12:09Z'],
  ['3.13', '3.13.9', '2025-10-14T21:12:09Z'],
  ['3.12', '3.12.12', '2025-10-09T22:10:02Z'],
  ['3.11', '3.11.14', '2025-10-09T22:10:02Z'],
  ['3.10', '3.10.19', '2025-10-09T22:10:02Z'],
  ['3.9', '3.9.24', '2025-10-09T22:10:02Z'],
  ['3.8', '3.8.20', '2024-09-27T16:10:00Z'],
  ['3.7', '3.7.17', '2023-06-13T20:40:00Z'],
  ['3.6', '3.6.15', '2021-12-21T19:10:00Z'],
] as const

const made = versions.map(([short, version, created]) => ({
  short,
  version,
  full: pythonOf({ version, created, base: buildpackImage, size: 66_300_000, libraries: 18_700_000 }),
  slim: pythonOf({ version, created: later(created, 4), base: slimImage, size: 41_000_000, libraries: 3_810_000 }),
  alpine: pythonOf({ version, created: later(created, 9), base: alpineImage, size: 36_000_000, libraries: 624_000 }),
}))

export const python: CatalogueRepository = {
  name: 'docker.io/library/python',
  description: 'Python is an interpreted, interactive, object-oriented, open-source programming language.',
  stars: 10_400,
  isOfficial: true,
  tags: {
    latest: made[0].full,
    '3': made[0].full,
    slim: made[0].slim,
    alpine: made[0].alpine,
    '3-slim': made[0].slim,
    '3-alpine': made[0].alpine,
    bookworm: made[0].full,
    'slim-bookworm': made[0].slim,
    ...Object.fromEntries(
      made.flatMap(({ short, version, full, slim, alpine }) =>
        [short, version].flatMap((tag) => [
          [tag, full],
          [`${tag}-slim`, slim],
          [`${tag}-alpine`, alpine],
          [`${tag}-bookworm`, full],
          [`${tag}-slim-bookworm`, slim],
          [`${tag}-slim-bullseye`, slim],
          [`${tag}-slim-buster`, slim],
        ]),
      ),
    ),
  },
}
