"""Calls about connections."""

from seattle_p2p.vessel.api.call import Call, Cost
from seattle_p2p.vessel.api.socket_errors import (
    BAD_LOCAL,
    CLOSED,
    FORBIDDEN_LOCAL,
    GONE,
    LISTENING,
    NOT_OURS,
    TAKEN,
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
            NOT_OURS,
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
            BAD_LOCAL,
            LISTENING,
            FORBIDDEN_LOCAL,
            NOT_OURS,
            ("ResourceExhaustedError", "all incoming sockets are in use"),
            TAKEN,
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
            CLOSED,
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
            CLOSED,
            GONE,
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
            CLOSED,
            ("SocketWouldBlockError", "nothing has come"),
            GONE,
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
