# what: gives back locks that it does not hold, and passes odd arguments
# class: resource
# source: own
# expect: ends | error
# control: none: no harm in itself

lock = createlock()
for call in [
    lambda: lock.release(),
    lambda: lock.acquire("x"),
    lambda: lock.acquire(True, 5),
    lambda: lock.acquire(),
    lambda: lock.release(),
    lambda: lock.release(),
]:
    try:
        call()
    except Exception:
        pass
if lock.acquire(False) is not True:
    log("lock is held\n")
