# what: makes calls when there is no memory left; after it every call must still be answered
# class: language
# source: own
# expect: ends | error | stopped memory
# restrictions: fileread 100000000, filewrite 100000000
# control: none: the harm would be a call that never returns

hoard = []
size = 4_000_000
while size > 64:
    try:
        hoard.append(bytearray(size))
    except MemoryError:
        size //= 2
        for call in [listfiles, getresources, randombytes, lambda: log("")]:
            try:
                call()
            except Exception:
                pass
    if len(hoard) > 3000:
        break
hoard.clear()
log("still answered: ", listfiles(), "\n")
