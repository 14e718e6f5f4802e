import _host
sep = '/'
def join(first, *rest):
    result = first
    for one in rest:
        if one.startswith('/'):
            result = one
        elif result == '' or result.endswith('/'):
            result += one
        else:
            result += '/' + one
    return result
def normpath(path):
    parts = []
    for part in path.split('/'):
        if part == '..':
            if len(parts) > 0 and parts[-1] != '..':
                parts.pop()
            elif not path.startswith('/'):
                parts.append(part)
        elif part != '' and part != '.':
            parts.append(part)
    return ('/' if path.startswith('/') else '') + '/'.join(parts) or '.'
def abspath(path):
    return normpath(join(_host.ask('cwd'), path))
def realpath(path):
    return _host.ask('realpath', abspath(path))
def exists(path):
    return _host.ask('kind', path) != ''
lexists = exists
def isfile(path):
    return _host.ask('kind', path) == 'file'
def isdir(path):
    return _host.ask('kind', path) == 'directory'
def islink(path):
    return _host.ask('islink', path)
def isabs(path):
    return path.startswith('/')
def getsize(path):
    return _host.ask('stat', path)['size']
def getmtime(path):
    return _host.ask('stat', path)['mtime']
def basename(path):
    return path[path.rfind('/') + 1:]
def dirname(path):
    at = path.rfind('/')
    return '' if at < 0 else path[:at] or '/'
def split(path):
    return dirname(path), basename(path)
def splitext(path):
    at = path.rfind('.')
    return (path, '') if at <= path.rfind('/') + 1 else (path[:at], path[at:])
def expanduser(path):
    if path == '~' or path.startswith('~/'):
        return dict(_host.ask('environ')).get('HOME', '/root') + path[1:]
    return path
def expandvars(path):
    return path
