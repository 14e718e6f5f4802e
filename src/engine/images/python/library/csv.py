def _row(line, delimiter):
    cells, cell, isQuoted, at = [], '', False, 0
    while at < len(line):
        letter = line[at]
        if isQuoted:
            if letter == '"' and line[at + 1:at + 2] == '"':
                cell += '"'
                at += 1
            elif letter == '"':
                isQuoted = False
            else:
                cell += letter
        elif letter == '"':
            isQuoted = True
        elif letter == delimiter:
            cells.append(cell)
            cell = ''
        else:
            cell += letter
        at += 1
    cells.append(cell)
    return cells
def reader(lines, delimiter=','):
    for line in lines:
        yield _row(line.rstrip('\r\n'), delimiter)
def DictReader(lines, delimiter=','):
    names = None
    for row in reader(lines, delimiter):
        if names is None:
            names = row
        else:
            yield dict(zip(names, row))
class writer:
    def __init__(self, file, delimiter=','):
        self._file, self._delimiter = file, delimiter
    def writerow(self, row):
        self._file.write(self._delimiter.join(['"' + str(one).replace('"', '""') + '"' if self._delimiter in str(one) or '"' in str(one) else str(one) for one in row]) + '\r\n')
    def writerows(self, rows):
        for row in rows:
            self.writerow(row)
