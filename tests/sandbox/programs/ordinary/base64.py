# what: encodes and decodes base64 and hexadecimal by hand
# class: ordinary
# prints:  True
# prints: Zg== True
# prints: Zm8= True
# prints: Zm9v True
# prints: Zm9vYg== True
# prints: Zm9vYmE= True
# prints: Zm9vYmFy True
# prints: /wB/ True
# prints: 73656174746c65 se

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def encode(text):
    out = []
    for start in range(0, len(text), 3):
        part = text[start : start + 3]
        number = 0
        for place in range(3):
            number = number << 8 | (ord(part[place]) if place < len(part) else 0)
        letters = [LETTERS[number >> shift & 63] for shift in (18, 12, 6, 0)]
        for place in range(len(part) + 1, 4):
            letters[place] = "="
        out += letters
    return "".join(out)


def decode(text):
    out = ""
    for start in range(0, len(text), 4):
        part = text[start : start + 4]
        number = 0
        for letter in part:
            number = number << 6 | (0 if letter == "=" else LETTERS.index(letter))
        out += "".join(chr(number >> shift & 255) for shift in (16, 8, 0))[
            : 3 - part.count("=")
        ]
    return out


for text in ("", "f", "fo", "foo", "foob", "fooba", "foobar", "\xff\x00\x7f"):
    log(encode(text), decode(encode(text)) == text, "\n")
log("".join("%02x" % ord(c) for c in "seattle"), bytes.fromhex("7365").decode(), "\n")
