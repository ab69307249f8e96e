# what: is not UTF-8
# class: language
# source: own
# expect: refused
# control: none: no interpreter takes it
# text: b"log('\xff\xfe')\nx = '\xc3'\n"
