# what: floods its broker with calls that fail
# class: resource
# source: own
# expect: alive
# restrictions: cpu 0.1
# cpu: 0.1
# seconds: 3
# control: maybe: depends on the machine

while True:
    try:
        openfile("missing", False)
    except Exception:
        pass
    try:
        removefile("missing")
    except Exception:
        pass
