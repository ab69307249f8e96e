# what: asks for the time without pause
# class: resource
# source: own
# expect: alive
# restrictions: cpu 0.1
# cpu: 0.1
# seconds: 3

while True:
    getruntime()
