# what: fills the disk from several threads at once, between check and write
# class: resource
# source: own
# expect: stopped disk | error | ends
# restrictions: diskused 500000, filewrite 100000000, events 8


def fill(number):
    file = openfile("part" + str(number), True)
    for piece in range(10):
        file.writeat("x" * 50_000, piece * 50_000)


def worker(number):
    return lambda: fill(number)


for number in range(6):
    createthread(worker(number))
