# what: except* with a split() that lies, a type confusion in CPython
# class: language
# source: CVE-2025-22153
# expect: refused
# control: none: the type confusion is mended in newer CPython
# line: 14


class Lying(Exception):
    def split(self, kind):
        return "not a pair"


try:
    raise Lying()
except* Lying:
    log("the check let it pass")
