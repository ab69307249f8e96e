# what: makes a lazily evaluated alias, whose value is computed where no guard looks
# class: language
# source: PEP 695, Python 3.12
# expect: refused
# control: none: Python 3.11 has no such syntax
# text: 'type X = ().__class__\n\nlog("ESCAPED:", X.__value__)\n'
