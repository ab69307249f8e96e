# what: climbs from a generator to its frame
# class: language
# source: CVE-2023-37271
# expect: refused
# line: 12


def numbers():
    yield 1


frame = numbers().gi_frame
if frame:
    log("ESCAPED:gi_frame")
