import _host
PIPE = -1
STDOUT = -2
DEVNULL = -3
class SubprocessError(Exception): pass
class CalledProcessError(SubprocessError):
    def __init__(self, returncode, cmd, output=None, stderr=None):
        SubprocessError.__init__(self, returncode, cmd)
        self.returncode, self.cmd, self.output, self.stderr = returncode, cmd, output, stderr
        self.stdout = output
    def __str__(self):
        return 'Command ' + repr(self.cmd) + ' returned non-zero exit status ' + str(self.returncode) + '.'
class CompletedProcess:
    def __init__(self, args, returncode, stdout=None, stderr=None):
        self.args, self.returncode, self.stdout, self.stderr = args, returncode, stdout, stderr
    def check_returncode(self):
        if self.returncode:
            raise CalledProcessError(self.returncode, self.args, self.stdout, self.stderr)
    def __repr__(self):
        return 'CompletedProcess(args=%r, returncode=%r)' % (self.args, self.returncode)
def run(args, stdin=None, input=None, stdout=None, stderr=None, capture_output=False, shell=False, cwd=None, timeout=None, check=False, encoding=None, errors=None, text=None, env=None, universal_newlines=None):
    keepsOut = capture_output or stdout is not None
    keepsErr = capture_output or stderr is not None
    if input is not None:
        input = _host.binary(input) if isinstance(input, bytes) else _host.ask('utf8', input)
    if isinstance(args, str) and not shell:
        args = [args]
    before = _host.ask('cwd')
    if cwd is not None:
        _host.ask('chdir', cwd)
    done = _host.wait('run', args if isinstance(args, str) else [str(one) for one in args], shell, input, {'out': keepsOut, 'err': keepsErr})
    if cwd is not None:
        _host.ask('chdir', before)
    isText = text or universal_newlines or encoding is not None
    shown = (lambda one: _host.ask('fromUtf8', one)) if isText else (lambda one: _host.bytes(one))
    out = done['out'] + (done['err'] if stderr == STDOUT else '')
    result = CompletedProcess(args, done['code'], shown(out) if keepsOut and stdout != DEVNULL else None, shown(done['err']) if keepsErr and stderr not in (STDOUT, DEVNULL) else None)
    if check:
        result.check_returncode()
    return result
def call(args, **options):
    return run(args, **options).returncode
def check_call(args, **options):
    return run(args, check=True, **options).returncode
def check_output(args, **options):
    return run(args, stdout=PIPE, check=True, **options).stdout
def getoutput(command):
    return run(command, shell=True, stdout=PIPE, stderr=STDOUT, text=True).stdout.rstrip('\n')
class Popen:
    def __init__(self, args, stdin=None, stdout=None, stderr=None, shell=False, text=None, cwd=None, env=None, universal_newlines=None):
        self._done = run(args, stdout=stdout, stderr=stderr, shell=shell, text=text, cwd=cwd)
        self.returncode = self._done.returncode
    def communicate(self, input=None, timeout=None):
        return (self._done.stdout, self._done.stderr)
    def wait(self, timeout=None):
        return self.returncode
    def poll(self):
        return self.returncode
