# what: fails in ways that make the text of the last error hard to get
# class: language
# source: own
# expect: ends
# control: none: the harm would be in the host


class Evil(Exception):
    def __str__(self):
        raise Evil()


class Large(Exception):
    def __str__(self):
        return "x" * 5_000_000


class Surrogate(Exception):
    def __str__(self):
        return "\ud800"


class Text(str):
    def __getitem__(self, place):
        return "y" * 5_000_000

    def encode(self, *arguments):
        return b"z" * 5_000_000


class Lying(Exception):
    def __str__(self):
        return Text("harmless")


for kind in [Evil, Large, Surrogate, Lying]:
    try:
        raise kind()
    except Exception:
        text = getlasterror()
        if type(text) is not str or len(text) > 20000 or "seattle_p2p" in text:
            log("ESCAPED:", kind.__name__, "\n")
        log(text[:10], "\n")
