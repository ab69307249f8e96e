# what: writes more than its share of the disk, in one file
# class: resource
# source: own
# expect: stopped disk | error
# restrictions: diskused 500000, filewrite 100000000

file = openfile("large", True)
for piece in range(100):
    file.writeat("x" * 100_000, piece * 100_000)
log("ESCAPED:wrote ten megabytes\n")
