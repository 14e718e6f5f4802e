import sys, json
_usage = '''usage: python -m json.tool [-h] [--sort-keys] [--no-ensure-ascii] [--json-lines]
                           [--indent INDENT | --tab | --no-indent | --compact]
                           [infile] [outfile]
python -m json.tool: error: '''
def json_tool(args):
    indent, sort, ascii, compact, lines, paths = 4, False, True, False, False, []
    at = 0
    while at < len(args):
        arg = args[at]
        if arg == '--sort-keys':
            sort = True
        elif arg == '--no-ensure-ascii':
            ascii = False
        elif arg == '--compact':
            compact = True
        elif arg == '--json-lines':
            lines = True
        elif arg == '--tab':
            indent = '\t'
        elif arg == '--no-indent':
            indent = None
        elif arg == '--indent':
            at += 1
            indent = int(args[at])
        elif arg.startswith('-') and arg != '-':
            sys.stderr.write(_usage + 'unrecognized arguments: ' + arg + '\n')
            sys.exit(2)
        else:
            paths.append(arg)
        at += 1
    try:
        text = (sys.stdin if len(paths) == 0 or paths[0] == '-' else open(paths[0])).read()
        values = [json.loads(line) for line in text.splitlines()] if lines else [json.loads(text)]
    except OSError as problem:
        sys.stderr.write(_usage + "argument infile: can't open '" + paths[0] + "': " + str(problem) + '\n')
        sys.exit(2)
    except ValueError as problem:
        sys.exit(str(problem))
    out = sys.stdout if len(paths) < 2 else open(paths[1], 'w')
    for value in values:
        out.write(json.dumps(value, sort_keys=sort, ensure_ascii=ascii, separators=(',', ':')) if compact else json.dumps(value, sort_keys=sort, ensure_ascii=ascii, indent=indent))
        out.write('\n')
    out.flush()
