# what: sleeps for odd times
# class: resource
# source: own
# expect: ends | error
# control: none: no harm in itself


class Odd(float):
    def __float__(self):
        return -1.0

    def __lt__(self, other):
        return False


for time in [float("nan"), -1, -1e308, "1", None, True, Odd(0.0), [], 10**400]:
    try:
        sleep(time)
    except Exception:
        pass
log("went on\n")
