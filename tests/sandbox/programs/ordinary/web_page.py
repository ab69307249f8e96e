# what: serves a page over HTTP and fetches it
# class: ordinary
# restrictions: connport 63190, connport 63191, outsockets 4, events 4, loopsend 200000, looprecv 200000
# prints: / HTTP/1.0 200 OK <h1>hello</h1>
# prints: /nowhere HTTP/1.0 404 Not Found no such page

here = "127.0.0.1"
PAGES = {"/": "<h1>hello</h1>", "/about": "about us"}


def read_until(connection, mark):
    text = ""
    while mark not in text:
        try:
            text += connection.recv(200)
        except SocketWouldBlockError:
            sleep(0.005)
    return text


def serve_one(server):
    while True:
        try:
            address, port, connection = server.getconnection()
            break
        except SocketWouldBlockError:
            sleep(0.005)
    method, path, version = read_until(connection, "\r\n\r\n").split("\r\n")[0].split(" ")
    page = PAGES.get(path)
    status = "200 OK" if page is not None else "404 Not Found"
    body = page or "no such page"
    connection.send("HTTP/1.0 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))
    connection.close()


def fetch(path):
    connection = openconnection(here, 63190, here, 63191, 5)
    connection.send("GET %s HTTP/1.0\r\n\r\n" % path)
    head = read_until(connection, "\r\n\r\n")
    head, _, body = head.partition("\r\n\r\n")
    try:
        while True:
            try:
                body += connection.recv(200)
            except SocketWouldBlockError:
                sleep(0.005)
    except SocketClosedRemote:
        connection.close()
    return head.split("\r\n")[0], body


server = listenforconnection(here, 63190)
for path in ("/", "/nowhere"):
    createthread(lambda: serve_one(server))
    log(path, *fetch(path))
    log("\n")
    sleep(0.1)
server.close()
