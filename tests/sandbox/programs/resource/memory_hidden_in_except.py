# what: asks for memory inside handlers of MemoryError, for ever
# class: resource
# source: own
# expect: stopped memory | alive
# seconds: 5

hoard = []
while True:
    try:
        hoard.append("x" * 1_000_000 + str(len(hoard)))
    except:
        try:
            hoard.append("y" * 100_000 + str(len(hoard)))
        except:
            try:
                hoard.append(str(len(hoard)) * 1000)
            except:
                pass
