# what: asks for the debugger
# class: language
# source: own
# expect: refused | error
# control: none: it would wait for a person

breakpoint()
log("ESCAPED:breakpoint")
