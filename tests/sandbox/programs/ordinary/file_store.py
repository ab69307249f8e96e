# what: keeps numbers of fixed length in a file and changes them in place
# class: ordinary
# prints: 10 1009 1285
# prints: ['numbers']
# prints: no such file
# prints: past the end
# prints: []

WIDTH = 8


class Store:
    def __init__(self, name):
        self._file = openfile(name, True)
        self._count = 0

    def append(self, number):
        self._file.writeat(("%d" % number).rjust(WIDTH), self._count * WIDTH)
        self._count += 1

    def __getitem__(self, place):
        return int(self._file.readat(WIDTH, place * WIDTH))

    def __setitem__(self, place, number):
        self._file.writeat(("%d" % number).rjust(WIDTH), place * WIDTH)

    def __len__(self):
        return len(self._file.readat(None, 0)) // WIDTH

    def close(self):
        self._file.close()


store = Store("numbers")
for n in range(10):
    store.append(n * n)
store[3] += 1000
log(len(store), store[3], sum(store[n] for n in range(10)), "\n")
store.close()
log(sorted(listfiles()), "\n")
try:
    openfile("numbers2", False)
except FileNotFoundError:
    log("no such file\n")
again = openfile("numbers", False)
try:
    again.readat(1, 1000)
except SeekPastEndOfFileError:
    log("past the end\n")
again.close()
removefile("numbers")
log(sorted(listfiles()), "\n")
