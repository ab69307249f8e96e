"""Peers to come back through without any seed: a small JSON file of addresses."""

import json
import logging
import os
from collections.abc import Iterable
from pathlib import Path

from seattle_p2p.errors import UsageError
from seattle_p2p.wire.address import PeerAddress

MAX_PEERS = 256
"""A whole routing table, and more: some of them are still there after weeks."""
_MAX_FILE_BYTES = 64 * 1024
_log = logging.getLogger(__name__)


def read_peers(path: Path) -> list[PeerAddress]:
    """The remembered addresses, best first; none when the file is missing or damaged."""
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(_MAX_FILE_BYTES))
        return [PeerAddress.from_text(str(text)) for text in content["peers"][:MAX_PEERS]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, UsageError) as reason:
        _log.warning("remembered peers cannot be read", extra={"reason": str(reason)})
        return []


def write_peers(path: Path, peers: Iterable[PeerAddress]) -> None:
    """Replace the file as a whole by the first `MAX_PEERS` of `peers`, each once."""
    texts = list(dict.fromkeys(peer.text for peer in peers))[:MAX_PEERS]
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_text(json.dumps({"peers": texts}, indent=1) + "\n")
        os.replace(fresh, path)
    except OSError as reason:
        _log.warning("peers cannot be remembered", extra={"reason": str(reason)})
