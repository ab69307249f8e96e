# what: keeps a set in bits and measures how often it is wrong
# class: ordinary
# prints: True
# prints: wrong in a thousand below 50: True


class Bloom:
    def __init__(self, size, hashes):
        self._bits = bytearray(size // 8)
        self._size, self._hashes = size, hashes

    def _places(self, text):
        first = second = 0
        for letter in text:
            first = (first * 31 + ord(letter)) & 0xFFFFFFFF
            second = (second * 131 + ord(letter) + 7) & 0xFFFFFFFF
        for number in range(self._hashes):
            yield (first + number * second) % self._size

    def add(self, text):
        for place in self._places(text):
            self._bits[place // 8] |= 1 << place % 8

    def __contains__(self, text):
        return all(self._bits[place // 8] >> place % 8 & 1 for place in self._places(text))


bloom = Bloom(8192, 5)
for n in range(500):
    bloom.add("member%d" % n)
log(all("member%d" % n in bloom for n in range(500)), "\n")
log(
    "wrong in a thousand below 50:", sum("other%d" % n in bloom for n in range(1000)) < 50, "\n"
)
