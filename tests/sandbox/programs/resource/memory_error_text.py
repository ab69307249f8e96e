# what: leaves an uncaught exception with a text of sixty million characters
# class: resource
# source: Seattle's repy
# expect: stopped memory | error | alive
# seconds: 5

raise ValueError("x" * 20_000_000)
