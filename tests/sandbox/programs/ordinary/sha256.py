# what: computes SHA-256 in pure Python; the answers are those of FIPS 180-2
# class: ordinary
# prints: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
# prints: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
# prints: 248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1


def primes(count):
    found, n = [], 2
    while len(found) < count:
        if all(n % p for p in found):
            found.append(n)
        n += 1
    return found


def root_bits(n, power):
    low, high = 0, n << 40
    target = n << (32 * power)
    while low + 1 < high:
        middle = (low + high) // 2
        if middle**power <= target:
            low = middle
        else:
            high = middle
    return low & 0xFFFFFFFF


K = [root_bits(p, 3) for p in primes(64)]
START = [root_bits(p, 2) for p in primes(8)]


def turn(x, n):
    return ((x >> n) | (x << (32 - n))) & 0xFFFFFFFF


def sha256(data):
    size = len(data) * 8
    data = data + b"\x80"
    data += b"\0" * ((56 - len(data)) % 64) + size.to_bytes(8, "big")
    state = list(START)
    for block in range(0, len(data), 64):
        w = [int.from_bytes(data[block + i * 4 : block + i * 4 + 4], "big") for i in range(16)]
        for i in range(16, 64):
            s0 = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ (w[i - 15] >> 3)
            s1 = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ (w[i - 2] >> 10)
            w.append((w[i - 16] + s0 + w[i - 7] + s1) & 0xFFFFFFFF)
        a, b, c, d, e, f, g, h = state
        for i in range(64):
            s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)
            t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) & 0xFFFFFFFF
            s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)
            t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) & 0xFFFFFFFF
            a, b, c, d, e, f, g, h = (
                (t1 + t2) & 0xFFFFFFFF,
                a,
                b,
                c,
                (d + t1) & 0xFFFFFFFF,
                e,
                f,
                g,
            )
        state = [(x + y) & 0xFFFFFFFF for x, y in zip(state, (a, b, c, d, e, f, g, h))]
    return "".join("%08x" % x for x in state)


for text in (b"", b"abc", b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"):
    log(sha256(text), "\n")
