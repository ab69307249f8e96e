"""A zygote that is started before anybody needs it."""

import subprocess
import sys

import pytest

from seattle_p2p.errors import VesselError
from seattle_p2p.vessel.zygote_client import early_or_new, start_early

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="vessels are Linux's")


def test_what_was_started_early_is_handed_out_once():
    start_early()
    first, second = early_or_new(), early_or_new()
    try:
        assert first.pid is not None
        assert second.pid is None
    finally:
        first.close()


def test_an_early_start_that_fails_is_told_to_whoever_needs_it(monkeypatch):
    def fail(*arguments: object, **settings: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(subprocess, "Popen", fail)
    start_early()
    zygote = early_or_new()

    with pytest.raises(VesselError):
        zygote.start()
