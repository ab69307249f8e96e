"""The tables behind the reference of the calls; what their columns mean is in `api.py`."""

from seattle_p2p.vessel.api import Call, Cost

_ADDRESS = "an IPv4 or IPv6 address in its one usual spelling"
_BAD_NAME = ("RepyArgumentError", "name is not 1 to 120 of a-z 0-9 . _ -, or begins with a dot")
_BAD_LOCAL = ("RepyArgumentError", f"localip is not {_ADDRESS}, or localport no port")
_FORBIDDEN_LOCAL = ("ResourceForbiddenError", "localport is not one of this vessel's")
_NOT_OURS = ("AddressBindingError", "localip is not an address of this machine")
_TAKEN = ("DuplicateTupleError", "another program uses that address and port")
_LISTENING = ("AlreadyListeningError", "this program listens there already")
_CLOSED = ("SocketClosedLocal", "it was closed here")
_GONE = ("SocketClosedRemote", "the other side has closed it")

FILES = (
    Call(
        "openfile",
        "RP-20",
        "name, create",
        "a file",
        "Opens a file of this vessel's own folder; makes it when create is True and there is "
        "none. There are no folders in it. A file can be open once at a time.",
        (
            Cost("filesopened", 1, when="until it is closed"),
            Cost("fileread", 4096),
            Cost("filewrite", 4096, when="when the file is made"),
        ),
        errors=(
            _BAD_NAME,
            ("FileInUseError", "it is open already"),
            ("ResourceExhaustedError", "all files that may be open are, or there are too many"),
            ("FileNotFoundError", "create is False and there is none"),
        ),
        example=('f = openfile("notes.txt", True)\nf.writeat("first line", 0)\nf.close()\n'),
    ),
    Call(
        "file.readat",
        "RP-21",
        "size, offset",
        "data",
        "Reads size bytes, or all for None, from offset on; fewer at the end of the file, and "
        "none exactly there.",
        (Cost("fileread", 4096, "block"),),
        errors=(
            ("RepyArgumentError", "size or offset is no whole number, or below 0"),
            ("FileClosedError", "the file is closed"),
            ("SeekPastEndOfFileError", "offset is past the end"),
        ),
        example=(
            'f = openfile("data", True)\n'
            'f.writeat("0123456789", 0)\n'
            "log(f.readat(3, 2), f.readat(None, 7))\n"
            "f.close()\n"
        ),
    ),
    Call(
        "file.writeat",
        "RP-22",
        "data, offset",
        "None",
        "Writes over what is there from offset on, and makes the file longer where it ends. A "
        "file never gets shorter; more than the vessel's disk ends the program.",
        (Cost("filewrite", 4096, "block"),),
        errors=(
            ("RepyArgumentError", "data is no data, or offset no whole number from 0 on"),
            ("FileClosedError", "the file is closed"),
            ("SeekPastEndOfFileError", "offset is past the end: there would be a hole"),
        ),
        example=(
            'f = openfile("log", True)\n'
            'f.writeat("abc", 0)\n'
            'f.writeat(b"\\xff", 3)\n'
            "f.close()\n"
        ),
    ),
    Call(
        "file.close",
        "RP-23",
        "",
        "None",
        "Gives the file back; others may open it again.",
        errors=(("FileClosedError", "it was closed before"),),
        example=('f = openfile("data", True)\nf.close()\n'),
    ),
    Call(
        "listfiles",
        "RP-24",
        "",
        "a list of names",
        "Names of all files of the vessel, the uploaded program among them.",
        (Cost("fileread", 4096),),
        example=('for name in listfiles():\n    log(name, "")\n'),
    ),
    Call(
        "removefile",
        "RP-25",
        "name",
        "None",
        "Removes a file.",
        (Cost("fileread", 4096), Cost("filewrite", 4096, when="when it was there")),
        errors=(
            _BAD_NAME,
            ("FileInUseError", "it is open"),
            ("FileNotFoundError", "there is none"),
        ),
        example=('openfile("old", True).close()\nremovefile("old")\n'),
    ),
)

