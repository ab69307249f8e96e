# what: opens more files than it may hold
# class: resource
# source: own
# expect: ends | error
# restrictions: filesopened 5

opened = []
for number in range(50):
    try:
        opened.append(openfile("f" + str(number), True))
    except ResourceExhaustedError:
        pass
if len(opened) > 5:
    log("ESCAPED:", len(opened), "files\n")
