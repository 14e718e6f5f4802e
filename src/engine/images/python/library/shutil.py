import _host, os
def rmtree(path, ignore_errors=False):
    _host.ask('rmtree', path)
def copy(a, b):
    if os.path.isdir(b):
        b = os.path.join(b, os.path.basename(a))
    with open(a, 'rb') as file:
        data = file.read()
    with open(b, 'wb') as file:
        file.write(data)
    return b
copyfile = copy2 = copy
def move(a, b):
    os.rename(a, os.path.join(b, os.path.basename(a)) if os.path.isdir(b) else b)
def which(name):
    for folder in os.environ.get('PATH', '').split(':'):
        if os.path.isfile(folder + '/' + name):
            return folder + '/' + name
    return None
