# what: leaves a chain of 50,000 exceptions, each raised from the one before
# class: language
# source: own
# expect: error | stopped memory | crash
# seconds: 20
# control: none: the harm would be in the host that prints it

last = None
for number in range(50000):
    try:
        try:
            raise ValueError(number)
        except ValueError as problem:
            raise KeyError(number) from (last or problem)
    except KeyError as problem:
        last = problem
raise last
