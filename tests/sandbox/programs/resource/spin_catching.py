# what: spins and catches whatever is thrown at it
# class: resource
# source: own
# expect: alive
# restrictions: cpu 0.1
# cpu: 0.1
# seconds: 3

while True:
    try:
        while True:
            try:
                pass
            finally:
                continue
    except:
        continue
