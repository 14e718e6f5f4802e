import _host
def node():
    return _host.ask('info')['hostname']
def system():
    return 'Linux'
def release():
    return _host.ask('info')['release']
def machine():
    return 'x86_64'
def python_version():
    return _host.ask('info')['version']
def platform():
    return 'Linux-' + release() + '-x86_64-with-glibc2.36'
