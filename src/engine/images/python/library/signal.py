import _host
SIGHUP, SIGINT, SIGQUIT, SIGKILL, SIGUSR1, SIGUSR2, SIGALRM, SIGTERM = 1, 2, 3, 9, 10, 12, 14, 15
SIG_DFL, SIG_IGN = 0, 1
_names = {1: 'SIGHUP', 2: 'SIGINT', 3: 'SIGQUIT', 10: 'SIGUSR1', 12: 'SIGUSR2', 14: 'SIGALRM', 15: 'SIGTERM'}
def signal(number, handler):
    if handler == 1:
        _host.onsignal(_names[number], lambda number, frame: None)
    else:
        _host.onsignal(_names[number], None if handler == 0 else handler)
def pause():
    _host.wait('sleep', 1000000)
