# what: logs the same large text many times in one call
# class: resource
# source: own
# expect: stopped memory | alive | error
# restrictions: lograte 30000
# seconds: 3

text = "x" * 2_000_000
log(*[text] * 100)
