# what: is ten million characters long
# class: language
# source: parser bomb
# expect: refused | ends | error | stopped memory
# control: none: an interpreter may take it
# text: "# x\n" + "x = 1\n" * 1_700_000
