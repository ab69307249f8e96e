"""The error tree: one code each, and the way over the wire."""

from seattle_p2p.errors import (
    NoLongerPermitted,
    OutOfResources,
    RemoteError,
    SeattleError,
    UsageError,
    by_code,
    from_wire,
)


def all_classes(cls=SeattleError):
    return [cls] + [below for child in cls.__subclasses__() for below in all_classes(child)]


def test_every_error_has_a_code_of_its_own():
    codes = [cls.code for cls in all_classes()]

    assert len(codes) == len(set(codes))


def test_every_error_comes_back_from_the_wire_as_its_own_class():
    for code, cls in by_code().items():
        error = from_wire(code, "what happened", "what next")

        assert type(error) is cls
        assert (error.message, error.hint, str(error)) == (
            "what happened",
            "what next",
            "what happened",
        )


def test_every_error_names_a_next_step():
    for code, cls in by_code().items():
        assert from_wire(code, "what happened").hint, cls
    assert UsageError("no", hint="do this").hint == "do this"


def test_unknown_code_becomes_a_remote_error():
    assert type(from_wire("from.the.future", "words")) is RemoteError


def test_out_of_resources_names_both_numbers():
    error = OutOfResources("memory", wanted=30, available=20)

    assert error.message == "memory: wanted 30, only 20 left"
    assert issubclass(NoLongerPermitted, SeattleError)
