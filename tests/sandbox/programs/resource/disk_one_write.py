# what: writes 136 megabytes in one call
# class: resource
# source: Seattle's repy
# expect: stopped disk | stopped memory | error
# restrictions: diskused 500000, memory 400000000, filewrite 1000000000
# seconds: 15

text = "x" * 136_000_000
file = openfile("large", True)
file.writeat(text, 0)
log("ESCAPED:wrote 136 megabytes\n")
