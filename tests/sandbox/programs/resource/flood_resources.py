# what: floods its broker with calls that cost nothing
# class: resource
# source: own
# expect: alive
# restrictions: cpu 0.1
# cpu: 0.1
# seconds: 3

while True:
    getresources()
