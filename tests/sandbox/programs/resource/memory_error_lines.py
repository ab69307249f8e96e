# what: leaves an uncaught exception with a text of a million lines
# class: resource
# source: own
# expect: stopped memory | error | alive
# seconds: 5

raise ValueError("line\n" * 1_000_000)
