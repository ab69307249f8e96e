# what: replaces API functions that the host itself might call
# class: language
# source: own
# expect: ends | error
# control: none: needs API objects

log_before = log
log = None
mycontext = None
callargs = None
getattr = lambda thing, name: thing
Exception = int
str = int
len = None
log_before("still here\n")
