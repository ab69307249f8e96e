# what: draws random bytes without pause
# class: resource
# source: own
# expect: alive
# restrictions: random 10000, cpu 0.1
# cpu: 0.1
# seconds: 3

begun = getruntime()
drawn = 0
while True:
    drawn += len(randombytes())
    if drawn > 10000 * (getruntime() - begun) + 25000:
        log("ESCAPED:", drawn, "bytes in", getruntime() - begun, "s\n")
