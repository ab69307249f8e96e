# what: removes files while they are open, so that their blocks are counted nowhere
# class: resource
# source: own
# expect: ends | error | stopped disk
# restrictions: diskused 300000, filewrite 100000000, fileread 10000000, filesopened 10

kept = []
for number in range(8):
    try:
        file = openfile("f", True)
        file.writeat("x" * 100_000, 0)
        kept.append(file)
        removefile("f")
    except Exception:
        pass
if len(kept) > 3:
    log("ESCAPED:", len(kept), "open files without names\n")
