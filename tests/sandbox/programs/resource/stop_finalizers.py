# what: hopes to go on in finalizers when asked to end
# class: resource
# source: own
# expect: alive | refused
# seconds: 2
# control: none: the end is judged


class Clinging:
    def __del__(self):
        while True:
            log("ESCAPED:finalizer ran\n")


kept = Clinging()
while True:
    sleep(1)
