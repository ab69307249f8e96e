# what: learns addresses of the donor's inner network from getmyip
# class: network
# source: own
# expect: ends | error
# network: none
# control: none: what is told is the donor's choice

try:
    found = getmyip()
    if type(found) is not str:
        log("ESCAPED:", found, "\n")
except Exception:
    pass
