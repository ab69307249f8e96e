"""Calls that send and take datagrams, and find addresses."""

from seattle_p2p.vessel.api.call import Call, Cost
from seattle_p2p.vessel.api.socket_errors import (
    BAD_LOCAL,
    CLOSED,
    FORBIDDEN_LOCAL,
    LISTENING,
    NOT_OURS,
    TAKEN,
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
            TAKEN,
            NOT_OURS,
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
            BAD_LOCAL,
            LISTENING,
            NOT_OURS,
            FORBIDDEN_LOCAL,
            ("ResourceExhaustedError", "all incoming sockets are in use"),
            TAKEN,
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
        errors=(CLOSED, ("SocketWouldBlockError", "none has come")),
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
