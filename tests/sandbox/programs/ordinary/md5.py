# what: computes MD5 in pure Python; the answers are those of RFC 1321
# class: ordinary
# prints: d41d8cd98f00b204e9800998ecf8427e
# prints: 900150983cd24fb0d6963f7d28e17f72
# prints: f96b697d7cb7938d525a2f31aaf161d0

SHIFTS = [7, 12, 17, 22] * 4 + [5, 9, 14, 20] * 4 + [4, 11, 16, 23] * 4 + [6, 10, 15, 21] * 4


def sine(x):
    while x > 6.283185307179586:
        x -= 6.283185307179586
    total, term = 0.0, x
    for n in range(1, 30):
        total += term
        term *= -x * x / ((2 * n) * (2 * n + 1))
    return total


K = [int(abs(sine(i + 1)) * 2**32) & 0xFFFFFFFF for i in range(64)]


def md5(text):
    data = [ord(c) for c in text]
    size = len(data) * 8
    data.append(0x80)
    while len(data) % 64 != 56:
        data.append(0)
    data += [(size >> (8 * i)) & 0xFF for i in range(8)]
    a0, b0, c0, d0 = 0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476
    for block in range(0, len(data), 64):
        m = [sum(data[block + i * 4 + k] << (8 * k) for k in range(4)) for i in range(16)]
        a, b, c, d = a0, b0, c0, d0
        for i in range(64):
            if i < 16:
                f, g = (b & c) | (~b & d), i
            elif i < 32:
                f, g = (d & b) | (~d & c), (5 * i + 1) % 16
            elif i < 48:
                f, g = b ^ c ^ d, (3 * i + 5) % 16
            else:
                f, g = c ^ (b | (~d & 0xFFFFFFFF)), (7 * i) % 16
            f = (f + a + K[i] + m[g]) & 0xFFFFFFFF
            a, d, c = d, c, b
            b = (b + ((f << SHIFTS[i]) | (f >> (32 - SHIFTS[i])))) & 0xFFFFFFFF
        a0, b0, c0, d0 = [(x + y) & 0xFFFFFFFF for x, y in ((a0, a), (b0, b), (c0, c), (d0, d))]
    return "".join("%02x" % ((x >> (8 * i)) & 0xFF) for x in (a0, b0, c0, d0) for i in range(4))


for text in ("", "abc", "message digest"):
    log(md5(text), "\n")
