import logging
import subprocess
import sys
import threading
from html.parser import HTMLParser

import pytest

from seattle_p2p.errors import Unreachable, UsageError
from seattle_p2p.experiment.blocking import BlockingExperimenter
from seattle_p2p.experiment.group import GroupResult, Outcome
from seattle_p2p.experiment.selection import Selection
from seattle_p2p.experiment.tables import LONGEST_CELL, html_table
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import KeyPair

KEY = KeyPair(bytes(32))
A, B, C = (
    Vessel(n, KeyPair(bytes([n % 2 + 1]) * 32).public, f"v{n}", ("h:1",)) for n in (1, 2, 3)
)


def test_selections_are_sets_that_keep_their_order():
    assert Selection([C, A, C]) == (C, A)
    assert Selection([C]) | [A, C] == (C, A)
    assert Selection([C, B, A]) & [A, C] == (C, A)
    assert Selection([C, B, A]) - [B] == (C, A)
    assert isinstance(Selection([A]) | [B], Selection)


def test_vessels_are_chosen_by_what_is_known_of_them():
    states = {A: "fresh", B: "started"}

    assert Selection([A, B, C]).where(states, lambda state: state == "fresh") == (A,)
    assert Selection([A, B, C]).one_a_machine == (A, B)


def test_vessels_are_chosen_by_what_came_of_a_command():
    result = GroupResult(
        (
            Outcome(A, 5, None, 0.1),
            Outcome(B, None, Unreachable("cut"), 0.1),
            Outcome(C, 1, None, 0),
        )
    )

    assert result.where(lambda value: value > 2) == (A,)


class Cells(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


def test_what_vessels_say_is_never_markup_in_a_notebook():
    evil = "<script>alert(1)</script>" + "x" * 1000
    result = GroupResult(
        (Outcome(A, evil, None, 0.1), Outcome(B, None, Unreachable(evil), 0.1))
    )

    for text in (result._repr_html_(), html_table(("a", "b"), [(evil, None)], evil)):
        found = Cells(text)
        assert "script" not in found.tags
        assert any("<script>" in said for said in found.texts)
    assert max(map(len, found.texts[:-1])) <= LONGEST_CELL


def test_a_selection_is_a_table_of_its_vessels():
    found = Cells(Selection([A, C])._repr_html_())

    assert found.tags.count("tr") == 3
    assert A.name in found.texts


def test_the_blocking_face_ends_its_thread_and_tells_errors_as_they_are():
    before = threading.active_count()
    with BlockingExperimenter(KEY) as me:
        assert me.vessels == ()
        with pytest.raises(UsageError, match="way into the network"):
            me.browse()
    me.close()

    assert threading.active_count() == before


def test_using_the_api_sets_up_no_logging():
    code = (
        "import logging; import seattle_p2p.experiment.blocking as b;"
        "from seattle_p2p.identity.keys import KeyPair;"
        "me = b.BlockingExperimenter(KeyPair(bytes(32))); me.close();"
        "print(logging.root.handlers, logging.getLogger('seattle_p2p').handlers)"
    )

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=30
    )

    assert (done.stdout, done.stderr) == ("[] []\n", "")
    assert logging.getLogger("seattle_p2p").level == logging.NOTSET
