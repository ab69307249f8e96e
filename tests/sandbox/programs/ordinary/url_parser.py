# what: takes addresses of the web apart and puts queries together
# class: ordinary
# prints: fragment top
# prints: host example.org
# prints: path /a/b
# prints: port 8080
# prints: query {'q': 'two words', 'x': 'A&'}
# prints: scheme http
# prints: a%20b%26c%2FZ a b&c/Z


def parse(url):
    scheme, _, rest = url.partition("://")
    rest, _, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    host, slash, path = rest.partition("/")
    host, _, port = host.partition(":")
    return {
        "scheme": scheme,
        "host": host,
        "port": int(port or 80),
        "path": slash + path,
        "query": unquote_all(query),
        "fragment": fragment,
    }


def unquote(text):
    out, place = "", 0
    text = text.replace("+", " ")
    while place < len(text):
        if text[place] == "%":
            out += chr(int(text[place + 1 : place + 3], 16))
            place += 3
        else:
            out += text[place]
            place += 1
    return out


def unquote_all(query):
    pairs = [part.split("=", 1) for part in query.split("&") if part]
    return {unquote(k): unquote(v) for k, v in pairs}


def quote(text):
    safe = "abcdefghijklmnopqrstuvwxyz0123456789-_."
    return "".join(c if c.lower() in safe else "%%%02X" % ord(c) for c in text)


found = parse("http://example.org:8080/a/b?q=two+words&x=%41%26#top")
for key in sorted(found):
    log(key, found[key], "\n")
log(quote("a b&c/Z"), unquote(quote("a b&c/Z")), "\n")
