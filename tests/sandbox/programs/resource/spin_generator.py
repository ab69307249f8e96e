# what: spins in a generator that swallows its own end
# class: resource
# source: own
# expect: alive
# restrictions: cpu 0.1
# cpu: 0.1
# seconds: 3


def stubborn():
    while True:
        try:
            yield 1
        except:
            pass


for step in stubborn():
    pass
