"""Key files: one a key pair, 0600, the private half sealed when there is a passphrase.

A file is JSON, so that its public half can be read by anyone who is allowed to open it at all:
``{"seattle_key": 1, "name", "public", "sealed": false, "private"}`` or, with a passphrase,
``"sealed": true`` with ``salt``, ``ops``, ``mem`` (Argon2id, RFC 9106) and ``box`` (secretbox).
"""

import builtins
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nacl.exceptions
import nacl.pwhash.argon2id
import nacl.secret
import nacl.utils

from seattle_p2p.errors import KeystoreError, UsageError
from seattle_p2p.identity.keys import KeyPair, PublicKey, find_by_prefix
from seattle_p2p.identity.private_files import make_private_file

SUFFIX = ".key"
_FORMAT = 1
_MAX_FILE_BYTES = 16 * 1024
_MAX_OPS = 8
_MAX_MEMORY_BYTES = 1024 * 1024 * 1024
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_OPS = nacl.pwhash.argon2id.OPSLIMIT_MODERATE
_MEMORY_BYTES = nacl.pwhash.argon2id.MEMLIMIT_MODERATE


class WrongPassphrase(KeystoreError):
    """A passphrase does not open what is sealed."""

    code = "keystore.passphrase"


def generate() -> KeyPair:
    """A new key pair from the system's randomness."""
    return KeyPair(os.urandom(32))


@dataclass(frozen=True)
class StoredKey:
    """What a key file says without its passphrase."""

    name: str
    public: PublicKey
    sealed: bool
    path: Path


class Keystore:
    """A folder of key files.

    Args:
        folder: Made with mode 0700 when the first key is saved.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, name: str, key: KeyPair, passphrase: str = "") -> StoredKey:
        """Write `key` under `name`; sealed when a passphrase is given.

        Raises:
            UsageError: a name that is no file name (letters, digits, ``. _ -``, at most 64).
            KeystoreError: there is a key of that name already, or the disk refuses.
        """
        path = self._path(name)
        content: dict[str, Any] = {
            "seattle_key": _FORMAT,
            "name": name,
            "public": key.public.text,
            "sealed": bool(passphrase),
        }
        content |= (
            Sealer(passphrase).seal(key.seed) if passphrase else {"private": key.seed.hex()}
        )
        write_private_file(path, (json.dumps(content, indent=1) + "\n").encode())
        return StoredKey(name, key.public, bool(passphrase), path)

    def list(self) -> list[StoredKey]:
        """Every readable key of the folder, by name; `damaged` has the others."""
        return [item for item in self._look() if isinstance(item, StoredKey)]

    def damaged(self) -> builtins.list[Path]:
        """Files that should be keys and cannot be read as such."""
        return [item for item in self._look() if isinstance(item, Path)]

    def _look(self) -> Iterator[StoredKey | Path]:
        for path in sorted(self.folder.glob("*" + SUFFIX)):
            try:
                yield _describe(path, _read(path))
            except KeystoreError:
                yield path

    def find(self, wanted: str) -> StoredKey:
        """The key of that name, or whose text form begins so.

        Raises:
            KeystoreError: none, with the names there are.
            UsageError: several.
        """
        path = self.folder / (wanted + SUFFIX)
        if _NAME.fullmatch(wanted) and path.exists():
            return _describe(path, _read(path))
        known = self.list()
        if not any(key.public.text.startswith(wanted.lower()) for key in known):
            names = ", ".join(key.name for key in known) or "none yet"
            raise KeystoreError(
                f"no key named {wanted!r} in {self.folder} (there: {names})",
                hint=f"make one: seattle keys new {wanted}",
            )
        public = find_by_prefix(wanted, (key.public for key in known))
        return next(key for key in known if key.public == public)

    def open(self, wanted: str, passphrase: str = "") -> KeyPair:
        """The key pair itself.

        Raises:
            KeystoreError: missing, damaged, sealed and no or a wrong passphrase, or readable
                by others.
        """
        return read_key_file(self.find(wanted).path, passphrase)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise UsageError(
                f"{name!r} is not a name for a key",
                hint="letters, digits, dots, dashes and underscores; at most 64",
            )
        return self.folder / (name + SUFFIX)


def read_stored_key(path: Path) -> StoredKey:
    """What a key file says without its passphrase; `KeystoreError` when it is none."""
    return _describe(path, _read(path))


def read_key_file(path: Path, passphrase: str = "") -> KeyPair:
    """The key pair in one file; errors as for `Keystore.open`."""
    content = _read(path)
    described = _describe(path, content)
    if path.stat().st_mode & 0o077:
        raise KeystoreError(
            f"{path} can be read by other accounts of this machine",
            hint=f"chmod 600 {path}; if others may have read it, make a new key",
        )
    if described.sealed and not passphrase:
        raise KeystoreError(
            f"{path} is sealed by a passphrase",
            hint="give it on a terminal, or in a file: --passphrase-file FILE",
        )
    try:
        if described.sealed:
            seed = unseal(content, passphrase)
        else:
            seed = bytes.fromhex(content["private"])
        key = KeyPair(seed)
    except WrongPassphrase as reason:
        raise KeystoreError(
            f"the passphrase does not open {path}", hint="try again; there is no way around it"
        ) from reason
    except (KeyError, TypeError, ValueError, UsageError) as reason:
        raise _damaged(path) from reason
    if key.public != described.public:
        raise _damaged(path)
    return key


def write_private_file(path: Path, data: bytes) -> None:
    """Write a new file that only this account can read: whole or not at all, never over one.

    Raises:
        KeystoreError: the file exists, or the disk refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        make_private_file(path, data)
    except FileExistsError as reason:
        raise KeystoreError(
            f"{path} exists and is not overwritten", hint="choose another name, or move it away"
        ) from reason
    except OSError as reason:
        raise KeystoreError(
            f"cannot write {path}: {reason.strerror}",
            hint="does the folder belong to this account, is there room on the disk?",
        ) from reason


