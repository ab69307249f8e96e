# what: builds a code of variable length and reads it back
# class: ordinary
# prints: 55 bits instead of 160 True
# prints: True


def build(text):
    counts = {}
    for letter in text:
        counts[letter] = counts.get(letter, 0) + 1
    forest = sorted((count, letter, letter) for letter, count in counts.items())
    while len(forest) > 1:
        (n1, k1, left), (n2, k2, right) = forest[:2]
        forest = sorted(
            forest[2:] + [(n1 + n2, min(k1, k2), (left, right))], key=lambda t: t[:2]
        )
    codes = {}

    def walk(node, code):
        if isinstance(node, str):
            codes[node] = code or "0"
        else:
            walk(node[0], code + "0")
            walk(node[1], code + "1")

    walk(forest[0][2], "")
    return codes


text = "abracadabra alakazam"
codes = build(text)
bits = "".join(codes[letter] for letter in text)
back, table, word = "", {code: letter for letter, code in codes.items()}, ""
for bit in bits:
    word += bit
    if word in table:
        back += table[word]
        word = ""
log(len(bits), "bits instead of", len(text) * 8, back == text, "\n")
log(len(codes["a"]) <= min(len(code) for code in codes.values()), "\n")
