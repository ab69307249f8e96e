# what: leaves a finalizer that never ends
# class: language
# source: Seattle's repy
# expect: ends | refused
# seconds: 5
# control: none: it would never end


class Clinging:
    def __del__(self):
        while True:
            pass


clinging = Clinging()
log("bye\n")
