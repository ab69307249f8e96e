# what: leaves an uncaught exception whose text is made by hostile code
# class: language
# source: own
# expect: error
# control: none: the harm would be in the host that prints it


class Evil(Exception):
    def __str__(self):
        raise Evil()

    def __repr__(self):
        raise Evil()


raise Evil()
