# what: raises its own limits through what getresources returns
# class: resource
# source: own
# expect: ends | error | stopped disk
# restrictions: diskused 100000, filewrite 10000000

limits = getresources()[0]
try:
    for name in list(limits):
        limits[name] = 10**12
except Exception:
    pass
file = openfile("large", True)
written = 0
try:
    for piece in range(10):
        file.writeat("x" * 50_000, piece * 50_000)
        written += 50_000
except Exception:
    pass
if written > 100_000:
    log("ESCAPED:", written, "bytes\n")
