# what: makes a generic class, for which Python imports a module behind the program's back
# class: language
# source: PEP 695, Python 3.12
# expect: refused
# control: none: Python 3.11 has no such syntax
# text: 'class C[T]:\n    pass\n\n\nlog("ESCAPED:", C.__orig_bases__)\n'
