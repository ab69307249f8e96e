# what: has an expression evaluated in a type parameter's scope, where no guard looks
# class: language
# source: PEP 695, Python 3.12
# expect: refused
# control: none: Python 3.11 has no such syntax
# text: 'def f[T: (lambda: T.__globals__)()](x):\n    return x\n\n\nlog("ESCAPED:", f.__type_params__)\n'
