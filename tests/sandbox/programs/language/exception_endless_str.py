# what: leaves an uncaught exception whose text takes for ever to make
# class: language
# source: own
# expect: error | alive | stopped
# seconds: 3
# control: none: it would never end


class Evil(Exception):
    def __str__(self):
        while True:
            pass


raise Evil()
