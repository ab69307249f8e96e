# what: grows files by turns from threads, in the hope that their sum is taken late
# class: file
# source: own
# expect: stopped disk
# restrictions: diskused 200000, filewrite 50000000, filesopened 5, events 6, cpu 1.0
# control: bare
# seconds: 15


def grow(name):
    def run():
        file = openfile(name, True)
        end = 0
        while True:
            file.writeat("x" * 1000, end)
            end += 1000

    return run


for number in range(4):
    createthread(grow("part" + str(number)))
grow("last")()
