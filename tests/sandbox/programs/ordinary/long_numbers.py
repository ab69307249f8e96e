# what: prints and reads numbers of thousands of digits
# class: ordinary
# prints: 5736 33162
# prints: 3.14159265358979323846 5001
# prints: True


def pi_digits(count):
    unit = 10 ** (count + 10)

    def arctan(inverse):
        total = term = unit // inverse
        square, sign, divisor = inverse * inverse, -1, 3
        while term:
            term //= square
            total += sign * (term // divisor)
            sign, divisor = -sign, divisor + 2
        return total

    return str((16 * arctan(5) - 4 * arctan(239)) // 10**10)


product = 1
for number in range(1, 2001):
    product *= number
log(len(str(product)), str(product)[:5], "\n")
digits = pi_digits(5000)
log(digits[0] + "." + digits[1:21], len(digits), "\n")
log(int(str(2**40000)) == 2**40000, "\n")
