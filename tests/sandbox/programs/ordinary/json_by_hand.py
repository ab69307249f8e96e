# what: writes and reads a small JSON
# class: ordinary
# prints: {"deep":{"x":{"y":"z"}},"list":[1,2.5,-3,true,null,[]],"name":"a \"b\"\n"}
# prints: True [1, {'a': []}]


def write(value):
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(value, list):
        return "[" + ",".join(write(item) for item in value) + "]"
    return "{" + ",".join(write(k) + ":" + write(v) for k, v in sorted(value.items())) + "}"


def read(text):
    value, rest = read_value(text.strip())
    if rest.strip():
        raise ValueError("left over: " + rest)
    return value


def read_value(text):
    for word, value in (("null", None), ("true", True), ("false", False)):
        if text.startswith(word):
            return value, text[len(word) :]
    if text[0] == '"':
        out, place = "", 1
        while text[place] != '"':
            if text[place] == "\\":
                place += 1
                out += {"n": "\n"}.get(text[place], text[place])
            else:
                out += text[place]
            place += 1
        return out, text[place + 1 :]
    if text[0] in "[{":
        closing = "]" if text[0] == "[" else "}"
        items, rest = [], text[1:].lstrip()
        while rest[0] != closing:
            item, rest = read_value(rest.lstrip())
            if closing == "}":
                value, rest = read_value(rest.lstrip()[1:].lstrip())
                item = (item, value)
            items.append(item)
            rest = rest.lstrip()
            if rest[0] == ",":
                rest = rest[1:].lstrip()
        return (items if closing == "]" else dict(items)), rest[1:]
    place = 0
    while place < len(text) and text[place] in "+-.eE0123456789":
        place += 1
    number = text[:place]
    return (float(number) if "." in number or "e" in number else int(number)), text[place:]


thing = {"name": 'a "b"\n', "list": [1, 2.5, -3, True, None, []], "deep": {"x": {"y": "z"}}}
text = write(thing)
log(text, "\n")
log(read(text) == thing, read(' [1 , {"a" : [ ] } ] '), "\n")
