# what: keeps memory in the frames of a deep recursion of generators
# class: resource
# source: own
# expect: stopped memory | error
# seconds: 15


def dive(depth):
    data = "x" * 100000 + str(depth)
    if depth < 900:
        yield from dive(depth + 1)
    yield data


for step in dive(0):
    pass
