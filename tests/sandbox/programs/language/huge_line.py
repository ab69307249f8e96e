# what: has one string of five million characters
# class: language
# source: parser bomb
# expect: refused | ends | error | stopped memory
# control: none: an interpreter may take it
# text: "x = '" + "a" * 5_000_000 + "'\n"
