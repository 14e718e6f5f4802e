import sys, os
class Namespace:
    def __repr__(self):
        return 'Namespace(' + ', '.join([key + '=' + repr(value) for key, value in self.__dict__.items()]) + ')'
class _Argument:
    pass
class ArgumentParser:
    def __init__(self, prog=None, description=None, epilog=None, **options):
        self.prog = prog or os.path.basename(sys.argv[0])
        self.description = description
        self._all = []
    def add_argument(self, *names, **options):
        one = _Argument()
        one.names = names
        one.isOption = names[0].startswith('-')
        longs = [name for name in names if name.startswith('--')]
        one.dest = options.get('dest') or (longs[0] if longs else names[0]).lstrip('-').replace('-', '_')
        one.type = options.get('type')
        one.action = options.get('action', 'store')
        one.default = options.get('default', False if one.action == 'store_true' else True if one.action == 'store_false' else None)
        one.required = options.get('required', False)
        one.help = options.get('help', '')
        one.nargs = options.get('nargs')
        one.choices = options.get('choices')
        self._all.append(one)
        return one
    def _usage(self):
        parts = ['[-h]']
        for one in self._all:
            if one.isOption:
                shown = one.names[0] + ('' if one.action.startswith('store_') or one.action == 'count' else ' ' + one.dest.upper())
                parts.append(shown if one.required else '[' + shown + ']')
        for one in self._all:
            if not one.isOption:
                parts.append('[' + one.dest + ' ...]' if one.nargs in ('*',) else '[' + one.dest + ']' if one.nargs == '?' else one.dest)
        return 'usage: ' + self.prog + ' ' + ' '.join(parts) + '\n'
    def print_help(self):
        text = self._usage() + '\n'
        if self.description:
            text += self.description + '\n\n'
        row = lambda left, help: '  ' + left + ('\n' + ' ' * 24 if len(left) > 20 else ' ' * (22 - len(left))) + help + '\n'
        fixed = [one for one in self._all if not one.isOption]
        if fixed:
            text += 'positional arguments:\n' + ''.join([row(one.dest, one.help) for one in fixed]) + '\n'
        text += 'options:\n' + row('-h, --help', 'show this help message and exit')
        for one in self._all:
            if one.isOption:
                value = '' if one.action.startswith('store_') or one.action == 'count' else ' ' + one.dest.upper()
                text += row(', '.join([name + value for name in one.names]), one.help)
        sys.stdout.write(text)
    def error(self, message):
        sys.stderr.write(self._usage() + self.prog + ': error: ' + message + '\n')
        sys.exit(2)
    def _value(self, one, text):
        if one.type is not None:
            try:
                text = one.type(text)
            except ValueError:
                self.error('argument %s: invalid %s value: %r' % ('/'.join(one.names), one.type.__name__, text))
        if one.choices is not None and text not in one.choices:
            self.error('argument %s: invalid choice: %r (choose from %s)' % ('/'.join(one.names), text, ', '.join([repr(each) for each in one.choices])))
        return text
    def parse_args(self, args=None):
        args = list(sys.argv[1:] if args is None else args)
        result = Namespace()
        for one in self._all:
            setattr(result, one.dest, one.default)
        given = []
        plain = []
        while len(args) > 0:
            arg = args.pop(0)
            if arg in ('-h', '--help'):
                self.print_help()
                sys.exit(0)
            name, value = arg.split('=', 1) if arg.startswith('--') and '=' in arg else (arg, None)
            found = [one for one in self._all if one.isOption and name in one.names]
            if not arg.startswith('-') or arg == '-' or (len(found) == 0 and arg[1:].replace('.', '').isdigit()):
                plain.append(arg)
                continue
            if len(found) == 0:
                self.error('unrecognized arguments: ' + arg)
            one = found[0]
            given.append(one.dest)
            if one.action == 'store_true' or one.action == 'store_false':
                setattr(result, one.dest, one.action == 'store_true')
            elif one.action == 'count':
                setattr(result, one.dest, (getattr(result, one.dest) or 0) + 1)
            elif one.nargs in ('*', '+'):
                values = []
                while len(args) > 0 and not args[0].startswith('-'):
                    values.append(self._value(one, args.pop(0)))
                setattr(result, one.dest, values)
            else:
                if value is None:
                    if len(args) == 0:
                        self.error('argument ' + '/'.join(one.names) + ': expected one argument')
                    value = args.pop(0)
                value = self._value(one, value)
                if one.action == 'append':
                    setattr(result, one.dest, (getattr(result, one.dest) or []) + [value])
                else:
                    setattr(result, one.dest, value)
        missing = []
        for one in self._all:
            if one.isOption:
                if one.required and one.dest not in given:
                    missing.append('/'.join(one.names))
            elif one.nargs in ('*', '+'):
                if one.nargs == '+' and len(plain) == 0:
                    missing.append(one.dest)
                setattr(result, one.dest, [self._value(one, each) for each in plain])
                plain = []
            elif len(plain) > 0:
                setattr(result, one.dest, self._value(one, plain.pop(0)))
            elif one.nargs != '?':
                missing.append(one.dest)
        if missing:
            self.error('the following arguments are required: ' + ', '.join(missing))
        if plain:
            self.error('unrecognized arguments: ' + ' '.join(plain))
        return result
