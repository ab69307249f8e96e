# what: asks for its address where the machine has no network
# class: network
# source: own
# expect: ends
# network: none
# control: none: nothing is to be got here

try:
    getmyip()
    log("ESCAPED: there is no way out\n")
except InternetConnectivityError:
    pass