class Sealer:
    """Seals bytes under a passphrase: Argon2id (RFC 9106), then secretbox.

    The slow part is done once, when it is made; each box has a nonce of its own.
    """

    def __init__(self, passphrase: str) -> None:
        self._salt = nacl.utils.random(nacl.pwhash.argon2id.SALTBYTES)
        self._secret = _stretch(passphrase, self._salt, _OPS, _MEMORY_BYTES)

    def seal(self, data: bytes) -> dict[str, Any]:
        """What to write down; `unseal` reads it."""
        box = bytes(nacl.secret.SecretBox(self._secret).encrypt(data))
        return {"salt": self._salt.hex(), "ops": _OPS, "mem": _MEMORY_BYTES, "box": box.hex()}


def unseal(content: Mapping[str, Any], passphrase: str) -> bytes:
    """The bytes that a `Sealer` with this passphrase sealed.

    Raises:
        WrongPassphrase: another passphrase, or the box was altered.
        KeyError, TypeError, ValueError: `content` is nothing that a `Sealer` wrote.
    """
    ops, mem = int(content["ops"]), int(content["mem"])
    if not (0 < ops <= _MAX_OPS and 0 < mem <= _MAX_MEMORY_BYTES):
        raise ValueError("work factors out of range")
    secret = _stretch(passphrase, bytes.fromhex(content["salt"]), ops, mem)
    try:
        return bytes(nacl.secret.SecretBox(secret).decrypt(bytes.fromhex(content["box"])))
    except nacl.exceptions.CryptoError as reason:
        raise WrongPassphrase("the passphrase does not fit") from reason


def _stretch(passphrase: str, salt: bytes, ops: int, mem: int) -> bytes:
    return bytes(
        nacl.pwhash.argon2id.kdf(32, passphrase.encode(), salt, opslimit=ops, memlimit=mem)
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(_MAX_FILE_BYTES))
    except OSError as reason:
        raise KeystoreError(
            f"cannot read {path}: {reason.strerror}", hint="does it belong to this account?"
        ) from reason
    except ValueError as reason:
        raise _damaged(path) from reason
    if not isinstance(content, dict) or content.get("seattle_key") != _FORMAT:
        raise _damaged(path)
    return content


def _describe(path: Path, content: dict[str, Any]) -> StoredKey:
    try:
        public = PublicKey.from_text(content["public"])
        return StoredKey(str(content["name"]), public, bool(content["sealed"]), path)
    except (KeyError, AttributeError, UsageError) as reason:
        raise _damaged(path) from reason


def _damaged(path: Path) -> KeystoreError:
    return KeystoreError(
        f"{path} is not a key file, or is damaged", hint="restore it from a copy"
    )
