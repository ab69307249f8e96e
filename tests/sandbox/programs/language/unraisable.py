# what: raises in a finalizer, so that the interpreter itself prints a traceback
# class: language
# source: own
# expect: ends | refused
# control: none: the leak would be a path of the host


class Noisy:
    def __del__(self):
        raise ValueError("from a finalizer")


def stubborn():
    while True:
        try:
            yield 1
        except:
            pass


Noisy()
generator = stubborn()
next(generator)
generator = None
log("bye\n")
