/** `--mount`: a list of `key=value` pairs in which each type of mount has options of its own. */
import { badFlag } from './bad-flags.ts'
import { keyValues } from './key-values.ts'
import { bytesOfSize } from '../../base/go-units.ts'

const mountFlags = ['readonly', 'ro', 'volume-nocopy', 'bind-nonrecursive']

/** `--mount type=…,src=…,dst=…` with the options of its type. */
export function mount(text: string): Record<string, unknown> {
  const refuse = (why: string) => badFlag(text, '--mount', why)
  if (text === '') throw refuse('EOF')
  const wanted: Record<string, unknown> = { Type: 'volume' }
  const [bind, volume, tmpfs]: Record<string, unknown>[] = [{}, {}, {}]
  const isTrue = (key: string, value: string): boolean => {
    if (!/^(1|0|t|f|true|false)$/i.test(value)) throw refuse(`invalid value for ${key}: ${value}`)
    return /^(1|t|true)$/i.test(value)
  }
  for (const field of text.split(',')) {
    const equals = field.indexOf('=')
    const key = (equals < 0 ? field : field.slice(0, equals)).toLowerCase()
    if (equals < 0 && !mountFlags.includes(key)) throw refuse(`invalid field '${field}' must be a key=value pair`)
    const value = equals < 0 ? 'true' : field.slice(equals + 1)
    switch (key) {
      case 'type':
        wanted.Type = value.toLowerCase()
        break
      case 'source':
      case 'src':
        wanted.Source = value
        break
      case 'target':
      case 'dst':
      case 'destination':
        wanted.Target = value
        break
      case 'readonly':
      case 'ro':
        if (isTrue(key, value)) wanted.ReadOnly = true
        break
      case 'consistency':
        wanted.Consistency = value.toLowerCase()
        break
      case 'bind-propagation':
        bind.Propagation = value.toLowerCase()
        break
      case 'bind-nonrecursive':
        bind.NonRecursive = isTrue(key, value)
        break
      case 'bind-recursive':
        if (!['enabled', 'disabled', 'writable', 'readonly'].includes(value))
          throw refuse(`invalid value for ${key}: ${value} (must be "enabled", "disabled", "writable", or "readonly")`)
        if (value === 'disabled') bind.NonRecursive = true
        break
      case 'volume-subpath':
        volume.Subpath = value
        break
      case 'volume-nocopy':
        volume.NoCopy = isTrue(key, value)
        break
      case 'volume-label':
        volume.Labels = { ...(volume.Labels as object | undefined), ...keyValues([value]) }
        break
      case 'volume-driver':
        volume.DriverConfig = { ...(volume.DriverConfig as object | undefined), Name: value }
        break
      case 'volume-opt': {
        const driver = (volume.DriverConfig ?? {}) as { Options?: object }
        volume.DriverConfig = { ...driver, Options: { ...driver.Options, ...keyValues([value]) } }
        break
      }
      case 'tmpfs-size': {
        const bytes = bytesOfSize(value)
        if (bytes === undefined) throw refuse(`invalid value for ${key}: ${value}`)
        tmpfs.SizeBytes = bytes
        break
      }
      case 'tmpfs-mode':
        if (!/^[0-7]+$/.test(value)) throw refuse(`invalid value for ${key}: ${value}`)
        tmpfs.Mode = Number.parseInt(value, 8)
        break
      default:
        throw refuse(`unexpected key '${key}' in '${field}'`)
    }
  }
  if (wanted.Target === undefined) throw refuse('target is required')
  for (const [type, options, name] of [
    ['bind', bind, 'BindOptions'],
    ['volume', volume, 'VolumeOptions'],
    ['tmpfs', tmpfs, 'TmpfsOptions'],
  ] as const) {
    if (Object.keys(options).length === 0) continue
    if (wanted.Type !== type) throw refuse(`cannot mix '${type}-*' options with mount type '${String(wanted.Type)}'`)
    wanted[name] = options
  }
  return wanted
}
