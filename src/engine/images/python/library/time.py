import _host
import _skulpt_time as _base
from _skulpt_time import strftime, gmtime, localtime, mktime, ctime, asctime, strptime, struct_time
timezone = 0
tzname = ('UTC', 'UTC')
_begun = _host.ask('now')
def time():
    return _host.ask('now')
def time_ns():
    return int(_host.ask('now') * 1000) * 1000000
def perf_counter():
    return _host.ask('now') - _begun
def monotonic():
    return _host.ask('now') - _begun + 100
process_time = perf_counter
def sleep(seconds):
    if seconds < 0:
        raise ValueError('sleep length must be non-negative')
    _host.wait('sleep', seconds)
