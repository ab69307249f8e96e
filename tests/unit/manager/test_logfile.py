"""What a node manager writes to its log."""

import logging
from pathlib import Path

import pytest

from seattle_p2p.manager.logfile import logging_to

LOG = logging.getLogger("seattle_p2p.manager.test")


def test_log_holds_the_message_and_its_facts_on_one_line(tmp_path):
    path = tmp_path / "seattle.log"

    with logging_to(path, verbose=False):
        LOG.info("vessel ended", extra={"vessel": "v1", "why": "memory"})
        LOG.debug("not this")

    (line,) = path.read_text().splitlines()
    assert line.endswith("INFO seattle_p2p.manager.test: vessel ended vessel=v1 why=memory")


@pytest.mark.parametrize("fact", ["a\nINFO forged", "two words", "", "\x1b[2J", "100%s"])
def test_no_fact_forges_a_line(tmp_path, fact):
    path = tmp_path / "seattle.log"

    with logging_to(path, verbose=False):
        LOG.info("told", extra={"peer": fact})

    (line,) = path.read_text().splitlines()
    assert "\x1b" not in line
    assert "told peer=" in line


def test_only_warnings_reach_the_screen_unless_verbose(tmp_path, capsys):
    for verbose in (False, True):
        with logging_to(tmp_path / "seattle.log", verbose=verbose):
            LOG.debug("small")
            LOG.warning("grave")

    told = capsys.readouterr().err
    assert told.count("grave") == 2
    assert told.count("small") == 1


def test_everything_is_as_before_afterwards(tmp_path):
    root = logging.getLogger()
    before = list(root.handlers), logging.getLogger("seattle_p2p").level

    with logging_to(tmp_path / "seattle.log", verbose=True):
        pass

    assert (list(root.handlers), logging.getLogger("seattle_p2p").level) == before


def test_full_disk_bothers_nobody(tmp_path, capsys):
    with logging_to(Path("/dev/full"), verbose=False):
        LOG.info("lost")
        LOG.info("lost too")

    assert capsys.readouterr().err == ""


def test_log_never_grows_large(tmp_path, monkeypatch):
    monkeypatch.setattr("seattle_p2p.manager.logfile._MOST_BYTES", 1000)

    with logging_to(tmp_path / "seattle.log", verbose=False):
        for number in range(200):
            LOG.info("a line", extra={"number": number})

    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["seattle.log", "seattle.log.1", "seattle.log.2"]
    assert all(file.stat().st_size <= 1000 for file in files)
