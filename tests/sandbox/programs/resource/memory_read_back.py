# what: reads a large file back again and again and keeps everything
# class: resource
# source: own
# expect: stopped memory
# restrictions: diskused 5000000, filewrite 100000000, fileread 100000000
# seconds: 10

file = openfile("large", True)
for piece in range(40):
    file.writeat("x" * 100_000, piece * 100_000)
kept = []
while True:
    kept.append(file.readat(None, 0) + str(len(kept)))
