# what: logs objects whose text cannot be made
# class: language
# source: own
# expect: ends
# control: none: the harm would be in the host


class Evil:
    def __str__(self):
        return 7


class Worse:
    def __str__(self):
        return str(self)


class Raising:
    def __str__(self):
        1 / 0


class Leaky:
    def __repr__(self):
        return "x" * 10

    def __str__(self):
        log("inside\n")
        return "outside"


for kind in [Evil, Worse, Raising, Leaky]:
    try:
        log(kind(), "\n")
    except Exception:
        pass
loop = []
loop.append(loop)
log(loop, "\n")
