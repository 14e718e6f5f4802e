import os
def getuser():
    return os.environ.get('USER', 'root')
