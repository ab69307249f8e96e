# what: makes a hundred thousand empty files, which take no bytes
# class: resource
# source: own
# expect: alive | ends | error | stopped disk
# restrictions: filewrite 1000000000, fileread 1000000000, cpu 1.0
# files: 5000
# seconds: 6
# control: maybe: a slow disk makes too few files

number = 0
while number < 100000:
    try:
        openfile("f" + str(number), True).close()
    except ResourceExhaustedError:
        break
    number += 1
