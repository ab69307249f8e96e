# what: nests f-strings and their specifications
# class: language
# source: parser bomb
# expect: refused | error | ends | stopped memory
# control: none: no interpreter takes it
# text: "x = 1\ny = f'" + "{x:" * 500 + "}" * 500 + "'\n"
