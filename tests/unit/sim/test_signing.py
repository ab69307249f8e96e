"""Cheap signatures are refused and accepted like real ones, for the same public keys."""

import pytest

from seattle_p2p.errors import BadSignature
from seattle_p2p.identity.keys import KeyPair, storage_key
from seattle_p2p.sim.signing import CheapSignatures, RealSignatures

SEED = bytes(range(32))


@pytest.mark.parametrize("signatures", [CheapSignatures(b"secret"), RealSignatures()])
def test_a_signature_is_good_for_its_key_and_message_only(signatures):
    signer = signatures.signer(SEED)
    signature = signer.sign(b"message")

    signatures.verify(signer.public, b"message", signature)
    with pytest.raises(BadSignature):
        signatures.verify(signer.public, b"another", signature)
    with pytest.raises(BadSignature):
        signatures.verify(KeyPair(bytes(32)).public, b"message", signature)
    with pytest.raises(BadSignature):
        signatures.verify(signer.public, b"message", bytes(64))
    signatures.verify(signer.public, b"message", signature)
    assert len(signature) == 64


def test_a_bounded_number_of_genuine_statements_is_remembered():
    signatures = RealSignatures()
    signer = signatures.signer(SEED)
    for number in range(600):
        signatures.verify(signer.public, b"%d" % number, signer.sign(b"%d" % number))

    assert len(signatures._genuine) <= 512
    with pytest.raises(BadSignature):
        signatures.verify(signer.public, b"0", signer.sign(b"1"))


@pytest.mark.parametrize("signatures", [CheapSignatures(b"secret"), RealSignatures()])
def test_keys_are_the_real_ones(signatures):
    person = KeyPair(SEED).public

    assert signatures.signer(SEED).public == person
    assert signatures.storage_key(person).public == storage_key(person).public
    assert signatures.storage_key(person) is signatures.storage_key(person)


def test_without_the_secret_of_the_run_nothing_can_be_forged():
    ours, theirs = CheapSignatures(b"ours"), CheapSignatures(b"theirs")
    forged = theirs.signer(SEED).sign(b"message")

    with pytest.raises(BadSignature):
        ours.verify(KeyPair(SEED).public, b"message", forged)
