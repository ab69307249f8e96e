# what: greets and shows its arguments
# class: ordinary
# arguments: one two
# prints: hello one two
# prints: called by initialize

log("hello", *callargs)
log("\n")
log("called by", callfunc, "\n")
