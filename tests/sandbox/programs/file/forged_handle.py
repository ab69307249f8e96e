# what: puts an object of its own in the place of a handle
# class: file
# source: own
# expect: ends | error
# control: none: a bare file has no handle to forge


class Forged:
    def __init__(self, number):
        self.number = self._number = self.handle = self._handle = self.fd = number


file = openfile("mine", True)
for number in range(-1, 30):
    for call in [file.readat, file.writeat]:
        for arguments in [(Forged(number), 10, 0), (number, 10, 0), (Forged(number), 0)]:
            try:
                call(*arguments)
                log("ESCAPED:called\n")
            except Exception:
                pass
