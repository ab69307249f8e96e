"""A plan and its planner's signature in one file, for people to pass on: ``NAME.seattle``.

The file is JSON in plain words, so that a donor can read what it asks for before anything is
installed. `docs/spec/installer.md` describes it.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from seattle_p2p.errors import BadPlan, BadSignature, InstallError, UsageError
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.installer.manifest import (
    INSTALLER_VERSION,
    manifest_of,
    require_signed,
    sign_manifest,
)
from seattle_p2p.installer.plain_json import read_object
from seattle_p2p.installer.plan import Plan, plan_from_data
from seattle_p2p.wire.limits import MAX_PLAN_BYTES

SUFFIX = ".seattle"
_ASK_AGAIN = "ask the planner for the file again"


@dataclass(frozen=True)
class Installer:
    """What a genuine installer says, and who signed it."""

    plan: Plan
    planner: PublicKey


def make_installer(plan: Plan, planner: KeyPair) -> bytes:
    """The file's bytes: the same for the same plan and planner.

    Raises:
        BadPlan: a layer's text is missing, or all of it is too long.
    """
    if plan.missing_layers:
        raise BadPlan(f"the plan has no text of the layer {plan.missing_layers[0]!r}")
    content: dict[str, Any] = {
        "seattle_installer": INSTALLER_VERSION,
        "network": plan.network,
        "note": plan.note,
        "seeds": [seed.text for seed in plan.seeds],
        "vessel": [
            {
                "percent": vessel.percent,
                "owner": vessel.owner.text,
                "users": [user.text for user in vessel.users],
                **({"layers": list(vessel.layers)} if vessel.layers else {}),
            }
            for vessel in plan.vessels
        ],
        **({"layer": [asdict(layer) for layer in plan.layers]} if plan.layers else {}),
        "planner": planner.public.text,
        "signature": sign_manifest(manifest_of(plan), planner).hex(),
    }
    data = (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
    if len(data) > MAX_PLAN_BYTES:
        raise BadPlan(
            f"an installer of {len(data)} bytes, limit {MAX_PLAN_BYTES}",
            hint="use shorter layers, or fewer; owners may add more later: seattle layers",
        )
    return data


def read_installer(data: bytes, *, name: str = "the installer") -> Installer:
    """Read an installer from untrusted bytes and check who signed it.

    Raises:
        InstallError: damaged, altered, made by a newer version, or asking for nonsense.
    """
    content = _parse(data, name)
    version = content.pop("seattle_installer")
    if version != INSTALLER_VERSION:
        raise InstallError(
            f"{name} has format {version!r}; this version of seattle-p2p reads "
            f"{INSTALLER_VERSION}",
            hint="install the newest seattle-p2p, or ask the planner to build it again",
        )
    try:
        planner = PublicKey.from_text(str(content.pop("planner")))
        signature = bytes.fromhex(str(content.pop("signature")))
        plan = plan_from_data(content, name=name)
        require_signed(manifest_of(plan), planner, signature)
        if plan.missing_layers:
            raise BadPlan(f"there is no text of the layer {plan.missing_layers[0]!r}")
    except BadSignature as reason:
        raise InstallError(
            f"{name} was changed after its planner signed it", hint=_ASK_AGAIN
        ) from reason
    except (KeyError, ValueError, UsageError, BadPlan) as reason:
        told = reason.message if isinstance(reason, UsageError) else f"no proper {reason}"
        raise InstallError(f"{name} is damaged: {told}", hint=_ASK_AGAIN) from reason
    return Installer(plan, planner)


def load_installer(path: Path) -> tuple[Installer, bytes]:
    """Read an installer's file; also its exact bytes, to keep beside what was installed.

    Raises:
        InstallError: it cannot be read, or as for `read_installer`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_PLAN_BYTES + 1)
    except OSError as reason:
        raise InstallError(
            f"cannot read {path}: {reason.strerror}", hint="give the path of the .seattle file"
        ) from reason
    return read_installer(data, name=str(path)), data


def _parse(data: bytes, name: str) -> dict[str, Any]:
    if len(data) > MAX_PLAN_BYTES:
        raise InstallError(f"{name} is larger than any installer", hint=_ASK_AGAIN)
    try:
        content = read_object(data)
    except ValueError as reason:
        raise InstallError(
            f"{name} is not an installer, or is cut off: {reason}", hint=_ASK_AGAIN
        ) from reason
    if "seattle_installer" not in content:
        raise InstallError(
            f"{name} is not an installer", hint="planners make them: seattle planner build"
        )
    return content
