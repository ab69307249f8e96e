# what: waits for a connection for odd times
# class: network
# source: own
# expect: ends | error
# restrictions: connport 63190
# control: none: the bare calls have no TCP


class Odd(float):
    def __float__(self):
        return 1e300


for time in [
    0,
    -1,
    float("nan"),
    float("inf"),
    -float("inf"),
    1e308,
    10**400,
    "5",
    None,
    True,
    Odd(0.1),
]:
    try:
        openconnection("127.0.0.1", 63191, "127.0.0.1", 63190, time)
        log("ESCAPED:connected\n")
    except Exception:
        pass
log("went on\n")
