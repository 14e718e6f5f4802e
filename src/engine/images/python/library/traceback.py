import sys
def print_exc():
    sys.stderr.write('Traceback (most recent call last):\n')
def format_exc():
    return 'Traceback (most recent call last):\n'
