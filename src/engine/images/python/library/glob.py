import os, fnmatch
def glob(pattern):
    folder, name = os.path.split(pattern)
    return [os.path.join(folder, one) if folder else one for one in os.listdir(folder or '.') if fnmatch.fnmatch(one, name) and (not one.startswith('.') or name.startswith('.'))]
