# what: reads a generator's frame with a format field
# class: language
# source: CVE-2023-37271
# expect: ends


def numbers():
    yield 1


try:
    got = "{0.gi_frame.f_globals}".format(numbers())
except Exception:
    got = ""
if "numbers" in got:
    log("ESCAPED:frame by format")
