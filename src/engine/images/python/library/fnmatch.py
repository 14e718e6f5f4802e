import re
def fnmatch(name, pattern):
    text = ''.join(['.*' if one == '*' else '.' if one == '?' else re.escape(one) for one in pattern])
    return re.fullmatch(text, name) is not None
