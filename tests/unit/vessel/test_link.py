"""The jailed end of the socket pair: many threads, each gets its own answer, none hangs."""

import contextlib
import socket
import sys
import threading

import pytest

from seattle_p2p.vessel import requests as asks
from seattle_p2p.vessel.link import Link


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        yield Link(ours), theirs


def answer(broker: socket.socket) -> asks.AnyRequest:
    """Take one request and echo its name."""
    request = asks.decode_request(broker.recv(asks.MAX_MESSAGE))
    broker.send(asks.encode(asks.Answer(request.number, request.name)))
    return request


def ask(link: Link, name: str) -> object:
    reply = link.ask(asks.LookUp(link.number(), name))
    assert isinstance(reply, asks.Answer)
    return reply.value


def test_every_thread_gets_its_own_answer_in_whatever_order_they_come(pair):
    link, broker = pair
    got: dict[str, list[object]] = {}

    def work(who: str) -> None:
        got[who] = [ask(link, f"{who}-{number}") for number in range(50)]

    threads = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    answered = 0
    while answered < 8 * 50:
        waiting = [asks.decode_request(broker.recv(asks.MAX_MESSAGE))]
        with contextlib.suppress(BlockingIOError):
            while True:
                packet = broker.recv(asks.MAX_MESSAGE, socket.MSG_DONTWAIT)
                waiting.append(asks.decode_request(packet))
        for request in reversed(waiting):
            broker.send(asks.encode(asks.Answer(request.number, request.name)))
        answered += len(waiting)
    for thread in threads:
        thread.join(10)

    assert got == {f"t{n}": [f"t{n}-{i}" for i in range(50)] for n in range(8)}


def test_a_request_that_cannot_be_encoded_leaves_the_link_as_it_was(pair):
    link, broker = pair
    with pytest.raises(UnicodeEncodeError):
        link.ask(asks.LookUp(link.number(), "\ud800"))

    helper = threading.Thread(target=answer, args=(broker,))
    helper.start()
    assert ask(link, "after") == "after"
    helper.join()


def test_a_call_near_the_end_of_the_stack_fails_before_it_is_sent(pair):
    link, broker = pair
    refused = 0

    def dive() -> None:
        nonlocal refused
        try:
            dive()
        except RecursionError:
            if refused < 5:
                refused += 1
                with contextlib.suppress(RecursionError):
                    link.ask(asks.LookUp(0, "deep"))
            raise

    usual = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(400)
        with pytest.raises(RecursionError):
            dive()
    finally:
        sys.setrecursionlimit(usual)

    assert refused == 5
    helper = threading.Thread(target=answer, args=(broker,))
    helper.start()
    assert ask(link, "after") == "after"
    helper.join()
