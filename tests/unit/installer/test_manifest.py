"""What the planner's signature covers."""

import pytest

from seattle_p2p.errors import BadSignature
from seattle_p2p.identity.envelope import Purpose, sign
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.installer.manifest import manifest_of, require_signed, sign_manifest
from seattle_p2p.installer.plan import Plan, VesselShare

PLANNER, ANN = KeyPair(b"\x01" * 32), KeyPair(b"\x03" * 32)
MANIFEST = manifest_of(Plan("lab", (), (VesselShare(100, ANN.public),)))


def test_signature_of_the_planner_is_accepted_and_always_the_same():
    signature = sign_manifest(MANIFEST, PLANNER)

    require_signed(MANIFEST, PLANNER.public, signature)
    assert signature == sign_manifest(MANIFEST, PLANNER)


def test_signature_by_another_key_is_refused():
    with pytest.raises(BadSignature):
        require_signed(MANIFEST, PLANNER.public, sign_manifest(MANIFEST, ANN))


def test_signature_made_for_another_purpose_is_refused():
    import msgspec

    forged = sign(Purpose.SEED_LIST, PLANNER, msgspec.msgpack.encode(MANIFEST))

    with pytest.raises(BadSignature):
        require_signed(MANIFEST, PLANNER.public, forged)