DATAGRAMS = (
    Call(
        "gethostbyname",
        "RP-10",
        "name",
        "an address, as text",
        "Looks up a machine's address: its IPv4 one, or its IPv6 one when it has no other.",
        (Cost("netsend", 1024), Cost("netrecv", 4096)),
        "for the answer, at most half a minute",
        (
            ("RepyArgumentError", "name is no name of a machine"),
            ("NetworkAddressError", "nobody knows its address"),
        ),
        'log(gethostbyname("localhost"))\n',
    ),
    Call(
        "getmyip",
        "RP-11",
        "",
        "an address, as text",
        "The address under which others see this machine; the one to listen at.",
        (Cost("netsend", 256), Cost("netrecv", 128)),
        errors=(("InternetConnectivityError", "this machine has no way to others"),),
        example="log(getmyip())\n",
    ),
    Call(
        "sendmessage",
        "RP-12",
        "destip, destport, message, localip, localport",
        "the number of bytes sent",
        "Sends one datagram (UDP). It may be lost on its way. From an address and port that "
        "this program listens on it goes through that socket, otherwise one is opened for it.",
        (
            Cost("outsockets", 1, when="while it is sent, unless the port is listened on"),
            Cost("send", 64, "byte"),
        ),
        errors=(
            (
                "RepyArgumentError",
                "an address, a port or the message is none, both ends are the same, or the "
                "message is longer than 9216 bytes",
            ),
            (
                "ResourceForbiddenError",
                "localport is not one of this vessel's, or nobody may be talked to there",
            ),
            ("ResourceExhaustedError", "all outgoing sockets are in use"),
            _TAKEN,
            _NOT_OURS,
            ("InternetConnectivityError", "there is no way to destip"),
        ),
        example=('me = getmyip()\nlog(sendmessage(me, 63101, "hello", me, 63100))\n'),
    ),
    Call(
        "listenformessage",
        "RP-13",
        "localip, localport",
        "a UDP server",
        "Takes datagrams that come to an address and port.",
        (Cost("insockets", 1, when="until it is closed"),),
        errors=(
            _BAD_LOCAL,
            _LISTENING,
            _NOT_OURS,
            _FORBIDDEN_LOCAL,
            ("ResourceExhaustedError", "all incoming sockets are in use"),
            _TAKEN,
        ),
        example="server = listenformessage(getmyip(), 63100)\nserver.close()\n",
    ),
    Call(
        "udpserver.getmessage",
        "RP-14",
        "",
        "(address, port, data)",
        "The next datagram and whom it is from. Never waits for one.",
        (Cost("recv", 64, "byte"),),
        errors=(_CLOSED, ("SocketWouldBlockError", "none has come")),
        example=(
            "me = getmyip()\n"
            "server = listenformessage(me, 63100)\n"
            'sendmessage(me, 63100, "hello", me, 63101)\n'
            "while True:\n"
            "    try:\n"
            "        address, port, data = server.getmessage()\n"
            "        break\n"
            "    except SocketWouldBlockError:\n"
            "        sleep(0.01)\n"
            'log(data, "from port", port)\n'
            "server.close()\n"
        ),
    ),
    Call(
        "udpserver.close",
        "RP-15",
        "",
        "True the first time, then False",
        "Stops listening.",
        example="server = listenformessage(getmyip(), 63100)\nlog(server.close())\n",
    ),
)

