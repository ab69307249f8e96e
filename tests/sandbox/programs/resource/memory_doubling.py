# what: doubles a text until it dies
# class: resource
# source: own
# expect: stopped memory

text = "x"
while True:
    text = text + text
