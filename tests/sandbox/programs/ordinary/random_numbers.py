# what: draws random bytes and looks at their spread
# class: ordinary
# restrictions: random 100000
# prints: drew 4096 bytes
# prints: spread evenly True
# prints: differ True

counts = [0] * 4
for draw in range(4):
    for letter in randombytes():
        counts[ord(letter) // 64] += 1
log("drew", sum(counts), "bytes\n")
log("spread evenly", all(850 < count < 1200 for count in counts), "\n")
log("differ", randombytes() != randombytes(), "\n")