CONNECTIONS = (
    Call(
        "openconnection",
        "RP-16",
        "destip, destport, localip, localport, timeout",
        "a socket",
        "Connects (TCP) from a local address and port.",
        (
            Cost("outsockets", 1, when="until it is closed"),
            Cost("send", 128),
            Cost("recv", 64),
        ),
        "until there is a connection, at most timeout seconds",
        (
            (
                "RepyArgumentError",
                "an address or port is none, both ends are the same, or timeout is not above 0",
            ),
            _NOT_OURS,
            (
                "ResourceForbiddenError",
                "localport is not one of this vessel's, or nobody may be talked to there",
            ),
            ("DuplicateTupleError", "there is such a connection already"),
            ("AlreadyListeningError", "this program takes connections at the local end"),
            ("ResourceExhaustedError", "all outgoing sockets are in use"),
            ("CleanupInProgressError", "the last such connection is not over yet"),
            ("ConnectionRefusedError", "nobody listens there"),
            ("TimeoutError", "there was no answer in time"),
            ("InternetConnectivityError", "there is no way to destip"),
        ),
        "me = getmyip()\nserver = listenforconnection(me, 63100)\n"
        "socket = openconnection(me, 63100, me, 63101, 5)\nsocket.close()\nserver.close()\n",
    ),
    Call(
        "listenforconnection",
        "RP-17",
        "localip, localport",
        "a TCP server",
        "Takes connections at an address and port.",
        (Cost("insockets", 1, when="until it is closed"),),
        errors=(
            _BAD_LOCAL,
            _LISTENING,
            _FORBIDDEN_LOCAL,
            _NOT_OURS,
            ("ResourceExhaustedError", "all incoming sockets are in use"),
            _TAKEN,
        ),
        example="server = listenforconnection(getmyip(), 63100)\nserver.close()\n",
    ),
    Call(
        "tcpserver.getconnection",
        "RP-18",
        "",
        "(address, port, socket)",
        "The next connection and whom it is from. Never waits for one.",
        (
            Cost("outsockets", 1, when="until it is closed"),
            Cost("send", 64),
            Cost("recv", 128),
        ),
        errors=(
            _CLOSED,
            ("SocketWouldBlockError", "nobody has connected"),
            ("ResourceExhaustedError", "all outgoing sockets are in use"),
        ),
        example=(
            "me = getmyip()\n"
            "server = listenforconnection(me, 63100)\n"
            "client = openconnection(me, 63100, me, 63101, 5)\n"
            "while True:\n"
            "    try:\n"
            "        address, port, socket = server.getconnection()\n"
            "        break\n"
            "    except SocketWouldBlockError:\n"
            "        sleep(0.01)\n"
            'log("connected from", port)\n'
            "socket.close()\n"
            "client.close()\n"
            "server.close()\n"
        ),
    ),
    Call(
        "tcpserver.close",
        "RP-18b",
        "",
        "True the first time, then False",
        "Stops listening; connections that were taken stay.",
        example="server = listenforconnection(getmyip(), 63100)\nlog(server.close())\n",
    ),
    Call(
        "socket.send",
        "RP-19",
        "message",
        "the number of bytes taken, at least 1 of a message that is not empty",
        "Hands over bytes; those that were not taken have to be sent again.",
        (Cost("send", 64, "byte"), Cost("recv", 64)),
        errors=(
            ("RepyArgumentError", "message is no data"),
            _CLOSED,
            _GONE,
            ("SocketWouldBlockError", "the other side does not read; nothing was taken"),
        ),
        example=(
            "def send_all(socket, data):\n"
            "    while data:\n"
            "        try:\n"
            "            data = data[socket.send(data) :]\n"
            "        except SocketWouldBlockError:\n"
            "            sleep(0.01)\n"
        ),
    ),
    Call(
        "socket.recv",
        "RP-19b",
        "size",
        "1 to size bytes",
        "What has come. Never waits for it. What the other side sent before it closed is read "
        "first.",
        (Cost("recv", 64, "byte"), Cost("send", 64)),
        errors=(
            ("RepyArgumentError", "size is no whole number from 1 on"),
            _CLOSED,
            ("SocketWouldBlockError", "nothing has come"),
            _GONE,
        ),
        example=(
            "def receive(socket):\n"
            "    while True:\n"
            "        try:\n"
            "            return socket.recv(4096)\n"
            "        except SocketWouldBlockError:\n"
            "            sleep(0.01)\n"
            "        except SocketClosedRemote:\n"
            '            return ""\n'
        ),
    ),
    Call(
        "socket.close",
        "RP-19c",
        "",
        "True the first time, then False",
        "Hangs up.",
        (Cost("recv", 64), Cost("send", 128)),
        example="me = getmyip()\nserver = listenforconnection(me, 63100)\n"
        "socket = openconnection(me, 63100, me, 63101, 5)\n"
        "log(socket.close(), socket.close())\nserver.close()\n",
    ),
)

THREADS = (
    Call(
        "createthread",
        "RP-26",
        "function",
        "None",
        "Runs a function of no arguments beside everything else. The program ends when all its "
        "threads have; an exception that nobody catches in one ends them all.",
        (Cost("events", 1, when="until it ends"),),
        errors=(
            ("RepyArgumentError", "function cannot be called"),
            ("ResourceExhaustedError", "all threads are in use"),
        ),
        example=('def work():\n    log("from a thread ")\n\n\ncreatethread(work)\n'),
    ),
    Call(
        "createlock",
        "RP-27",
        "",
        "a lock",
        "A lock; whoever has it, any thread may release it.",
        example="lock = createlock()\nlock.acquire(True)\nlock.release()\n",
    ),
    Call(
        "lock.acquire",
        "RP-27",
        "blocking",
        "True when it was taken",
        "Takes the lock. When it is taken already: waits if blocking, else returns False.",
        waits="until it is free, when blocking is True",
        errors=(("RepyArgumentError", "blocking is not True or False"),),
        example="lock = createlock()\nlog(lock.acquire(True), lock.acquire(False))\n",
    ),
    Call(
        "lock.release",
        "RP-27",
        "",
        "None",
        "Lets go of the lock.",
        errors=(("LockDoubleReleaseError", "nobody has it"),),
        example="lock = createlock()\nlock.acquire(True)\nlock.release()\n",
    ),
    Call(
        "sleep",
        "RP-28",
        "seconds",
        "None",
        "Waits, never less than so many seconds; 0 and below return at once.",
        waits="so long",
        errors=(("RepyArgumentError", "seconds is no number"),),
        example="sleep(0.1)\n",
    ),
    Call(
        "getruntime",
        "RP-29",
        "",
        "seconds",
        "Seconds since the program began; never goes back.",
        example="begun = getruntime()\nsleep(0.1)\nlog(getruntime() - begun >= 0.1)\n",
    ),
    Call(
        "getthreadname",
        "RP-30",
        "",
        "a text",
        "A text that no other running thread has.",
        example="log(getthreadname())\n",
    ),
)

