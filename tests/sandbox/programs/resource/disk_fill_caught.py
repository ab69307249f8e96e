# what: goes on writing whatever it is told
# class: resource
# source: own
# expect: stopped disk | ends | error
# restrictions: diskused 500000, filewrite 100000000, fileread 1000000

written = 0
for number in range(50):
    try:
        file = openfile("part" + str(number), True)
        file.writeat("x" * 50_000, 0)
        written += 50_000
        file.close()
    except Exception:
        pass
if written > 500_000:
    log("ESCAPED:", written, "bytes\n")
