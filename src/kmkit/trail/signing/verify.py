"""Whether a commit is signed by one of the keys that policy.toml gives to a person."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from kmkit.config import OPENPGP
from kmkit.errors import Cannot
from kmkit.trail.signing import openpgp, sshsig
from kmkit.trail.signing.commits import SignedCommit, take_apart
from kmkit.trail.signing.malformed import MalformedError
from kmkit.trail.signing.sshkeys import Key, blob_of, fingerprint, key_of


class Signed(NamedTuple):
    """A commit whose signature holds, by one of the keys asked for."""

    key_fingerprint: str
    """``SHA256:…`` of an SSH key, or the fingerprint of an OpenPGP key."""
    public_key: str
    """As policy.toml gives it."""
    kind: str
    """``ssh-ed25519`` …, or ``openpgp``."""


class Unproved(NamedTuple):
    """A commit that proves nothing about who made it."""

    reason: str
    """A sentence."""
    other_key: str = ""
    """The key that did sign it, where that is not one of those asked for.

    The fingerprint of an SSH key whose signature holds; of an OpenPGP key, which is not at hand to
    tell that, what the signature says it is by, or 'OpenPGP'.
    """


class Verifier:
    """Checks signatures; keeps what it learned of keys, so that one serves for a whole history."""

    def __init__(self, top: Path = Path()) -> None:
        """``top``: that of the repository, none of whose programs is run."""
        self._top = top
        self._keys: dict[bytes, Key | MalformedError] = {}
        self._blobs: dict[str, bytes] = {}
        self._rings: dict[str, openpgp.Keyring] = {}

    def verify(self, raw: bytes, keys: Iterable[str]) -> Signed | Unproved:
        """Whether the raw commit object is signed by one of ``keys``, as policy.toml gives them.

        Never raises for what a commit or a key may hold; Cannot where kmkit[trust] is
        missing, or gpg for an OpenPGP signature by somebody who has such a key.
        """
        try:
            commit = take_apart(raw)
            if commit is None:
                return Unproved("It is not signed.")
            if commit.signature.startswith(openpgp.BEGIN):
                return self._openpgp(commit, [key for key in keys if key.startswith(OPENPGP)])
            return self._ssh(commit, [key for key in keys if not key.startswith(OPENPGP)])
        except MalformedError as error:
            return Unproved(f"Its signature cannot be read. {error}")

    def _ssh(self, commit: SignedCommit, lines: Sequence[str]) -> Signed | Unproved:
        found = sshsig.read_armour(commit.signature)
        key = self._key(found.public_key)
        if not key.check(found.algorithm, found.signature, found.signed(commit.payload)):
            return Unproved("Its signature does not fit what it says.")
        name = fingerprint(key.blob)
        line = next((line for line in lines if self._blob(line) == key.blob), None)
        if line is None:
            whose = (
                "a key that is not theirs" if lines else "a key, and policy.toml has none of theirs"
            )
            return Unproved(f"It is signed by {whose}: {name}.", name)
        return Signed(name, line, key.kind)

    def _openpgp(self, commit: SignedCommit, armours: list[str]) -> Signed | Unproved:
        if not armours:
            said = "It is signed by an OpenPGP key, and policy.toml has none of theirs."
            return Unproved(said, "OpenPGP")
        strangers = []
        for armour in armours:
            found = self._ring(armour).check(commit.payload, commit.signature)
            if found.signer:
                return Signed(found.signer, armour, "openpgp")
            strangers.append(found.stranger)
        if all(strangers):
            name = strangers[0]
            return Unproved(f"It is signed by a key that is not theirs: {name}.", name)
        return Unproved("Its OpenPGP signature is not by a key of theirs that holds.")

    def _blob(self, line: str) -> bytes:
        """The key in a line of policy.toml, b'' where there is none in it."""
        if line not in self._blobs:
            try:
                self._blobs[line] = blob_of(line)
            except MalformedError:
                self._blobs[line] = b""
        return self._blobs[line]

    def _key(self, blob: bytes) -> Key:
        """The key, taken apart once."""
        if blob not in self._keys:
            self._keys[blob] = _read(blob)
        key = self._keys[blob]
        if isinstance(key, MalformedError):
            raise key
        return key

    def _ring(self, armour: str) -> openpgp.Keyring:
        """The keyring of one key, made once; Cannot where gpg is missing."""
        if armour not in self._rings:
            ring = openpgp.keyring([armour], self._top)
            if ring is None:
                raise Cannot(
                    "OpenPGP signatures cannot be checked here: gpg is not installed.",
                    "Install GnuPG (https://gnupg.org), so that the command gpg is found; one in "
                    "this folder does not count.",
                )
            self._rings[armour] = ring
        return self._rings[armour]


def _read(blob: bytes) -> Key | MalformedError:
    try:
        return key_of(blob)
    except MalformedError as error:
        return error
    except ImportError:
        raise Cannot(
            "Signatures cannot be checked here: the package cryptography is missing.",
            "Run: pip install 'kmkit[trust]'.",
        ) from None
