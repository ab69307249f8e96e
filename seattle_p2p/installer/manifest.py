"""The signed list of what an installer holds.

The planner's signature covers this list in one exact form (msgpack arrays), not the text of
the file: a file may be laid out anew, but nothing in it may be changed.
"""

import msgspec

from seattle_p2p.identity.envelope import Purpose, sign, verify
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.installer.plan import Plan

INSTALLER_VERSION = 1


class VesselEntry(msgspec.Struct, frozen=True, array_like=True):
    """One vessel: percent of what is donated, owner and users as 32-byte keys."""

    percent: int
    owner: bytes
    users: tuple[bytes, ...]


class Manifest(msgspec.Struct, frozen=True, array_like=True):
    """All that a planner decides, in the order of the fields here."""

    version: int
    network: str
    seeds: tuple[str, ...]
    vessels: tuple[VesselEntry, ...]
    note: str


class LayeredManifest(Manifest, frozen=True, array_like=True):
    """The same of a plan with security layers.

    Args:
        above: Names of each vessel's layers, the lowest first.
        layers: Name and text of every layer.
    """

    above: tuple[tuple[str, ...], ...]
    layers: tuple[tuple[str, str], ...]


def manifest_of(plan: Plan) -> Manifest:
    """The list for a plan; equal plans have equal lists."""
    plain = _without_layers(plan)
    if not plan.layers:
        return plain
    return LayeredManifest(
        plain.version,
        plain.network,
        plain.seeds,
        plain.vessels,
        plain.note,
        tuple(vessel.layers for vessel in plan.vessels),
        tuple((layer.name, layer.text) for layer in plan.layers),
    )


def _without_layers(plan: Plan) -> Manifest:
    return Manifest(
        INSTALLER_VERSION,
        plan.network,
        tuple(seed.text for seed in plan.seeds),
        tuple(
            VesselEntry(vessel.percent, vessel.owner.raw, tuple(u.raw for u in vessel.users))
            for vessel in plan.vessels
        ),
        plan.note,
    )


def sign_manifest(manifest: Manifest, planner: KeyPair) -> bytes:
    """The planner's signature, 64 bytes, the same every time."""
    return sign(Purpose.INSTALLER, planner, msgspec.msgpack.encode(manifest))


def require_signed(manifest: Manifest, planner: PublicKey, signature: bytes) -> None:
    """Accept what `planner` signed.

    Raises:
        BadSignature: anything was changed, or somebody else signed.
    """
    verify(Purpose.INSTALLER, planner, msgspec.msgpack.encode(manifest), signature)
