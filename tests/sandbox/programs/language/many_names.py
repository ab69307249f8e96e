# what: assigns 200,000 different names
# class: language
# source: parser bomb
# expect: refused | ends | error | stopped memory
# control: none: an interpreter may take it
# text: "".join("n%d = %d\n" % (n, n) for n in range(200000))
