# what: nests 90 blocks
# class: language
# source: parser bomb
# expect: refused
# control: none: no interpreter takes it
# text: "".join("    " * n + "if 1:\n" for n in range(110)) + "    " * 110 + "pass\n"
