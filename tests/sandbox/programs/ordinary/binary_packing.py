# what: packs numbers into texts of bytes and takes them out again
# class: ordinary
# prints: 1 513 0xdeadbeef hello 14
# prints: True b'\x01\x02\x01' True
# prints: b'gr\xc3\xbc\xc3\x9fe' True
# prints: True
# prints: True


def pack(number, width):
    return "".join(chr(number >> (8 * place) & 255) for place in reversed(range(width)))


def unpack(text):
    number = 0
    for letter in text:
        number = number << 8 | ord(letter)
    return number


message = pack(1, 1) + pack(513, 2) + pack(0xDEADBEEF, 4) + pack(5, 2) + "hello"
kind, size, check = unpack(message[0]), unpack(message[1:3]), unpack(message[3:7])
length = unpack(message[7:9])
log(kind, size, hex(check), message[9 : 9 + length], len(message), "\n")
data = tobytes(message)
log(type(data) is bytes, data[:3], totext(data) == message, "\n")
log("grüße".encode("utf-8"), b"gr\xc3\xbc\xc3\x9fe".decode("utf-8") == "grüße", "\n")
file = openfile("packed", True)
file.writeat(message, 0)
log(file.readat(4, 3) == pack(0xDEADBEEF, 4), "\n")
file.writeat(data, 0)
log(file.readat(None, 0) == message, "\n")
file.close()