PROGRAM = (
    Call(
        "log",
        "RP-33",
        "*values",
        "None",
        "Adds to the log: each value as str gives it, with a space between and no newline.",
        (Cost("lograte", 0, "byte"),),
        example='log("sum", 1 + 2, "\\n")\n',
    ),
    Call(
        "randombytes",
        "RP-31",
        "",
        "1024 bytes",
        "Random bytes that nobody can foretell.",
        (Cost("random", 1024),),
        example="log(ord(randombytes()[0]) < 256)\n",
    ),
    Call(
        "getresources",
        "RP-34",
        "",
        "(limits, usage, stops)",
        "Two dictionaries by the names of resources, and the latest times of being held still "
        "as (when, how long). They are copies. usage has threadcpu, too; the ports are sets.",
        example=(
            "limits, usage, stops = getresources()\n"
            'log(limits["memory"], usage["events"], len(stops))\n'
        ),
    ),
    Call(
        "getlasterror",
        "RP-35",
        "",
        "a text, or None",
        "The exception that this thread is handling or else caught last, with the program's "
        "own lines.",
        example="try:\n    1 / 0\nexcept ZeroDivisionError:\n    log(getlasterror())\n",
    ),
    Call(
        "exitall",
        "RP-32",
        "",
        "never",
        "Ends the program at once; no finally runs.",
        example="exitall()\n",
    ),
    Call(
        "createvirtualnamespace",
        "RP-36",
        "code, name",
        "a namespace",
        "Checks code as programs are checked, and keeps it to be run in contexts.",
        errors=(
            ("RepyArgumentError", "code or name is no text, or the name is too long"),
            ("CodeUnsafeError", "the language does not allow it, or it is no Python"),
        ),
        example=(
            'space = createvirtualnamespace("y = x + 1", "adder")\n'
            'log(space.evaluate({"x": 1})["y"])\n'
        ),
    ),
    Call(
        "namespace.evaluate",
        "RP-37",
        "context",
        "the context",
        "Runs the code with the names of a context: a SafeDict, which is returned itself, or a "
        "dict, of which a SafeDict is made. What the code raises comes out here.",
        errors=(
            ("RepyArgumentError", "context is neither"),
            ("ContextUnsafeError", "a key of it is no name that programs may use"),
        ),
        example=(
            'context = SafeDict({"x": 20})\n'
            'createvirtualnamespace("x = x + 1", "next").evaluate(context)\n'
            'log(context["x"])\n'
        ),
    ),
    Call(
        "tobytes",
        "",
        "data",
        "bytes",
        "Data as the calls return it, as bytes.",
        errors=(("RepyArgumentError", "it is none: a character is above U+00FF"),),
        example='log(tobytes("a\\xff"))\n',
    ),
    Call(
        "totext",
        "",
        "data",
        "text",
        "Bytes as the calls would return them: one character for each.",
        errors=(("RepyArgumentError", "it is neither text nor bytes"),),
        example='log(totext(b"abc"))\n',
    ),
)

CALLS = (*FILES, *DATAGRAMS, *CONNECTIONS, *THREADS, *PROGRAM)
"""Every call, in the order of the reference."""

OBJECTS = {
    "file": "File",
    "udpserver": "UDPServerSocket",
    "tcpserver": "TCPServerSocket",
    "socket": "Socket",
    "lock": "Lock",
    "namespace": "VirtualNamespace",
}
"""The class behind each word in front of a method's name."""
