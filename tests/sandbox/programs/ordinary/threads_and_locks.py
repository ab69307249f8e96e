# what: counts in several threads under a lock and waits for all of them
# class: ordinary
# restrictions: events 6
# prints: 1000
# prints: released twice

lock = createlock()
done = createlock()
done.acquire(True)
state = {"count": 0, "left": 4}


def work():
    for step in range(250):
        lock.acquire(True)
        state["count"] += 1
        lock.release()
    lock.acquire(True)
    state["left"] -= 1
    if state["left"] == 0:
        done.release()
    lock.release()


for number in range(4):
    createthread(work)
done.acquire(True)
log(state["count"], "\n")
try:
    done.release()
    done.release()
except LockDoubleReleaseError:
    log("released twice\n")
