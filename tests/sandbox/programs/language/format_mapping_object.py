# what: gives format_map a mapping of its own class, whose items are asked for attributes
# class: language
# source: own
# expect: ends


class Table:
    def __getitem__(self, key):
        return 0


try:
    got = "{any.__class__.__mro__}".format_map(Table())
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:format_map with an object")
