# what: leaves an uncaught exception whose text is an object of a lying class
# class: language
# source: own
# expect: error
# control: none: the harm would be in the host that prints it


class Text(str):
    def encode(self, *arguments):
        return b"ESCAPED" + b":encoded by the program"

    def __str__(self):
        return self

    def splitlines(self, *arguments):
        return ["ESCAPED" + ":split by the program"]


class Evil(Exception):
    def __str__(self):
        return Text("harmless")


raise Evil()
