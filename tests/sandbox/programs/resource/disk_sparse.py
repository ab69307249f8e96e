# what: writes far beyond the end of a file, which costs no disk at first
# class: resource
# source: own
# expect: ends | error | stopped disk
# restrictions: diskused 500000

file = openfile("sparse", True)
for place in [10**6, 10**9, 2**31, 2**40, 2**63 - 1, 2**63, 2**64, 2**80, -1, -(2**63)]:
    try:
        file.writeat("x", place)
        log("ESCAPED:wrote at", place, "\n")
    except (SeekPastEndOfFileError, RepyArgumentError):
        pass
