# what: catches what exitall raises
# class: language
# source: own
# expect: ends
# control: none: a bare run has no exitall of ours

try:
    exitall()
except:
    log("ESCAPED:exitall was caught")
finally:
    log("ESCAPED:finally after exitall")
