# what: searches texts in the slowest way there is
# class: resource
# source: own
# expect: alive | stopped memory
# restrictions: cpu 0.1
# cpu: 0.1
# seconds: 3

hay = "a" * 2_000_000
needle = "a" * 1_000_000 + "b"
while True:
    needle in hay
    hay.replace("aa", "b").count("b")
