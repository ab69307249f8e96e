# what: sleeps for longer than the universe lasts
# class: resource
# source: own
# expect: alive | error
# seconds: 2

try:
    sleep(float("inf"))
except Exception:
    pass
sleep(1e18)
