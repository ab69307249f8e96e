# what: spins in four threads
# class: resource
# source: own
# expect: alive
# restrictions: cpu 0.1, events 6
# cpu: 0.1
# seconds: 3


def spin():
    while True:
        pass


for number in range(4):
    createthread(spin)
spin()
