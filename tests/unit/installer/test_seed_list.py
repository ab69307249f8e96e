"""A signed list of seeds."""

import contextlib
import json
import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import BadSeedList
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.installer.seed_list import (
    Seed,
    SeedList,
    load_seed_list,
    make_seed_list,
    plan_seed_list,
    read_seed_list,
)
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.limits import MAX_PLAN_BYTES, MAX_SEEDS

SIGNER, OTHER, NODE = (KeyPair(bytes([n]) * 32) for n in (1, 2, 3))
LIST = SeedList(
    "lab",
    3,
    (
        Seed(PeerAddress("192.0.2.7", 4711, NODE.public), "Ann, ann@example.org"),
        Seed(PeerAddress("seed.example.org", 4711, OTHER.public)),
    ),
)
TEXT = f"""
network = "lab"
number = 3
[[seed]]
address = "{NODE.public.text}@192.0.2.7:4711"
operator = "Ann, ann@example.org"
[[seed]]
address = "{OTHER.public.text}@seed.example.org:4711"
"""


def changed(**fields):
    content = json.loads(make_seed_list(LIST, SIGNER))
    content.update(fields)
    return json.dumps(content).encode()


def test_a_list_says_what_its_author_wrote_and_who_signed():
    assert plan_seed_list(TEXT) == LIST
    assert read_seed_list(make_seed_list(LIST, SIGNER)) == (LIST, SIGNER.public)


def test_equal_lists_give_equal_bytes():
    assert make_seed_list(LIST, SIGNER) == make_seed_list(plan_seed_list(TEXT), SIGNER)


def test_a_list_may_be_laid_out_anew_but_not_changed():
    assert read_seed_list(changed())[0] == LIST

    for fields in (
        {"network": "other"},
        {"number": 4},
        {"seed": json.loads(changed())["seed"][:1]},
        {"signer": OTHER.public.text},
        {"signature": "00" * 64},
    ):
        with pytest.raises(BadSeedList, match="was changed") as refused:
            read_seed_list(changed(**fields))
        assert refused.value.hint


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "network"),
        ("network = 5", "network"),
        ('network = "lab"', "names 1 to"),
        ('network = "lab"\nnumber = 0\n[[seed]]\naddress = "x"', "number"),
        ('network = "lab"\n[[seed]]\nadress = "x"', "address and an operator"),
        ('network = "lab"\n[[seed]]\naddress = "192.0.2.7:4711"', "names no key"),
        ('network = "lab"\n[[seed]]\naddress = 5', "in quotes"),
        ('network = "lab"\ncolour = 1', "no field 'colour'"),
        ("network = ", "not TOML"),
        (TEXT + '[[seed]]\naddress = "here"', "no port"),
        (TEXT.replace("Ann,", "Ann\\u0007"), "one line"),
        (
            'network = "lab"\nseed = [' + '{address = "x"},' * (MAX_SEEDS + 1) + "]",
            "names 1 to",
        ),
    ],
)
def test_a_list_that_cannot_be_meant_is_refused_with_the_reason(text, reason):
    with pytest.raises(BadSeedList, match=reason) as refused:
        plan_seed_list(text)

    assert refused.value.hint


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a signed list"),
        (b"[" * 100_000, "not a signed list"),
        (b"{}", "not a signed list"),
        (b" " * (MAX_PLAN_BYTES + 1), "larger"),
        (changed(seattle_seeds=2), "format 2"),
        (changed(signature="zz"), "damaged"),
        (changed(signer="nobody"), "damaged"),
        (changed(seed="none"), "damaged"),
    ],
)
def test_damaged_files_are_refused_with_the_reason(data, reason):
    with pytest.raises(BadSeedList, match=reason):
        read_seed_list(data)


def test_an_unsigned_list_is_refused():
    content = json.loads(changed())
    del content["signature"]

    with pytest.raises(BadSeedList, match="not signed"):
        read_seed_list(json.dumps(content).encode())


def test_a_file_that_is_not_there_is_told_with_what_else_may_be_given(tmp_path):
    with pytest.raises(BadSeedList, match="cannot read") as refused:
        load_seed_list(tmp_path / "none.seeds")

    assert "HOST:PORT" in refused.value.hint


@given(st.binary(max_size=300), st.integers(0, 400))
def test_any_bytes_are_a_list_or_refused(noise, at):
    data = make_seed_list(LIST, SIGNER)

    for bad in (noise, data[:at] + noise + data[at + len(noise) :]):
        with contextlib.suppress(BadSeedList):
            read_seed_list(bad)


@pytest.mark.parametrize("name", ["README.md", "seeds.toml"])
def test_lists_that_people_begin_with_are_lists_once_an_address_stands_in_them(name):
    text = (Path(__file__).parents[3] / "bootstrap" / name).read_text()
    if name == "README.md":
        blocks = re.findall(r"(?:^    .*\n|^\n)+", text, re.MULTILINE)
        [text] = [textwrap.dedent(block) for block in blocks if "[[seed]]" in block]
    else:
        head, _, rest = text.partition("# [[seed]]")
        text = head + ("# [[seed]]" + rest).replace("# ", "")
    address = f"{NODE.public.text}@192.0.2.7:4711"

    seeds = plan_seed_list(text.replace("KEY@HOST:PORT", address))

    assert [str(seed.address.text) for seed in seeds.seeds] == [address]
    assert seeds.number == 1
