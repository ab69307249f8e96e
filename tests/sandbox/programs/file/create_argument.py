# what: gives openfile odd values for its second argument
# class: file
# source: own
# expect: ends | error


class Liar:
    def __bool__(self):
        return True


for create in [1, 0, "yes", None, [], Liar(), 2**100]:
    try:
        openfile("new", create)
        log("ESCAPED:opened\n")
    except RepyArgumentError:
        pass
