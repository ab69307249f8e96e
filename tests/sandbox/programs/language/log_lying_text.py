# what: logs a subclass of str that lies about its length and its bytes
# class: language
# source: own
# expect: ends | error
# control: none: the harm would be in the meter


class Text(str):
    def __str__(self):
        return self

    def __len__(self):
        return 0

    def encode(self, *arguments):
        return b"ESCAPED" + b":its own bytes"

    def __add__(self, other):
        return "ESCAPED" + ":its own sum"

    def __radd__(self, other):
        return "ESCAPED" + ":its own sum"

    def join(self, parts):
        return "ESCAPED" + ":its own join"

    def __format__(self, spec):
        return "ESCAPED" + ":its own format"


log(Text("harmless"), "\n")
