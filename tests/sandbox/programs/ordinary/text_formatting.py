# what: formats texts in the three ways people use
# class: ordinary
# prints: node-7 has 1536 bytes, 12.3%
# prints: node-7 has 1,536 bytes, 12.3%
# prints:     'node-7' 0x600 00001536 1.234500e-01
# prints: 1 3 n
# prints: a       |   b    |       c|***mid***
# prints: text and 'text'
# prints: ab    |  3.14|+5|ff
# prints:     1,234.50 ['a', 'b', '', 'c'] x
# prints: a-b ABC aBcabc cba
# prints: tab here tITLE cASE 00012 ('a', '=', 'b=c')
# prints:      x|  3.14

name, size, share = "node-7", 1536, 0.12345
log("%s has %d bytes, %.1f%%\n" % (name, size, share * 100))
log("{} has {:,} bytes, {:.1%}\n".format(name, size, share))
log(f"{name!r:>12} {size:#x} {size:08d} {share:e}\n")
log("{0[a]} {0[b][1]} {n}\n".format({"a": 1, "b": [2, 3]}, n="n"))
log("{:<8}|{:^8}|{:>8}|{:*^9}\n".format("a", "b", "c", "mid"))
log("{k} and {k!r}\n".format_map({"k": "text"}))
log("%-6s|%6.2f|%+d|%x\n" % ("ab", 3.14159, 5, 255))
log(format(1234.5, "12,.2f"), "a,b,,c".split(","), " x ".strip(), "\n")
log("-".join(["a", "b"]), "abc".upper(), "abcabc".replace("b", "B", 1), "abc"[::-1], "\n")
log(
    "tab\there".expandtabs(4),
    "Title Case".swapcase(),
    "12".zfill(5),
    "a=b=c".partition("="),
    "\n",
)
width = 6
log(f"{'x':>{width}}|{3.14159:{width}.{2}f}\n")
