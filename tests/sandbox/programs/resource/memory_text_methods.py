# what: asks every method of text that pads, repeats or fills for half a gigabyte
# class: resource
# source: own
# expect: ends
# control: bare

most = 500_000_000
for attempt in (
    lambda: "x".zfill(most),
    lambda: "x".ljust(most),
    lambda: "x".rjust(most),
    lambda: "x".center(most),
    lambda: "\t".expandtabs(most),
    lambda: ("x" * 30_000).replace("x", "y" * 20_000),
    lambda: "x".join(["y" * 1000] * 500_000),
    lambda: "%*d" % (most, 1),
    lambda: "%.*f" % (most, 1.0),
    lambda: format(1, "0%d" % most),
    lambda: f"{1:{most}}",
    lambda: "{:>{}}".format(1, most),
    lambda: b"x".center(most),
    lambda: b"\t".expandtabs(most),
    lambda: (1).to_bytes(most, "big"),
    lambda: int.from_bytes(b"x" * 10_000_000, "big") << (8 * most),
    lambda: bytearray(most),
    lambda: [0] * (most // 8),
    lambda: list(range(most // 30)),
    lambda: "x".translate({120: "y" * most}),
):
    try:
        attempt()
    except (MemoryError, OverflowError, ValueError, TypeError):
        pass
