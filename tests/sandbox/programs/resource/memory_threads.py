# what: asks for memory in several threads at once
# class: resource
# source: own
# expect: stopped memory
# restrictions: events 8
# seconds: 10


def hoard():
    kept = []
    while True:
        kept.append("x" * 1_000_000 + str(len(kept)))


for number in range(5):
    createthread(hoard)
hoard()
