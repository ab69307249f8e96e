# what: asks codecs by odd names, which makes the interpreter import modules
# class: language
# source: own
# expect: ends
# control: none: loading a codec is harmless outside a vessel

for name in [
    "idna",
    "zlib_codec",
    "bz2_codec",
    "rot13",
    "uu",
    "mbcs",
    "../evil",
    "os",
    "a" * 5000,
    "x\0y",
]:
    try:
        "text".encode(name)
    except Exception:
        pass
    try:
        b"text".decode(name)
    except Exception:
        pass
log("went on\n")
