"""Ground ids: the closer, the more tries; the same for the same stream."""

import random

import pytest

from seattle_p2p.sim.signing import CheapSignatures, RealSignatures
from seattle_p2p.sim.sybils import grind

PLACE = 5 << 150


def distances(tries, signatures, seed=1):
    signers = grind(PLACE, 5, tries, signatures, random.Random(seed))
    return [signer.public.node_id ^ PLACE for signer in signers]


@pytest.mark.parametrize("signatures", [CheapSignatures(b"s"), RealSignatures()])
def test_more_tries_bring_ids_closer_to_the_place(signatures):
    few, many = distances(2, signatures), distances(200, signatures)

    assert sum(many) * 10 < sum(few)
    assert many == sorted(many)
    assert many == distances(200, signatures)


def test_a_ground_key_signs_what_the_run_accepts():
    signatures = CheapSignatures(b"s")
    (signer,) = grind(PLACE, 1, 3, signatures, random.Random(1))

    signatures.verify(signer.public, b"message", signer.sign(b"message"))
