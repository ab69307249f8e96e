# what: logs sixty million characters in one call
# class: resource
# source: Seattle's repy
# expect: stopped memory | alive | error
# restrictions: lograte 30000
# seconds: 3

log("x" * 60_000_000)
