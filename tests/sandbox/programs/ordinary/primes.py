# what: sieves primes and factors numbers
# class: ordinary
# prints: [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47] 2262
# prints: [2, 2, 2, 3, 3, 5, 7, 11, 13] [999983] 21 6823


def sieve(limit):
    marks = bytearray([1]) * (limit + 1)
    marks[0:2] = b"\0\0"
    for n in range(2, int(limit**0.5) + 1):
        if marks[n]:
            marks[n * n :: n] = bytearray(len(range(n * n, limit + 1, n)))
    return [n for n, mark in enumerate(marks) if mark]


def factors(n):
    found = []
    for p in sieve(int(n**0.5) + 1):
        while n % p == 0:
            found.append(p)
            n //= p
    return found + ([n] if n > 1 else [])


def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


log(sieve(50), len(sieve(20000)), "\n")
log(factors(360360), factors(999983), gcd(1071, 462), pow(3, 1000, 10007), "\n")
