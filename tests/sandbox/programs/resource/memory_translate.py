# what: makes a huge text out of two small ones by translating one into the other
# class: resource
# source: own
# expect: error | stopped memory
# seconds: 10

part = "b" * 100_000
text = ("a" * 10_000).translate({97: part})
log("ESCAPED:", len(text), "characters\n")
