"""What people write means in a vessel what it means in Python: each piece is run in both."""

from pathlib import Path

import pytest

from seattle_p2p.vessel.virtual import Runner

PIECES = {
    piece.partition("\n")[0].strip(): piece.partition("\n")[2]
    for piece in ("\n" + Path(__file__).with_name("ordinary_language.txt").read_text()).split(
        "\n#### "
    )
    if piece.strip()
}


class Printed(list[str]):
    """What a program printed, with the exception that ended it, if any did."""

    def names(self) -> dict[str, object]:
        return {"print": self.take}

    def take(self, *values: object, sep: str = " ", end: str = "\n") -> None:
        self.append(sep.join(str(value) for value in values) + end)


@pytest.mark.parametrize("name", PIECES)
def test_a_piece_prints_the_same_in_a_vessel_and_in_python(name):
    bare, inside, runner = Printed(), Printed(), Runner({})
    exec(
        compile(PIECES[name], name, "exec", dont_inherit=True),
        bare.names() | {"__name__": "__main__"},
    )

    runner.run(runner.compile(PIECES[name], name), inside.names())

    assert inside == bare
    assert bare
